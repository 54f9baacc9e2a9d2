import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ForgeEvent } from '../../src/domain/forge.js';
import type { Run, RunId } from '../../src/domain/run.js';
import { admit } from '../../src/run/admit.js';
import type { Database } from '../../src/store/database.js';
import {
  aComment,
  aFrozenIssue,
  aMergeRequest,
  anIssue,
  aPerson,
  aRepository,
  aRun,
  aSnapshot,
  startMs,
} from '../support/builders.js';
import { embeddedDatabase } from '../support/databases.js';
import { loaded, sceneOn, type Answers, type Scene } from './scene.js';

let database: Database;
let scene: Scene;
beforeAll(async () => {
  database = await embeddedDatabase('file');
}, 60_000);
beforeEach(async () => {
  scene = await sceneOn(database);
});
afterEach(() => scene.close());

const repository = aRepository();
const [mona, eve] = [aPerson('mona'), aPerson('eve')];
const atMs = startMs + 60_000;
const seen = { repository, by: mona, atMs } as const;
const labelled = { ...seen, type: 'issueLabelled', issue: anIssue(), label: 'fleet' } as const;
const pullLabelled = { ...seen, type: 'mergeRequestLabelled', number: 8, label: 'fleet' } as const;
const commented = {
  ...seen,
  type: 'issueCommented',
  issueNumber: 7,
  onMergeRequest: false,
  commentId: 'c9',
  body: '/fleet status',
} as const;
const renamed = { ...repository, path: 'acme/store' };

const open = aRun();
const ended = aRun({ phase: { name: 'cancelled', why: 'stopped' }, status: { id: 's1', state: 'shown' } });
const refused = aRun({ phase: { name: 'refused', why: 'noWriteAccess' } });
const inReview = aRun({ phase: { name: 'inReview', head: aSnapshot() }, mergeRequest: aMergeRequest() });
const queued = { name: 'queued', step: 'waiting', resume: { to: 'planning' } } as const;
const status = { command: { name: 'status' }, commentId: 'c9' } as const;

/** What may become of a delivery. */
interface Outcome {
  /** In the inbox. */
  readonly because: string;
  /** What the run that was there finds in its inbox. */
  readonly event?: object;
  readonly made?: Partial<Run>;
}

interface Row extends Outcome {
  readonly name: string;
  readonly runs?: readonly Run[];
  readonly answers?: Partial<Answers>;
  readonly delivered: ForgeEvent;
}

const rows: readonly Row[] = [
  {
    name: 'another label → put aside',
    delivered: { ...labelled, label: 'bug' },
    because: 'the label bug starts nothing',
  },
  {
    name: 'an open run of the issue → put aside',
    delivered: labelled,
    runs: [open],
    because: 'run r1 of the issue is open',
  },
  {
    name: 'a label by somebody without write access → a refused run',
    delivered: { ...labelled, by: eve },
    because: 'refused: noWriteAccess of eve',
    made: { phase: { name: 'refused', why: 'noWriteAccess' }, issue: aFrozenIssue(), requester: eve },
  },
  {
    name: 'a label by a writer → a run, with the comments that writers made before',
    delivered: labelled,
    answers: {
      comments: [
        aComment({ id: 'before' }),
        aComment({ id: 'eves', author: eve }),
        aComment({ id: 'bots', author: aPerson('mona', { kind: 'bot' }) }),
        aComment({ id: 'own', byFleet: true }),
        aComment({ id: 'after', createdAtMs: atMs + 1 }),
      ],
    },
    because: 'asked for by mona, who has write access',
    made: { phase: queued, issue: aFrozenIssue({ comments: [aComment({ id: 'before' })] }) },
  },
  {
    name: 'a label after an end → a new run on its own branch, with the status comment of the first',
    delivered: labelled,
    runs: [ended],
    answers: {
      comments: [aComment({ id: 's1', byFleet: true, body: '<!-- fleet:v1 kind=status run=r1 phase=cancelled -->' })],
    },
    because: 'asked for by mona, who has write access',
    made: { phase: queued, branch: `${open.branch}-2`, status: { id: 's1', state: 'showing' } },
  },
  {
    name: 'a label after a refusal → a run on the first branch',
    delivered: labelled,
    runs: [refused],
    because: 'asked for by mona, who has write access',
    made: { phase: queued, branch: open.branch },
  },
  {
    name: 'the label that the repository names → a run',
    delivered: { ...labelled, label: 'robot' },
    answers: { label: 'robot' },
    because: 'asked for by mona, who has write access',
    made: { phase: queued, label: 'robot' },
  },
  {
    name: 'the label on a merge request of a person → refused',
    delivered: pullLabelled,
    answers: { mergeRequest: aMergeRequest() },
    because: 'refused: mergeRequest of mona',
    made: { phase: { name: 'refused', why: 'mergeRequest' } },
  },
  {
    name: 'the label on a merge request again → put aside',
    delivered: { ...pullLabelled, number: 7 },
    runs: [{ ...refused, issue: aFrozenIssue({ isMergeRequest: true }) }],
    because: 'said before, or a merge request of a run',
  },
  {
    name: 'the label on the merge request of a run → put aside',
    delivered: pullLabelled,
    runs: [inReview],
    because: 'said before, or a merge request of a run',
  },
  {
    name: 'the label on a merge request that is gone → put aside',
    delivered: pullLabelled,
    because: 'the merge request is gone',
  },
  {
    name: 'the label taken off → unlabelled',
    delivered: { ...seen, type: 'issueUnlabelled', issueNumber: 7, label: 'fleet' },
    runs: [open],
    because: 'unlabelled of run r1',
    event: { type: 'unlabelled', by: mona, atMs },
  },
  {
    name: 'another label taken off → put aside',
    delivered: { ...seen, type: 'issueUnlabelled', issueNumber: 7, label: 'bug' },
    runs: [open],
    because: 'no open run is concerned by unlabelled',
  },
  {
    name: 'the issue closed → issueClosed',
    delivered: { ...seen, type: 'issueClosed', issueNumber: 7 },
    runs: [inReview],
    answers: { mergeRequest: aMergeRequest() },
    because: 'issueClosed of run r1',
    event: { type: 'issueClosed', by: mona, atMs },
  },
  {
    name: 'the issue closed by the merge → mergeRequestEnded',
    delivered: { ...seen, type: 'issueClosed', issueNumber: 7 },
    runs: [inReview],
    answers: { mergeRequest: aMergeRequest({ state: 'merged' }) },
    because: 'mergeRequestEnded of run r1',
    event: { type: 'mergeRequestEnded', merged: true, atMs },
  },
  {
    name: 'a comment without /fleet → put aside',
    delivered: { ...commented, body: 'Nice.' },
    runs: [open],
    because: 'the comment is not for Fleet',
  },
  {
    name: 'a comment of a bot → put aside',
    delivered: { ...commented, by: aPerson('mona', { kind: 'bot' }) },
    runs: [open],
    because: 'the comment is by a bot',
  },
  {
    name: 'a command by somebody without write access → put aside',
    delivered: { ...commented, by: eve },
    runs: [open],
    because: 'eve has no write access',
  },
  {
    name: 'a command where no run was → put aside',
    delivered: commented,
    because: 'there is no run that status could be about',
  },
  {
    name: 'a command → commanded',
    delivered: commented,
    runs: [open],
    because: 'status by mona',
    event: { type: 'commanded', by: mona, ...status, place: 'issue', atMs },
  },
  {
    name: 'a mention → commanded',
    delivered: { ...commented, body: '@fleet-test status' },
    runs: [open],
    because: 'status by mona',
    event: { type: 'commanded', by: mona, ...status, place: 'issue', atMs },
  },
  {
    name: 'a command on the merge request → commanded',
    delivered: { ...commented, issueNumber: 8, onMergeRequest: true },
    runs: [inReview],
    because: 'status by mona',
    event: { type: 'commanded', by: mona, ...status, place: 'mergeRequest', atMs },
  },
  {
    name: '/fleet retry after an end → a new run on the text that was frozen',
    delivered: { ...commented, body: '/fleet retry' },
    runs: [{ ...ended, issue: aFrozenIssue({ body: 'as it was' }) }],
    because: 'asked for by mona, who has write access',
    made: {
      phase: queued,
      branch: `${open.branch}-2`,
      issue: aFrozenIssue({ body: 'as it was' }),
      status: { id: 's1', state: 'showing' },
    },
  },
  {
    name: 'a merge request closed → mergeRequestEnded',
    delivered: { ...seen, type: 'mergeRequestClosed', number: 8, merged: false },
    runs: [inReview],
    because: 'mergeRequestEnded of run r1',
    event: { type: 'mergeRequestEnded', merged: false, atMs },
  },
  {
    name: 'a merge request of a person closed → put aside',
    delivered: { ...seen, type: 'mergeRequestClosed', number: 9, merged: true },
    runs: [inReview],
    because: 'no open run is concerned by mergeRequestEnded',
  },
  {
    name: 'a repository renamed → its open runs learn the name',
    delivered: { ...seen, type: 'repositoryServed', repository: renamed },
    runs: [open],
    because: 'repositoryMoved of acme/store',
    event: { type: 'repositoryMoved', repository: renamed, atMs },
  },
  {
    name: 'a repository added → put aside',
    delivered: { ...seen, type: 'repositoryServed' },
    because: 'acme/shop is served',
  },
  {
    name: 'a repository lost → its open runs end',
    delivered: { ...seen, type: 'repositoryLost', why: 'suspended' },
    runs: [open],
    because: 'repositoryLost of acme/shop',
    event: { type: 'repositoryLost', atMs },
  },
  {
    name: 'a repository lost whose runs have ended → nothing',
    delivered: { ...seen, type: 'repositoryLost', why: 'removed' },
    runs: [ended],
    because: 'repositoryLost of acme/shop',
  },
];

it.each(rows)('$name', async ({ runs = [], answers, delivered, because, event, made }) => {
  await scene.store.repositories.see(repository, true);
  for (const run of runs) {
    await scene.store.runs.commit({ fromRevision: 0, run, effects: [], journal: [], read: [], cancelsWork: false });
  }
  Object.assign(scene.answers, answers);
  const { inboxId } = await scene.store.inbox.receive({ source: 'github', delivery: 'd1', event: delivered, atMs });
  await Promise.all([admit(scene.loop, inboxId), admit(scene.loop, inboxId)].map((each) => each.catch(lostRaceOnly)));
  await admit(scene.loop, inboxId);
  expect(await becauseOf(inboxId)).toBe(because);
  const all = await scene.store.runs.list({ limit: 10 });
  const before = await scene.store.runs.load('r1' as RunId);
  expect((before?.unread ?? []).map((each) => each.event)).toEqual(event === undefined ? [] : [event]);
  const [fresh] = all.filter(({ id }) => id !== 'r1');
  expect(all).toHaveLength(runs.length + (made === undefined ? 0 : 1));
  if (made !== undefined) expect(fresh).toMatchObject(made);
  expect(await scene.store.inbox.allWaiting(10)).toEqual([]);
});

it('what happens to one issue is admitted in the order in which it came, however long the forge is asked', async () => {
  const off = { ...seen, type: 'issueUnlabelled', issueNumber: 7, label: 'fleet' } as const;
  const received: number[] = [];
  for (const [index, event] of [labelled, off].entries()) {
    const { inboxId } = await scene.store.inbox.receive({ source: 'github', delivery: `d${index}`, event, atMs });
    received.push(inboxId);
  }
  await Promise.all(received.map((inboxId) => admit(scene.loop, inboxId)));
  const [run] = await scene.store.runs.list({ limit: 10 });
  const { unread } = run === undefined ? { unread: [] } : await loaded(scene, run.id);
  expect(unread.map(({ event }) => event.type)).toEqual(['slotGranted', 'unlabelled']);
});

/** Of two that admit the same delivery one loses, and the queue tries again. */
function lostRaceOnly(error: unknown): void {
  expect(error).toMatchObject({ reason: { kind: 'lostRace' } });
}

async function becauseOf(inboxId: number): Promise<string | undefined> {
  const { rows: found } = await database.pool.query<{ readonly because: string }>(
    `select because from fleet.inbox where id = ${inboxId}`,
  );
  return found[0]?.because;
}
