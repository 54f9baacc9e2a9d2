import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Repository } from '../../../src/domain/forge.js';
import { aCheckout, addBranch, aLocalForge, gitIn, sharedDatabase } from './world.js';

const database = sharedDatabase();
const branch = 'fleet/1-keep-digits';
const order = { branch, base: 'trunk', title: 'Keep digits', body: 'Closes #1', draft: false, reviewers: [] };

async function withMergeRequest(checkout: string) {
  const local = aLocalForge(database());
  const repository: Repository = await local.people.addRepository({ at: checkout, push: false, base: 'trunk' });
  await local.people.openIssue({ repository, title: 'Keep digits', body: '' });
  addBranch(checkout, branch, { path: 'new.txt', text: 'new\n' });
  const { number } = await local.forge.ensureMergeRequest(repository, order);
  local.deliveries.length = 0;
  const types = () => local.deliveries.map(({ event }) => event.type);
  return { ...local, repository, number, types };
}

describe('merging', () => {
  test('puts the branch on its base and touches no file, and closes the issue that it names', async () => {
    const checkout = aCheckout();
    gitIn(checkout, 'switch', '--quiet', '--create', 'elsewhere');
    writeFileSync(join(checkout, 'README.md'), 'half done\n');
    const { people, forge, repository, number, deliveries } = await withMergeRequest(checkout);
    await people.merge({ repository, number });
    expect(gitIn(checkout, 'log', '-1', '--format=%s by %an, %P', 'trunk')).toBe(
      `Merge !2: Keep digits by ada, ${gitIn(checkout, 'rev-parse', 'trunk~1', branch).replace('\n', ' ')}`,
    );
    expect(gitIn(checkout, 'show', 'trunk:new.txt')).toBe('new');
    expect([gitIn(checkout, 'status', '--porcelain', '--branch'), existsSync(join(checkout, 'new.txt'))]).toEqual([
      '## elsewhere\n M README.md',
      false,
    ]);
    expect(await forge.mergeRequest(repository, number)).toMatchObject({ state: 'merged' });
    expect(deliveries.map(({ event }) => event)).toMatchObject([
      { type: 'mergeRequestClosed', number, merged: true },
      { type: 'issueClosed', issueNumber: 1 },
    ]);
    await expect(people.merge({ repository, number })).rejects.toThrow(`${repository.path}!2 is merged already.`);
  });

  test('a base that is checked out is refused with what to type, and then recorded', async () => {
    const checkout = aCheckout();
    const { people, repository, number, types } = await withMergeRequest(checkout);
    const before = gitIn(checkout, 'rev-parse', 'trunk');
    await expect(people.merge({ repository, number })).rejects.toThrow(
      `trunk is checked out in ${checkout}, and Fleet does not touch your files. Type: git -C ${checkout} merge ${branch}.`,
    );
    expect([gitIn(checkout, 'rev-parse', 'trunk'), types()]).toEqual([before, []]);
    gitIn(checkout, 'merge', '--quiet', branch);
    await people.merge({ repository, number });
    expect(types()).toEqual(['mergeRequestClosed', 'issueClosed']);
  });

  test('a base that is checked out in another work tree is refused, too', async () => {
    const checkout = aCheckout();
    const other = join(checkout, '..', 'other');
    gitIn(checkout, 'switch', '--quiet', '--create', 'elsewhere');
    gitIn(checkout, 'worktree', 'add', '--quiet', other, 'trunk');
    const { people, repository, number } = await withMergeRequest(checkout);
    await expect(people.merge({ repository, number })).rejects.toThrow(`trunk is checked out in ${other}`);
  });

  test('a conflict is refused with its files', async () => {
    const checkout = aCheckout();
    gitIn(checkout, 'switch', '--quiet', '--create', 'elsewhere');
    const { people, repository, number, types } = await withMergeRequest(checkout);
    addBranch(checkout, 'mine', { path: 'new.txt', text: 'mine\n' });
    gitIn(checkout, 'update-ref', 'refs/heads/trunk', 'mine');
    await expect(people.merge({ repository, number })).rejects.toThrow(
      `${branch} and trunk conflict in new.txt: merge trunk into ${branch}, then merge here once more.`,
    );
    expect(types()).toEqual([]);
  });
});

describe('a repository at a URL', () => {
  test('is fetched from there, and pushed into Fleet’s own folder', async () => {
    const checkout = aCheckout();
    const { people, forge, folder } = aLocalForge(database());
    const repository = await people.addRepository({ at: `file://${checkout}`, push: false });
    const url = (await forge.remote(repository, 'push')).url;
    expect([repository.defaultBranch, (await forge.remote(repository, 'fetch')).url, url]).toEqual([
      ...['trunk', `file://${checkout}`, join(folder, `${repository.id}.git`)],
    ]);
    addBranch(checkout, 'work', { path: 'new.txt', text: 'new\n' });
    gitIn(checkout, 'push', '--quiet', url, `work:refs/heads/${branch}`);
    const { number } = await forge.ensureMergeRequest(repository, order);
    expect(await people.mergeRequest(repository, number)).toEqual({
      ...{ number, url: `fleet:${repository.path}!${number}`, state: 'open', title: 'Keep digits', body: 'Closes #1' },
      ...{ branch, base: 'trunk', place: url },
    });
    await expect(people.merge({ repository, number })).rejects.toThrow(
      `In your clone: git fetch ${url} ${branch} && git merge FETCH_HEAD && git push.`,
    );
    expect(await forge.readFile(repository, 'README.md')).toBe('# Sample\n');
  });

  test('is pushed to only when that was asked for', async () => {
    const { people, forge } = aLocalForge(database());
    const at = `file://${aCheckout()}`;
    const repository = await people.addRepository({ at, push: true });
    expect(await forge.remote(repository, 'push')).toEqual({ url: at });
    await people.addRepository({ at });
    expect(await forge.remote(repository, 'push')).toEqual({ url: at });
    await people.addRepository({ at, push: false });
    expect((await forge.remote(repository, 'push')).url).not.toBe(at);
  });

  test('that does not answer is tried again later', async () => {
    const { people } = aLocalForge(database());
    await expect(people.addRepository({ at: 'file:///no/such/repository', push: false })).rejects.toMatchObject({
      reason: { kind: 'retryLater' },
      message: expect.stringMatching(/^cannot reach file:\/\/\/no\/such\/repository: /),
    });
  });
});

describe('the remote of a checkout', () => {
  test('is not pushed to while a branch of Fleet’s is checked out and git would let it move', async () => {
    const checkout = aCheckout();
    const { forge, repository } = await withMergeRequest(checkout);
    gitIn(checkout, 'switch', '--quiet', branch);
    expect(await forge.remote(repository, 'push')).toEqual({ url: checkout });
    gitIn(checkout, 'config', 'receive.denyCurrentBranch', 'updateInstead');
    await expect(forge.remote(repository, 'push')).rejects.toThrow(`A branch of Fleet's is checked out in ${checkout}`);
    gitIn(checkout, 'switch', '--quiet', 'trunk');
    expect(await forge.remote(repository, 'push')).toEqual({ url: checkout });
    expect(readFileSync(join(checkout, 'README.md'), 'utf8')).toBe('# Sample\n');
  });

  test('a merge request without its branch is refused', async () => {
    const { forge, repository } = await withMergeRequest(aCheckout());
    await expect(forge.ensureMergeRequest(repository, { ...order, branch: 'fleet/9-gone' })).rejects.toThrow(
      'The branch fleet/9-gone is not in ',
    );
  });
});
