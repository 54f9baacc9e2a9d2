/** Shows an amount in cents as a price: 1999 is $19.99. */
export function formatPrice(cents) {
  const dollars = Math.floor(cents / 100);
  return `$${dollars}.${cents % 100}`;
}
