import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needsPerson } from '../domain/failure.js';
import type { Repository } from '../domain/forge.js';
import type { GitRemote } from '../ports/forge.js';
import { unlessMissing } from './files.js';
import type { Git } from './git.js';
import type { Locks } from './locks.js';
import { type Address, addressOf, remoteFailure } from './remote.js';

const config = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';
const fetchTimeoutMs = 30 * 60_000;

/** Old histories hold these; they do no harm. */
const forgiven = [
  'badTimezone',
  'missingSpaceBeforeDate',
  'zeroPaddedFilemode',
  'missingEmail',
  'missingSpaceBeforeEmail',
  'badEmail',
];

/**
 * Makes the mirror if it is not there, and puts its configuration back to what Fleet wrote: without a sandbox an agent could
 * reach it, and a filter, an `insteadOf` or a list of alternates in it would be obeyed.
 */
export async function sealMirror(mirror: string): Promise<void> {
  await mkdir(join(mirror, 'refs'), { recursive: true });
  await mkdir(join(mirror, 'objects'), { recursive: true });
  await Promise.all([
    ensureFile(join(mirror, 'HEAD'), 'ref: refs/heads/main\n'),
    ensureFile(join(mirror, 'config'), config),
    ...['info', 'objects/info/alternates', 'objects/info/http-alternates', 'commondir'].map((name) =>
      rm(join(mirror, name), { recursive: true, force: true }),
    ),
  ]);
}

async function ensureFile(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(unlessMissing)) === text) return;
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}

/** Looked up in the files that a fetch leaves: a branch has one of its own, or a line in `packed-refs`. */
async function hasBranch(mirror: string): Promise<boolean> {
  const loose = await readdir(join(mirror, 'refs/remotes/origin'), { recursive: true, withFileTypes: true }).catch(
    unlessMissing,
  );
  if (loose?.some((entry) => entry.isFile()) === true) return true;
  return (
    (await readFile(join(mirror, 'packed-refs'), 'utf8').catch(unlessMissing))?.includes(' refs/remotes/origin/') ??
    false
  );
}

/** A fetch that was asked for and has not started: whoever asks now is served by it. */
interface Waiting {
  remote: GitRemote;
  readonly done: Promise<void>;
}

/** Fetches into mirrors: one at a time per mirror, and one for all who ask while another runs. */
export function createFetcher(git: Git, lock: Locks, rules: { readonly plainHttp: boolean }) {
  const waiting = new Map<string, Waiting>();

  async function fetchNow(mirror: string, repository: Repository, address: Address): Promise<void> {
    await sealMirror(mirror);
    const checks = ['transfer.fsckObjects=true', ...forgiven.map((id) => `fetch.fsck.${id}=ignore`)];
    const call = {
      gitDir: mirror,
      args: [
        ...[...address.config, ...checks.flatMap((each) => ['-c', each])],
        ...['fetch', '--quiet', '--prune', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
        ...['--', address.url, '+refs/heads/*:refs/remotes/origin/*'],
      ],
      env: address.env,
      timeoutMs: fetchTimeoutMs,
    };
    const end = await git.attempt(call);
    if (end.exit !== 0) throw remoteFailure(end, address, 'forgeRefused');
    if (!(await hasBranch(mirror))) {
      throw needsPerson('emptyRepository', [
        `${repository.path} has no commit yet; push a first one to ${repository.defaultBranch}`,
      ]);
    }
  }

  return (mirror: string, repository: Repository, remote: GitRemote): Promise<void> => {
    const known = waiting.get(mirror);
    if (known !== undefined) {
      // The newest address and token are the likeliest to be good.
      known.remote = remote;
      return known.done;
    }
    const done = lock(mirror, async () => {
      const newest = waiting.get(mirror)?.remote ?? remote;
      waiting.delete(mirror);
      await fetchNow(mirror, repository, addressOf(newest, rules));
    });
    waiting.set(mirror, { remote, done });
    return done;
  };
}
