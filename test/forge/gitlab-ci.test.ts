import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.js';
import type { RedJob } from '../../src/domain/review.js';
import type { Job } from '../support/gitlab/people.js';
import type { PipelineState } from '../support/gitlab/state.js';
import { branch, reviewedGitLab, type ReviewedGitLab } from './gitlab-reviews-world.js';

let world: ReviewedGitLab;

beforeEach(async () => {
  world = await reviewedGitLab({ timeoutMs: 400 });
});

afterEach(() => world.close());

const run = (jobs: readonly Job[], more: Partial<PipelineState> = {}): Promise<PipelineState> =>
  world.standIn.people.runPipeline(world.project, { sha: world.head, ref: branch, ...more }, jobs);
const failed = (more: Partial<Job> = {}): Job => ({ name: 'unit', status: 'failed', ...more });
const ci = async () => (await world.read()).ci;
const verdict = async () => (await ci()).verdict;
const red = async (): Promise<readonly RedJob[]> => (await ci()).red;
const fail = (path: RegExp, effect: Parameters<typeof world.standIn.fail>[0]['effect'], method = 'GET'): void => {
  world.standIn.fail({ method, path, effect });
};

describe('the verdict', () => {
  test.each([
    ['created', 'pending'],
    ['waiting_for_resource', 'pending'],
    ['running', 'pending'],
    ['manual', 'pending'],
    ['scheduled', 'pending'],
    ['canceling', 'pending'],
    ['success', 'green'],
    ['skipped', 'none'],
    ['made_up_later', 'unknown'],
  ])('of a pipeline that is %s: %s, without a look at jobs', async (status, expected) => {
    await run([failed({ status: 'pending' })], { status });
    expect(await ci()).toEqual({ sha: world.head, verdict: expected, red: [] });
    expect(world.restCalls().filter((call) => call.includes('jobs'))).toEqual([]);
  });

  test('is that of the last pipeline of the head', async () => {
    await run([failed()]);
    await run([failed({ status: 'success' })]);
    expect(await verdict()).toBe('green');
  });

  test('is none of older commits, or of other branches', async () => {
    await run([failed()]);
    world.standIn.people.push(world.project, branch, { by: 'ada', files: { 'b.txt': 'b\n' } });
    expect(await verdict()).toBe('none');
    await run([failed()], { sha: '0'.repeat(40), ref: 'trunk' });
    expect(await verdict()).toBe('none');
  });

  test('of merged results counts while it ran on the head', async () => {
    const { facts, git } = world.standIn;
    const { path } = world.project;
    const merge = facts.merge(path, git.head(path, 'trunk') ?? '', world.head);
    await run([failed()], { sha: merge, ref: `refs/merge-requests/${world.number}/merge` });
    expect(await ci()).toMatchObject({ sha: world.head, verdict: 'red' });
    world.standIn.people.push(world.project, branch, { by: 'ada', files: { 'b.txt': 'b\n' } });
    expect(await verdict()).toBe('none');
  });

  test('is unknown when GitLab does not tell the jobs', async () => {
    await run([failed()]);
    fail(/\/jobs$/, { answer: 502 });
    expect(await ci()).toEqual({ sha: world.head, verdict: 'unknown', red: [] });
  });
});

describe('a red job', () => {
  test.each([
    ['script_failure', 'code'],
    ['missing_dependency_failure', 'code'],
    ['runner_system_failure', 'runner'],
    ['stuck_or_timeout_failure', 'runner'],
    ['runner_unsupported', 'runner'],
    ['api_failure', 'runner'],
    ['unknown_failure', 'runner'],
    ['ci_quota_exceeded', 'billing'],
    ['job_execution_timeout', 'timeout'],
  ])('that failed by %s is a matter of %s', async (failureReason, cause) => {
    await run([failed({ failureReason })]);
    expect(await red()).toMatchObject([{ cause }]);
  });

  test('that may fail is none, and what was cancelled beside a failure neither', async () => {
    await run([
      failed({ name: 'lint', allowFailure: true }),
      failed({ stage: 'check' }),
      failed({ name: 'e2e', status: 'canceled' }),
    ]);
    expect((await red()).map(({ name }) => name)).toEqual(['check / unit']);
  });

  test('that was cancelled is told as that', async () => {
    await run([failed({ status: 'canceled' }), failed({ name: 'lint', status: 'success' })]);
    expect(await red()).toMatchObject([{ name: 'test / unit', cause: 'cancelled', canRerun: true }]);
  });

  test('is the pipeline itself where none of its jobs is red', async () => {
    const { id } = await run([], { status: 'failed', yamlErrors: 'jobs config should contain a visible job' });
    expect(await red()).toEqual([
      {
        ...{ id: `pipeline-${id}`, name: 'pipeline', cause: 'code', canRerun: false },
        url: `${world.standIn.web.url}/acme/sample/-/pipelines/${id}`,
        logTail: 'jobs config should contain a visible job',
      },
    ]);
    expect(await world.reviews.rerun(world.repository, await red())).toBe(false);
  });

  test('is one of twenty at most, with the logs of the first five', async () => {
    await run(Array.from({ length: 25 }, (_, index) => failed({ name: `unit ${index}`, log: 'not ok' })));
    const jobs = await red();
    expect([jobs.length, jobs.filter(({ logTail }) => logTail !== '').length]).toEqual([20, 5]);
  });

  test('has the last 8,000 characters of its log, as people see them', async () => {
    const log = [
      `${'x'.repeat(300_000)}\n`,
      'section_start:1700000000:step_script[collapsed=true]\r\u001b[0K\u001b[0KExecuting\u001b[0;m\r\n',
      ' 10 %\r 50 %\r100 %\n',
      '\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007\u0000 ü\n',
      '\u001b[31;1mERROR: Job failed: exit code 1\n\u001b[0;m',
      'section_end:1700000001:step_script\r\u001b[0K\n',
    ].join('');
    await run([failed({ log })]);
    const [{ logTail } = { logTail: '' }] = await red();
    expect(logTail).toHaveLength(8_000);
    expect(logTail).toMatch(/^x+\nExecuting\n100 %\nlink ü\nERROR: Job failed: exit code 1$/);
  });

  test.each([
    ['is refused', { answer: 403 }],
    ['is not answered', { hangUp: 'before' }],
    ['comes as a page', { answer: 200, headers: { 'content-type': 'text/html' } }],
  ] as const)('has no log where that %s', async (_name, effect) => {
    await run([failed({ log: 'not ok' })]);
    fail(/\/trace$/, effect);
    expect(await red()).toMatchObject([{ logTail: '', canRerun: true }]);
  });
});

describe('a new try', () => {
  const rerun = async (jobs: readonly RedJob[]): Promise<boolean | Failure> =>
    world.reviews.rerun(world.repository, jobs).catch((error: unknown) => {
      if (error instanceof Failure) return error;
      throw error;
    });
  const jobs = (): number => world.project.pipelines[0]?.jobs.length ?? 0;

  beforeEach(() => run([failed()]));

  test('makes CI pending, and is none the second time', async () => {
    const before = await red();
    expect([await rerun(before), await verdict(), await rerun(before), jobs()]).toEqual([true, 'pending', true, 2]);
  });

  test('is refused to a Reporter', async () => {
    const before = await red();
    world.project.members.set(world.fleet, 'reporter');
    expect(await rerun(before)).toBe(false);
  });

  test('of a job that is gone is none', async () => {
    expect(await rerun((await red()).map((job) => ({ ...job, id: '31337' })))).toBe(false);
  });

  test.each([{ hangUp: 'after' }, { doneBut: 502 }] as const)('whose answer was lost is one: %o', async (effect) => {
    const before = await red();
    fail(/\/retry$/, effect, 'POST');
    expect([await rerun(before), jobs()]).toEqual([true, 2]);
  });

  test('that GitLab did not begin is tried again later', async () => {
    const before = await red();
    fail(/\/retry$/, { answer: 502 }, 'POST');
    expect(await rerun(before)).toMatchObject({ reason: { kind: 'retryLater' } });
    expect([await rerun(before), jobs()]).toEqual([true, 2]);
  });
});
