/** A `.gitignore` file: its folder relative to the root (`''` for the root), and its text. */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

/** The rules of all `.gitignore` files of a tree as one file of rules for its root. */
export function ignoreRulesOf(files: readonly IgnoreFile[]): string {
  const depth = ({ folder }: IgnoreFile) => (folder === '' ? 0 : folder.split('/').length);
  // Deeper files come later, so that they win, as they do in git.
  return [...files]
    .sort((a, b) => depth(a) - depth(b))
    .flatMap(({ folder, text }) =>
      text
        .replace(/^\uFEFF/, '')
        .split('\n')
        .map((line) => fromRoot(folder, line)),
    )
    .join('\n');
}

function fromRoot(folder: string, line: string): string {
  if (folder === '' || line.trim() === '' || line.startsWith('#')) return line;
  const no = line.startsWith('!') ? '!' : '';
  const pattern = line.slice(no.length);
  const anchored = pattern.trimEnd().replace(/\/$/, '').includes('/');
  const literal = folder.replace(/[\\*?[]/g, '\\$&');
  return `${no}/${literal}/${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
}
