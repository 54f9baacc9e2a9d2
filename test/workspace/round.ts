import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Snapshot } from '../../src/domain/work.js';
import type { IntegrateOrder } from '../../src/ports/workspace.js';
import { aScene, plainGit, run, writeFiles } from './scene.js';

export const branch = 'fleet/7-fix';

/** A run whose first commit, which changes `work`, is on the remote, and people who go on from there. */
export async function aRound(
  options: Parameters<typeof aScene>[0] & { readonly work?: Readonly<Record<string, string>> } = {},
) {
  const { work = { 'a.txt': 'fleet\n' }, ...rest } = options;
  const scene = aScene(rest);
  const { workspaces, repository, remote, clone } = scene;
  const opened = await scene.opened();
  const { path, start } = opened;
  const [, mirror = ''] = opened.workspace.gitDirectories;
  const push = (sha: string) => workspaces.push(run, { remote, sha, branch });
  /** What an agent does, committed by Fleet; a path with no text is removed. */
  const commit = async (
    parent: Snapshot,
    files: Readonly<Record<string, string | undefined>>,
    message = 'by fleet\n',
  ) => {
    await workspaces.restore(run, parent);
    for (const [name, text] of Object.entries(files))
      if (text === undefined) rmSync(join(path, name));
      else writeFiles(path, { [name]: text });
    const { snapshot } = await workspaces.keep(run, { head: parent, protectedPaths: [] });
    return workspaces.commit(run, { tree: snapshot.tree, parents: [parent.commit], message });
  };
  const head = await commit(start, work);
  await push(head.commit);
  const inMirror = (...args: readonly string[]) => plainGit(mirror, ...args);
  return {
    ...scene,
    ...{ path, start, mirror, head, commit, push, inMirror },
    /** A person commits on a branch of the remote and pushes; a path with no text is removed. */
    person: (on: string, files: Readonly<Record<string, string | undefined>>) => {
      plainGit(clone, 'fetch', '--quiet', '--prune', 'origin');
      plainGit(clone, 'checkout', '--quiet', '--force', '--detach', `origin/${on}`);
      for (const [name, text] of Object.entries(files)) if (text === undefined) rmSync(join(clone, name));
      const written = Object.entries(files).filter((each): each is [string, string] => each[1] !== undefined);
      return scene.publish(Object.fromEntries(written), on);
    },
    /** Whatever was there. */
    force: (sha: string, on = branch) => plainGit(scene.origin, 'update-ref', `refs/heads/${on}`, sha),
    drop: (on: string) => plainGit(scene.origin, 'update-ref', '-d', `refs/heads/${on}`),
    adopt: async () => {
      await workspaces.fetch(repository, remote);
      return workspaces.open({ ...scene.order, adopts: true });
    },
    integrate: async (order: Partial<IntegrateOrder> = {}) => {
      await workspaces.fetch(repository, remote);
      return workspaces.integrate(run, { ...anOrder(head), ...order });
    },
    snapshotOf: (sha: string): Snapshot => ({ commit: sha, tree: inMirror('rev-parse', `${sha}^{tree}`) }),
    onRemote: () => plainGit(scene.origin, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`),
    textOf: (commitOrTree: string, file: string) => inMirror('show', `${commitOrTree}:${file}`),
    /** Name → commit. */
    runRefs: () =>
      Object.fromEntries(
        inMirror('for-each-ref', '--format=%(refname) %(objectname)', 'refs/fleet')
          .split('\n')
          .map((line) => line.split(' ') as [string, string])
          .filter(([name]) => !name.includes('/kept/'))
          .map(([name, sha]) => [name.replace('refs/fleet/', ''), sha]),
      ),
  };
}

export function anOrder(head: Snapshot): IntegrateOrder {
  return {
    head,
    source: 'base',
    suggestions: [],
    base: 'main',
    how: 'merge',
    protectedPaths: [],
    messages: { merge: 'Merge main\n', suggestion: (by) => `Apply what ${by.login} suggested\n` },
  };
}

/** How a piece of work failed. */
export async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => (error as { reason?: unknown }).reason ?? String(error),
  );
}
