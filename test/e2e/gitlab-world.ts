import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StartedFleet } from '../../src/cli/fleet-port.js';
import { loadConfig } from '../../src/config/load.js';
import type { Phase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import { startFleet } from '../../src/main.js';
import { placeDatabase } from '../support/databases.js';
import { GitLabStandIn } from '../support/gitlab/stand-in.js';
import type { ProjectState, ThreadState } from '../support/gitlab/state.js';
import { temporaryFolder } from '../support/temp.js';
import { withoutTimes } from './story.js';
import { namedRepository } from './world.js';

const scriptedAgent = resolve(import.meta.dirname, '../support/agents/scripted.mjs');

/** Fleet with the scripted agent, served by the GitLab stand-in. */
export interface GitLabFleet {
  readonly gitLab: GitLabStandIn;
  readonly fleet: StartedFleet;
  close(): Promise<void>;
}

export async function gitLabFleet(): Promise<GitLabFleet> {
  const folder = temporaryFolder('file');
  const gitLab = await GitLabStandIn.start({ folder: join(folder, 'gitlab') });
  const prompts = join(folder, 'prompts');
  mkdirSync(prompts);
  await placeDatabase(join(folder, 'data'));
  const agent = {
    ...{ name: 'script', dialect: 'command', command: ['node', scriptedAgent], maxConcurrent: 8 },
    ...{ timeouts: { silence: '60s', wall: '60s' }, env: { PROMPTS: prompts } },
  };
  writeFileSync(join(folder, 'fleet.config.yml'), JSON.stringify({ agents: [agent] }));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: process.env['TMPDIR'] ?? '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env['FLEET_TEST_LOG'] ?? 'silent',
    FLEET_DATA_DIR: join(folder, 'data'),
    GITLAB_URL: gitLab.web.url,
    GITLAB_TOKEN: gitLab.token,
    GITLAB_WEBHOOK_SECRET: gitLab.webhookSecret,
  };
  const loaded = loadConfig({ use: 'server', env, cwd: folder });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const fleet = await startFleet(loaded.config, { role: 'all', listen: true });
  gitLab.people.webhookUrl = `${fleet.address ?? ''}/api/gitlab/webhooks`;
  return {
    gitLab,
    fleet,
    close: async () => {
      await fleet.close();
      await gitLab.close();
    },
  };
}

let projects = 0;

/** A project of its own for a test, with an issue by olga: `mona` may write, `eve` may not. */
export function anIssue({ gitLab }: GitLabFleet, behaviour = ''): { project: ProjectState; issue: ThreadState } {
  projects += 1;
  const project = gitLab.addProject({
    path: `acme/sample-${projects}`,
    files: namedRepository,
    members: { mona: 'developer', eve: 'reporter', olga: 'reporter' },
  });
  const body = `\`Area 51\` should give \`area-51\`. ${behaviour}`.trim();
  return { project, issue: gitLab.people.openIssue(project, 'olga', 'slug drops digits', body) };
}

/** Waits until the newest run of the project is in that phase and shown so, woken by its journal. */
export async function reached({ fleet }: GitLabFleet, project: ProjectState, phase: Phase['name']): Promise<Run> {
  const deadline = performance.now() + 40_000;
  let run: Run | undefined;
  let after = 0;
  while (performance.now() < deadline) {
    const { runs } = await fleet.control({ op: 'list', limit: 1_000, open: false });
    run = runs.find((each) => each.repository.id === String(project.id));
    if (run?.phase.name === phase && run.status.state === 'shown') return run;
    // Waits for the journal's next entry; before there is a run, any answer of the store is a turn of the loop.
    if (run === undefined) continue;
    const { entries } = await fleet.control({ op: 'log', run: run.id, after, waitMs: 200 });
    after = entries.at(-1)?.seq ?? after;
  }
  throw new Error(`not reached: ${phase}; the run is ${JSON.stringify(run?.phase ?? 'not there')}`);
}

/** All that people can read about a run, issue and merge requests with their notes; what differs from run to run is masked. */
export function conversation({ gitLab }: GitLabFleet, project: ProjectState, run: Run): string {
  const threads = [...project.issues.values(), ...project.mergeRequests.values()].map(thread);
  return withoutTimes(`${threads.join('\n\n')}\n`)
    .replaceAll(run.id, 'RUN')
    .replaceAll(gitLab.web.url, 'https://gitlab.test')
    .replace(/\b[0-9a-f]{7,40}\b/g, 'SHA')
    .replace(/(?<=key=RUN)[.\d]+/g, '.N');
}

function thread({ iid, title, description, author, labels, state, notes, emojis, merge }: ThreadState): string {
  const kind =
    merge === undefined
      ? `Issue #${iid}`
      : `Merge request !${iid} ${merge.source} → ${merge.target}, review asked of ${merge.reviewers.map(({ username }) => username).join(', ')}:`;
  const about = [`by ${author.username}`, state, ...labels.map((label) => `label ${label}`)].join(', ');
  const seen = (all: ThreadState['emojis']): string =>
    all.map(({ name, user }) => ` · ${name} of ${user.username}`).join('');
  return [
    `# ${kind} ${title} (${about})${seen(emojis)}`,
    indented(description ?? '(nothing)'),
    ...notes.map((note) => `## ${note.author.username}${seen(note.emojis)}\n\n${indented(note.body)}`),
  ].join('\n\n');
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
