import { describe, expect, test } from 'vitest';
import { createControl } from '../../src/control/control.js';
import type { RunId } from '../../src/domain/run.js';
import type { Run } from '../../src/domain/run.js';
import { storeOn } from '../../src/store/store.js';
import { aCheckout, addBranch, aLocalForge, sharedDatabase } from '../forge/local/world.js';
import { aJournalEntry, aRun, startMs } from '../support/builders.js';

const database = sharedDatabase();
const facts = { version: '0.1.0', pid: 7, role: 'all', startedAtMs: startMs };

function aControl() {
  const local = aLocalForge(database());
  const store = storeOn(database());
  const control = createControl({
    ...{ store, people: local.people, clock: { nowMs: () => Date.now() }, label: 'fleet', facts },
    diff: async (run) => `diff of ${run.id}`,
    accounts: ['team'],
    ready: async (account) => (await store.accounts.change(account, () => ({ kind: 'ok' }))).before,
  });
  const commit = async (run: Run) =>
    store.runs.commit({
      ...{ fromRevision: 0, run, effects: [], read: [], cancelsWork: false },
      journal: [aJournalEntry({ run: run.id, atMs: run.createdAtMs })],
    });
  return { ...local, control, store, commit };
}

let issueNumber = 100;
function named(id: string, change: Partial<Run> = {}): Run {
  const run = aRun();
  return { ...run, id: id as RunId, issue: { ...run.issue, number: (issueNumber += 1) }, ...change };
}

describe('runs', () => {
  test('are found by the start or the end of their id, when that is unambiguous', async () => {
    const { control, commit } = aControl();
    await commit(named('abc111'));
    await commit(named('abc222'));
    const found = async (run: string) => (await control({ op: 'show', run })).run.id;
    expect([await found('abc1'), await found('222'), await found('abc222')]).toEqual(['abc111', 'abc222', 'abc222']);
    await expect(found('abc')).rejects.toThrow(/^abc stands for 2 runs \(abc\d+, abc\d+, …\): give more of the id$/);
    await expect(found('nothing')).rejects.toThrow('There is no run nothing: `fleet list` shows all runs.');
  });

  test('are listed newest first, on demand only the open ones', async () => {
    const { control, commit } = aControl();
    await commit(named('list1', { createdAtMs: startMs + 1000 }));
    await commit(named('list2', { createdAtMs: startMs + 2000, phase: { name: 'merged' } }));
    const ids = async (open: boolean) => (await control({ op: 'list', limit: 2, open })).runs.map(({ id }) => id);
    expect((await ids(false)).slice(0, 2)).toEqual(['list2', 'list1']);
    expect((await ids(true))[0]).toBe('list1');
  });

  test('have a journal that can be waited for', async () => {
    const { control, commit, store } = aControl();
    await commit(named('journal1'));
    const first = await control({ op: 'log', run: 'journal1', after: 0, waitMs: 0 });
    expect([first.run, first.entries.length, first.phase.name]).toEqual(['journal1', 1, 'queued']);
    const after = first.entries[0]!.seq;
    expect((await control({ op: 'log', run: 'journal1', after, waitMs: 0 })).entries).toEqual([]);
    const waiting = control({ op: 'log', run: 'journal1', after, waitMs: 20_000 });
    await store.journal.append([aJournalEntry({ run: 'journal1' as RunId, text: 'went on' })]);
    expect((await waiting).entries.map(({ text }) => text)).toEqual(['went on']);
  });

  test('have a diff, and facts of the Fleet that answers', async () => {
    const { control, commit } = aControl();
    await commit(named('diff1'));
    expect([await control({ op: 'diff', run: 'diff1' }), await control({ op: 'server' })]).toEqual([
      { diff: 'diff of diff1' },
      facts,
    ]);
  });
});

describe('accounts', () => {
  test('are shown with what they wait for, and can be used again at a person’s word', async () => {
    const { control, store } = aControl();
    const needsPerson = { kind: 'needsPerson', sinceMs: startMs } as const;
    await store.accounts.change('team', () => needsPerson);
    expect(await control({ op: 'accounts' })).toEqual({ accounts: [{ name: 'team', health: needsPerson }] });
    expect(await control({ op: 'account.ready', account: 'team' })).toEqual({ before: needsPerson });
    expect(await control({ op: 'accounts' })).toEqual({ accounts: [{ name: 'team', health: { kind: 'ok' } }] });
    await expect(control({ op: 'account.ready', account: 'gone' })).rejects.toThrow(
      'There is no account gone (known: team).',
    );
  });
});

describe('the local forge', () => {
  test('takes an issue through label, comment and close, and shows the merge request of its run', async () => {
    const { control, commit, forge, deliveries } = aControl();
    const at = aCheckout();
    const { repository } = await control({ op: 'repository.add', at, push: false });
    const name = repository.path;
    const { issue } = await control({ op: 'issue.open', repository: name, title: 'Keep digits', body: '' });
    const thread = { repository: name, number: issue.number };
    await control({ op: 'label', ...thread });
    await control({ op: 'comment', ...thread, body: '/fleet status', by: 'rolf' });
    addBranch(at, 'fleet/1-keep-digits', { path: 'new.txt', text: 'new\n' });
    const mergeRequest = await forge.ensureMergeRequest(repository, {
      ...{ branch: 'fleet/1-keep-digits', base: 'trunk', title: 'Keep digits', body: 'Closes #1' },
      ...{ draft: false, reviewers: [] },
    });
    await commit(named('local1', { repository, issue: { ...issue, comments: [] }, mergeRequest }));
    expect((await control({ op: 'runsOf', ...thread })).runs.map(({ id }) => id)).toEqual(['local1']);
    expect((await control({ op: 'show', run: 'local1' })).mergeRequest).toEqual({
      ...{ number: 2, url: mergeRequest.url, state: 'open', title: 'Keep digits', body: 'Closes #1' },
      ...{ branch: 'fleet/1-keep-digits', base: 'trunk', place: at },
    });
    await control({ op: 'unlabel', ...thread });
    const reviewed = { repository: name, number: 2 };
    const at1 = { path: 'new.txt', fromLine: 1, line: 1, side: 'new' } as const;
    const remarks = [{ ...at1, text: 'Why?', suggestion: 'old' }];
    await control({ op: 'review', ...reviewed, body: 'Fine.', verdict: 'approve', remarks });
    const { threads } = await control({ op: 'threads', ...reviewed });
    const id = threads.find(({ kind }) => kind === 'inline')!.id;
    await control({ op: 'reply', ...reviewed, thread: id, body: 'Because.', by: 'rolf' });
    await control({ op: 'resolve', ...reviewed, thread: id, isResolved: true });
    await control({ op: 'close', ...reviewed });
    await control({ op: 'reopen', ...reviewed });
    const said = await control({ op: 'threads', ...reviewed });
    expect([said.verdicts.map(({ kind }) => kind), said.threads.map(({ isResolved }) => isResolved)]).toEqual([
      ['approved'],
      [false, true],
    ]);
    expect(deliveries.map(({ event }) => [event.type, event.by.login])).toEqual([
      ['repositoryServed', 'ada'],
      ['issueLabelled', 'ada'],
      ['issueCommented', 'rolf'],
      ['issueUnlabelled', 'ada'],
      ['issueCommented', 'ada'],
      ['issueCommented', 'rolf'],
      ['mergeRequestTouched', 'ada'],
      ['mergeRequestClosed', 'ada'],
      ['mergeRequestReopened', 'ada'],
    ]);
  });

  test('refuses to merge what is checked out', async () => {
    const { control, forge } = aControl();
    const at = aCheckout();
    const { repository } = await control({ op: 'repository.add', at, push: false });
    addBranch(at, 'fleet/1-x', { path: 'new.txt', text: 'new\n' });
    const { number } = await forge.ensureMergeRequest(repository, {
      ...{ branch: 'fleet/1-x', base: 'trunk', title: 'X', body: '', draft: false, reviewers: [] },
    });
    await expect(control({ op: 'merge', repository: at, number })).rejects.toThrow(
      `Type: git -C ${at} merge fleet/1-x.`,
    );
  });
});
