import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.js';
import type { Person } from '../../src/domain/forge.js';
import type { Look, LookMemo, LookOrder } from '../../src/ports/lookout.js';
import { addThread, type ThreadState } from '../support/gitlab/state.js';
import { branch, reviewedGitLab, type ReviewedGitLab } from './gitlab-reviews-world.js';

let world: ReviewedGitLab;
let ada: Person;

beforeEach(async () => {
  world = await reviewedGitLab({ timeoutMs: 400 });
  ada = await world.person('ada', 'write');
});

afterEach(() => world.close());

const look = (asked: Partial<LookOrder> = {}, memo?: LookMemo): Promise<Look> =>
  world.gitLab.lookout.look(
    world.repository,
    { label: 'fleet', issues: [], mergeRequests: [world.number], ...asked },
    memo,
  );
const glance = async () => (await look()).glances[0];
const labelling = (number: number) => world.gitLab.lookout.labelling(world.repository, number, 'fleet');

async function labelled(title = 'Digits'): Promise<ThreadState> {
  const issue = world.standIn.people.openIssue(world.project, 'ada', title, 'They are lost.');
  await world.standIn.people.label(world.project, issue, 'fleet', 'ada');
  return issue;
}

function openMore(count: number): readonly number[] {
  const { state } = world.standIn;
  return Array.from({ length: count }, (_, index) => {
    const merge = { source: branch, target: 'trunk', reviewers: [] };
    return addThread(state, world.project, { title: `${index}`, description: '', author: state.bot, merge }).iid;
  });
}

/** What was asked since the last time, without queries. */
function asked(): readonly string[] {
  const calls = world.restCalls();
  world.standIn.calls.length = 0;
  return calls;
}

describe('a look', () => {
  test('at 50 open merge requests takes three calls, changed or not, and tells of every one', async () => {
    const mergeRequests = [world.number, ...openMore(49)];
    const issue = await labelled();
    const before = await look({ mergeRequests, issues: [issue.iid] });
    const again = await look({ mergeRequests, issues: [issue.iid] }, before.memo);
    const calls = ['GET /issues 200', 'GET /merge_requests 200', 'GET /pipelines 200'];
    expect([...asked()].sort()).toEqual([...calls, ...calls].sort());
    expect([before.labelled?.length, again.labelled, again.endings]).toEqual([1, undefined, []]);
    expect(again.glances.map(({ number }) => number)).toEqual(mergeRequests);
  });

  test('at none takes one', async () => {
    expect(await look({ mergeRequests: [] })).toMatchObject({ labelled: [], endings: [], glances: [] });
    expect(asked()).toEqual(['GET /issues 200']);
  });

  test('at 200 takes two lists of them', async () => {
    const mergeRequests = [world.number, ...openMore(199)];
    expect((await look({ mergeRequests })).glances).toHaveLength(200);
    expect(asked()).toHaveLength(4);
  });

  test('tells of labelled issues again once one of them changed', async () => {
    const issue = await labelled();
    const { memo } = await look();
    world.standIn.people.edit(issue, 'ada', { title: 'Digits!' });
    issue.updatedAt = new Date(Date.now() + 1000).toISOString();
    const { labelled: seen } = await look({}, memo);
    expect(seen).toEqual([{ number: issue.iid, updatedAtMs: Date.parse(issue.updatedAt) }]);
  });

  test('tells who took the label off last, and when', async () => {
    const issue = await labelled();
    await world.person('rolf', 'write');
    await world.standIn.people.unlabel(world.project, issue, 'fleet', 'rolf');
    const { endings } = await look({ issues: [issue.iid] });
    expect(endings).toEqual([
      {
        ...{ kind: 'issueUnlabelled', number: issue.iid, atMs: expect.any(Number) as number },
        by: expect.objectContaining({ login: 'rolf' }) as Person,
      },
    ]);
  });

  test('of a project that is gone is a failure', async () => {
    world.project.members.delete(world.fleet);
    await expect(look()).rejects.toBeInstanceOf(Failure);
  });

  test('that GitLab limits says how long to wait', async () => {
    world.standIn.fail({ method: 'GET', path: /\/issues$/, effect: { answer: 429, headers: { 'retry-after': '30' } } });
    await expect(look()).rejects.toMatchObject({ reason: { kind: 'retryLater', retryAfterMs: 30_000 } });
  });
});

describe('a glance', () => {
  test('changes by a request for changes, of which no delivery tells', async () => {
    const before = await glance();
    await new Promise((resolve) => setImmediate(resolve));
    world.thread.updatedAt = new Date(Date.now() - 1000).toISOString();
    await world.standIn.people.review(world.project, world.thread, 'ada', { verdict: 'requestChanges' });
    const after = await glance();
    expect(after?.updatedAtMs).not.toBe(before?.updatedAtMs);
    expect(after?.updatedAtMs).toBe((await world.read()).updatedAtMs);
    expect((await world.read()).verdicts).toMatchObject([{ by: ada, kind: 'changesRequested' }]);
  });

  test('tells of a push, and of a conflict once GitLab has looked', async () => {
    expect(await glance()).toMatchObject({ headSha: world.head });
    const head = world.standIn.people.push(world.project, branch, { by: 'ada', files: { 'b.txt': 'b\n' } });
    world.standIn.people.push(world.project, 'trunk', { by: 'ada', files: { 'new.txt': 'other\n' } });
    const [first, second] = [await glance(), await glance()];
    expect(first).toMatchObject({ headSha: head });
    expect([first?.isConflicting, second?.isConflicting]).toEqual([undefined, true]);
  });

  test('tells what CI says of the head, as far as pipelines changed lately', async () => {
    const ci = async (memo?: LookMemo) => (await look({}, memo)).glances[0]?.ci;
    const run = (sha: string, status: 'failed' | 'success', ref = branch) =>
      world.standIn.people.runPipeline(world.project, { sha, ref }, [{ name: 'unit', status }]);
    const { memo } = await look();
    expect([await ci(), await ci(memo)]).toEqual(['none', 'unknown']);
    await run('0'.repeat(40), 'failed');
    expect(await ci(memo)).toBe('unknown');
    await run(world.head, 'failed');
    expect([await ci(), await ci(memo)]).toEqual(['red', 'red']);
    await run(world.head, 'success');
    expect(await ci(memo)).toBe('green');
    await run('1'.repeat(40), 'failed', `refs/merge-requests/${world.number}/merge`);
    expect(await ci(memo)).toBe('green');
  });

  test('at a head without a pipeline of its own tells of one of merged results', async () => {
    const ref = `refs/merge-requests/${world.number}/merge`;
    await world.standIn.people.runPipeline(world.project, { sha: '1'.repeat(40), ref }, [
      { name: 'unit', status: 'failed' },
    ]);
    expect((await glance())?.ci).toBe('red');
  });
});

describe('a labelling', () => {
  test('is by who put the label on last', async () => {
    const issue = await labelled();
    await world.person('rolf', 'read');
    await world.standIn.people.unlabel(world.project, issue, 'fleet', 'ada');
    await world.standIn.people.label(world.project, issue, 'fleet', 'rolf');
    expect(await labelling(issue.iid)).toMatchObject({ by: { login: 'rolf' } });
  });

  test('comes with who changed title or text, and with nothing that people said', async () => {
    const issue = await labelled();
    const { people } = world.standIn;
    people.edit(issue, 'ada', { description: 'They are lost, all of them.' });
    people.edit(issue, 'eve', { title: 'Drop digits' });
    people.tick(issue, 'eve', 'a box');
    await people.comment(world.project, issue, 'eve', 'changed the description');
    const seen = await labelling(issue.iid);
    expect(seen?.issue).toMatchObject({ title: 'Drop digits', body: 'They are lost, all of them.' });
    expect(seen?.edits.map(({ by, atMs }) => [by.login, atMs > 0])).toEqual([
      ['ada', true],
      ['eve', true],
      ['eve', true],
    ]);
  });
});

test('archived projects, and those that Fleet only reads, are not served', async () => {
  world.standIn.addProject({ path: 'acme/archived' }).isArchived = true;
  world.standIn.addProject({ path: 'acme/seen' }).members.set(world.fleet, 'reporter');
  expect(await world.gitLab.lookout.repositories()).toEqual([world.repository]);
});
