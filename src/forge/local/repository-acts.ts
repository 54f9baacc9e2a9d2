import type { Repository } from '../../domain/forge.js';
import { sighting, type Desk } from './desk.js';
import { wrong } from './git.js';
import { locate } from './location.js';
import { asRepository } from './records.js';

/** Adds a repository on disk or at a URL, or renews what is known of it. */
export async function addRepository(
  desk: Desk,
  { at, base, push }: { readonly at: string; readonly base?: string; readonly push?: boolean },
): Promise<Repository> {
  const { kind, location, name, defaultBranch } = await locate(desk.options.git, at, base);
  return desk.deliveries.act(async (transaction) => {
    const renewed = { default_branch: defaultBranch, ...(push === undefined ? {} : { push: push && kind === 'url' }) };
    const known = await transaction
      .updateTable('local_repositories')
      .set(renewed)
      .where('location', '=', location)
      .returningAll()
      .executeTakeFirst();
    const taken = await transaction.selectFrom('local_repositories').select('path').execute();
    const row =
      known ??
      (await transaction
        .insertInto('local_repositories')
        .values({
          ...{ id: desk.options.ids.next(), location, kind, next_number: 1, push: false, ...renewed },
          path: freePath(`local/${name}`, new Set(taken.map((each) => each.path))),
        })
        .returningAll()
        .executeTakeFirstOrThrow());
    const repository = asRepository(row);
    return { result: repository, events: [{ ...sighting(desk, { repository }), type: 'repositoryServed' }] };
  });
}

/** The repository that goes by this path, name, id or location. */
export async function findRepository({ database }: Desk, name: string): Promise<Repository> {
  const rows = await database.selectFrom('local_repositories').selectAll().orderBy('path').execute();
  const row = rows.find((each) => [each.path, each.id, each.location, each.path.split('/')[1]].includes(name));
  if (row !== undefined) return asRepository(row);
  const known = rows.map((each) => each.path).join(', ');
  throw wrong(`The local forge has no repository ${name}. It has: ${known || 'none yet'}.`);
}

function freePath(wanted: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const path = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(path)) return path;
  }
}
