import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decided, opened, outcome, rested, reviewed, runsOf } from './look.js';
import type { Stage } from './stage.js';
import { stages } from './stages.js';

const at = { path: 'slug.js', line: 1 };
const rename = 'replace text with title in slug.js';

describe.each(stages)('on %s', { timeout: 120_000 }, (forge, start) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start();
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  it.concurrent('a review out of order, doubled and late is one round, and an edit after it is nothing', async () => {
    const scene = await opened(stage);
    const [first, ...others] = await scene.held(async () => {
      await scene.review('mona', {
        remarks: [
          { ...at, text: rename },
          { ...at, text: 'Why lower case?' },
        ],
      });
      await scene.say('mergeRequest', 'ada', 'Why digits?');
    });
    for (const tell of [others.at(-1)!, others.at(-1)!]) await tell();
    await rested(stage, scene, reviewed(2));
    await scene.edit('mergeRequest', 'Why digits?', '/fleet replace title with words in slug.js');
    await Promise.all([...others, first!, ...others.toReversed(), first!].map((tell) => tell()));
    await decided(stage, scene, /nothing to work on/);
    await rested(stage, scene, reviewed(2));
    const said = await outcome(stage, scene);
    expect({ ...said, mergeRequest: said.mergeRequest.length }).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 2, issue: ['status', 'ready'], mergeRequest: 1 },
      threads: [['Done in SHA.', 'resolved'], ['Because the issue asks for it.']],
      commits: ['fix: keep digits', 'Change what was asked for'],
    });
  });

  it.concurrent('a label that only looks like the label starts nothing', async () => {
    const scene = stage.scene({ behaviour: '[[planner: none]]' });
    for (const label of ['Fleet', 'fleet ', 'fleet-x', 'flеet', 'ﬂeet', 'fleet\u200b'])
      await scene.label('mona', label);
    await scene.label('mona');
    await rested(stage, scene, 'blocked');
    expect((await runsOf(stage, scene)).map(({ label }) => label)).toEqual(['fleet']);
    expect(scene.comments('issue').map(({ by }) => by)).toEqual([stage.bot, stage.bot]);
  });

  it.concurrent('a repository that is renamed while it is in review goes on under its new name', async () => {
    const scene = await opened(stage);
    await scene.rename(`renamed-${scene.id}`);
    await scene.review('mona', { remarks: [{ ...at, text: rename }] });
    const run = await rested(stage, scene, reviewed(2));
    expect(await outcome(stage, scene)).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 2, threads: [['Done in SHA.', 'resolved']] },
      ...{ issue: ['status', 'ready'], mergeRequest: [] },
      commits: ['fix: keep digits', 'Change what was asked for'],
    });
    expect(stage.git.read(scene.path, run.branch, 'slug.js')).toContain('(title) => title.');
  });

  it.concurrent('whatever the forge answers while Fleet answers, one reply remains in each thread', async () => {
    const scene = await opened(stage);
    const place = `/(${scene.path}|projects/${scene.id})`;
    const replies = new RegExp(`${place}/.*/(replies|discussions/\\w+/notes)$`);
    stage.fail({ method: 'POST', path: replies, effect: { hangUp: 'after' } });
    stage.fail({ method: 'POST', path: replies, effect: { answer: 502 } });
    stage.fail({ method: 'POST', path: replies, effect: { answer: 429, headers: { 'retry-after': '1' } } });
    stage.fail({ method: 'POST', path: replies, effect: { doneBut: 502 } });
    stage.fail(
      forge === 'github'
        ? { method: 'PATCH', path: new RegExp(`${place}/pulls/2$`), effect: { answer: 502 } }
        : { method: 'PUT', path: new RegExp(`${place}/merge_requests/1$`), effect: { answer: 409 } },
    );
    await scene.review('mona', { remarks: [rename, 'Why lower case?', 'Why?'].map((text) => ({ ...at, text })) });
    await rested(stage, scene, reviewed(2));
    const why = ['Because the issue asks for it.'];
    expect(await outcome(stage, scene)).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 2, threads: [['Done in SHA.', 'resolved'], why, why] },
      ...{ issue: ['status', 'ready'], mergeRequest: [] },
      commits: ['fix: keep digits', 'Change what was asked for'],
    });
  });

  it('a review of 110 comments, more than a page, is read and answered, 50 in a round, and review is asked for again once', async () => {
    const scene = await opened(stage);
    const remarks = Array.from({ length: 110 }, (_each, index) => ({ ...at, text: `Why ${index}?` }));
    const before = stage.calls.length;
    await scene.review('mona', { remarks });
    const run = await rested(stage, scene, reviewed(4));
    expect(await outcome(stage, scene)).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 4, issue: ['status', 'ready'], mergeRequest: [] },
      threads: remarks.map(() => ['Because the issue asks for it.']),
      commits: ['fix: keep digits'],
    });
    expect(run.review?.ledger).toHaveLength(110);
    const calls = stage.calls.slice(before).filter(({ kind }) => kind === 'rest');
    const asks = /\/(requested_reviewers|merge_requests\/\d+\/notes)$/;
    expect(calls.filter(({ method, path }) => method === 'POST' && asks.test(path))).toHaveLength(1);
    expect(calls.length).toBeLessThan(150);
  }, 120_000);
});
