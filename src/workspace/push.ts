import { lostRace, needsPerson, retryLater } from '../domain/failure.js';
import type { PushOrder } from '../ports/workspace.js';
import type { Git, GitEnd } from './git.js';
import { type Address, addressOf, remoteFailure } from './remote.js';
import { moveRefs, readRef, refOf } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';

const timeoutMs = 5 * 60_000;
const mostWords = 10;

/** Pushes the run's branch and remembers what the remote took: the next push expects to find it. */
export async function pushWork(worktree: RunWorktree, order: PushOrder): Promise<void> {
  const { run, stage, rules } = worktree;
  const { git, gitDir } = stage;
  const expected = await readRef(gitDir, refOf(run, 'pushed'));
  if (expected !== undefined && (await dropsOthers(worktree, { from: expected, to: order.sha })))
    throw lostRace(`${order.branch} holds commits of somebody else's that ${order.sha} does not have`);
  await pushBranch(git, { gitDir, expected, plainHttp: rules.plainHttp }, order);
  await moveRefs(git, gitDir, { run, pushed: { at: order.sha } });
}

/** True when this push would take commits out of the branch that Fleet did not make. The lease alone holds only what came after the last fetch. */
async function dropsOthers({ stage, rules }: RunWorktree, push: { from: string; to: string }): Promise<boolean> {
  const args = ['log', '--format=%ce', push.from, '--not', push.to, '--'];
  const committers = (await stage.git.output({ gitDir: stage.gitDir, args })).split('\n');
  return committers.some((email) => email !== '' && email !== rules.identity.email);
}

/** Where the push starts from. `expected`: what the run itself pushed last; undefined: the branch must not be there. */
interface PushStart {
  readonly gitDir: string;
  readonly expected: string | undefined;
  readonly plainHttp: boolean;
}

/** Pushes one refspec under a lease. A branch that is there already is success. */
async function pushBranch(git: Git, start: PushStart, order: PushOrder): Promise<void> {
  const address = addressOf(order.remote, start);
  const ref = `refs/heads/${order.branch}`;
  const end = await git.attempt({
    gitDir: start.gitDir,
    args: [
      ...[...address.config, 'push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'],
      ...[`--force-with-lease=${ref}:${start.expected ?? ''}`, '--', address.url, `${order.sha}:${ref}`],
    ],
    env: address.env,
    timeoutMs,
  });
  if (end.exit === 0) return;
  const rejected = rejectionIn(end.stdout);
  // Without a line about the ref the talk itself failed.
  if (rejected === undefined) throw remoteFailure(end, address, 'pushRefused');
  const there = await remoteSha(git, start.gitDir, { address, ref });
  if (there === order.sha) return;
  if (there !== start.expected)
    throw lostRace(`${order.branch} of ${address.url} is at ${there ?? 'nothing'}: somebody else pushed or removed it`);
  if (rejected.startsWith('[remote rejected]')) throw needsPerson('pushRefused', remoteWords(end, address, rejected));
  throw retryLater(`${address.url} did not take ${order.branch}: ${address.redact(rejected)}`);
}

/** Porcelain: `!`, refspec and summary, parted by tabs, for a ref that was not taken. */
function rejectionIn(stdout: string): string | undefined {
  return /^!\t[^\t]*\t(.*)$/m.exec(stdout)?.[1];
}

async function remoteSha(
  git: Git,
  gitDir: string,
  { address, ref }: { address: Address; ref: string },
): Promise<string | undefined> {
  const args = [...address.config, 'ls-remote', '--', address.url, ref];
  const end = await git.attempt({ gitDir, args, env: address.env, timeoutMs });
  if (end.exit !== 0) throw remoteFailure(end, address, 'pushRefused');
  return end.stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, name]) => name === ref)?.[0];
}

function remoteWords(end: GitEnd, address: Address, rejected: string): readonly string[] {
  const said = end.stderr
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter((line) => line !== '');
  return [...said.slice(0, mostWords - 1), rejected].map(address.redact);
}
