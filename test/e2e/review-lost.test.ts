import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes, decided, opened, outcome, reached, rested, reviewed } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';

const at = { path: 'slug.js', line: 1 };
const rename = 'replace text with title in slug.js';

/** All that a review of one thread leaves behind when it was done. */
const answered = {
  ...{ runs: 1, phase: 'inReview', round: 2, threads: [['Done in SHA.', 'resolved']] },
  ...{ issue: ['status', 'ready'], mergeRequest: [] },
  commits: ['fix: keep digits', 'Change what was asked for'],
};

describe.each(stages)('on %s', { timeout: 120_000 }, (_, start) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start({ config: 'resync: 1s\n' });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  /** mona reviews, and no webhook tells of it. */
  const reviewedUnheard = (scene: Scene): Promise<unknown> =>
    scene.held(() => scene.review('mona', { verdict: 'requestChanges', remarks: [{ ...at, text: rename }] }));

  it.concurrent('a review whose every delivery is lost is found', async () => {
    const scene = await opened(stage);
    await reviewedUnheard(scene);
    await rested(stage, scene, reviewed(2));
    expect(await outcome(stage, scene)).toEqual(answered);
    expect(scene.reviewers()).toEqual(['mona']);
  });

  it.concurrent('changes that are asked for without a word, untold, are asked about once', async () => {
    const scene = await opened(stage);
    await scene.held(() => scene.review('mona', { verdict: 'requestChanges' }));
    await becomes(() => scene.comments('issue').length === 3);
    await rested(stage, scene, (run) => reviewed(1)(run) && run.review?.verdicts.length === 1);
    expect(await outcome(stage, scene)).toEqual({
      ...{ ...answered, round: 1, threads: [], commits: answered.commits.slice(0, 1) },
      issue: ['status', 'ready', 'changesUnclear'],
    });
  });

  it.concurrent('Fleet out of the repository while it is in review, and in again: the review is found', async () => {
    const scene = await opened(stage);
    scene.letIn(false);
    const told = await scene.held(() => scene.review('mona', { remarks: [{ ...at, text: rename }] }));
    for (const tell of told) await tell();
    await reached(stage, scene, (run) => run.phase.name !== 'inReview' || run.phase.settling !== undefined);
    await rested(stage, scene, reviewed(1));
    scene.letIn(true);
    await rested(stage, scene, reviewed(2));
    expect(await outcome(stage, scene)).toEqual(answered);
  });

  it.concurrent(
    'a repository that is archived before the round is pushed: the run says so, and goes on after it',
    async () => {
      const scene = await opened(stage);
      const told = await scene.held(() => scene.review('mona', { remarks: [{ ...at, text: rename }] }));
      scene.archive(true);
      for (const tell of told) await tell();
      const { phase } = await reached(stage, scene, 'blocked');
      expect(phase).toMatchObject({
        obstacle: {
          kind: 'pushRefused',
          details: [expect.stringMatching(/refused:$/), expect.stringMatching(/error: 403$/)],
        },
      });
      await decided(stage, scene, /done without: tellPeople/);
      expect(await outcome(stage, scene)).toMatchObject({ threads: [[]], issue: ['status', 'ready'] });
      scene.archive(false);
      await scene.say('issue', 'mona', '/fleet retry');
      await rested(stage, scene, reviewed(2));
      expect(await outcome(stage, scene)).toEqual(answered);
    },
  );

  it('credentials that are revoked while a review comes, then valid again: nothing is lost', async () => {
    const scene = await opened(stage);
    stage.revoke(true);
    await scene.review('mona', { remarks: [{ ...at, text: rename }] });
    await reached(stage, scene, (run) => run.phase.name === 'inReview' && run.phase.settling !== undefined);
    await rested(stage, scene, reviewed(1));
    stage.revoke(false);
    await rested(stage, scene, reviewed(2));
    expect(await outcome(stage, scene)).toEqual(answered);
  });
});
