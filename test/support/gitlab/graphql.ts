import { readFileSync } from 'node:fs';
import { buildSchema, executeSync, parse, validate } from 'graphql';
import { levelOf, type Answer, type Call } from './routing.js';
import type { Json } from './shapes.js';
import { levels, now } from './state.js';

const schema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'));

/** GitLab's limit, in characters. */
const longestQuery = 10_000;

const unavailable =
  "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

interface Toggle {
  readonly input: { readonly id: string; readonly resolve: boolean };
}

type Asker = Pick<Call, 'web' | 'token'>;

/** By its global id alone; GitLab answers the same to what is not there and to what cannot be resolved. */
function toggleResolve({ web, token }: Asker, { id, resolve }: Toggle['input']): Json {
  const [, discussion] = /^gid:\/\/gitlab\/Discussion\/(\w+)$/.exec(id) ?? [];
  if (discussion === undefined) throw new Error(`"${id}" does not represent an instance of Discussion`);
  const places = web.state.projects.flatMap((project) =>
    [...project.mergeRequests.values()].map((thread) => ({ project, thread })),
  );
  const place = places.find(({ thread }) => thread.notes.some((note) => note.discussion === discussion));
  const notes = (place?.thread.notes ?? []).filter((note) => note.discussion === discussion && note.type !== null);
  if (place === undefined || notes.length === 0) throw new Error(unavailable);
  const { project, thread } = place;
  const may = levelOf({ token }, project) >= levels.developer || thread.author.id === token.user.id;
  if (!may || project.isArchived) throw new Error(unavailable);
  for (const note of notes) note.resolvedBy = resolve ? token.user : undefined;
  thread.updatedAt = now();
  return { errors: [] };
}

/** Answers as GitLab does: 200, with errors beside what was done. What Fleet should not ask for is a text. */
export function answerGraphql(asker: Asker, { query, ...more }: Json): Answer | string {
  const text = String(query);
  if (Object.keys(more).length > 0) return `unknown field ${Object.keys(more).join(', ')}`;
  if (text.length > longestQuery) return 'Query too large';
  const document = parse(text);
  const problems = validate(schema, document);
  if (problems.length > 0) return problems.map(({ message }) => message).join('; ');
  const rootValue = { discussionToggleResolve: ({ input }: Toggle) => toggleResolve(asker, input) };
  const { data, errors = [] } = executeSync({ schema, document, rootValue });
  const surprise = errors.find(({ message }) => message !== unavailable);
  if (surprise !== undefined) return surprise.message;
  return { status: 200, body: { data, ...(errors.length === 0 ? {} : { errors }) } };
}
