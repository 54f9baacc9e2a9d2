import type { RunGit } from './git.js';
import type { Spot } from './tables.js';

/** Lines of a file, from 1 and inclusive. */
export interface Lines {
  readonly fromLine: number;
  readonly line: number;
}

/** Where lines of a file at one commit are at another one; undefined when they are not there as they were. */
export type FollowLines = (spot: Pick<Spot, 'path' | 'commit'> & Lines) => Promise<Lines | undefined>;

/** Follows lines to this commit. Each file is compared once, however many comments it has. */
export function followTo(git: RunGit, folder: string, head: string): FollowLines {
  const diffOf = onceEach((commit: string, path: string) => between(git, folder, { path, from: commit, to: head }));
  return async (spot) => {
    const diff = spot.commit === head ? '' : await diffOf(spot.commit, spot.path);
    return diff === undefined ? undefined : moved(spot, diff);
  };
}

/** Asks once for the same words. */
export function onceEach<T, W extends readonly string[]>(
  ask: (...words: W) => Promise<T>,
): (...words: W) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (...words) => {
    const key = words.join('\0');
    const answer = asked.get(key) ?? ask(...words);
    asked.set(key, answer);
    return answer;
  };
}

/** Undefined when one of the commits is not there any more. */
async function between(
  git: RunGit,
  folder: string,
  { path, from, to }: { readonly path: string; readonly from: string; readonly to: string },
): Promise<string | undefined> {
  const { code, stdout } = await git([
    ...['-C', folder, '--literal-pathspecs', 'diff', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv'],
    ...['--no-renames', from, to, '--', path],
  ]);
  return code === 0 ? stdout : undefined;
}

/** Where the lines are behind a diff without context; undefined when it changes one of them, or puts something between them. */
function moved({ fromLine, line }: Lines, diff: string): Lines | undefined {
  let shift = 0;
  for (const [, start = '', removed = '1', added = '1'] of diff.matchAll(
    /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/gm,
  )) {
    // A hunk that removes nothing adds after its first line.
    const first = Number(start) + (removed === '0' ? 1 : 0);
    if (first + Number(removed) <= fromLine) shift += Number(added) - Number(removed);
    else if (first <= line) return undefined;
  }
  return { fromLine: fromLine + shift, line: line + shift };
}
