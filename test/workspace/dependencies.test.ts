import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunId } from '../../src/domain/run.js';
import type { Snapshot } from '../../src/domain/work.js';
import { temporaryFolder } from '../support/temp.js';
import { aScene, pathsIn, plainGit, run, writeFiles } from './scene.js';

const setup = 'npm ci';
const other = 'r2' as RunId;
const lockfile = {
  'package-lock.json': '{}\n',
  'package.json': '{}\n',
  '.gitignore': 'node_modules/\n',
  'a.js': 'a\n',
};
const made = { 'node_modules/m/index.js': 'm\n', 'packages/a/node_modules/n.js': 'n\n' };

async function aRun(files: Readonly<Record<string, string>> = lockfile, path?: string) {
  const scene = aScene({ files, ...(path === undefined ? {} : { environment: { PATH: path } }) });
  const { path: agents, start } = await scene.opened();
  const { workspaces, folder } = scene;
  const placeOf = (id: RunId): string => join(folder, 'worktrees', `${id}.judge`);
  /** What is in the judging worktree beside the tree; undefined when a set-up has to be run. */
  const judged = async (snapshot: Snapshot, id = run): Promise<readonly string[] | undefined> => {
    const { hasDependencies } = await workspaces.judge(id, { snapshot, setup });
    const tracked = new Set(
      plainGit(placeOf(id), 'ls-files')
        .split('\n')
        .map((path) => `./${path}`),
    );
    const others = pathsIn(placeOf(id)).filter(
      (path) => !tracked.has(path) && !lstatSync(join(placeOf(id), path)).isDirectory(),
    );
    expect(hasDependencies || others.length === 0).toBe(true);
    return hasDependencies ? others : undefined;
  };
  const setUp = async (snapshot: Snapshot, left: Readonly<Record<string, string>> = made, id = run) => {
    await workspaces.judge(id, { snapshot, setup });
    writeFiles(placeOf(id), left);
    await workspaces.keepDependencies(id, { snapshot, setup });
  };
  const snapshotOf = async (changed: Readonly<Record<string, string>>) => {
    writeFiles(agents, changed);
    return (await workspaces.keep(run, { head: start, protectedPaths: [] })).snapshot;
  };
  const shared = () =>
    existsSync(join(folder, 'dependencies/local-7')) ? readdirSync(join(folder, 'dependencies/local-7')) : [];
  const home = join(folder, 'runs/r1/home');
  return { ...scene, agents, start, place: placeOf(run), home, judged, setUp, snapshotOf, shared };
}

const others = ['./node_modules/m/index.js', './packages/a/node_modules/n.js'];

test('a fresh copy each time: what a command did to them is gone, and no write goes through to what is kept', async () => {
  const { start, place, judged, setUp } = await aRun();
  expect(await judged(start)).toBeUndefined();
  await setUp(start);
  expect(readFileSync(join(place, 'node_modules/m/index.js'), 'utf8')).toBe('m\n');
  for (let time = 0; time < 2; time += 1) {
    writeFiles(place, { 'node_modules/m/index.js': 'poison\n', 'node_modules/.cache/x': 'x', 'dist/a.js': 'd\n' });
    expect(await judged(start)).toEqual(others);
    expect(readFileSync(join(place, 'node_modules/m/index.js'), 'utf8')).toBe('m\n');
  }
});

test('files of the tree that a set-up has changed are put back', async () => {
  const { start, place, judged, setUp } = await aRun();
  await setUp(start, { ...made, 'package-lock.json': 'rewritten\n' });
  expect(readFileSync(join(place, 'package-lock.json'), 'utf8')).toBe('{}\n');
  expect(await judged(start)).toEqual(others);
});

test.each([
  ['a source file', { 'a.js': 'b\n' }, true],
  ['the lockfile', { 'package-lock.json': '{ }\n' }, false],
  ['a manifest', { 'packages/a/package.json': '{}\n' }, false],
])('kept for trees that agree in lockfiles and manifests: with %s changed', async (_, changed, isKept) => {
  const { start, judged, setUp, snapshotOf } = await aRun();
  await setUp(start);
  expect(await judged(await snapshotOf(changed))).toEqual(isKept ? others : undefined);
  expect(await judged(start)).toEqual(others);
});

test('without a lockfile for the same tree only, and for the same command only', async () => {
  const { start, judged, setUp, snapshotOf, workspaces } = await aRun({ 'package.json': '{}\n', 'a.js': 'a\n' });
  await setUp(start);
  expect(await judged(await snapshotOf({ 'a.js': 'b\n' }))).toBeUndefined();
  expect(await judged(start)).toEqual(others);
  const { hasDependencies } = await workspaces.judge(run, { snapshot: start, setup: 'npm i' });
  expect(hasDependencies).toBe(false);
});

test('what was made of the base serves other runs and their agents; whoever is first has kept it', async () => {
  const { start, judged, setUp, opened, workspaces, shared, folder } = await aRun();
  const second = await opened(other);
  expect(await workspaces.lendDependencies(other, { snapshot: start, setup })).toBe(false);
  await Promise.all([setUp(start), setUp(start, made, other)]);
  expect(shared()).toHaveLength(1);
  await workspaces.remove(run);
  await workspaces.close();
  expect(await judged(start, other)).toEqual(others);
  expect(await workspaces.lendDependencies(other, { snapshot: start, setup })).toBe(true);
  expect(readFileSync(join(second.path, 'node_modules/m/index.js'), 'utf8')).toBe('m\n');
  writeFiles(second.path, { 'node_modules/m/index.js': 'poison\n' });
  expect(await judged(start, other)).toEqual(others);
  const kept = join(folder, 'worktrees/r2.judge/node_modules/m/index.js');
  expect(readFileSync(kept, 'utf8')).toBe('m\n');
});

test('what was made of what an agent wrote serves its own run alone, and goes with it', async () => {
  const { judged, setUp, snapshotOf, opened, shared, workspaces, folder } = await aRun();
  const head = await snapshotOf({ 'package.json': '{ }\n' });
  await opened(other);
  await setUp(head);
  expect([await judged(head), await judged(head, other), shared()]).toEqual([others, undefined, []]);
  await workspaces.remove(run);
  expect(existsSync(join(folder, 'git/r1'))).toBe(false);
});

test("what serves its own run is lent to its lanes; files of the lane's tree stay, and so does what checks have at home", async () => {
  const { setUp, snapshotOf, workspaces, folder, home } = await aRun();
  const head = await snapshotOf({ 'package.json': '{ }\n' });
  const next = await snapshotOf({ 'dist/a.js': 'written\n' });
  await setUp(head, { ...made, 'dist/a.js': 'made\n' });
  writeFiles(home, { checks: 'c\n' });
  const lane = join(folder, 'worktrees/r1.lane1');
  await workspaces.restore(run, next, 1);
  expect(await workspaces.lendDependencies(run, { snapshot: next, setup, lane: 1 })).toBe(true);
  expect(readFileSync(join(lane, 'dist/a.js'), 'utf8')).toBe('written\n');
  expect([pathsIn(lane), pathsIn(home)]).toEqual([expect.arrayContaining(others), ['./checks']]);
  const { change } = await workspaces.keep(run, { head: next, protectedPaths: [], lane: 1 });
  // Nothing but what is not ignored there.
  expect(change.changedFiles).toBe(0);
});

test.each([
  [
    'a file that names its place',
    (place: string) => writeFiles(place, { '.venv/bin/pip': `#!${place}/.venv/bin/python\n` }),
  ],
  ['a link that does', (place: string) => symlinkSync(join(place, 'a.js'), join(place, 'node_modules/a.js'))],
  ['something at home', (_: string, home: string) => writeFiles(home, { '.cache/venv/x': 'x\n' })],
])('%s: it serves this run alone', async (_, leave) => {
  const { start, place, home, judged, opened, shared, workspaces } = await aRun();
  await opened(other);
  await workspaces.judge(run, { snapshot: start, setup });
  writeFiles(place, made);
  leave(place, home);
  await workspaces.keepDependencies(run, { snapshot: start, setup });
  expect([
    shared(),
    await judged(start, other),
    await workspaces.lendDependencies(run, { snapshot: start, setup }),
    await workspaces.lendDependencies(run, { snapshot: start, setup, lane: 1 }),
  ]).toEqual([...[[], undefined, false, false]]);
  expect(await judged(start)).toEqual(expect.arrayContaining(others));
});

test('home is what the set-up left: what a check wrote there is gone', async () => {
  const { start, home, judged, workspaces } = await aRun();
  writeFiles(home, { '.npmrc': 'script-shell=/bin/true\n' });
  expect([await judged(start), existsSync(home)]).toEqual([undefined, false]);
  writeFiles(home, { '.cache/venv/x': 'x\n' });
  await workspaces.keepDependencies(run, { snapshot: start, setup });
  writeFiles(home, { '.npmrc': 'script-shell=/bin/true\n', '.cache/venv/x': 'poison\n' });
  await judged(start);
  expect([pathsIn(home), readFileSync(join(home, '.cache/venv/x'), 'utf8')]).toEqual([
    ['./.cache', './.cache/venv', './.cache/venv/x'],
    'x\n',
  ]);
});

const usualPath = '/usr/local/bin:/usr/bin:/bin';

/** A PATH on which `cp` knows no option but POSIX's. */
function withPlainCp(): string {
  const folder = temporaryFolder();
  writeFiles(folder, { cp: '#!/bin/sh\nexit 64\n' });
  chmodSync(join(folder, 'cp'), 0o755);
  return `${folder}:${usualPath}`;
}

test.each([
  ['', () => usualPath],
  [', without the `cp` of GNU', withPlainCp],
])('a file of the tree stands where a set-up made one of the same name%s', async (_, pathOf) => {
  const { start, place, judged, setUp, snapshotOf, root } = await aRun(lockfile, pathOf());
  await setUp(start, { ...made, 'dist/a.js': 'made\n', link: 'made\n' });
  writeFiles(root, { 'outside.txt': 'o\n' });
  symlinkSync(join(root, 'outside.txt'), join(place, '../r1/link'));
  const head = await snapshotOf({ 'dist/a.js': 'written\n' });
  expect(await judged(head)).toEqual(others);
  expect([readFileSync(join(place, 'dist/a.js'), 'utf8'), lstatSync(join(place, 'link')).isSymbolicLink()]).toEqual([
    ...['written\n', true],
  ]);
  expect(readFileSync(join(root, 'outside.txt'), 'utf8')).toBe('o\n');
  expect(plainGit(place, 'status', '--porcelain', '--untracked-files=no')).toBe('');
});

test.each([
  ['', () => usualPath],
  [', without the `cp` of GNU', withPlainCp],
])('what does not fit into a tree is made anew for it%s', async (_, pathOf) => {
  const { start, place, judged, setUp, agents, snapshotOf } = await aRun(lockfile, pathOf());
  await setUp(start);
  symlinkSync('..', join(agents, 'packages'));
  const head = await snapshotOf({ 'a.js': 'b\n' });
  expect(await judged(head)).toBeUndefined();
  expect(lstatSync(join(place, 'packages')).isSymbolicLink()).toBe(true);
  await setUp(head, { 'node_modules/m/index.js': 'anew\n' });
  expect(await judged(head)).toEqual(['./node_modules/m/index.js']);
});

test('a set-up that leaves nothing is not run again', async () => {
  const { start, judged, setUp } = await aRun();
  await setUp(start, {});
  expect(await judged(start)).toEqual([]);
});

test('links, modes and times come along', async () => {
  const { start, place, workspaces } = await aRun();
  await workspaces.judge(run, { snapshot: start, setup });
  writeFiles(place, { 'node_modules/m/cli.js': 'c\n', 'node_modules/locked/x.js': 'x\n' });
  chmodSync(join(place, 'node_modules/m/cli.js'), 0o755);
  utimesSync(join(place, 'node_modules/m/cli.js'), 1_700_000_000, 1_700_000_000);
  symlinkSync('../m/cli.js', join(place, 'node_modules/locked/m'));
  chmodSync(join(place, 'node_modules/locked'), 0o555);
  await workspaces.keepDependencies(run, { snapshot: start, setup });
  await workspaces.judge(run, { snapshot: start, setup });
  const seen = execFileSync(
    'find',
    ['node_modules', '-type', 'f', '-printf', '%p %m %Ts\n', '-o', '-printf', '%p %m %l\n'],
    { cwd: place },
  );
  expect(
    seen
      .toString()
      .trim()
      .split('\n')
      .sort()
      .filter((line) => !line.includes('x.js')),
  ).toEqual([
    ...[
      'node_modules 755 ',
      'node_modules/locked 555 ',
      'node_modules/locked/m 777 ../m/cli.js',
      'node_modules/m 755 ',
    ],
    'node_modules/m/cli.js 755 1700000000',
  ]);
});

test('a crash while they were taken leaves nothing that is taken for them', async () => {
  const { start, judged, setUp, folder } = await aRun();
  writeFiles(folder, { 'git/r1/keeping/files/node_modules/half.js': 'h\n' });
  expect(await judged(start)).toBeUndefined();
  await setUp(start);
  expect(await judged(start)).toEqual(others);
});

test('the ones that were used last are kept', async () => {
  const { start, setUp, shared, folder, judged } = await aRun();
  for (let old = 0; old < 9; old += 1) {
    const path = join(folder, 'dependencies/local-7', `old${old}`);
    writeFiles(path, { 'files/x': 'x' });
    utimesSync(path, 1_700_000_000 + old, 1_700_000_000 + old);
  }
  await setUp(start);
  expect(
    shared()
      .filter((name) => name.startsWith('old'))
      .sort(),
  ).toEqual(['old2', 'old3', 'old4', 'old5', 'old6', 'old7', 'old8']);
  expect(await judged(start)).toEqual(others);
  rmSync(join(folder, 'dependencies'), { recursive: true });
  expect(await judged(start)).toBeUndefined();
});
