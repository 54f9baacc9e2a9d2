import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence, Sighting, TestReport } from '../domain/check.js';
import type { Containment } from '../process/containment.js';
import type { Ended } from '../process/order.js';
import { runContained } from '../process/run-contained.js';
import type { Clock } from '../ports.js';
import type { CheckOrder, Checks } from '../ports/check.js';
import { keptLines } from './kept-lines.js';
import { lastLines, outputTail } from './output-tail.js';
import { isGoNoise } from './report/go.js';
import { type Line, readReport } from './report/read-report.js';

export interface ChecksOptions {
  /** Data folder; `runs/<run>` (removed with the workspace) and `cache` are made in it. */
  readonly folder: string;
  readonly containment: Containment;
  readonly clock: Clock;
  /** Where the repository's tools are looked for. */
  readonly path: string;
  readonly lang?: string;
}

/** A shell's exit codes for a command that it could not run. */
const notRunnable = [126, 127];

/** Runs commands of a repository as `/bin/sh -c` in its worktree, each in a containment of its own. */
export function createChecks(options: ChecksOptions): Checks {
  return {
    async run(order) {
      const env = await environmentOf(options, order);
      const seen: Sighting[] = [];
      for (const command of order.commands) seen.push(await see(options, { ...order, env }, command));
      return seen;
    },
  };
}

/** All that a command gets: nothing of Fleet's own environment, no home but the run's. */
async function environmentOf(options: ChecksOptions, order: CheckOrder): Promise<Readonly<Record<string, string>>> {
  const place = join(options.folder, 'runs', order.run);
  const folders = {
    HOME: join(place, 'home'),
    TMPDIR: join(place, 'tmp'),
    npm_config_cache: join(options.folder, 'cache/npm'),
  };
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })));
  // Go tells the names of tests only when asked; its other commands print a little more, too.
  return { PATH: options.path, LANG: options.lang ?? 'C.UTF-8', CI: 'true', GOFLAGS: '-v', ...folders };
}

async function see(
  { containment, clock }: ChecksOptions,
  order: CheckOrder & { readonly env: Readonly<Record<string, string>> },
  { name, kind, command, gate }: CheckOrder['commands'][number],
): Promise<Sighting> {
  const tail = outputTail();
  const kept = keptLines();
  const [keepStdout, keepStderr] = [kept.add('stdout'), kept.add('stderr')];
  const { xml, env, remove } = await reportPlace(order.env);
  const startedAtMs = clock.nowMs();
  const ended = await runContained(containment, {
    argv: ['/bin/sh', '-c', command],
    cwd: order.workspace.path,
    env,
    readOnly: order.workspace.gitDirectories,
    limits: { wallMs: order.timeoutMs },
    signal: order.signal,
    onStdout: (chunk) => {
      tail.add(chunk);
      keepStdout(chunk);
    },
    onStderr: (chunk) => {
      tail.add(chunk);
      keepStderr(chunk);
    },
  });
  const durationMs = clock.nowMs() - startedAtMs;
  const lines = placeless(kept.lines(), order.workspace.path);
  const report = kind === 'setup' ? undefined : readReport(lines, await xml());
  const said = ended.how === 'notStarted' ? ended.reason : tailOf(lines, tail.text(), report);
  // People read it on the forge, where nobody needs to know how Fleet's machine is laid out.
  const output = said.replaceAll(order.workspace.path, '.');
  await remove();
  const evidence: Evidence = {
    ...{ name, kind, command, ...held(judged(ended), report), durationMs, outputTail: output, tree: order.tree },
    ...(gate === undefined ? {} : { gate }),
    ...(report === undefined ? {} : { tests: report.counts, ...failedTests(report) }),
  };
  return report === undefined ? { evidence } : { evidence, report };
}

/** More names than this tell nobody more. */
const mostNames = 100;

function failedTests({ counts, results }: TestReport): Pick<Evidence, 'failedTests'> {
  const failed = results.flatMap(({ name, outcome }) => (outcome === 'failed' ? [name] : []));
  return failed.length === 0 || failed.length !== counts.failed || failed.length > mostNames
    ? {}
    : { failedTests: failed };
}

/** Where pytest writes what it tells of each test; its own option on the command line comes later, and wins. */
async function reportPlace(env: Readonly<Record<string, string>>): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly xml: () => Promise<string | undefined>;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(env['TMPDIR'] ?? '', 'report-'));
  const file = join(folder, 'pytest.xml');
  return {
    env: { ...env, PYTEST_ADDOPTS: `"--junitxml=${file}" -o junit_family=xunit1` },
    xml: () => readFile(file, 'utf8').catch(() => undefined),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What Go adds because Fleet asked for names is not what people and agents look for. */
function tailOf(lines: readonly Line[], tail: string, report: TestReport | undefined): string {
  if (report?.counts.runner.includes('go test') !== true) return tail;
  const texts = lines.flatMap(({ text }) => (isGoNoise(text) ? [] : [text]));
  return lastLines(`${texts.join('\n')}\n`);
}

/** Tests are called the same wherever they are run. */
function placeless(lines: readonly Line[], path: string): readonly Line[] {
  return lines.map((line) => (line.text.includes(path) ? { ...line, text: line.text.replaceAll(path, '.') } : line));
}

/** An exit code of 0 is not enough where the test runner says that something failed, or that no test was run. */
function held(
  seen: Pick<Evidence, 'outcome' | 'exit'>,
  report: TestReport | undefined,
): Pick<Evidence, 'outcome' | 'exit'> {
  if (seen.outcome !== 'pass' || report === undefined) return seen;
  if (report.counts.failed > 0) return { ...seen, outcome: 'fail' };
  return report.counts.run > 0 ? seen : { ...seen, outcome: 'inconclusive' };
}

/** Only an exit code of 0 is a pass, and only a command that ran to its end can fail. */
function judged(ended: Ended): Pick<Evidence, 'outcome' | 'exit'> {
  switch (ended.how) {
    case 'exited':
      if (ended.code === 0) return { outcome: 'pass', exit: 0 };
      return { outcome: notRunnable.includes(ended.code) ? 'inconclusive' : 'fail', exit: ended.code };
    case 'wall':
      return { outcome: 'inconclusive', exit: 'timedOut' };
    case 'stopped':
    case 'flood':
      return { outcome: 'inconclusive', exit: 'stopped' };
    case 'notStarted':
      return { outcome: 'inconclusive', exit: 'notStarted' };
    default:
      return ended satisfies never;
  }
}
