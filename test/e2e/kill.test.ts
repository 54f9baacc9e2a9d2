import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssueState, RepositoryState } from '../support/github/state.js';
import { KillableFleet, tsx } from './killable.js';
import {
  agentWorks,
  becomes,
  commitsOf,
  kindsOf,
  mergeRequestsOf,
  processesOf,
  runsOf,
  statusOf,
  told,
} from './look.js';
import { aRepositoryFor, gitHubFleet, labelled, namedRepository, type GitHubFleet } from './world.js';

const cliFile = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

const daemon = new KillableFleet();
let world: GitHubFleet;

beforeAll(async () => {
  world = await gitHubFleet({ start: daemon.start, config: 'limits: { runs: 8 }\n' });
}, 60_000);
afterAll(async () => {
  await world.close();
  world.gitHub.assertNoSurprises();
});

/** A file whose creation lets go of what waits for it. */
const gateOf = (name: string): string => join(world.folder, 'gates', name);

/** Where a run is when its daemon dies, and what lets it go on after that. */
interface Moment {
  readonly name: string;
  readonly behaviour?: string;
  readonly files?: () => Readonly<Record<string, string>>;
  /** Before the label. */
  readonly prepare?: (repository: RepositoryState) => void;
  readonly comes: (repository: RepositoryState) => Promise<unknown>;
  readonly release?: () => void;
}

/** Ms after which an answer comes that nobody waits for any more. */
const longerThanItLives = 30_000;

const open = (name: string) => () => writeFileSync(gateOf(name), '');
const waitFor = (name: string): string =>
  `touch ${gateOf(name)}.seen; while ! test -e ${gateOf(name)}; do sleep 0.05; done`;

const moments: readonly Moment[] = [
  {
    name: 'while the set-up runs',
    files: () => ({
      ...namedRepository,
      '.fleet/config.yml': JSON.stringify({ setup: waitFor('setup'), checks: { test: 'node slug.test.js' } }),
    }),
    comes: () => becomes(() => existsSync(`${gateOf('setup')}.seen`)),
    release: open('setup'),
  },
  {
    name: 'while the planner works',
    behaviour: '[[planner: waits]]',
    comes: (repository) => agentWorks(world, repository, 'planner'),
    release: open('planner'),
  },
  {
    name: 'while the developer works',
    behaviour: '[[developer: waits]]',
    comes: (repository) => agentWorks(world, repository, 'developer'),
    release: open('developer'),
  },
  {
    name: 'while the checks run',
    files: () => ({
      ...namedRepository,
      '.fleet/config.yml': JSON.stringify({ checks: { slow: waitFor('checks'), test: 'node slug.test.js' } }),
    }),
    comes: () => becomes(() => existsSync(`${gateOf('checks')}.seen`)),
    release: open('checks'),
  },
  {
    name: 'when the branch is pushed and the answer is on its way',
    prepare: ({ name }) => {
      const hook = join(world.folder, `github/acme/${name}.git/hooks/post-receive`);
      mkdirSync(join(hook, '..'), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\n${waitFor('push')}\n`);
      chmodSync(hook, 0o755);
    },
    comes: () => becomes(() => existsSync(`${gateOf('push')}.seen`)),
    release: open('push'),
  },
  {
    name: 'when the merge request is there and the answer is on its way',
    prepare: ({ name }) => {
      world.gitHub.fail({
        method: 'POST',
        path: new RegExp(`/${name}/pulls$`),
        effect: { delayMs: longerThanItLives },
      });
    },
    comes: (repository) => becomes(() => mergeRequestsOf(repository).length === 1),
  },
  {
    name: 'when the status comment is there and the answer is on its way',
    prepare: ({ name }) => {
      world.gitHub.fail({
        method: 'POST',
        path: new RegExp(`/${name}/issues/1/comments$`),
        effect: { delayMs: longerThanItLives },
      });
    },
    comes: (repository) => becomes(() => kindsOf(repository.issues.get(1)!).length === 1),
  },
  { name: 'when the webhook was just acknowledged', comes: () => Promise.resolve() },
];

/** A run at one of the moments. */
interface Met {
  readonly repository: RepositoryState;
  readonly issue: IssueState;
}

/** Lets a run come to its moment. */
async function meet(moment: Moment): Promise<Met> {
  const repository = aRepositoryFor(world, moment.files?.());
  moment.prepare?.(repository);
  const issue = await labelled(world, repository, moment.behaviour);
  await moment.comes(repository);
  return { repository, issue };
}

describe('killed -9 with a run at each moment, and started again', () => {
  const met = new Map<Moment, Met>();
  beforeAll(async () => {
    const held = moments.slice(0, -1);
    const there = await Promise.all(held.map(meet));
    // Only this one does not wait.
    const all = [...there, await meet(moments.at(-1)!)];
    const runs = (await Promise.all(all.map(({ repository }) => runsOf(world, repository)))).flat();
    await daemon.end('SIGKILL');
    await becomes(() => runs.every((run) => processesOf(run).length === 0), 2_000);
    for (const [index, moment] of moments.entries()) {
      met.set(moment, all[index]!);
      moment.release?.();
    }
    await world.start();
  }, 120_000);

  it.each(moments)('$name: the run ends as if nothing had happened', async (moment) => {
    const { repository, issue } = met.get(moment)!;
    const { run: ended } = await told(world, repository, 'inReview');
    expect(await runsOf(world, repository)).toEqual([ended]);
    expect(kindsOf(issue)).toEqual(['status', 'ready']);
    expect(statusOf(issue)).toMatch(/^✅ \*\*Ready for review\.\*\*/);
    expect(issue.reactions).toHaveLength(1);
    expect(mergeRequestsOf(repository)).toHaveLength(1);
    expect(commitsOf(world, repository, ended.branch)).toHaveLength(1);
    expect(ended.attempts.map(({ role, outcome }) => `${role} ${outcome.kind}`)).toEqual([
      'triager finished',
      'planner finished',
      'developer finished',
      'verifier finished',
    ]);
  });
});

it('a second Fleet on the same data folder is refused with a clear message, and exits with 3', async () => {
  const second = spawn(process.execPath, [...tsx, cliFile, 'start'], {
    env: world.env,
    cwd: world.folder,
    stdio: 'pipe',
  });
  const [words, [code]] = await Promise.all([text(second.stderr), once(second, 'exit') as Promise<[number]>]);
  expect(words).toContain(
    `is in use by another Fleet (process ${String(daemon.pid)}): stop it, or give this one a folder of its own with FLEET_DATA_DIR.`,
  );
  expect(code).toBe(3);
}, 30_000);
