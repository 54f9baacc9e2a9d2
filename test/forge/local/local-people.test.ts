import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.js';
import type { Person } from '../../../src/domain/forge.js';
import { aCheckout, aLocalForge, sharedDatabase } from './world.js';

const database = sharedDatabase();
const ada: Person = { id: 'owner', login: 'ada', kind: 'person' };

/** The kind of obstacle and the message that somebody is told. */
async function refusal(act: Promise<unknown>): Promise<readonly [string, string]> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure) || error.reason.kind !== 'needsPerson')
    throw new Error(`no refusal: ${String(error)}`);
  return [error.reason.obstacle.kind, error.message];
}

async function aRepository() {
  const local = aLocalForge(database());
  const folder = aCheckout();
  const repository = await local.people.addRepository({ at: folder, push: false });
  const types = () => local.deliveries.map(({ event }) => event.type);
  return { ...local, repository, types, checkout: folder };
}

describe('adding a repository', () => {
  test('is told as served, and a second time renews what is known', async () => {
    const { people, repository, deliveries, checkout } = await aRepository();
    expect(repository).toEqual({ forge: 'local', id: repository.id, path: repository.path, defaultBranch: 'trunk' });
    expect(deliveries).toEqual([
      {
        ...{ source: 'local', delivery: expect.any(String), atMs: expect.any(Number) },
        event: { type: 'repositoryServed', repository, by: ada, atMs: expect.any(Number) },
      },
    ]);
    expect(await people.addRepository({ at: `${checkout}/docs`, push: false })).toEqual(repository);
    expect(await people.findRepository(checkout)).toEqual(repository);
  });

  test('one of the same name gets another path', async () => {
    const first = await aRepository();
    const second = await first.people.addRepository({ at: aCheckout(), push: false });
    expect(second.path).not.toBe(first.repository.path);
    expect(second.path).toMatch(/^local\/shop-\d+$/);
  });

  test.each([
    ['a folder that is not there', '/no/such/folder', /^There is no folder \/no\/such\/folder: give the path/],
    ['a folder that is no repository', '/usr', /^\/usr is not a git repository: run `git init`/],
    ['a URL with a password', 'https://ada:pw@example.com/shop.git', /^The URL holds a password/],
  ])('%s is refused', async (_, at, message) => {
    const { people } = aLocalForge(database());
    expect(await refusal(people.addRepository({ at, push: false }))).toEqual([
      'configurationBroken',
      expect.stringMatching(message),
    ]);
  });

  test('a base that is not there is refused', async () => {
    const { people, checkout } = await aRepository();
    expect(await refusal(people.addRepository({ at: checkout, base: 'main', push: false }))).toEqual([
      'configurationBroken',
      `${checkout} has no branch main: \`git branch\` shows those that it has.`,
    ]);
  });

  test('an unknown name is answered with the known ones', async () => {
    const { people, repository } = await aRepository();
    const [kind, message] = await refusal(people.findRepository('nowhere'));
    expect([kind, message.includes(repository.path)]).toEqual(['configurationBroken', true]);
  });
});

describe('an issue', () => {
  test('is labelled once, and unlabelled', async () => {
    const { people, repository, deliveries, types } = await aRepository();
    const issue = await people.openIssue({ repository, title: 'Keep digits', body: 'They are lost.', by: 'rolf' });
    expect(issue).toEqual({
      ...{ number: 1, title: 'Keep digits', body: 'They are lost.', url: `fleet:${repository.path}#1` },
      author: { id: 'as:rolf', login: 'rolf', kind: 'person' },
    });
    await people.label({ repository, number: 1, label: 'fleet' });
    await people.label({ repository, number: 1, label: 'fleet' });
    await people.unlabel({ repository, number: 1, label: 'fleet' });
    expect(types()).toEqual(['repositoryServed', 'issueLabelled', 'issueUnlabelled']);
    expect(deliveries[1]?.event).toEqual({
      ...{ type: 'issueLabelled', repository, by: ada, atMs: expect.any(Number), issue, label: 'fleet' },
    });
    expect(await refusal(people.unlabel({ repository, number: 1, label: 'fleet' }))).toEqual([
      'configurationBroken',
      `${repository.path}#1 has no label fleet.`,
    ]);
  });

  test('is commented on and closed once', async () => {
    const { people, repository, deliveries, types } = await aRepository();
    await people.openIssue({ repository, title: 'Keep digits', body: '' });
    const { id } = await people.comment({ repository, number: 1, body: '/fleet stop', by: 'rolf' });
    await people.close({ repository, number: 1 });
    await people.close({ repository, number: 1 });
    expect(types()).toEqual(['repositoryServed', 'issueCommented', 'issueClosed']);
    expect(deliveries[1]?.event).toEqual({
      ...{ type: 'issueCommented', repository, atMs: expect.any(Number), issueNumber: 1, onMergeRequest: false },
      ...{ by: { id: 'as:rolf', login: 'rolf', kind: 'person' }, commentId: id, body: '/fleet stop' },
    });
  });

  test('cannot be reviewed or merged, and one that is not there not be labelled', async () => {
    const { people, repository } = await aRepository();
    await people.openIssue({ repository, title: 'Keep digits', body: '' });
    const path = repository.path;
    expect([
      await refusal(people.review({ repository, number: 1, body: 'fine', verdict: 'approve', remarks: [] })),
      await refusal(people.merge({ repository, number: 1 })),
      await refusal(people.label({ repository, number: 9, label: 'fleet' })),
    ]).toEqual([
      ['configurationBroken', `${path}#1 is an issue: only a merge request can be reviewed.`],
      ['configurationBroken', `${path} has no merge request 1.`],
      ['configurationBroken', `${path} has no issue or merge request 9: \`fleet list\` shows what there is.`],
    ]);
  });
});

describe('what people did', () => {
  test('is handed over later when the first time failed', async () => {
    const taken: string[] = [];
    let broken = true;
    const { people } = aLocalForge(database(), async ({ event }) => {
      if (broken) throw new Error('the process dies here');
      taken.push(event.type);
    });
    await expect(people.addRepository({ at: aCheckout(), push: false })).rejects.toThrow('the process dies here');
    broken = false;
    await people.redeliver();
    await people.redeliver();
    expect(taken).toEqual(['repositoryServed']);
  });
});
