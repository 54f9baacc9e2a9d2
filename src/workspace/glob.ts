/** Turns globs of repository paths into one test: `*` and `?` stay within a folder, `**` does not; case does not count. */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => new RegExp(`^${globToPattern(glob)}$`, 'iu'));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function globToPattern(glob: string): string {
  return glob.replace(/\*\*\/|\*\*|\*|\?|[\\^$+.()|{}[\]/-]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    return token === '/' || token === '-' ? token : `\\${token}`;
  });
}
