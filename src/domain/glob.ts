/** Turns globs of repository paths into one test: `*` and `?` stay within a folder, `**` does not, `{a,b}` is either; case counts only where it is said to. */
export function matcherOf(
  globs: readonly string[],
  { matchesCase = false }: { readonly matchesCase?: boolean } = {},
): (path: string) => boolean {
  const patterns = globs.map((glob) => new RegExp(`^${globToPattern(glob)}$`, matchesCase ? 'u' : 'iu'));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function globToPattern(glob: string): string {
  return glob.replace(/\{[^{}/]*,[^{}/]*\}|\*\*\/|\*\*|\*|\?|[\\^$+.()|{}[\]/-]/g, (token) => {
    if (token.includes(',')) return `(?:${token.slice(1, -1).split(',').map(globToPattern).join('|')})`;
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    return token === '/' || token === '-' ? token : `\\${token}`;
  });
}
