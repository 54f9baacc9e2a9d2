import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectControl } from '../../src/control/socket.js';
import type { Control } from '../../src/control/request.js';
import type { JournalEntry } from '../../src/domain/journal.js';
import type { Run } from '../../src/domain/run.js';
import { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { IssueState, RepositoryState } from '../../test/support/github/state.js';
import type { Engine } from './engine.js';
import { startFleetProcess, type FleetOrder, type FleetProcess } from './fleet-process.js';
import { gitHubVariables, machineVariables, makeFolder, nowMs, removeFolder, until } from './ground.js';

const agentScript = fileURLToPath(new URL('agent.sh', import.meta.url));

/** 300 text files in 15 folders, with one check that takes no time. */
export const files = {
  ...Object.fromEntries(
    Array.from({ length: 298 }, (_, index) => [
      `folder-${(index % 15) + 1}/file-${index + 1}.txt`,
      `line of file ${index + 1}\n`.repeat(40),
    ]),
  ),
  'README.md': '# A repository of 300 files\n',
  '.fleet/config.yml': "checks: { test: 'true' }\n",
};

/** Labelled issues at work; times are ms since 1970. */
export interface Batch {
  readonly issues: readonly {
    readonly repository: RepositoryState;
    readonly issue: IssueState;
    readonly labelledAtMs: number;
  }[];
  /** How many calls the forge had seen when the first label was put on. */
  readonly callsBefore: number;
}

/** A run of a batch as it went. */
export interface Finished {
  readonly run: Run;
  readonly labelledAtMs: number;
  /** The first line of the first agent. */
  readonly agentStartedAtMs: number;
  /** The end of the forge's answer to the push. */
  readonly pushedAtMs: number;
}

/** GitHub's stand-in in this process, and a Fleet in another. */
export class World {
  readonly folder: string;
  readonly gitHub: GitHubStandIn;
  readonly repositories: readonly RepositoryState[];
  readonly #variables: Readonly<Record<string, string>>;
  readonly #drop: () => Promise<void>;
  readonly #pushedAtMs = new Map<string, number>();
  #fleet: FleetProcess | undefined;

  private constructor(made: {
    readonly folder: string;
    readonly gitHub: GitHubStandIn;
    readonly repositories: readonly RepositoryState[];
    readonly variables: Readonly<Record<string, string>>;
    readonly drop: () => Promise<void>;
  }) {
    this.folder = made.folder;
    this.gitHub = made.gitHub;
    this.repositories = made.repositories;
    this.#variables = made.variables;
    this.#drop = made.drop;
    this.#watchPushes();
  }

  /** Nothing runs yet. `limited`: so many developers are asked first whose account has hit a limit, each on an account of its own. */
  static async make(engine: Engine, repositories: number, { limited = 0 } = {}): Promise<World> {
    const folder = makeFolder();
    for (const name of ['github', 'marks', 'bare']) mkdirSync(join(folder, name));
    const gitHub = await GitHubStandIn.start({ folder: join(folder, 'github') });
    const { variables, drop } = await engine.fresh();
    cpSync(agentScript, join(folder, 'agent.sh'));
    writeFileSync(join(folder, 'fleet.config.yml'), configuration(folder, limited));
    const made = Array.from({ length: repositories }, (_, index) =>
      gitHub.addRepository({ path: `acme/repository-${index + 1}`, files, people: { mona: 'write' } }),
    );
    return new World({
      folder,
      gitHub,
      repositories: made,
      variables: { ...machineVariables(folder), ...gitHubVariables(gitHub), ...variables },
      drop,
    });
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  get marks(): string {
    return join(this.folder, 'marks');
  }

  get fleet(): FleetProcess {
    if (this.#fleet === undefined) throw new Error('Fleet was not started');
    return this.#fleet;
  }

  async start(program: FleetOrder['program'] = 'daemon'): Promise<FleetProcess> {
    this.#fleet = await startFleetProcess({ folder: this.folder, variables: this.#variables, program });
    this.gitHub.people.webhookUrl = `${this.#fleet.address}/api/github/webhooks`;
    return this.#fleet;
  }

  async stop(): Promise<void> {
    await this.#fleet?.stop();
    this.#fleet = undefined;
  }

  /** From now on plans have so many tasks that nothing keeps apart, each with a criterion, and developers take so long. */
  plan({ tasks, seconds }: { readonly tasks: number; readonly seconds: number }): void {
    writeFileSync(join(this.marks, 'plan.json'), `${JSON.stringify(planOf(tasks))}\n`);
    if (seconds > 0) writeFileSync(join(this.marks, 'seconds'), String(seconds));
  }

  /** The journal of a run. */
  async journal({ id }: Run): Promise<readonly JournalEntry[]> {
    return (await (await this.#control())({ op: 'log', run: id, after: 0, waitMs: 0 })).entries;
  }

  /** Puts the label on a new issue of each repository, all at once. */
  async label(repositories: readonly RepositoryState[]): Promise<Batch> {
    const { people, calls } = this.gitHub;
    const callsBefore = calls.length;
    const issues = await Promise.all(
      repositories.map(async (repository) => {
        const issue = people.openIssue(repository, 'mona', 'A line is missing', 'Add a line to file 1.');
        const labelledAtMs = nowMs();
        await people.labelIssue(repository, issue.number, 'fleet', 'mona');
        return { repository, issue, labelledAtMs };
      }),
    );
    return { issues, callsBefore };
  }

  /** Waits until every merge request is open and said to be so. Fleet is not asked before the forge has them all. */
  async finished(batch: Batch): Promise<readonly Finished[]> {
    const isReady = (issue: IssueState): boolean => issue.comments.some(({ body }) => body.includes('kind=ready'));
    await until(() => batch.issues.every(({ issue }) => isReady(issue)), 'the merge requests');
    const control = await this.#control();
    let runs: readonly Run[] = [];
    await until(async () => {
      ({ runs } = await control({ op: 'list', limit: 1_000, open: true }));
      return batch.issues.every((each) => runOf(runs, each)?.status.state === 'shown');
    }, 'the status comments');
    return batch.issues.map((each) => this.#seenOf(each, runOf(runs, each)));
  }

  /** The whole way for a new issue of each repository. */
  async work(repositories: readonly RepositoryState[]): Promise<readonly Finished[]> {
    return this.finished(await this.label(repositories));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.gitHub.close();
    await this.#drop();
    removeFolder(this.folder);
    this.gitHub.assertNoSurprises();
  }

  async #control(): Promise<Control> {
    const control = await connectControl(this.dataFolder);
    if (control === undefined) throw new Error('Fleet does not answer on its socket');
    return control;
  }

  #seenOf({ repository, labelledAtMs }: Batch['issues'][number], run: Run | undefined): Finished {
    const pushedAtMs = this.#pushedAtMs.get(pathOf(repository));
    if (run === undefined || pushedAtMs === undefined) throw new Error(`nothing was pushed to ${repository.name}`);
    const marks = readdirSync(this.marks).filter((name) => name.startsWith(`${run.id}.`) && name.endsWith('.started'));
    if (marks.length === 0) throw new Error(`no agent of run ${run.id} left a mark`);
    const agentStartedAtMs = Math.min(...marks.map((mark) => statSync(join(this.marks, mark)).mtimeMs));
    return { run, labelledAtMs, agentStartedAtMs, pushedAtMs };
  }

  /** The stand-in's list of calls has no times: a push has ended when the answer of git's own program has gone out. */
  #watchPushes(): void {
    const { git } = this.gitHub;
    const serve = git.serve.bind(git);
    git.serve = (request, response, user) => {
      const path = /^\/(.*)\.git\/git-receive-pack$/.exec(request.url ?? '')?.[1];
      if (path !== undefined) response.once('finish', () => this.#pushedAtMs.set(path, nowMs()));
      serve(request, response, user);
    };
  }
}

export function pathOf({ owner, name }: RepositoryState): string {
  return `${owner.login}/${name}`;
}

function runOf(runs: readonly Run[], { repository, issue }: Batch['issues'][number]): Run | undefined {
  return runs.find((run) => run.repository.id === String(repository.id) && run.issue.number === issue.number);
}

function planOf(tasks: number) {
  const numbers = Array.from({ length: tasks }, (_, index) => index + 1);
  const file = (number: number): string => `folder-${number}/file-${number}.txt`;
  return {
    summary: 'Add lines.',
    criteria: numbers.map((number) => ({
      ...{ id: `AC${number}`, text: `file ${number} has a line more` },
      proof: { kind: 'command', run: `grep -q added ${file(number)}` },
    })),
    tasks: numbers.map((number) => ({
      ...{ id: `T${number}`, title: `Add a line to file ${number}`, description: 'Add it at the end.' },
      ...{ files: [file(number)], criteria: [`AC${number}`] },
    })),
  };
}

const hit = '{"type":"limited","kind":"plan","resetsAt":"2099-01-01T00:00:00Z"}';

function configuration(folder: string, limited: number): string {
  const command = JSON.stringify(['/bin/sh', join(folder, 'agent.sh'), join(folder, 'marks')]);
  const names = Array.from({ length: limited }, (_, index) => `limited-${index + 1}`);
  return [
    'agents:',
    `  - { name: script, dialect: command, command: ${command}, maxConcurrent: 8 }`,
    ...names.map(
      (name) => `  - { name: ${name}, dialect: command, command: ${limitedBy(folder, name)}, events: true }`,
    ),
    `roles: { default: [script], developer: [${[...names, 'script'].join(', ')}] }`,
    'limits: { runs: 8, runsPerRepository: 8, runsPerDay: 100000, runsPerRequesterPerDay: 100000 }\n',
  ].join('\n');
}

/** An agent that leaves its mark and has hit a limit. */
function limitedBy(folder: string, name: string): string {
  return JSON.stringify(['/bin/sh', '-c', `: > "${join(folder, 'marks')}/$FLEET_RUN.${name}"; echo '${hit}'; exit 1`]);
}
