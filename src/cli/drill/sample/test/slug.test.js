import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slugify } from '../src/slug.js';

test('puts dashes between words', () => {
  assert.equal(slugify('Hello World'), 'hello-world');
});

test('leaves no dash at the ends', () => {
  assert.equal(slugify('Hello, World!'), 'hello-world');
});

test('drops underscores', () => {
  assert.equal(slugify('snake_case'), 'snake-case');
});
