import type { LocalForgeOptions } from './options.js';
import { ask, checkedOutIn, commitAt, holds, refused } from './git.js';
import type { LocalMergeRequest } from './records.js';
import { freshPlace } from './remote.js';
import type { RepositoryRow } from './tables.js';

/**
 * Puts the merge request's branch on its target branch, with a merge commit by the owner. No HEAD, index or work tree is
 * touched: where that would be needed, it is refused with the command that a person can type. What was merged already is left.
 */
export async function mergeOnDisk(
  options: LocalForgeOptions,
  row: RepositoryRow,
  mergeRequest: LocalMergeRequest,
): Promise<void> {
  const { branch, base } = mergeRequest;
  const { git } = options;
  const place = await freshPlace(options, row);
  const [theirs, ours] = [
    await commitAt(git, place, `refs/heads/${branch}`),
    await commitAt(git, place, `refs/heads/${base}`),
  ];
  if (theirs === undefined) throw refused(`The branch ${branch} is no longer in ${place}.`);
  if (ours === undefined) throw refused(`The branch ${base} is not in ${place}.`);
  if (await holds(git, place, 'merge-base', '--is-ancestor', theirs, ours)) return;
  if (row.kind === 'url') {
    throw refused(
      `Fleet does not merge at ${row.location}. In your clone: git fetch ${row.push ? 'origin' : place} ${branch} && git merge FETCH_HEAD && git push. Then merge here once more, and it is recorded.`,
    );
  }
  const tree = await checkedOutIn(git, place, base);
  if (tree !== undefined) {
    throw refused(
      `${base} is checked out in ${tree}, and Fleet does not touch your files. Type: git -C ${quoted(tree)} merge ${branch}. Then merge here once more, and it is recorded.`,
    );
  }
  await mergeRefs(options, place, { mergeRequest, ours, theirs });
}

interface Merge {
  readonly mergeRequest: LocalMergeRequest;
  readonly ours: string;
  readonly theirs: string;
}

async function mergeRefs({ git, owner }: LocalForgeOptions, place: string, { mergeRequest, ours, theirs }: Merge) {
  const { branch, base, number, title } = mergeRequest;
  const merged = await git(['-C', place, 'merge-tree', '--write-tree', '--name-only', ours, theirs]);
  if (merged.code !== 0) {
    const files = merged.stdout.split('\n\n')[0]?.split('\n').slice(1).join(', ') ?? '';
    throw refused(
      `${branch} and ${base} conflict in ${files || place}: merge ${base} into ${branch}, then merge here once more.`,
    );
  }
  const configured = async (key: string) => (await git(['-C', place, 'config', '--get', key])).stdout.trim();
  const name = (await configured('user.name')) || owner;
  const email = (await configured('user.email')) || `${owner}@localhost`;
  const commit = await ask(
    git,
    place,
    ...['-c', `user.name=${name}`, '-c', `user.email=${email}`, 'commit-tree', '-p', ours, '-p', theirs],
    ...['-m', `Merge !${number}: ${title}`, merged.stdout.split('\n')[0] ?? ''],
  );
  await ask(
    git,
    place,
    '-c',
    'core.hooksPath=/dev/null',
    'update-ref',
    '-m',
    `merge !${number}`,
    `refs/heads/${base}`,
    commit,
    ours,
  );
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
