import type { Evidence } from '../domain/check.js';
import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import type { RunPolicy } from '../domain/policy.js';
import type { Run } from '../domain/run.js';
import type { CheckOrder } from '../ports/check.js';
import type { Job } from './job.js';
import { gatedBy, judgeTwice, type Judgement } from './judge.js';

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
  const { snapshot, policy } = judgement;
  const gated = await gatedBy(job, await job.loop.ports.judging.forkOf(job.run.id, snapshot), policy);
  const order = await gated(judgement);
  const isWoven = order.snapshot.tree !== snapshot.tree;
  return (await judgeTwice(job, order)).map(({ evidence }) =>
    isWoven ? { ...evidence, tree: snapshot.tree, byBase: true } : evidence,
  );
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
