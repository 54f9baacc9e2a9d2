import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { commentJson, issueJson, labelJson } from '../../test/support/github/shapes.js';
import type { RepositoryState } from '../../test/support/github/state.js';
import { addComment } from '../../test/support/github/state.js';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { quantile } from './statistics.js';
import { World } from './world.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const runsAtOnce = 8;
const deliveriesAtLeast = 400;
const everyMs = 10;
/** Issues of real life are long. */
const longText = 'What happened, what was expected, and a stack trace.\n'.repeat(80);

/** How long deliveries wait for their answer while eight runs start and go their way. */
export async function measureWebhooks(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, runsAtOnce + 1);
  const bare = spawn(process.execPath, [here('bare-server.mjs')], {
    env: { PATH: process.env['PATH'], WEBHOOK_SECRET: world.gitHub.webhookSecret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => void bare.kill();
  process.once('exit', kill);
  try {
    const [port] = (await once(bare.stdout, 'data')) as [Buffer];
    await world.start();
    const repositories = world.repositories.slice(0, runsAtOnce);
    await world.work(repositories);
    const targets = [`${world.fleet.address}/api/github/webhooks`, `http://127.0.0.1:${port.toString().trim()}/`];
    const seen: (readonly [readonly number[], readonly number[]])[] = [];
    for (let round = 0; round < rounds; round += 1) seen.push(await whileRunsStart(world, repositories, targets));
    return figuresOf(engine, seen);
  } finally {
    await end(bare);
    process.off('exit', kill);
    await world.close();
  }
}

function figuresOf(
  engine: Engine,
  seen: readonly (readonly [readonly number[], readonly number[]])[],
): readonly Figure[] {
  const at = (share: number, server: 0 | 1): readonly number[] => seen.map((times) => quantile(times[server], share));
  const what = 'express, raw body and HMAC, meanwhile';
  const common = { row: 'webhooks', engine: engine.name, unit: 'ms' } as const;
  const counts = seen.map(([times]) => times.length);
  return [
    {
      ...common,
      what: 'webhook acknowledged, p99, while 8 runs start and work',
      values: at(0.99, 0),
      aim: 50,
      bare: { what, values: at(0.99, 1) },
      note: `${Math.min(...counts)} to ${Math.max(...counts)} deliveries a round, one every ${everyMs} ms`,
    },
    { ...common, what: 'the same, p50', values: at(0.5, 0), bare: { what, values: at(0.5, 1) } },
  ];
}

async function whileRunsStart(
  world: World,
  repositories: readonly RepositoryState[],
  targets: readonly string[],
): Promise<readonly [readonly number[], readonly number[]]> {
  const workerData = {
    targets,
    deliveries: deliveriesOf(world),
    secret: world.gitHub.webhookSecret,
    everyMs,
    least: deliveriesAtLeast,
  };
  const worker = new Worker(here('load.mjs'), { workerData, execArgv: [] });
  const times = once(worker, 'message') as Promise<[readonly [readonly number[], readonly number[]]]>;
  await world.work(repositories);
  worker.postMessage('stop');
  return (await times)[0];
}

/** What comes in all day and concerns no run: kept and put aside, or not even kept. */
function deliveriesOf(world: World): readonly { readonly event: string; readonly body: string }[] {
  const { people, web, state } = world.gitHub;
  const repository = world.repositories.at(-1);
  if (repository === undefined) throw new Error('there is no repository');
  const issue = people.openIssue(repository, 'mona', 'Something else', longText);
  const comment = addComment(state, issue, issue.user, `Looks good to me. ${longText}`);
  const about = { ...people.shared(repository, 'mona'), issue: issueJson(web, repository, issue) };
  return [
    { event: 'issues', body: { ...about, action: 'labeled', label: labelJson(web, 'bug') } },
    {
      event: 'issue_comment',
      body: { ...about, action: 'created', comment: commentJson(web, repository, issue, comment) },
    },
    { event: 'issues', body: { ...about, action: 'edited', changes: {} } },
    {
      event: 'push',
      body: { ...people.shared(repository, 'mona'), ref: 'refs/heads/main', commits: [{ message: longText }] },
    },
    { event: 'issues', body: { ...about, action: 'closed' } },
  ].map(({ event, body }) => ({ event, body: JSON.stringify(body) }));
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
