import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { decided, opened, outcome, rested, reviewed } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';

const at = { path: 'slug.js', line: 1 };

describe.each(stages)('on %s', { timeout: 120_000 }, (forge, start) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start();
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  const why = 'Because the issue asks for it.';

  /** What stands in the way, as people are told on the issue. */
  async function askedFor(scene: Scene): Promise<readonly string[]> {
    const run = await rested(stage, scene, 'blocked');
    const told = scene.comments('issue').findLast(({ body }) => body.includes('kind=blocked '))?.body ?? '';
    return [
      run.phase.name === 'blocked' ? run.phase.obstacle.kind : '',
      ...told.split('\n').filter((line) => line.startsWith('- ')),
    ];
  }

  // What is counted here is Fleet's own.
  it.runIf(forge === 'github').concurrent(
    'after the cap of rounds Fleet asks with what it tried, and goes on once told to',
    async () => {
      const scene = await opened(stage, { review: 'settle: 50ms, maxRounds: 2' });
      await scene.review('mona', { remarks: [{ ...at, text: 'replace text with title in slug.js' }] });
      await rested(stage, scene, reviewed(2));
      await scene.review('mona', { remarks: [{ ...at, text: 'replace title with words in slug.js' }] });
      expect(await askedFor(scene)).toEqual(['roundsSpent', '- round 1: Keep digits', '- round 2: 1 thread']);
      expect(scene.threads().map(({ comments }) => comments.length)).toEqual([2, 1]);
      await scene.say('issue', 'mona', '/fleet retry');
      await rested(stage, scene, reviewed(3));
      expect(await outcome(stage, scene)).toEqual({
        ...{ runs: 1, phase: 'inReview', round: 3, issue: ['status', 'ready', 'blocked'], mergeRequest: [] },
        threads: [
          ['Done in SHA.', 'resolved'],
          ['Done in SHA.', 'resolved'],
        ],
        commits: ['fix: keep digits', 'Change what was asked for', 'Change what was asked for'],
      });
    },
  );

  it.runIf(forge === 'github').concurrent(
    'the same demand twice more: Fleet asks in the place of a third try, and goes on once told to',
    async () => {
      const scene = await opened(stage, { review: 'settle: 50ms' });
      await scene.review('mona', { remarks: [{ ...at, text: 'Why lower case?' }] });
      await rested(stage, scene, reviewed(2));
      const [{ id } = { id: '' }] = scene.threads();
      await scene.reply(id, 'mona', 'But why?');
      await rested(stage, scene, reviewed(3));
      await scene.reply(id, 'mona', 'Really, why?');
      expect(await askedFor(scene)).toEqual([
        'sameDemand',
        `- mona at slug.js:1: But why? — tried 2 times, last: ${why}`,
      ]);
      await scene.say('issue', 'mona', '/fleet retry');
      await rested(stage, scene, reviewed(4));
      expect(await outcome(stage, scene)).toEqual({
        ...{ runs: 1, phase: 'inReview', round: 4, issue: ['status', 'ready', 'blocked'], mergeRequest: [] },
        ...{ threads: [[why, why, why]], commits: ['fix: keep digits'] },
      });
    },
  );

  const jobOf = (log: string) => [{ name: 'docs', state: 'red', step: 'node docs.js', log }] as const;
  const reruns = (count: number) => (run: Run) =>
    reviewed(run.round)(run) &&
    run.review?.reruns.length === count &&
    run.review.reruns.every((each) => each.isAsked !== true);

  it.concurrent('three rounds on one red job, then a person is asked', async () => {
    const scene = await opened(stage, { review: 'settle: 50ms' });
    const titles = ['# Sample', '# One', '# Two', '# Three', '# Four'];
    for (const round of [1, 2, 3, 4]) {
      const red = jobOf(`replace \`${titles[round - 1]!}\` with \`${titles[round]!}\` in README.md`);
      await scene.ci(red);
      await rested(stage, scene, reruns(round));
      await scene.ci(red);
      if (round < 4) await rested(stage, scene, reviewed(round + 1));
    }
    expect(await askedFor(scene)).toEqual(['ciStaysRed', expect.stringMatching(/^- .*docs: still red/)]);
    expect(await outcome(stage, scene)).toMatchObject({ round: 4, commits: { length: 4 } });
    expect(scene.reruns()).toBe(4);
  });

  it.concurrent('a runner that fails, or a bill, is told to people once and is no work', async () => {
    const scene = await opened(stage, { review: 'settle: 50ms' });
    const broken = [
      { name: 'docs', state: 'red', cause: 'runner' },
      { name: 'lint', state: 'red', cause: 'billing' },
    ] as const;
    await scene.ci(broken);
    await rested(stage, scene, reruns(2));
    await scene.ci(broken);
    await decided(stage, scene, /nothing to work on/);
    await scene.ci(broken);
    await decided(stage, scene, /nothing to work on/, 2);
    const run = await rested(stage, scene, reviewed(1));
    expect(await outcome(stage, scene)).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 1, issue: ['status', 'ready', 'ciBroken'], mergeRequest: [] },
      ...{ threads: [], commits: ['fix: keep digits'] },
    });
    expect({ attempts: run.attempts.length, reruns: scene.reruns() }).toEqual({ attempts: 4, reruns: 2 });
  });
});
