import { writePlace } from './merge-trees.js';
import type { RunWorktree } from './run-worktree.js';

/** A file as a commit is to have it: of a text, or of a blob that is there. */
export type WrittenFile = { readonly path: string; readonly mode: string } & (
  { readonly text: string } | { readonly oid: string }
);

/** A commit by what it changes. */
export interface ImportedCommit {
  readonly message: string;
  readonly removed?: readonly string[];
  readonly written: readonly WrittenFile[];
}

/** Commits one on top of the other. */
interface ImportOrder {
  readonly from: string;
  /** When the first one is made, in Unix seconds; each later one a second after. */
  readonly at: number;
  readonly commits: readonly ImportedCommit[];
}

/** Makes all these commits, on no branch, with one child; says their ids and the tree of the last one. */
export async function importCommits(
  worktree: RunWorktree,
  order: ImportOrder,
): Promise<{ readonly commits: readonly string[]; readonly tree: string }> {
  const place = await writePlace(worktree);
  const input = streamOf(order, worktree.rules.identity);
  const output = await worktree.stage.git.output({ ...place, args: ['fast-import', '--quiet', '--done'], input });
  const lines = output.trim().split('\n');
  // `040000 tree <id>`, then a tab.
  const tree = /[0-9a-f]{40,}/.exec(lines.at(-1) ?? '')?.[0] ?? '';
  return { commits: lines.slice(0, order.commits.length), tree };
}

/** What `fast-import` reads: the commits; then it prints their ids, and the last one's tree. */
function streamOf(
  { from, at, commits }: ImportOrder,
  identity: { readonly name: string; readonly email: string },
): string {
  const name = identity.name.replace(/[<>\n]/g, '');
  const blocks = commits.map(({ message, removed = [], written }, index) =>
    [
      `commit refs/heads/imported\nmark :${index + 1}\n`,
      `committer ${name} <${identity.email}> ${at + index} +0000\n${dataOf(message)}`,
      index === 0 ? `from ${from}\n` : '',
      // First, so that a folder that goes takes no file with it that comes in its place.
      ...removed.map((path) => `D ${quoted(path)}\n`),
      ...written.map((file) =>
        'oid' in file
          ? `M ${file.mode} ${file.oid} ${quoted(file.path)}\n`
          : `M ${file.mode} inline ${quoted(file.path)}\n${dataOf(file.text)}`,
      ),
    ].join(''),
  );
  const marks = commits.map((_, index) => `get-mark :${index + 1}\n`);
  return [...blocks, ...marks, `ls :${commits.length} ""\n`, 'done\n'].join('');
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
