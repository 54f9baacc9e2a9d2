import type { AppliedSuggestion } from '../domain/event.js';
import type { Suggestion } from '../domain/review.js';
import type { IntegrateOrder } from '../ports/workspace.js';
import { type Commit, timeAfter } from './commits.js';
import { type ImportedCommit, importCommits, type WrittenFile } from './import-commits.js';
import { matcherOf } from '../domain/glob.js';
import type { RunWorktree } from './run-worktree.js';
import { applySuggestions, canApply } from './suggestions.js';
import type { TreeEntry } from './tree-entries.js';

const largestBytes = 5 * 1024 * 1024;

/** A text file at the head, with what was taken of the suggestions for it so far. */
interface Edited {
  readonly entry: TreeEntry;
  readonly original: string;
  taken: readonly Suggestion[];
}

interface ThreadCommit extends ImportedCommit {
  readonly thread: string;
}

/** Commits the suggestions of each thread on the head; a thread is left out whole when one of its suggestions does not fit. */
export async function commitSuggestions(
  worktree: RunWorktree,
  head: Commit,
  order: IntegrateOrder,
): Promise<{ readonly head: Commit; readonly applied: readonly AppliedSuggestion[] }> {
  const edited = await filesToEdit(worktree, head, order);
  const commits = order.suggestions.flatMap(({ thread, by, suggestions }): readonly ThreadCommit[] => {
    const files = take(edited, suggestions);
    return files === undefined ? [] : [{ thread, message: order.messages.suggestion(by), written: files }];
  });
  if (commits.length === 0) return { head, applied: [] };
  const at = timeAfter(worktree, head);
  const made = await importCommits(worktree, { from: head.commit, at, commits });
  const applied = commits.map(({ thread }, index) => ({ thread, commit: made.commits[index] ?? '' }));
  return { head: { commit: made.commits.at(-1) ?? '', tree: made.tree, at: at + commits.length - 1 }, applied };
}

/** Every file that is spoken of and may be edited: a regular one, text, not protected. */
async function filesToEdit(
  { stage, rules }: RunWorktree,
  { tree }: Commit,
  { suggestions, protectedPaths }: IntegrateOrder,
): Promise<ReadonlyMap<string, Edited>> {
  const { git, gitDir } = stage;
  const wanted = new Set(suggestions.flatMap((each) => each.suggestions.map(({ path }) => path)));
  const isProtected = matcherOf([...rules.protectedPaths, ...protectedPaths]);
  const entries = wanted.size === 0 ? [] : await git.filesOf(gitDir, tree);
  const edited = new Map<string, Edited>();
  for (const entry of entries) {
    const { path, mode, oid, size } = entry;
    if (!wanted.has(path) || !mode.startsWith('100') || size > largestBytes || isProtected(path)) continue;
    const original = await git.output({ gitDir, args: ['cat-file', 'blob', oid] });
    // What is not UTF-8 could not be written back as it was.
    if (!/[\0\uFFFD]/.test(original)) edited.set(path, { entry, original, taken: [] });
  }
  return edited;
}

/** Files with these suggestions and all that were taken before; undefined, and nothing taken, when one does not fit or they change nothing. */
function take(
  edited: ReadonlyMap<string, Edited>,
  suggestions: readonly Suggestion[],
): readonly WrittenFile[] | undefined {
  const files = [...new Set(suggestions.map(({ path }) => path))].map((path) => {
    const file = edited.get(path);
    if (file === undefined) return undefined;
    const all = [...file.taken, ...suggestions.filter((each) => each.path === path)];
    if (!canApply(file.original, all)) return undefined;
    const text = applySuggestions(file.original, all);
    return {
      file,
      all,
      path,
      mode: file.entry.mode,
      text,
      isNew: text !== applySuggestions(file.original, file.taken),
    };
  });
  const fitting = files.filter((each) => each !== undefined);
  if (fitting.length < files.length || !fitting.some(({ isNew }) => isNew)) return undefined;
  for (const { file, all } of fitting) file.taken = all;
  return fitting;
}
