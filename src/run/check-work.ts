import type { Evidence, Sighting } from '../domain/check.js';
import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import type { RunPolicy } from '../domain/policy.js';
import type { Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import type { CheckOrder } from '../ports/check.js';
import type { JudgingPlace } from '../ports/workspace.js';
import type { Job } from './job.js';

/** Runs the repository's checks and the commands of the criteria on exactly this tree, where no agent works. */
export async function runChecks(job: Job, effect: Extract<Effect, { type: 'runChecks' }>): Promise<WorkEvent> {
  const { loop, run } = job;
  const { snapshot, criteria, task } = effect;
  const policy = run.prepared?.policy;
  if (policy === undefined) throw new Error(`run ${run.id} was not prepared`);
  const evidence = await onTree(job, { snapshot, policy, commands: commandsOf(run, policy, criteria) });
  const of = task === undefined ? {} : { task };
  return { type: 'checked', ...of, snapshot, evidence, atMs: loop.ports.clock.nowMs() };
}

/** What is seen of a tree is said of that tree, also where it was judged by the base's gates. */
async function onTree(job: Job, judgement: Judgement): Promise<readonly Evidence[]> {
  const { snapshot } = judgement;
  const order = await gated(job, { ...judgement, base: await job.loop.ports.judging.forkOf(job.run.id, snapshot) });
  const isWoven = order.snapshot.tree !== snapshot.tree;
  return (await judge(job, order)).map(({ evidence }) =>
    isWoven ? { ...evidence, tree: snapshot.tree, byBase: true } : evidence,
  );
}

/** The same, with the files that say how checks are run as they are on the base; a repository without checks has no gate to keep. */
export async function gated(
  job: Job,
  { base, ...judgement }: Judgement & { readonly base: Snapshot },
): Promise<Judgement> {
  const { loop, run } = job;
  const { judging, gates, workspaces } = loop.ports;
  const { snapshot, policy } = judgement;
  if (policy.checks.length === 0 || base.tree === snapshot.tree) return judgement;
  const files = await workspaces.filesOf(run.repository, { commit: snapshot.commit });
  const order = { onto: snapshot, from: base.tree, takes: gates.isGateFile, mixes: gates.mixes(await files.list()) };
  return { ...judgement, snapshot: await judging.weave(run.id, order) };
}

/** What is to be run on which tree, by a run's policy. */
export interface Judgement {
  readonly snapshot: Snapshot;
  readonly policy: Pick<RunPolicy, 'setup' | 'checkTimeoutMs' | 'checks'>;
  readonly commands: CheckOrder['commands'];
}

/** Runs commands in the judging worktree of the run; a set-up that does not pass there is all that is seen then. */
export function judge(job: Job, judgement: Judgement): Promise<readonly Sighting[]> {
  const { loop, run } = job;
  const { snapshot, commands } = judgement;
  // The folder is the same for all trees of the run.
  return loop.inOrder(`judging ${run.id}`, async () => {
    const { setup } = judgement.policy;
    const order = { snapshot, ...(setup === undefined ? {} : { setup }) };
    const place = await loop.ports.judging.judge(run.id, order);
    if (setup !== undefined && !place.hasDependencies) {
      const seen = await runThere(job, judgement, {
        place,
        commands: [{ name: 'setup', kind: 'setup', command: setup }],
      });
      if (!seen.every(({ evidence }) => evidence.outcome === 'pass')) return seen;
      await loop.ports.judging.keepDependencies(run.id, { snapshot, setup });
    }
    return commands.length === 0 ? [] : runThere(job, judgement, { place, commands });
  });
}

function runThere(
  { loop, run, signal }: Job,
  { snapshot, policy }: Judgement,
  { place, commands }: { readonly place: JudgingPlace; readonly commands: CheckOrder['commands'] },
): Promise<readonly Sighting[]> {
  const { workspace } = place;
  const { tree } = snapshot;
  return loop.ports.checks.run({
    ...{ run: run.id, workspace, tree, commands },
    ...{ timeoutMs: policy.checkTimeoutMs, signal },
  });
}

function commandsOf(run: Run, policy: RunPolicy, criteria: readonly string[]): CheckOrder['commands'] {
  const checks = policy.checks.map(({ name, command }) => ({ name, kind: 'check' as const, command }));
  const proofs = (run.plan?.criteria ?? []).flatMap(({ id, proof }) =>
    criteria.includes(id) && proof.kind === 'command'
      ? [{ name: id, kind: 'criterion' as const, command: proof.run }]
      : [],
  );
  return [...checks, ...proofs];
}
