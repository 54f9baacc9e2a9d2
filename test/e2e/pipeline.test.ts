import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { commitItems, decided, promptsOf, reached, rested, reviewed } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';

/** The roles of the attempts, in the order in which they ended. */
const rolesOf = ({ attempts }: Run): readonly string[] =>
  attempts.map(({ role, task }) => (task === undefined ? role : `${role} ${task}`));
const kindsOf = (scene: Scene): readonly string[] =>
  scene.comments('issue').flatMap(({ body }) => /kind=(\w+)/.exec(body)?.[1] ?? []);
const bodyOf = (scene: Scene, kind: string): string =>
  scene.comments('issue').findLast(({ body }) => body.includes(`kind=${kind} `))?.body ?? '';

describe.each(stages)('on %s', { timeout: 120_000 }, (_, start) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start();
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  it.concurrent(
    'what only people know is asked once; the author answers without write access, nobody else does',
    async () => {
      const scene = stage.scene({ behaviour: '[[triager: asks]]' });
      await scene.label('mona');
      const asking = await reached(
        stage,
        scene,
        (run) => run.phase.name === 'awaitingAnswer' && run.status.state === 'shown',
      );
      expect(rolesOf(asking)).toEqual(['triager']);
      await scene.say('issue', 'eve', 'Mine coins.');
      await scene.say('issue', 'olga', 'Only 0 to 9, says olga.');
      const run = await rested(stage, scene, reviewed(1));
      expect(run.answers).toEqual([{ by: 'olga', text: 'Only 0 to 9, says olga.' }]);
      expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer T1', 'verifier']);
      expect(kindsOf(scene)).toEqual(['status', 'question', 'ready']);
      expect(bodyOf(scene, 'question')).toContain('Are Arabic digits digits, too?');
      const prompts = promptsOf(stage, run).join('\n');
      expect([prompts.includes('says olga'), prompts.includes('Mine coins')]).toEqual([true, false]);
    },
  );

  it.concurrent('a plan that must be approved waits for a writer, and goes by what is said until then', async () => {
    const scene = stage.scene();
    await scene.label('mona', 'fleet:plan-first');
    await scene.label('mona');
    await decided(stage, scene, /waits for approval/);
    await scene.say('issue', 'eve', '/fleet approve');
    await scene.say('issue', 'mona', '/fleet say it in the README, too');
    await decided(stage, scene, /waits for approval/, 2);
    const waiting = await reached(stage, scene, 'awaitingApproval');
    expect(rolesOf(waiting)).toEqual(['triager', 'planner', 'planner']);
    await scene.say('issue', 'mona', '/fleet approve');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run).slice(3)).toEqual(['developer T1', 'verifier']);
    expect(kindsOf(scene).filter((kind) => kind === 'approval')).toHaveLength(2);
    expect(promptsOf(stage, run)[2]).toContain('say it in the README, too');
  });

  it.concurrent(
    'tasks that nothing keeps apart are worked on side by side, and each is a commit on the branch',
    async () => {
      const scene = stage.scene({ behaviour: '[[planner: three]] [[developer: three]]' });
      await scene.label('mona');
      const run = await rested(stage, scene, reviewed(1));
      expect(
        rolesOf(run)
          .filter((role) => role.startsWith('developer'))
          .at(-1),
      ).toBe('developer T3');
      expect(rolesOf(run).at(-1)).toBe('verifier');
      const subjects = commitItems(scene, 'main', run.branch).map(({ text }) => text.split('\n')[0]);
      expect([...subjects].sort()).toEqual(['Say so', 'Tell when', 'fix: keep digits']);
      expect(subjects.at(-1)).toBe('Tell when');
    },
  );
});

const [, [, gitlab]] = stages;

describe('on one forge, for the other shows nothing more', { timeout: 120_000 }, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await gitlab({ config: 'questionDeadline: 1s\n', agents: ['script', 'second'] });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    stage.assertNoSurprises();
  });

  it.concurrent('nobody answers → it goes on with what it assumes, and says so in the merge request', async () => {
    const scene = stage.scene({ behaviour: '[[triager: asks]]' });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(run.answers).toBeUndefined();
    expect(promptsOf(stage, run)[1]).toContain('only 0 to 9 are');
    expect(scene.mergeRequests()[0]?.body).toContain('only 0 to 9 are');
  });

  it.concurrent('a larger issue is researched, and its plan criticised and corrected once', async () => {
    const scene = stage.scene({ behaviour: '[[triager: medium]] [[critic: objects]]' });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual([
      ...['triager', 'researcher', 'planner', 'critic', 'planner'],
      ...['developer T1', 'verifier'],
    ]);
    const prompts = promptsOf(stage, run);
    expect(prompts[2]).toContain('slug.js, line 1.');
    expect(prompts[4]).toContain('letters with accents are dropped');
  });

  it.concurrent('what the verifier finds goes back to work, and is looked at again', async () => {
    const scene = stage.scene({ behaviour: '[[verifier: objects once]]' });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer T1', 'verifier', 'developer PROVE', 'verifier']);
  });

  it.concurrent('nothing is delivered that the verifier objects to, or does not look at', async () => {
    for (const [behaviour, obstacle] of [
      ['[[verifier: objects]]', 'rejected'],
      ['[[verifier: none]]', 'verdictMissing'],
    ] as const) {
      const scene = stage.scene({ behaviour });
      await scene.label('mona');
      const run = await rested(stage, scene, 'blocked');
      expect(run.phase).toMatchObject({ obstacle: { kind: obstacle } });
      expect([run.mergeRequest, scene.mergeRequests()]).toEqual([undefined, []]);
    }
  });

  it.concurrent('what the issue is about calls for the agents and the pages that the repository names', async () => {
    const scene = stage.scene({ behaviour: '[[triager: about a database]]' });
    const intents = { database: { roles: { planner: ['second'] }, skills: ['sql'] }, dark: { skills: ['sql'] } };
    await scene.push('main', {
      '.fleet/config.yml': JSON.stringify({ checks: { test: 'node slug.test.js' }, intents }),
      '.fleet/skills/sql.md': 'Migrations are never edited, says the page.',
    });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(run.attempts.map(({ role, agent }) => [role, agent])).toEqual([
      ['triager', 'script'],
      ['planner', 'second'],
      ['developer', 'script'],
      ['verifier', 'script'],
    ]);
    const told = promptsOf(stage, run).map((prompt) => prompt.includes('Migrations are never edited'));
    expect(told).toEqual([false, true, true, true]);
    expect(promptsOf(stage, run)[0]).toMatch(/database[^]*dark/);
  });

  it.concurrent('a triager that brings nothing does not stop the work', async () => {
    const scene = stage.scene({ behaviour: '[[triager: none]]' });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual(['triager', 'triager', 'triager', 'planner', 'developer T1', 'verifier']);
  });
});
