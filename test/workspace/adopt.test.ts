import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aRound, branch, reasonOf } from './round.js';
import { plainGit, run } from './scene.js';

const archive = (sha: string) => `archive/${run}-${sha.slice(0, 12)}`;

describe('open with adopts', () => {
  test('nobody pushed: the branch is where the run left it', async () => {
    const { adopt, start, head, runRefs } = await aRound();
    expect(await adopt()).toMatchObject({ start, branchHead: head });
    expect(runRefs()).toEqual({ 'runs/r1/head': head.commit, 'runs/r1/pushed': head.commit });
  });

  test("people's commits on top: head, lease and the agent's view follow; the next push is theirs and more", async () => {
    const { adopt, person, snapshotOf, commit, push, onRemote, path, workspaces, runRefs, start } = await aRound();
    const theirs = person(branch, { 'b.txt': 'person\n' });
    const { branchHead, start: again } = await adopt();
    expect([branchHead, again]).toEqual([snapshotOf(theirs), start]);
    expect(runRefs()).toEqual({ 'runs/r1/head': theirs, 'runs/r1/pushed': theirs });
    await workspaces.restore(run, snapshotOf(theirs));
    expect(plainGit(path, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
    expect(plainGit(path, 'log', '-1', '--format=%an')).toBe('Ann');
    const next = await commit(snapshotOf(theirs), { 'c.txt': 'c\n' });
    await push(next.commit);
    expect(onRemote()).toBe(next.commit);
  });

  test('a branch that a person forced is the truth; what is only here is archived', async () => {
    const { adopt, start, head, commit, force, person, runRefs, snapshotOf } = await aRound();
    const unpushed = await commit(head, { 'local.txt': 'l\n' });
    force(start.commit);
    const theirs = person(branch, { 'p.txt': 'p\n' });
    expect((await adopt()).branchHead).toEqual(snapshotOf(theirs));
    expect(runRefs()).toEqual({
      [archive(unpushed.commit)]: unpushed.commit,
      'runs/r1/head': theirs,
      'runs/r1/pushed': theirs,
    });
  });

  test('a branch that is gone: the next push makes it anew', async () => {
    const { adopt, head, drop, push, onRemote, runRefs } = await aRound();
    drop(branch);
    expect(await adopt()).not.toHaveProperty('branchHead');
    expect(runRefs()).toEqual({ 'runs/r1/head': head.commit });
    await push(head.commit);
    expect(onRemote()).toBe(head.commit);
  });

  test('a folder of branches in place of the branch is no branch', async () => {
    const { adopt, head, drop, force } = await aRound();
    drop(branch);
    force(head.commit, `${branch}/deeper`);
    expect(await adopt()).not.toHaveProperty('branchHead');
  });

  test.each(['removed with its run', 'lost with its folder'])('a worktree that was %s', async (how) => {
    const { adopt, person, snapshotOf, workspaces, folder, push, commit, onRemote } = await aRound();
    if (how === 'removed with its run') await workspaces.remove(run);
    else for (const each of ['git', 'worktrees']) rmSync(join(folder, each, run), { recursive: true });
    const theirs = person(branch, { 'b.txt': 'person\n' });
    const { branchHead } = await adopt();
    expect(branchHead).toEqual(snapshotOf(theirs));
    const next = await commit(snapshotOf(theirs), { 'a.txt': 'again\n' });
    await push(next.commit);
    expect(onRemote()).toBe(next.commit);
  });

  test('commits that were never pushed are not lost with the folder', async () => {
    const { adopt, head, commit, folder, runRefs } = await aRound();
    const unpushed = await commit(head, { 'local.txt': 'l\n' });
    for (const each of ['git', 'worktrees']) rmSync(join(folder, each, run), { recursive: true });
    await adopt();
    expect(runRefs()).toEqual({
      [archive(unpushed.commit)]: unpushed.commit,
      'runs/r1/head': head.commit,
      'runs/r1/pushed': head.commit,
    });
  });

  test('a base that is gone does not matter to a worktree that is there', async () => {
    const { adopt, head, drop } = await aRound();
    drop('main');
    expect((await adopt()).branchHead).toEqual(head);
  });
});

test('without adopts nothing of the branch changes, and a push over people is a lost race', async () => {
  const { workspaces, repository, remote, order, person, head, runRefs, commit, push, onRemote } = await aRound();
  const theirs = person(branch, { 'b.txt': 'person\n' });
  await workspaces.fetch(repository, remote);
  expect(await workspaces.open(order)).not.toHaveProperty('branchHead');
  expect(runRefs()).toEqual({ 'runs/r1/head': head.commit, 'runs/r1/pushed': head.commit });
  expect(await reasonOf(push((await commit(head, { 'c.txt': 'c\n' })).commit))).toEqual({ kind: 'lostRace' });
  expect(onRemote()).toBe(theirs);
});

test('a run that goes on with its own commits after it has taken over those of people does not push over them', async () => {
  const { adopt, person, head, commit, push, onRemote } = await aRound();
  const mine = await commit(head, { 'c.txt': 'c\n' });
  const theirs = person(branch, { 'b.txt': 'person\n' });
  await adopt();
  expect(await reasonOf(push(mine.commit))).toEqual({ kind: 'lostRace' });
  expect(onRemote()).toBe(theirs);
});

test('a commit that does not stand on the last one leaves that one in the archive', async () => {
  const { start, head, commit, runRefs } = await aRound();
  const other = await commit(start, { 'other.txt': 'o\n' });
  expect(runRefs()).toEqual({
    [archive(head.commit)]: head.commit,
    'runs/r1/head': other.commit,
    'runs/r1/pushed': head.commit,
  });
});

test('the files of a commit, and of one that the mirror does not have', async () => {
  const { workspaces, repository, head } = await aRound();
  const files = await workspaces.filesOf(repository, { commit: head.commit });
  expect([files.sha, await files.read('a.txt')]).toEqual([head.commit, 'fleet\n']);
  expect(await reasonOf(workspaces.filesOf(repository, { commit: '0'.repeat(40) }))).toEqual({ kind: 'retryLater' });
});
