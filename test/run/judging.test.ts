import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunPolicy } from '../../src/domain/policy.js';
import type { RunId } from '../../src/domain/run.js';
import { aCheck, anEvidence } from '../support/builders.js';
import { aRoom } from './room.js';

const files = {
  ...{ '.gitignore': 'node_modules/\n*.log\n', 'package-lock.json': '{}\n', 'package.json': '{}\n' },
  // The dependency that tells whether a test passes.
  ...{ 'runner.sh': 'test "$(cat answer.txt)" = 42\n', 'answer.txt': '41\n' },
};
const check = aCheck({ command: 'sh node_modules/runner.sh' });

const aToolRoom = (change: Partial<RunPolicy> = {}) => aRoom(files, { checks: [check], ...change });

test('what an agent leaves in its own worktree makes nothing pass: dependencies, ignored files, its git directory', async () => {
  const { prepared } = await aToolRoom();
  const { start, path, work, checked } = await prepared();
  const poison = { 'node_modules/runner.sh': 'exit 0\n', 'pass.log': 'pass\n', 'node_modules/.bin/sh': 'exit 0\n' };
  const claimed = await work({ ...poison, 'notes.txt': 'done\n' });
  expect(readFileSync(join(path, 'node_modules/runner.sh'), 'utf8')).toBe('exit 0\n');
  expect([await checked(start), await checked(claimed)]).toEqual([['check test: fail'], ['check test: fail']]);
  expect(await checked(await work({ 'answer.txt': '42\n' }))).toEqual(['check test: pass']);
});

test('what a check of one tree leaves does not reach the next tree, at home neither', async () => {
  const leave = 'echo exit 0 > node_modules/runner.sh; echo exit 0 > "$HOME/passes"; echo 42 > answer.txt';
  const commands = [
    aCheck({ command: `test ! -e "$HOME/passes" || exit 0; ${check.command}; red=$?; ${leave}; exit $red` }),
  ];
  const { prepared } = await aToolRoom({ checks: commands });
  const { start, checked } = await prepared();
  expect([await checked(start), await checked(start)]).toEqual([['check test: fail'], ['check test: fail']]);
});

test("what a check makes of the tree's files is not what the next one is run on; what it makes beside them is", async () => {
  const checks = [
    aCheck({ name: 'build', command: 'echo 42 > answer.txt; rm package.json; echo out > built.log' }),
    aCheck({ command: `test -e package.json && ${check.command}` }),
    aCheck({ name: 'pack', command: 'test -e built.log' }),
  ];
  const { prepared } = await aToolRoom({ checks });
  const { start, checked } = await prepared();
  expect(await checked(start)).toEqual(['check build: pass', 'check test: fail', 'check pack: pass']);
});

test('the set-up runs once for all runs with the same lockfiles, where trees are judged, and agents get a copy', async () => {
  const { prepared, setUpIn, place } = await aToolRoom();
  const first = await prepared();
  const second = await prepared('r2' as RunId);
  for (const { path } of [first, second]) expect(existsSync(join(path, 'node_modules/runner.sh'))).toBe(true);
  await first.checked(first.start);
  await second.checked(await second.work({ 'answer.txt': '42\n' }));
  expect(setUpIn()).toEqual([place]);
  const newer = await first.work({ 'package-lock.json': '{ }\n' });
  expect([await first.checked(newer), await first.checked(newer)]).toEqual([
    ['check test: fail'],
    ['check test: fail'],
  ]);
  expect(setUpIn()).toEqual([place, place]);
});

test('where a copy would not do, each worktree is set up by itself', async () => {
  const setup = 'mkdir -p node_modules && cp runner.sh node_modules/ && echo "$PWD" >> node_modules/places';
  const { prepared, place } = await aToolRoom({ setup });
  const { path, work, checked } = await prepared();
  const placesIn = (folder: string) => readFileSync(join(folder, 'node_modules/places'), 'utf8');
  expect([placesIn(path), placesIn(place)]).toEqual([`${path}\n`, `${place}\n`]);
  expect(await checked(await work({ 'answer.txt': '42\n' }))).toEqual(['check test: pass']);
  expect(placesIn(place)).toBe(`${place}\n`);
});

test('a set-up that fails on the base needs a person', async () => {
  const { prepared } = await aToolRoom({ setup: 'echo no registry; exit 3' });
  await expect(prepared()).rejects.toMatchObject({
    reason: { obstacle: { kind: 'setupFailed', details: ['echo no registry; exit 3: exit 3', 'no registry', ''] } },
  });
});

test('a set-up that fails on what an agent wrote is what was seen of it, and nothing of it is kept', async () => {
  const { prepared } = await aToolRoom({ setup: 'mkdir -p node_modules; cp runner.sh node_modules/' });
  const { path, work, checked, start } = await prepared();
  const without = await work({ 'package-lock.json': '{ }\n' }).then(async () => {
    rmSync(join(path, 'runner.sh'));
    return work({});
  });
  expect([await checked(without), await checked(without)]).toEqual([['setup setup: fail'], ['setup setup: fail']]);
  expect(await checked(start)).toEqual(['check test: fail']);
});

test('without a set-up nothing is kept or copied', async () => {
  const { prepared, folder } = await aToolRoom({ setup: 'none', checks: [aCheck({ command: 'sh runner.sh' })] });
  const { work, checked } = await prepared();
  expect(await checked(await work({ 'answer.txt': '42\n' }))).toEqual(['check test: pass']);
  expect(existsSync(join(folder, 'dependencies'))).toBe(false);
});

test('two trees of a run that are checked at once do not meet', async () => {
  const { prepared } = await aToolRoom();
  const { start, work, checked } = await prepared();
  const right = await work({ 'answer.txt': '42\n' });
  const all = await Promise.all([checked(start), checked(right), checked(start), checked(right)]);
  expect(all.flat()).toEqual(['fail', 'pass', 'fail', 'pass'].map((outcome) => `check test: ${outcome}`));
});

test("the programs that checks run are the base's, but for tests, and that is told", async () => {
  const lint = 'grep -q good source.txt\n';
  const own = { 'source.txt': 'good\n', 'tools/lint.sh': lint, 'tests/run.sh': 'exit 1\n', 'notes.txt': 'n\n' };
  const checks = [
    aCheck({ name: 'lint', command: 'sh tools/lint.sh' }),
    aCheck({ name: 'test', command: 'sh tests/run.sh' }),
  ];
  const { prepared } = await aRoom(own, { setup: 'none', checks });
  const { work, checked, crossed } = await prepared();
  const green = { 'tools/lint.sh': 'exit 0\n', 'tests/run.sh': 'exit 0\n' };
  expect(await checked(await work(green))).toEqual(['check lint: pass, by base', 'check test: pass, by base']);
  const worse = await work({ ...green, 'source.txt': 'bad\n' });
  expect(await checked(worse)).toEqual(['check lint: fail, by base', 'check test: pass, by base']);
  const evidence = [anEvidence({ name: 'lint', byBase: true, tree: worse.tree })];
  expect((await crossed(worse, { evidence })).notes).toContainEqual(expect.stringMatching(/or programs that they run/));
});
