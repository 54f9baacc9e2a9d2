import type { Evidence } from '../domain/check.js';
import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import type { Run } from '../domain/run.js';
import type { Job } from './job.js';
import { workspaceOf } from './prepare.js';

/** Runs the repository's checks and the commands of the criteria on exactly this tree. */
export async function runChecks(job: Job, effect: Extract<Effect, { type: 'runChecks' }>): Promise<WorkEvent> {
  const { loop, run, signal } = job;
  const { checks, clock, workspaces } = loop.ports;
  const workspace = await workspaceOf(job);
  await workspaces.restore(run.id, effect.snapshot);
  const commands = commandsOf(run, effect.criteria);
  const timeoutMs = run.prepared?.policy.checkTimeoutMs ?? 0;
  const evidence = await checks.run({
    run: run.id,
    workspace,
    tree: effect.snapshot.tree,
    commands,
    timeoutMs,
    signal,
  });
  return { type: 'checked', snapshot: effect.snapshot, evidence, atMs: clock.nowMs() };
}

function commandsOf(
  run: Run,
  criteria: readonly string[],
): readonly { name: string; kind: Evidence['kind']; command: string }[] {
  const checks =
    run.prepared?.policy.checks.map(({ name, command }) => ({ name, kind: 'check' as const, command })) ?? [];
  const proofs = (run.plan?.criteria ?? []).flatMap(({ id, proof }) =>
    criteria.includes(id) && proof.kind === 'command'
      ? [{ name: id, kind: 'criterion' as const, command: proof.run }]
      : [],
  );
  return [...checks, ...proofs];
}
