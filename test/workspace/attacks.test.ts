import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anOrder } from './round.js';
import { aScene, plainGit, run, writeFiles } from './scene.js';

/** Each attack is made as an agent would make it; plain git in the same folder must fall for it, Fleet's must not. */
interface Ground {
  readonly path: string;
  /** The git directory that `.git` points to. */
  readonly view: string;
  readonly mirror: string;
  /** A command line that leaves its trace. */
  readonly trap: string;
}

const attacks: Readonly<Record<string, { attack: (ground: Ground) => void; control: (path: string) => void }>> = {
  'a hook': {
    attack({ view, mirror, trap }) {
      for (const folder of [view, mirror]) {
        for (const name of ['pre-commit', 'pre-push', 'post-checkout', 'post-index-change', 'reference-transaction']) {
          writeFiles(folder, { [`hooks/${name}`]: `#!/bin/sh\n${trap}\n` });
          chmodSync(join(folder, 'hooks', name), 0o755);
        }
      }
    },
    control: (path) => plainGit(path, 'add', '--all'),
  },
  'core.hooksPath': {
    attack({ path, mirror, trap }) {
      writeFiles(path, { 'hooks/post-index-change': `#!/bin/sh\n${trap}\n` });
      chmodSync(join(path, 'hooks/post-index-change'), 0o755);
      for (const folder of [path, mirror]) plainGit(folder, 'config', 'core.hooksPath', join(path, 'hooks'));
    },
    control: (path) => plainGit(path, 'add', '--all'),
  },
  'core.fsmonitor': {
    attack({ path, mirror, trap }) {
      for (const folder of [path, mirror]) plainGit(folder, 'config', 'core.fsmonitor', `${trap}; false`);
    },
    control: (path) => plainGit(path, 'status'),
  },
  'a filter': {
    attack({ path, mirror, trap }) {
      writeFiles(path, { '.gitattributes': '* filter=evil\n' });
      for (const folder of [path, mirror]) {
        plainGit(folder, 'config', 'filter.evil.clean', `${trap}; cat`);
        plainGit(folder, 'config', 'filter.evil.smudge', `${trap}; cat`);
      }
    },
    control: (path) => plainGit(path, 'add', '--all'),
  },
  'an external diff': {
    attack({ path, mirror, trap }) {
      writeFiles(path, { '.gitattributes': '* diff=evil\n', 'a.txt': 'changed\n' });
      for (const folder of [path, mirror]) {
        plainGit(folder, 'config', 'diff.external', `sh -c '${trap}'`);
        plainGit(folder, 'config', 'diff.evil.textconv', `sh -c '${trap}'`);
      }
    },
    control: (path) => plainGit(path, 'diff'),
  },
  'a merge driver': {
    attack({ path, view, mirror, trap }) {
      writeFiles(path, { '.gitattributes': '* merge=evil\n' });
      for (const folder of [view, mirror, join(view, '../merge')])
        writeFiles(folder, { 'info/attributes': '* merge=evil\n' });
      for (const folder of [path, mirror]) plainGit(folder, 'config', 'merge.evil.driver', trap);
    },
    control(path) {
      for (const text of ['one\n', 'two\n']) {
        plainGit(path, 'checkout', '--quiet', '--detach', 'origin/main');
        writeFiles(path, { 'a.txt': text });
        plainGit(path, 'commit', '--quiet', '--all', '-m', text);
        plainGit(path, 'branch', text.trim());
      }
      plainGit(path, 'merge', 'one');
    },
  },
  'a repository inside, with a filter of its own': {
    attack({ path, trap }) {
      const inner = join(path, 'inner');
      writeFiles(path, { 'inner/x.txt': 'x\n' });
      plainGit(path, 'init', '--quiet', inner);
      plainGit(inner, 'add', '--all');
      plainGit(inner, 'commit', '--quiet', '-m', 'inner');
      writeFiles(inner, { '.gitattributes': '* filter=evil\n', 'x.txt': 'y\n' });
      plainGit(inner, 'config', 'filter.evil.clean', `${trap}; cat`);
    },
    control(path) {
      plainGit(path, 'add', '--all');
      plainGit(path, 'status');
    },
  },
};

describe.each(Object.entries(attacks))('%s', (_title, { attack, control }) => {
  async function ground(lane = 0) {
    const scene = aScene();
    const opened = await scene.opened();
    if (lane > 0) await scene.workspaces.restore(run, opened.start, lane);
    const workspace = (await scene.workspaces.find(run, lane)) ?? opened.workspace;
    const [view = '', mirror = ''] = workspace.gitDirectories;
    const trace = join(scene.root, 'trace');
    return { ...scene, ...opened, path: workspace.path, view, mirror, trace, trap: `touch ${trace}` };
  }

  test.each([0, 1])('works on plain git in lane %s', async (lane) => {
    const it = await ground(lane);
    attack(it);
    control(it.path);
    expect(existsSync(it.trace)).toBe(true);
  });

  test.each([0, 1])("does nothing to Fleet's in lane %s", async (lane) => {
    const it = await ground(lane);
    attack(it);
    rmSync(it.trace, { force: true });
    writeFiles(it.path, { 'a.txt': 'changed again\n' });
    for (const text of ['one\n', 'two\n']) {
      writeFiles(it.path, { 'src/b.txt': text });
      await it.workspaces.keep(run, { head: it.start, protectedPaths: [], lane });
    }
    const { snapshot } = await it.workspaces.keep(run, { head: it.start, protectedPaths: [], lane });
    const order = { tree: snapshot.tree, parents: [it.start.commit], message: 'work\n' } as const;
    const head = await it.workspaces.commit(run, order);
    await it.workspaces.diff(run, it.start.commit, head.commit);
    await it.workspaces.push(run, { remote: it.remote, sha: head.commit, branch: 'fleet/7-fix' });
    await it.workspaces.restore(run, it.start, lane);
    await it.workspaces.restore(run, head, lane);
    const [from, work] = [it.start, snapshot];
    await it.workspaces.replay(run, { from, work, onto: head, name: 'work' });
    it.publish({ 'a.txt': 'theirs\n' });
    await it.workspaces.fetch(it.repository, it.remote);
    const suggestions = [{ path: 'src/b.txt', fromLine: 1, toLine: 1, text: 'three' }];
    const { conflict, applied } = await it.workspaces.integrate(run, {
      ...anOrder(head),
      suggestions: [{ thread: 't', by: { id: '1', login: 'ann', kind: 'person' }, suggestions }],
    });
    expect([conflict?.files, applied.length]).toEqual([['a.txt'], 1]);
    await it.workspaces.keep(run, { head, protectedPaths: [], merges: conflict?.theirs ?? '', lane });
    await it.workspaces.open({ ...it.order, adopts: true });
    await it.workspaces.filesOf(it.repository, 'main').then((files) => files.list());
    await it.workspaces.remove(run);
    expect(existsSync(it.trace)).toBe(false);
  });
});

describe('a submodule of the base that the agent filled', () => {
  async function ground() {
    const scene = aScene();
    const inner = join(scene.root, 'inner');
    mkdirSync(inner);
    plainGit(inner, 'init', '--quiet');
    writeFiles(inner, { 'x.txt': 'x\n' });
    plainGit(inner, 'add', '--all');
    plainGit(inner, 'commit', '--quiet', '-m', 'inner');
    const sha = plainGit(inner, 'rev-parse', 'HEAD');
    plainGit(scene.clone, 'update-index', '--add', '--cacheinfo', `160000,${sha},lib`);
    plainGit(scene.clone, 'commit', '--quiet', '-m', 'a submodule');
    plainGit(scene.clone, 'push', '--quiet', 'origin', 'HEAD:main');
    const opened = await scene.opened();
    const lib = join(opened.path, 'lib');
    plainGit(scene.root, 'clone', '--quiet', inner, lib);
    writeFiles(lib, { '.gitattributes': '* filter=evil\n', 'x.txt': 'y\n' });
    const trace = join(scene.root, 'trace');
    plainGit(lib, 'config', 'filter.evil.clean', `touch ${trace}; cat`);
    return { ...scene, ...opened, lib, trace };
  }

  test('runs its filter under plain git', async () => {
    const { path, trace } = await ground();
    plainGit(path, 'update-index', '--no-skip-worktree', 'lib');
    plainGit(path, 'add', '--all');
    expect(existsSync(trace)).toBe(true);
  });

  test("runs nothing under Fleet's, and stays as it was", async () => {
    const { workspaces, start, trace, lib } = await ground();
    const { snapshot, change } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    expect(snapshot).toEqual(start);
    expect(change).toEqual({ changedFiles: 0, deletedFiles: 0, files: 4, problems: [] });
    await workspaces.restore(run, start);
    await workspaces.keep(run, { head: start, protectedPaths: [] });
    expect(existsSync(trace)).toBe(false);
    expect(existsSync(join(lib, 'x.txt'))).toBe(false);
  });
});

describe('objects borrowed from another repository', () => {
  async function ground() {
    const scene = aScene();
    const opened = await scene.opened();
    const other = join(scene.root, 'other');
    mkdirSync(other);
    plainGit(other, 'init', '--quiet');
    writeFiles(other, { 'secret.txt': 'hidden\n' });
    plainGit(other, 'add', '--all');
    plainGit(other, 'commit', '--quiet', '-m', 'secret');
    const [view = '', mirror = ''] = opened.workspace.gitDirectories;
    for (const folder of [view, mirror]) {
      mkdirSync(join(folder, 'objects/info'), { recursive: true });
      writeFileSync(join(folder, 'objects/info/alternates'), `${join(other, '.git/objects')}\n`, { flag: 'a' });
    }
    return {
      ...scene,
      ...opened,
      mirror,
      blob: plainGit(other, 'rev-parse', 'HEAD:secret.txt'),
      secret: plainGit(other, 'rev-parse', 'HEAD'),
    };
  }

  test('can be read by plain git', async () => {
    const { path, mirror, blob } = await ground();
    expect(plainGit(path, 'cat-file', 'blob', blob)).toBe('hidden');
    expect(plainGit(mirror, 'cat-file', 'blob', blob)).toBe('hidden');
  });

  test("cannot be read by Fleet's", async () => {
    const { workspaces, start, secret } = await ground();
    await expect(workspaces.diff(run, start.commit, secret)).rejects.toThrow('git diff');
  });
});

test.each([0, 1])('lane %s became a link to another folder: the other folder keeps what it has', async (lane) => {
  const scene = aScene();
  const { start } = await scene.opened();
  await scene.workspaces.restore(run, start, lane);
  const { path = '' } = (await scene.workspaces.find(run, lane)) ?? {};
  const home = join(scene.root, 'home');
  writeFiles(home, { 'precious.txt': 'mine\n' });
  rmSync(path, { recursive: true });
  symlinkSync(home, path);
  await scene.workspaces.restore(run, start, lane);
  expect(readdirSync(home)).toEqual(['precious.txt']);
  expect(lstatSync(path).isDirectory()).toBe(true);
  expect(existsSync(join(path, 'a.txt'))).toBe(true);
});
