/** A title as it stands in an address: `Hello, World!` is `hello-world`. */
export function slugify(title) {
  return title
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}
