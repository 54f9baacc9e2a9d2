import { formatPrice } from './price.js';

/** A receipt as text, one line per item and the total at the end. */
export function receipt(items) {
  const total = items.reduce((sum, { cents }) => sum + cents, 0);
  const lines = [...items, { name: 'Total', cents: total }];
  return lines.map(({ name, cents }) => `${name.padEnd(12)}${formatPrice(cents).padStart(9)}`).join('\n');
}
