import type { RunWorktree } from './run-worktree.js';
import type { MergedTree } from './merge-trees.js';
import { shown } from './tree-problems.js';

// A carriage return ends the line in files that have them.
const patterns = ['^<<<<<<< ', '^=======\r?$', '^>>>>>>> '];

interface Line {
  readonly tree: string;
  readonly path: string;
  readonly line: string;
  readonly text: string;
}

/**
 * Conflict markers of a merge that the tree still has, a line each. Lines that look like markers and are none (a title
 * underlined in Markdown) stood beside them in the merge's own tree: only where there are more of them now is something left.
 */
export async function markersLeft(worktree: RunWorktree, merged: MergedTree, tree: string): Promise<readonly string[]> {
  if (merged.files.length === 0) return [];
  const lines = await linesLikeMarkers(worktree, [...new Set([merged.tree, tree])], merged.files);
  const start = `<<<<<<< ${worktree.record.branch}`;
  return merged.files.flatMap((path) => {
    const inFile = lines.filter((each) => each.path === path);
    const written = inFile.filter((each) => each.tree === merged.tree);
    const markers = written.filter(({ text }) => text.startsWith(start)).length;
    return ['<', '=', '>']
      .map((kind) => {
        const now = inFile.filter((each) => each.tree === tree && each.text.startsWith(kind));
        const innocent = written.filter(({ text }) => text.startsWith(kind)).length - markers;
        return now.length > innocent ? now : [];
      })
      .flat()
      .sort((a, b) => Number(a.line) - Number(b.line))
      .map(({ line }) => `${shown(path)}:${line} still has a conflict marker`);
  });
}

async function linesLikeMarkers(
  { stage }: RunWorktree,
  trees: readonly string[],
  paths: readonly string[],
): Promise<readonly Line[]> {
  const { git, gitDir } = stage;
  const search = [
    'grep',
    '-I',
    '-n',
    '-z',
    '--no-color',
    '--full-name',
    '-E',
    ...patterns.flatMap((each) => ['-e', each]),
  ];
  const args = [...search, ...trees, '--', ...paths];
  // Red when it finds nothing.
  const { stdout } = await git.attempt({ gitDir, args, env: { GIT_LITERAL_PATHSPECS: '1' } });
  const found = stdout.matchAll(/([0-9a-f]{40,64}):([^\0]*)\0(\d+)\0([^\n]*)\n/g);
  return [...found].map(([, tree = '', path = '', line = '', text = '']) => ({ tree, path, line, text }));
}
