import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { promptsOf, reached, rested, reviewed } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';

const [, [, gitlab]] = stages;

let stage: Stage;
beforeAll(async () => {
  stage = await gitlab();
}, 120_000);
afterAll(async () => {
  await stage.close();
  stage.assertNoSurprises();
});

/** A scene whose repository is configured so, with these files on its base. */
function sceneWith(
  configuration: string,
  { behaviour = '', files = {} }: { behaviour?: string; files?: Readonly<Record<string, string | undefined>> } = {},
): Scene {
  const scene = stage.scene({ behaviour });
  const written = `review: { settle: 300ms }\n${configuration}\n`;
  stage.git.commit(scene.path, 'main', { '.fleet/config.yml': written, ...files });
  return scene;
}

const rolesOf = ({ attempts }: Run): readonly string[] => attempts.map(({ role }) => role);
/** Outcome of each command that the merge request tells of. */
const receiptsOf = ({ evidence }: Run): readonly string[] =>
  evidence.map(({ name, outcome, wasRed }) => `${name} ${outcome}${wasRed === true ? ' as before' : ''}`).sort();
const bodyOf = (scene: Scene): string => scene.mergeRequests()[0]?.body ?? '';
const fileOf = (scene: Scene, { branch }: Run, file: string): string | undefined =>
  stage.git.read(scene.path, branch, file);

/** Processes whose home is the one that commands of this run have. */
function commandsOf({ id }: Run): readonly string[] {
  const home = `HOME=${join(stage.folder, 'data/runs', id)}`;
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(home);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}

const named = 'checks: { test: node slug.test.js }';
const once = 'budgets: { attemptsPerTask: 1 }';

describe.concurrent('the command that is to prove a criterion', { timeout: 120_000 }, () => {
  it('needs the network: it fails, and is planned otherwise', async () => {
    const scene = sceneWith(`${named}\n${once}`, {
      behaviour: '[[planner: proves by = node reach.mjs]]',
      files: { 'reach.mjs': "await fetch('http://127.0.0.1:1/');\n" },
    });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer', 'planner', 'developer', 'verifier']);
    expect(promptsOf(stage, run)[3]).toContain('- AC1 (node reach.mjs): exit 1');
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'test pass']);
  });

  it('never ends: it proves nothing, nothing of it lives on, and it is planned otherwise', async () => {
    const scene = sceneWith(`${named}\n${once}\ncheckTimeout: 5s`, {
      behaviour: '[[planner: proves by = sleep 1000 & sleep 1000]]',
    });
    await scene.label('mona');
    const begun = await reached(stage, scene, 'working');
    await expect.poll(() => commandsOf(begun).length, { timeout: 60_000 }).toBeGreaterThan(0);
    const run = await rested(stage, scene, reviewed(1));
    expect(promptsOf(stage, run)[3]).toContain('- AC1 (sleep 1000 & sleep 1000): timedOut');
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'test pass']);
    expect(commandsOf(run)).toEqual([]);
  });

  it('cannot fail: it proves nothing, and is planned otherwise', async () => {
    const scene = sceneWith(named, { behaviour: '[[planner: proves by = node slug.test.js || true]]' });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    const prompts = promptsOf(stage, run);
    const told = prompts.filter((prompt) => prompt.includes('nothing shows the change: AC1 passes without it, too'));
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(bodyOf(scene)).not.toContain('|| true');
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'test pass']);
  });

  it('writes outside of the worktree: the next tree is judged without it, and it goes with the run', async () => {
    const look = 'for place in "$HOME" "$TMPDIR"; do test ! -e "$place/left" || exit 3; touch "$place/left"; done';
    const scene = sceneWith(named, {
      behaviour: '[[planner: proves by = sh outside.sh]] [[developer: late]]',
      files: { 'outside.sh': `${look}\nnode slug.test.js\n` },
    });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    // The first tree was red, so that two were judged.
    expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer', 'developer', 'verifier']);
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'test pass']);
    const places = ['runs', 'worktrees'].map((name) => join(stage.folder, 'data', name));
    await scene.end('merged', 'mona');
    await reached(stage, scene, 'merged');
    const left = (): readonly string[] =>
      places.flatMap((place) => readdirSync(place).filter((name) => name.startsWith(run.id)));
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
  });
});

describe.concurrent('the checks of a repository', { timeout: 120_000 }, () => {
  it('are none, and nothing is a test: the plan is to have one, and reviewers are told what nothing shows', async () => {
    const scene = sceneWith('', {
      behaviour: '[[planner: proves by a look]]',
      files: { 'slug.test.js': undefined },
    });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(promptsOf(stage, run)[1]).toContain('Plan a test of the change');
    expect(receiptsOf(run)).toEqual([]);
    const body = bodyOf(scene);
    expect(body).toContain('Fleet ran no command on this change.');
    expect(body).toContain('nothing shows what else it may have broken');
  });

  it('are red on the base: it is said so, blocks nothing, and excuses nothing that is new', async () => {
    const files = {
      'old.test.js': `import test from 'node:test';
import assert from 'node:assert/strict';
import { slug } from './slug.js';

test('keeps accents', () => assert.equal(slug('Café'), 'café'));
test('has a dash for a space', () => assert.equal(slug('a b'), 'a-b'));
`,
    };
    const scene = sceneWith('checks: { test: node slug.test.js, old: node --test old.test.js }', {
      behaviour: '[[developer: breaks once]]',
      files,
    });
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer', 'developer', 'verifier']);
    const [, , , again = ''] = promptsOf(stage, run);
    expect(again).toContain('### old: `node --test old.test.js` failed (exit 1)');
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'old fail as before', 'test pass']);
    expect(bodyOf(scene)).toMatch(/\| old \| .* \| ⚠️ failed \(exit 1\), as on the base; 2 of 2 tests run \|/);
  });

  it('rewrite files and leave processes: what they are run on is what is delivered, and nothing lives on', async () => {
    // What the first writes would make the second red, and the tree another one.
    const rewrites = "echo 'export const slug = () => 1;' > slug.js && echo made > made.txt && (sleep 1000 &)";
    const scene = sceneWith(`checks: { format: "${rewrites}", test: node slug.test.js }`);
    await scene.label('mona');
    const run = await rested(stage, scene, reviewed(1));
    expect(rolesOf(run)).toEqual(['triager', 'planner', 'developer', 'verifier']);
    expect(receiptsOf(run)).toEqual(['AC1 pass', 'format pass', 'test pass']);
    expect(fileOf(scene, run, 'slug.js')).toContain('[^a-z0-9]+');
    expect(fileOf(scene, run, 'made.txt')).toBeUndefined();
    expect(commandsOf(run)).toEqual([]);
    expect(existsSync(join(stage.folder, 'data/worktrees', run.id, 'made.txt'))).toBe(false);
  });
});
