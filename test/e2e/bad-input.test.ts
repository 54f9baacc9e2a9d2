import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { agentWorks, commitItems, promptsOf, reached, rested, reviewed } from './look.js';
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

const rolesOf = ({ attempts }: Run): readonly string[] => attempts.map(({ role }) => role);
const gitOf = ({ gitDir }: Scene, ...args: readonly string[]): string =>
  execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8' }).trim();
const replies = (scene: Scene): readonly string[] =>
  scene.comments('issue').flatMap(({ by, body }) => (by === stage.bot ? [body] : []));

/** The developer of this run, which waits, goes on. */
function goOn(run: Run): void {
  writeFileSync(join(stage.folder, 'gates', `${run.id}.developer`), '');
}

/** A scene whose developer waits to be let go on. */
async function atWork(behaviour = ''): Promise<{ readonly scene: Scene; readonly run: Run }> {
  const scene = stage.scene({ behaviour: `[[developer: waits]] ${behaviour}` });
  await scene.label('mona');
  return { scene, run: await agentWorks(stage, scene, 'developer') };
}

describe.concurrent(
  'what an agent hands in is told back to it, and another attempt is made',
  { timeout: 120_000 },
  () => {
    const problems = {
      huge: (file: string) => `- ${file}: it has 50.0 MB; at most 1 MB is read`,
      link: (file: string) => `- ${file} cannot be read (ELOOP): it must be a regular file`,
      missing: (file: string) => `- ${file} is missing: write it into the folder that FLEET_ARTIFACTS names`,
      'wrong types': (_: string, problem: string) => `- ${problem}`,
    } as const;
    it.each([
      ['triager', ['huge', 'wrong types'], 'triage.json', 'kind: '],
      ['planner', ['link', 'huge'], 'plan.json', 'summary: '],
      ['planner', ['missing', 'wrong types'], 'plan.json', 'summary: '],
      ['verifier', ['wrong types', 'huge'], 'verdict.json', 'criteria: '],
      ['verifier', ['link', 'missing'], 'verdict.json', 'criteria: '],
    ] as const)('by the %s: %j', async (role, kinds, file, problem) => {
      const scene = stage.scene({ behaviour: `[[${role}: hands in = ${kinds.join(', ')}]]` });
      await scene.label('mona');
      const run = await rested(stage, scene, reviewed(1));
      const roles = ['triager', 'planner', 'developer', 'verifier'];
      expect(rolesOf(run)).toEqual(roles.flatMap((each) => (each === role ? [role, role, role] : [each])));
      const first = roles.indexOf(role);
      const told = promptsOf(stage, run).slice(first + 1, first + 3);
      for (const [index, kind] of kinds.entries()) expect(told[index]).toContain(problems[kind](file, problem));
    });
  },
);

describe.concurrent('the issue is edited while Fleet works', { timeout: 120_000 }, () => {
  it('and the work goes by the text as it was when the label was put on', async () => {
    const { scene, run } = await atWork();
    await scene.editIssue('olga', 'Mine coins instead.');
    goOn(run);
    const done = await rested(stage, scene, reviewed(1));
    const prompts = promptsOf(stage, done).join('\n');
    expect([prompts.includes('`Area 51` should give'), prompts.includes('Mine coins')]).toEqual([true, false]);
    expect(scene.mergeRequests()[0]?.body).not.toContain('Mine coins');
  });

  it('and an approval of the plan is void, which is said with the way out', async () => {
    const scene = stage.scene();
    await scene.label('mona', 'fleet:plan-first');
    await scene.label('mona');
    await reached(stage, scene, 'awaitingApproval');
    await scene.editIssue('olga', 'Mine coins instead.');
    await scene.say('issue', 'mona', '/fleet approve');
    await expect.poll(() => replies(scene).join('\n'), { timeout: 60_000 }).toContain('This approval does not count');
    expect(replies(scene).join('\n')).toContain('take the label off and put it on again');
    const waiting = await reached(stage, scene, 'awaitingApproval');
    expect(rolesOf(waiting)).toEqual(['triager', 'planner']);
  });
});

/** Puts a history with nothing in common with it in the place of the base: its files, some of them changed. */
function replaced(scene: Scene, files: Readonly<Record<string, string>>): string {
  const tree = gitOf(scene, 'rev-parse', 'main^{tree}');
  const by = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  gitOf(scene, 'update-ref', 'refs/heads/main', gitOf(scene, ...by, 'commit-tree', tree, '-m', 'Anew'));
  return stage.git.commit(scene.path, 'main', files);
}

describe.concurrent('the base is changed while Fleet works', { timeout: 120_000 }, () => {
  it('the work stands on its new head, and was checked there', async () => {
    const { scene, run } = await atWork();
    const moved = stage.git.commit(scene.path, 'main', { 'news.txt': 'new\n' });
    goOn(run);
    const done = await rested(stage, scene, reviewed(1));
    expect(gitOf(scene, 'merge-base', 'main', done.branch)).toBe(moved);
    expect(commitItems(scene, 'main', done.branch).map(({ text }) => text.split('\n')[0])).toEqual([
      'fix: keep digits',
    ]);
    const tree = gitOf(scene, 'rev-parse', `${done.branch}^{tree}`);
    expect(done.evidence.map(({ name, outcome, tree }) => [name, outcome, tree])).toEqual([
      ['test', 'pass', tree],
      ['AC1', 'pass', tree],
    ]);
    expect(rolesOf(done)).toEqual(['triager', 'planner', 'developer', 'verifier']);
  });

  it('a conflict is for the agent to resolve, and what it made of it is checked', async () => {
    const { scene, run } = await atWork();
    const theirs = "export const slug = (text) => text.trim().toLowerCase().replace(/[^a-z]+/g, '-');\n";
    const moved = stage.git.commit(scene.path, 'main', { 'slug.js': theirs });
    goOn(run);
    const done = await rested(stage, scene, reviewed(1));
    expect(rolesOf(done)).toEqual(['triager', 'planner', 'developer', 'developer', 'verifier']);
    expect(promptsOf(stage, done)[3]).toContain('## The conflict');
    expect(gitOf(scene, 'merge-base', 'main', done.branch)).toBe(moved);
    expect(done.evidence.every(({ outcome }) => outcome === 'pass')).toBe(true);
  });

  it('what was forced out of it does not come back with the work', async () => {
    const scene = stage.scene({ behaviour: '[[developer: waits]]' });
    const kept = gitOf(scene, 'rev-parse', 'main');
    stage.git.commit(scene.path, 'main', { 'secret.txt': 'forced out later\n' });
    await scene.label('mona');
    const run = await agentWorks(stage, scene, 'developer');
    gitOf(scene, 'update-ref', 'refs/heads/main', kept);
    const moved = stage.git.commit(scene.path, 'main', { 'news.txt': 'new\n' });
    goOn(run);
    const done = await rested(stage, scene, reviewed(1));
    expect(gitOf(scene, 'merge-base', 'main', done.branch)).toBe(moved);
    expect(gitOf(scene, 'diff', '--name-only', 'main', done.branch)).toBe('slug.js');
  });

  it('another history in its place is built upon', async () => {
    const { scene, run } = await atWork();
    const other = replaced(scene, {});
    goOn(run);
    const done = await rested(stage, scene, reviewed(1));
    expect(gitOf(scene, 'merge-base', 'main', done.branch)).toBe(other);
    expect(gitOf(scene, 'diff', '--name-only', 'main', done.branch)).toBe('slug.js');
  });

  it('another history that conflicts: the work is kept, and a person is told the ways out', async () => {
    const { scene, run } = await atWork();
    const before = gitOf(scene, 'rev-parse', 'main');
    replaced(scene, { 'slug.js': 'export const slug = String;\n' });
    goOn(run);
    await rested(stage, scene, 'blocked');
    const said = replies(scene).at(-1) ?? '';
    expect(said).toContain('The history of the target branch was replaced while Fleet worked.');
    expect(said).toContain('bring the old history back and write `/fleet retry`');
    gitOf(scene, 'update-ref', 'refs/heads/main', before);
    await scene.say('issue', 'mona', '/fleet retry');
    const done = await rested(stage, scene, reviewed(1));
    expect(rolesOf(done)).toEqual(['triager', 'planner', 'developer', 'verifier']);
  });
});
