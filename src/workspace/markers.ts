import type { Snapshot } from '../domain/work.js';
import { markedTrees } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';
import { changesBetween } from './tree-entries.js';
import { shown } from './tree-problems.js';

// A carriage return ends the line in files that have them.
const patterns = ['^<<<<<<< ', '^=======\r?$', '^>>>>>>> '];

interface Line {
  readonly tree: string;
  readonly path: string;
  readonly line: string;
  readonly text: string;
}

/** Where conflict markers may be left. */
interface Marked {
  /** What was given with markers in it; one of them. */
  readonly trees: readonly string[];
  readonly files: readonly string[];
}

/**
 * Conflict markers that the tree still has, a line each. Lines that look like markers and are none (a title underlined in
 * Markdown) stood beside them in the tree that was given: only where there are more of them now is something left.
 */
export async function markersLeft(worktree: RunWorktree, marked: Marked, tree: string): Promise<readonly string[]> {
  if (marked.files.length === 0 || marked.trees.length === 0) return [];
  const lines = await linesLikeMarkers(worktree, [...new Set([...marked.trees, tree])], marked.files);
  const start = `<<<<<<< ${worktree.record.branch}`;
  return marked.files.flatMap((path) => {
    const inFile = lines.filter((each) => each.path === path);
    const given = marked.trees
      .map((each) => inFile.filter((line) => line.tree === each))
      .filter((each) => countOf(each, start) > 0);
    return (given.length === 0 ? [] : ['<', '=', '>'])
      .flatMap((kind) => {
        const now = inFile.filter((each) => each.tree === tree && each.text.startsWith(kind));
        const innocent = Math.max(...given.map((each) => countOf(each, kind) - countOf(each, start)));
        return now.length > innocent ? now : [];
      })
      .sort((a, b) => Number(a.line) - Number(b.line))
      .map(({ line }) => `${shown(path)}:${line} still has a conflict marker`);
  });
}

/** The same for work that came back with the markers of a replay. */
export async function replayMarkersLeft(
  worktree: RunWorktree,
  head: Snapshot,
  tree: string,
): Promise<readonly string[]> {
  const { git, gitDir } = worktree.stage;
  const [before, after] = [await git.filesOf(gitDir, head.tree), await git.filesOf(gitDir, tree)];
  const changed = changesBetween(before, after).filter(({ kind }) => kind !== 'deleted');
  const trees = await markedTrees(git, gitDir, worktree.run);
  return markersLeft(worktree, { trees, files: changed.map(({ path }) => path) }, tree);
}

function countOf(lines: readonly Line[], start: string): number {
  return lines.filter(({ text }) => text.startsWith(start)).length;
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
