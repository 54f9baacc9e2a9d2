import type { Repository } from '../../domain/forge.js';
import type { Look, Lookout, LookMemo, LookOrder } from '../../ports/lookout.js';
import type { Client } from './client.js';
import { statusOf } from './errors.js';
import { readFates } from './fates.js';
import { readLabelling } from './labelling.js';
import { ownerAndName } from './shapes.js';

/** Pages of 100 labelled issues that are read; those that changed last come first. */
const mostPages = 3;

/** Pages of 100 repositories of one installation that are read. */
const mostRepositoryPages = 10;

/** Looks at GitHub: a conditional list, which costs nothing where nothing changed, and GraphQL for the rest. */
export function createLookout(client: Client): Lookout {
  return {
    repositories: () => installedRepositories(client),
    look: (repository, order, memo) => look(client, repository, order, memo),
    labelling: (repository, number, label) => readLabelling(client, repository, number, label),
  };
}

async function installedRepositories(client: Client): Promise<readonly Repository[]> {
  const { data: installations } = await client.asApp('the app’s installations', (octokit) =>
    octokit.rest.apps.listInstallations({ per_page: 100 }),
  );
  const found: Repository[] = [];
  for (const { id, suspended_at: suspendedAt } of installations) {
    if (suspendedAt != null) continue;
    let pages = 0;
    const listed = await client.asInstallation(id, `the repositories of installation ${id}`, (octokit) =>
      octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }, ({ data }, done) => {
        pages += 1;
        if (pages === mostRepositoryPages) done();
        return data;
      }),
    );
    found.push(
      ...listed
        .filter(({ archived }) => !archived)
        .map((each): Repository => ({
          forge: 'github',
          id: String(each.id),
          path: each.full_name,
          defaultBranch: each.default_branch,
          installation: String(id),
        })),
    );
  }
  return found;
}

async function look(
  client: Client,
  repository: Repository,
  order: LookOrder,
  before: LookMemo | undefined,
): Promise<Look> {
  const list = await readLabelled(client, repository, order.label, before?.mark);
  const memo = list?.memo ?? before ?? { mark: '', open: [] };
  const open = new Set(memo.open);
  const issues = order.issues.filter((number) => !open.has(number));
  const fates = await readFates(client, repository, { ...order, issues });
  return { labelled: list?.labelled, ...fates, memo };
}

/** The list, unless it is still as `mark` says. The mark is of the first page alone, so only its issues are known to be open later. */
async function readLabelled(client: Client, repository: Repository, label: string, mark: string | undefined) {
  const readPage = (page: number, headers: Readonly<Record<string, string>> = {}) =>
    client.call(repository, `the issues with the label ${label}`, (octokit) =>
      octokit.rest.issues.listForRepo({
        ...ownerAndName(repository),
        ...{ labels: label, state: 'open', sort: 'updated', direction: 'desc', per_page: 100, page, headers },
      }),
    );
  const first = await unlessUnchanged(readPage(1, mark === undefined ? {} : { 'if-none-match': mark }));
  if (first === undefined) return undefined;
  const found = [...first.data];
  for (let page = 2; found.length === (page - 1) * 100 && page <= mostPages; page += 1) {
    found.push(...(await readPage(page)).data);
  }
  const isIssue = (each: { readonly pull_request?: unknown }): boolean => each.pull_request === undefined;
  return {
    labelled: found
      .filter(isIssue)
      .map(({ number, updated_at: updatedAt }) => ({ number, updatedAtMs: Date.parse(updatedAt) })),
    memo: { mark: first.headers.etag ?? '', open: first.data.filter(isIssue).map(({ number }) => number) },
  };
}

async function unlessUnchanged<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 304) return undefined;
    throw error;
  }
}
