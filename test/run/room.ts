import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createChecks } from '../../src/check/create-checks.js';
import { gates } from '../../src/check/gate.js';
import type { Evidence } from '../../src/domain/check.js';
import type { RunPolicy } from '../../src/domain/policy.js';
import type { Run, RunId } from '../../src/domain/run.js';
import type { Snapshot } from '../../src/domain/work.js';
import { type Containment, findContainment } from '../../src/process/containment.js';
import { runChecks } from '../../src/run/check-work.js';
import { crossTests } from '../../src/run/cross.js';
import type { Job } from '../../src/run/job.js';
import { prepareWorkspace } from '../../src/run/prepare.js';
import { createLocks } from '../../src/workspace/locks.js';
import { aPlan, aPolicy, aRun } from '../support/builders.js';
import { aScene, run as runId, writeFiles } from '../workspace/scene.js';

let containment: Containment | undefined;

/** Prepares runs and checks their trees with real git and real commands; an agent is whoever writes into `path`. */
export async function aRoom(files: Readonly<Record<string, string>>, change: Partial<RunPolicy> = {}) {
  containment ??= await findContainment();
  const scene = aScene({ files });
  const { workspaces, repository, remote, root, folder } = scene;
  const setups = join(root, 'setups');
  const usualSetup = `mkdir -p node_modules && cp runner.sh node_modules/ && echo "$PWD" >> ${setups}`;
  const { setup = usualSetup, ...others } = change;
  const plain = aPolicy({ checkTimeoutMs: 20_000, ...others });
  const policy = setup === 'none' ? plain : { ...plain, setup };
  const clock = { nowMs: () => Date.now() };
  const loop = {
    ports: {
      ...{ workspaces, judging: workspaces, clock },
      checks: createChecks({ containment, clock, folder, path: `${dirname(process.execPath)}:/usr/bin:/bin` }),
      gates,
      forges: new Map([['local', { remote: () => Promise.resolve(remote) }]]),
      rules: () => Promise.resolve({ base: 'main', policy: () => Promise.resolve(policy) }),
      store: { repositories: { setLabel: () => Promise.resolve() } },
    },
    inOrder: createLocks(),
  };
  const jobOf = (run: Run) => ({ loop, run, signal: new AbortController().signal }) as unknown as Job;
  const prepared = async (id: RunId = runId) => {
    const run = aRun({ id, repository, plan: aPlan() });
    const event = await prepareWorkspace(jobOf(run));
    if (event.type !== 'workspacePrepared') throw new Error(event.type);
    const ready = { ...run, prepared: event.prepared };
    const { start } = event.prepared;
    return {
      start,
      path: join(folder, 'worktrees', id),
      work: async (written: Readonly<Record<string, string>>): Promise<Snapshot> => {
        writeFiles(join(folder, 'worktrees', id), written);
        return (await workspaces.keep(id, { head: start, protectedPaths: [] })).snapshot;
      },
      checked: async (snapshot: Snapshot, change: Partial<Run> = {}) => {
        const event = await runChecks(jobOf({ ...ready, ...change }), { type: 'runChecks', snapshot, criteria: [] });
        return event.type === 'checked' ? event.evidence.map(brief) : [];
      },
      /** What is found when the tests of this head are crossed with the base's. */
      crossed: async (head: Snapshot, change: Partial<Run> = {}) => {
        const event = await crossTests(jobOf({ ...ready, ...change }), { type: 'crossTests', head });
        if (event.type !== 'crossed') throw new Error(event.type);
        return { problems: event.problems, notes: event.notes };
      },
    };
  };
  const setUpIn = () => (existsSync(setups) ? readFileSync(setups, 'utf8').trim().split('\n') : []);
  return { ...scene, prepared, setUpIn, place: join(folder, 'worktrees', `${runId}.judge`) };
}

const brief = ({ name, kind, outcome, byBase, flaky, failedTests = [] }: Evidence): string =>
  [
    `${kind} ${name}: ${outcome}`,
    ...(byBase === true ? ['by base'] : []),
    ...(flaky === true ? ['flaky', ...failedTests] : []),
  ].join(', ');
