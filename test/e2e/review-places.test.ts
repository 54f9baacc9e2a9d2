import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGate, opened, outcome, prompted, promptsOf, rested, reviewed, runsOf } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';

const at = { path: 'slug.js', line: 1 };
const rename = 'replace text with title in slug.js';

const gone = ', where the lines, or the file, are gone by now';

/** All that a review of one thread leaves behind when it was done. */
const answered = {
  ...{ runs: 1, phase: 'inReview', round: 2, threads: [['Done in SHA.', 'resolved']] },
  ...{ issue: ['status', 'ready'], mergeRequest: [] },
  commits: ['fix: keep digits', 'Change what was asked for'],
};

describe.each(stages)('on %s', { timeout: 120_000 }, (_, start) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start();
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  const branchOf = async (scene: Scene): Promise<string> => (await runsOf(stage, scene))[0]?.branch ?? '';

  /** What the planner of the second round read of its threads. */
  async function asked(scene: Scene): Promise<readonly string[]> {
    const run = await rested(stage, scene, reviewed(2));
    return [...(promptsOf(stage, run, 'planner')[1] ?? '').matchAll(/^thread: .*\n(.*)$/gm)].map(
      ([, about = '']) => about,
    );
  }

  describe('a comment', () => {
    it.concurrent('on a line that the change takes out', async () => {
      const scene = await opened(stage);
      await scene.review('mona', { remarks: [{ ...at, side: 'old', text: rename }] });
      expect(await asked(scene)).toEqual(['By mona, on `slug.js`.']);
      expect(await outcome(stage, scene)).toEqual(answered);
    });

    it.concurrent('on a file that is gone by then', async () => {
      const scene = await opened(stage);
      const branch = await branchOf(scene);
      const told = await scene.held(async () => {
        await scene.push(branch, { 'NEWS.md': 'News.\n' });
        await scene.review('mona', { remarks: [{ path: 'NEWS.md', line: 1, text: `No news; ${rename}` }] });
        await scene.push(branch, { 'NEWS.md': undefined });
      });
      for (const tell of told) await tell();
      expect(await asked(scene)).toEqual([`By mona, on \`NEWS.md\`${gone}.`]);
      expect(await outcome(stage, scene)).toEqual(answered);
    });

    it.concurrent.each(['a later commit', 'a push by force'])('on lines that %s has changed', async (how) => {
      const scene = await opened(stage);
      const branch = await branchOf(scene);
      const theirs = "export const slug = (text) => text.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');\n";
      const told = await scene.held(async () => {
        await scene.review('mona', { remarks: [{ ...at, text: rename, suggestion: 'export const slug = String;' }] });
        const files = { 'slug.js': theirs };
        await (how === 'a later commit' ? scene.push(branch, files) : scene.rewrite(branch, files));
      });
      for (const tell of told) await tell();
      expect(await asked(scene)).toEqual([`By mona, on \`slug.js\`${gone}.`]);
      const commits = how === 'a later commit' ? answered.commits : answered.commits.slice(1);
      expect(await outcome(stage, scene)).toEqual({ ...answered, commits });
      expect(stage.git.read(scene.path, branch, 'slug.js')).toBe(theirs.replaceAll('text', 'title'));
    });
  });

  it('threads that are resolved or deleted while the agent works: the one is answered all the same, the other is gone', async () => {
    const scene = await opened(stage, { behaviour: '[[developer 2: waits]]' });
    await scene.review('mona', { remarks: [rename, 'Why lower case?', 'Why here?'].map((text) => ({ ...at, text })) });
    await prompted(stage, scene, 2);
    const [, resolved, deleted] = scene.threads();
    await scene.resolve(resolved!.id, 'mona');
    await scene.deleteThread(deleted!.id);
    openGate(stage, 'developer');
    await rested(stage, scene, reviewed(2));
    const threads = [...answered.threads, ['Because the issue asks for it.', 'resolved']];
    expect(await outcome(stage, scene)).toEqual({ ...answered, threads });
  });
});
