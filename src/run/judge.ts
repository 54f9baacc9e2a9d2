import { lookedAtTwice, type Evidence, type Sighting } from '../domain/check.js';
import type { RunPolicy } from '../domain/policy.js';
import { besideBaseline, isRed } from '../domain/receipts.js';
import type { Snapshot } from '../domain/work.js';
import type { CheckOrder } from '../ports/check.js';
import type { JudgingPlace, TreeFiles } from '../ports/workspace.js';
import type { Job } from './job.js';

/** Says how a tree is judged: by gates that are not its own. */
export type Gated = (judgement: Judgement) => Promise<Judgement>;

/**
 * Judges trees with the files that say how checks are run, and with the programs that checks run, as they are on the base; a repository without
 * checks has no gate to keep.
 */
export async function gatedBy(job: Job, base: Snapshot, policy: Judgement['policy']): Promise<Gated> {
  const { loop, run } = job;
  const { judging, gates, workspaces } = loop.ports;
  if (policy.checks.length === 0) return (judgement) => Promise.resolve(judgement);
  const filesOf = (commit: string): Promise<TreeFiles> => workspaces.filesOf(run.repository, { commit });
  const commands = policy.checks.map(({ command }) => command);
  const programs = new Set(await gates.programs(await filesOf(base.commit), commands, gates.isTest(policy.tests)));
  const takes = (path: string): boolean => gates.isGateFile(path) || programs.has(path);
  return async (judgement) => {
    const { snapshot } = judgement;
    if (base.tree === snapshot.tree) return judgement;
    const mixes = gates.mixes(await (await filesOf(snapshot.commit)).list());
    return { ...judgement, snapshot: await judging.weave(run.id, { onto: snapshot, from: base.tree, takes, mixes }) };
  };
}

/** What is to be run on which tree, by a run's policy. */
export interface Judgement {
  readonly snapshot: Snapshot;
  readonly policy: Pick<RunPolicy, 'setup' | 'checkTimeoutMs' | 'checks' | 'tests'>;
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
    const all: Sighting[] = [];
    for (const command of commands) {
      // What the one before made of the tree's own files is not what is judged.
      if (all.length > 0) await loop.ports.judging.putBack(run.id, snapshot);
      all.push(...(await runThere(job, judgement, { place, commands: [command] })));
    }
    return all;
  });
}

/**
 * The same, but what fails is run once more on the same tree where nothing of the first time is left: what passes then is flaky, and its receipt
 * says so. What is red as it was on the base is not looked at twice.
 */
export async function judgeTwice(job: Job, judgement: Judgement): Promise<readonly Sighting[]> {
  const seen = await judge(job, judgement);
  const told = besideBaseline(
    seen.map(({ evidence }) => evidence),
    job.run.baseline ?? [],
  );
  const failed = told.filter((one) => one.kind !== 'setup' && one.outcome === 'fail' && isRed(one));
  if (failed.length === 0) return seen;
  const commands = judgement.commands.filter((command) => failed.some((one) => isSame(one, command)));
  const again = await judge(job, { ...judgement, commands });
  return seen.map((first) => {
    const second = again.find(({ evidence }) => isSame(evidence, first.evidence));
    return second === undefined ? first : lookedAtTwice(first, second);
  });
}

type Named = Pick<Evidence, 'name' | 'kind'>;

function isSame(one: Named, other: Named): boolean {
  return one.name === other.name && one.kind === other.kind;
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
