import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPrice } from '../src/price.js';

test('shows dollars and cents', () => {
  assert.equal(formatPrice(1999), '$19.99');
});

test('keeps the zero of small cents', () => {
  assert.equal(formatPrice(1905), '$19.05');
  assert.equal(formatPrice(2000), '$20.00');
});

test('puts the sign of a refund in front', () => {
  assert.equal(formatPrice(-1905), '-$19.05');
});
