import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../src/domain/run.js';
import { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { CommentState, IssueState, RepositoryState } from '../../test/support/github/state.js';
import { Courier, randomFrom, type Tally, type Weather } from './courier.js';
import type { Engine } from './engine.js';
import type { Figure } from './figure.js';
import { gitHubVariables, Ground } from './ground.js';
import { desks, hour, isAtRest, noise, type Desk } from './hour.js';
import { pathOf } from './world.js';

const agentScript = fileURLToPath(new URL('../../test/support/agents/scripted.mjs', import.meta.url));
const deliveries = 1_000;
const seed = 20_261;
const calm: Weather = { doublesOneIn: Infinity, losesOneIn: Infinity, shuffles: false };
const storm: Weather = { doublesOneIn: 3, losesOneIn: 10, shuffles: true };
/** GitHub's times are whole seconds: what comes in the second of the last look looks like it. */
const secondMs = 1_100;

const files = {
  'slug.js': "export const slug = (text) => text.toLowerCase().replace(/[^a-z]+/g, '-');\n",
  'slug.test.js': "import { slug } from './slug.js';\nprocess.exitCode = slug('Area 51') === 'area-51' ? 0 : 1;\n",
  'package.json': '{ "type": "module" }\n',
  'README.md': '# Sample\n',
  '.fleet/config.yml': 'checks: { test: node slug.test.js }\nreview: { settle: 500ms }\n',
};

/** What people see at the end of the hour. */
interface Seen {
  readonly lines: readonly string[];
  /** Comments of Fleet's with the same marker at one place. */
  readonly twice: number;
  readonly tally: Tally;
}

/** The same busy hour twice: by webhooks in order, and with webhooks as bad as they get. */
export async function measureStorm(engine: Engine): Promise<readonly Figure[]> {
  const inOrder = await play(engine, calm, '1h');
  const stormy = await play(engine, storm, '1s');
  const missing = inOrder.lines.filter((line) => !stormy.lines.includes(line)).map((line) => `- ${line}`);
  const more = stormy.lines.filter((line) => !inOrder.lines.includes(line)).map((line) => `+ ${line}`);
  const differences = [...missing, ...more];
  if (differences.length > 0) process.stderr.write(`\n${differences.join('\n')}\n`);
  const { all, lost, doubled, late } = stormy.tally;
  const common = { row: 'rounds', engine: engine.name, aim: 0 } as const;
  return [
    {
      ...common,
      what: `lines that people see otherwise after ${all} deliveries, shuffled, a third doubled, a tenth lost`,
      unit: 'lines',
      values: [differences.length],
      note: `of ${inOrder.lines.length}; ${lost} lost, ${doubled} doubled, ${late} after a later one`,
    },
    { ...common, what: 'comments that Fleet made twice meanwhile', unit: 'comments', values: [stormy.twice] },
  ];
}

async function play(engine: Engine, weather: Weather, resync: string): Promise<Seen> {
  const ground = await Ground.make(engine);
  const gitHub = await GitHubStandIn.start({ folder: join(ground.folder, 'forge') });
  ground.also(() => gitHub.close());
  const all = Array.from({ length: desks }, (_, index): Desk => {
    const people = { mona: 'write', ada: 'write', eve: 'read', olga: 'read' } as const;
    return { gitHub, repository: gitHub.addRepository({ path: `acme/desk-${index + 1}`, files, people }) };
  });
  const address = await ground.start({
    variables: gitHubVariables(gitHub),
    agent: [process.execPath, agentScript],
    lines: [`resync: ${resync}`],
  });
  try {
    gitHub.people.webhookUrl = `${address}/api/github/webhooks`;
    const courier = new Courier(gitHub.people, weather, randomFrom(seed));
    for (const [index, part] of hour.entries()) {
      // All at once, as far as Fleet can see: nothing is awaited that lets the stand-in answer.
      for (const [desk, one] of all.entries()) await part.act(one, desk);
      await makeNoise(all, courier, (deliveries * (index + 1)) / hour.length);
      await courier.bringUntil(async () => {
        const runs = await ground.runs();
        const left = all.filter(({ repository }, desk) => !part.isAnswered(runsOf(runs, repository), desk));
        return left.map(({ repository }) => inWords(runsOf(runs, repository)));
      }, `the answers to the ${part.name}`);
      await delay(secondMs);
    }
    await courier.bringAll();
    await delay(secondMs);
    await courier.bringUntil(
      async () => (await ground.runs()).filter((run) => !isOver(run)).map((run) => inWords([run])),
      'the end of the hour',
    );
    const lines = [
      ...all.flatMap((desk) => linesOf(desk, ground)),
      ...(await ground.runs()).map((run) => inWords([run])),
    ];
    return { lines, twice: twiceIn(gitHub), tally: courier.tally };
  } finally {
    await ground.close();
    gitHub.assertNoSurprises();
  }
}

async function makeNoise(all: readonly Desk[], courier: Courier, upTo: number): Promise<void> {
  while (courier.tally.all < upTo) {
    for (const each of all.flatMap(noise)) if (courier.tally.all < upTo) await each();
  }
}

function isOver(run: Run): boolean {
  return run.status.state === 'shown' && (run.phase.name !== 'inReview' || isAtRest(run));
}

/** Everything that can be read on the forge, apart from reactions, which answer a delivery; what differs from time to time is masked. */
function linesOf({ gitHub, repository }: Desk, { folder }: Ground): readonly string[] {
  const git = ['--git-dir', join(folder, 'forge', `${pathOf(repository)}.git`)];
  const text = (...args: readonly string[]): readonly string[] =>
    execFileSync('git', [...git, ...args], { encoding: 'utf8' })
      .trim()
      .split('\n');
  const branches = text('for-each-ref', '--format=%(refname:short)', 'refs/heads').flatMap((branch) => [
    ...text('log', '--format=%an: %s', branch).map((line) => `${branch}: ${line}`),
    ...['slug.js', 'README.md'].map((file) => `${branch}: ${file}: ${text('show', `${branch}:${file}`).join()}`),
  ]);
  return [...[...repository.issues.values()].flatMap(issueLines), ...branches]
    .map((line) => `${repository.name} ${masked(line, gitHub)}`)
    .map((line, index, before) => `${line} (${before.slice(0, index).filter((each) => each === line).length + 1})`);
}

function issueLines({ number, title, body, state, labels, comments, pull, threads }: IssueState): readonly string[] {
  const said = ({ user, body: text }: CommentState): string => `${user.login}: ${text}`;
  const ended = pull?.mergedAt === undefined ? state : 'merged';
  const about = `${title} (${[ended, ...labels, ...(pull?.reviewers ?? [])].join(', ')})`;
  const all = [
    about,
    ...(body ?? '').split('\n'),
    ...comments.flatMap((each) => said(each).split('\n')),
    ...threads.flatMap((thread) => [
      `thread, ${thread.isResolved ? 'resolved' : 'open'}`,
      ...thread.comments.flatMap((each) => said(each).split('\n')),
    ]),
  ];
  return all.map((line) => `#${number} ${line}`);
}

function runsOf(runs: readonly Run[], { id }: RepositoryState): readonly Run[] {
  return runs.filter((run) => run.repository.id === String(id));
}

function inWords(runs: readonly Run[]): string {
  return runs
    .map(
      ({ repository, issue, phase, round, branch }) =>
        `${repository.path}#${issue.number} ${branch}: ${phase.name}, ${round} rounds`,
    )
    .join('; ');
}

function masked(line: string, { host }: GitHubStandIn): string {
  return line
    .replaceAll(host, 'HOST')
    .replace(/(?<=run=|key=|run `)[\w.-]+/g, 'RUN')
    .replace(/\b\d+(\.\d+)? s\b|\b\d+ min( \d+ s)?/g, 'TIME')
    .replace(/\b[0-9a-f]{7,40}\b/g, 'SHA')
    .replace(/(?<=issuecomment-|pullrequestreview-|discussion_r)\d+/g, 'ID');
}

/** Each comment of Fleet's has a marker of its own at its place. */
function twiceIn({ state }: GitHubStandIn): number {
  const places = state.repositories.flatMap(({ issues }: RepositoryState) =>
    [...issues.values()].flatMap(({ comments, threads }) => [comments, ...threads.map((thread) => thread.comments)]),
  );
  const markers = places.map((comments) =>
    comments.filter(({ viaApp }) => viaApp).map(({ body }) => /^<!--.*?-->/m.exec(body)?.[0] ?? body),
  );
  return markers.reduce((total, each) => total + each.length - new Set(each).size, 0);
}
