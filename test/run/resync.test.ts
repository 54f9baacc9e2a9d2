import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retryLater } from '../../src/domain/failure.js';
import type { ForgeEvent } from '../../src/domain/forge.js';
import { isEnded } from '../../src/domain/phase.js';
import type { Run, RunId } from '../../src/domain/run.js';
import type { Ending, Labelling, LookMemo, LookOrder, Lookout } from '../../src/ports/lookout.js';
import { admit } from '../../src/run/admit.js';
import { advance } from '../../src/run/advance.js';
import { createResync, lookAround, type Resync } from '../../src/run/resync.js';
import type { Database } from '../../src/store/database.js';
import { aMergeRequest, anIssue, aPerson, aRepository, aRun, aSnapshot, startMs } from '../support/builders.js';
import { embeddedDatabase } from '../support/databases.js';
import { loaded, sceneOn, type Scene } from './scene.js';

const repository = aRepository();
const [mona, eve] = [aPerson('mona'), aPerson('eve')];
const labelledAtMs = startMs - 60_000;
const graceMs = 10_000;

/** What the forge shows; a test changes it. */
interface Shown {
  labelling: Labelling | undefined;
  updatedAtMs: number;
  endings: readonly Ending[];
  fails: () => void;
  readonly looks: { readonly order: LookOrder; readonly memo: LookMemo | undefined }[];
  labellings: number;
}

let database: Database;
let scene: Scene;
let shown: Shown;
let resync: Resync;
beforeAll(async () => {
  database = await embeddedDatabase('file');
}, 60_000);
beforeEach(async () => {
  scene = await sceneOn(database);
  const labelling = { issue: anIssue(), by: mona, atMs: labelledAtMs, edits: [] };
  shown = {
    ...{ labelling, updatedAtMs: labelledAtMs, endings: [], looks: [], labellings: 0 },
    fails: () => undefined,
  };
  resync = createResync({
    ...{ loop: scene.loop, graceMs, lookouts: new Map([['github', lookoutOn(shown)]]) },
    receive: async (deliveries) => {
      for (const each of deliveries) {
        const { inboxId } = await scene.store.inbox.receive(each);
        await admit(scene.loop, inboxId);
      }
    },
  });
  await scene.store.repositories.see(repository, true);
  await scene.store.repositories.setLabel('github', repository.id, undefined);
});
afterEach(() => scene.close());

function lookoutOn(of: Shown): Lookout {
  return {
    repositories: () => Promise.resolve([repository]),
    look: async (_, order, memo) => {
      of.looks.push({ order, memo });
      of.fails();
      const mark = String(of.updatedAtMs);
      const numbers = of.labelling === undefined ? [] : [of.labelling.issue.number];
      const labelled = numbers.map((number) => ({ number, updatedAtMs: of.updatedAtMs }));
      const isSame = memo?.mark === mark;
      return {
        labelled: isSame ? undefined : labelled,
        endings: of.endings,
        glances: [],
        memo: { mark, open: numbers },
      };
    },
    labelling: async () => {
      of.labellings += 1;
      return of.labelling;
    },
  };
}

const look = (): Promise<void> => lookAround(resync, new AbortController().signal);
const runs = (): Promise<readonly Run[]> => scene.store.runs.list({ limit: 10 });

async function given(run: Run): Promise<void> {
  await scene.store.runs.commit({ fromRevision: 0, run, effects: [], journal: [], read: [], cancelsWork: false });
}

let delivered = 0;
async function webhook(event: ForgeEvent): Promise<void> {
  const delivery = `webhook-${(delivered += 1)}`;
  const { inboxId } = await scene.store.inbox.receive({ source: 'github', delivery, event, atMs: scene.nowMs });
  await admit(scene.loop, inboxId);
}

const labelEvent = (atMs = labelledAtMs): ForgeEvent => ({
  ...{ type: 'issueLabelled', repository, by: mona, atMs, issue: anIssue(), label: 'fleet' },
});

/** The run of the issue ends now. */
async function end(): Promise<void> {
  await webhook({ type: 'issueClosed', repository, by: mona, atMs: scene.nowMs, issueNumber: 7 });
  for (const { id } of await runs()) await advance(scene.loop, id);
  expect((await runs()).every(({ phase }) => isEnded(phase))).toBe(true);
}

describe('a label that no webhook told of', () => {
  it('starts one run, however often it is looked at', async () => {
    for (let times = 0; times < 3; times += 1) await look();
    expect(await runs()).toMatchObject([
      { phase: { name: 'queued' }, requester: mona, issue: { ...anIssue(), comments: [] }, label: 'fleet' },
    ]);
    expect(shown.labellings).toBe(1);
  });

  it('is left to its webhook while it is young', async () => {
    scene.nowMs = labelledAtMs + graceMs - 1;
    await look();
    expect(await runs()).toEqual([]);
    scene.nowMs += 1;
    await look();
    expect(await runs()).toHaveLength(1);
    expect(shown.looks.map(({ memo }) => memo)).toEqual([undefined, undefined]);
  });

  it.each(['open', 'ended'])('whose webhook comes late changes nothing: its run is %s', async (state) => {
    await look();
    if (state === 'ended') await end();
    scene.nowMs += 3_600_000;
    // GitHub may have taken a moment to fill the delivery.
    for (const atMs of [labelledAtMs, labelledAtMs + 2_000]) await webhook(labelEvent(atMs));
    expect(await runs()).toHaveLength(1);
  });

  it.each(['open', 'ended'])('whose webhook came first changes nothing: its run is %s', async (state) => {
    await webhook(labelEvent());
    if (state === 'ended') await end();
    for (let times = 0; times < 2; times += 1) await look();
    expect(await runs()).toHaveLength(1);
  });

  it('starts another run when it was put on after the end of the first', async () => {
    await look();
    await end();
    scene.nowMs += 60_000;
    shown.labelling = { ...shown.labelling!, atMs: scene.nowMs - 30_000 };
    shown.updatedAtMs = scene.nowMs - 30_000;
    await look();
    expect(await runs()).toHaveLength(2);
  });

  it('does not start again what /fleet retry started after it', async () => {
    await given(aRun({ createdAtMs: labelledAtMs + 1, phase: { name: 'closed' } }));
    await look();
    expect(await runs()).toHaveLength(1);
  });
});

describe('the text of an issue that was found', () => {
  it.each([
    ['changed before the label', eve, labelledAtMs - 1_000],
    ['changed after it by somebody who may write', mona, labelledAtMs + 1_000],
  ])('counts when it was %s', async (_, by, atMs) => {
    shown.labelling = { ...shown.labelling!, edits: [{ by, atMs }] };
    await look();
    expect(await runs()).toMatchObject([{ phase: { name: 'queued' }, issue: { body: anIssue().body } }]);
  });

  it.each([0, 1_000])(
    'changed %i ms after the label by somebody else is not kept; a new label is asked for, once',
    async (ms) => {
      const edits = [
        { by: eve, atMs: labelledAtMs + ms },
        { by: mona, atMs: labelledAtMs + 2_000 },
      ];
      shown.labelling = { ...shown.labelling!, edits };
      for (let times = 0; times < 2; times += 1) {
        await look();
        shown.updatedAtMs += 1_000;
      }
      const retry = { commentId: 'c1', body: '/fleet retry', onMergeRequest: false, issueNumber: 7 };
      await webhook({ type: 'issueCommented', repository, by: mona, atMs: scene.nowMs, ...retry });
      await webhook(labelEvent());
      expect(await runs()).toMatchObject([
        { phase: { name: 'refused', why: 'textEdited' }, issue: { title: 'issue 7', body: '', comments: [] } },
      ]);
      await webhook(labelEvent(startMs));
      expect(await runs()).toMatchObject([{ phase: { name: 'queued' } }, { phase: { name: 'refused' } }]);
    },
  );

  it('is not asked for when whoever put the label on may not', async () => {
    shown.labelling = { ...shown.labelling!, by: eve };
    await look();
    expect(await runs()).toMatchObject([{ phase: { name: 'refused', why: 'noWriteAccess' } }]);
  });
});

describe('an end that no webhook told of', () => {
  const inReview = aRun({ phase: { name: 'inReview', head: aSnapshot() }, mergeRequest: aMergeRequest() });
  const rows: readonly (readonly [Ending['kind'], number, object])[] = [
    ['mergeRequestMerged', 8, { type: 'mergeRequestEnded', merged: true }],
    ['mergeRequestClosed', 8, { type: 'mergeRequestEnded', merged: false }],
    ['issueClosed', 7, { type: 'issueClosed', by: mona }],
    ['issueUnlabelled', 7, { type: 'unlabelled', by: mona }],
  ];
  it.each(rows)('%s reaches the run, once', async (kind, number, event) => {
    await given(inReview);
    const atMs = startMs + 1_000;
    shown.endings = [{ kind, number, by: mona, atMs }];
    for (let times = 0; times < 2; times += 1) await look();
    expect(shown.looks[0]?.order).toEqual({ label: 'fleet', issues: [7], mergeRequests: [8] });
    const { unread } = await loaded(scene, 'r1' as RunId);
    expect(unread.map((each) => each.event)).toEqual([{ ...event, atMs }]);
  });

  it('a label that was off before /fleet retry ends nothing', async () => {
    await given(inReview);
    shown.endings = [{ kind: 'issueUnlabelled', number: 7, by: mona, atMs: startMs - 1 }];
    await look();
    expect((await loaded(scene, 'r1' as RunId)).unread).toEqual([]);
  });
});

describe('trouble', () => {
  it('is warned of, and the next round looks again', async () => {
    shown.fails = () => {
      throw retryLater('the forge is down');
    };
    await look();
    shown.fails = () => undefined;
    await look();
    expect(await runs()).toHaveLength(1);
    expect(scene.logged.filter((line) => line.startsWith('warn: resync could not look'))).toHaveLength(1);
  });

  it('what could not be handed in is found again', async () => {
    const { receive } = resync;
    resync = { ...resync, receive: () => Promise.reject(retryLater('the store is down')) };
    await look();
    resync = { ...resync, receive };
    await look();
    expect(await runs()).toHaveLength(1);
  });

  it('a forge that asks for patience gets it', async () => {
    shown.fails = () => {
      throw retryLater('a limit is reached', 60_000);
    };
    for (const passedMs of [0, 59_999, 1]) {
      scene.nowMs += passedMs;
      await look();
    }
    expect(shown.looks).toHaveLength(2);
  });

  it('a repository that is not served is left alone', async () => {
    await scene.store.repositories.see(repository, false);
    resync.metAtMs.set('github', scene.nowMs);
    await look();
    expect(shown.looks).toEqual([]);
  });
});

it('learns of repositories that no webhook told of, and their runs of new names', async () => {
  const old = { ...repository, path: 'acme/old' };
  await scene.store.repositories.see(old, true);
  await given(aRun({ repository: old }));
  await look();
  const { unread } = await loaded(scene, 'r1' as RunId);
  expect(unread.map(({ event }) => event)).toEqual([{ type: 'repositoryMoved', repository, atMs: startMs }]);
  expect((await scene.store.repositories.list()).map((each) => each.repository)).toEqual([repository]);
});
