import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KillableFleet } from './killable.js';
import { becomes, commitItems, opened, outcome, rested, reviewed } from './look.js';
import type { Stage } from './stage.js';
import { stages } from './stages.js';

const at = { path: 'slug.js', line: 1 };

describe.each(stages)('killed -9 on %s', (forge, start) => {
  const daemon = new KillableFleet();
  let stage: Stage;
  beforeAll(async () => {
    stage = await start({ start: daemon.start });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  it('while it answers threads: after the next start each has one answer', async () => {
    const scene = await opened(stage);
    const replies = new RegExp(`/(${scene.path}|projects/${scene.id})/.*/(replies|discussions/\\w+/notes)$`);
    for (const delayMs of [0, 3_000]) stage.fail({ method: 'POST', path: replies, effect: { delayMs } });
    const texts = ['replace text with title in slug.js', 'Why lower case?', 'Why?'];
    await scene.review('mona', { remarks: texts.map((text) => ({ ...at, text })) });
    await becomes(() => scene.threads().filter(({ comments }) => comments.length === 2).length === 2);
    await daemon.end('SIGKILL');
    await stage.start();
    await rested(stage, scene, reviewed(2));
    const why = ['Because the issue asks for it.'];
    expect(await outcome(stage, scene)).toEqual({
      ...{ runs: 1, phase: 'inReview', round: 2, threads: [['Done in SHA.', 'resolved'], why, why] },
      ...{ issue: ['status', 'ready'], mergeRequest: [] },
      commits: ['fix: keep digits', 'Change what was asked for'],
    });
    expect(scene.reviewers()).toEqual(['mona']);
  }, 120_000);

  // The forge has no part in it.
  it.runIf(forge === 'github')(
    'while it brings the base in, and again when that is pushed and the answer on its way: there is one merge',
    async () => {
      const scene = await opened(stage);
      await scene.push('main', { 'NEWS.md': 'News.\n' });
      const pushed = holdPush(stage, scene.gitDir);
      // The first one is for the workspace.
      const fetches = new RegExp(`/${scene.path}\\.git/info/refs\\?service=git-upload-pack$`);
      for (const delayMs of [0, 3_000]) stage.fail({ method: 'GET', path: fetches, effect: { delayMs } });
      const seen = (): number => stage.calls.filter(({ kind, path }) => kind === 'git' && fetches.test(path)).length;
      const before = seen();
      await scene.say('mergeRequest', 'mona', '/fleet update');
      await becomes(() => seen() === before + 2);
      await daemon.end('SIGKILL');
      await stage.start();
      await becomes(() => existsSync(pushed.seen));
      await daemon.end('SIGKILL');
      pushed.release();
      await stage.start();
      const run = await rested(stage, scene, reviewed(2));
      expect(await outcome(stage, scene)).toEqual({
        ...{ runs: 1, phase: 'inReview', round: 2, threads: [], issue: ['status', 'ready'], mergeRequest: [] },
        commits: ['fix: keep digits', `Merge main into ${run.branch}`],
      });
      const merges = commitItems(scene, 'main', run.branch).filter(({ title }) => title.includes(', a merge of '));
      expect(merges).toHaveLength(1);
      expect(stage.git.read(scene.path, run.branch, 'NEWS.md')).toBe('News.\n');
    },
    120_000,
  );
});

/** Pushes are taken, and answered once they are released. */
function holdPush({ folder }: Stage, gitDir: string): { readonly seen: string; readonly release: () => void } {
  const gate = join(folder, 'gates/push');
  const hook = join(gitDir, 'hooks/post-receive');
  mkdirSync(join(hook, '..'), { recursive: true });
  writeFileSync(hook, `#!/bin/sh\ntouch ${gate}.seen; while ! test -e ${gate}; do sleep 0.05; done\n`);
  chmodSync(hook, 0o755);
  return { seen: `${gate}.seen`, release: () => writeFileSync(gate, '') };
}
