import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receipt } from '../src/receipt.js';

test('ends in the total', () => {
  const items = [
    { name: 'Tea', cents: 349 },
    { name: 'Cake', cents: 462 },
  ];
  assert.equal(receipt(items), 'Tea             $3.49\nCake            $4.62\nTotal           $8.11');
});
