import type { Answer, Call } from './routes.js';
import { issueJson, type Json, type Web } from './shapes.js';
import type { Account, Happening, IssueState, RepositoryState } from './state.js';

/** One aliased field that Fleet may ask for inside of a repository. */
const field = /(?:(\w+): )?(issue|pullRequest)\(number: (\d+)\) \{ \.\.\.(end|pullEnd|labelling) \}/g;

const frame =
  /^query \(\$owner: String!, \$repo: String!\) \{ repository\(owner: \$owner, name: \$repo\) \{ (.*?) \} \} (fragment .*)$/;

/** The fragments were held against GitHub's own schema; a changed one has to be again. */
const fragments: ReadonlyMap<string, string> = new Map([
  [
    'end',
    'fragment end on Issue { number state labels(first: 100) { nodes { name } } timelineItems(last: 20, itemTypes: [CLOSED_EVENT, UNLABELED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } ... on UnlabeledEvent { createdAt actor { ...actor } label { name } } } } }',
  ],
  [
    'pullEnd',
    'fragment pullEnd on PullRequest { number state timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } } } }',
  ],
  [
    'labelling',
    'fragment labelling on Issue { state title body url author { ...actor } lastEditedAt editor { ...actor } labels(first: 100) { nodes { name } } labelled: timelineItems(last: 100, itemTypes: [LABELED_EVENT]) { nodes { __typename ... on LabeledEvent { createdAt actor { ...actor } label { name } } } } renamed: timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { __typename ... on RenamedTitleEvent { createdAt actor { ...actor } } } } }',
  ],
]);
const actorFragment =
  'fragment actor on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }';

/** Answers the questions that Fleet asks in GraphQL, and no others. Like GitHub it answers 200 whatever is not found. */
export function answerGraphql({ web, body }: Call): Answer {
  const [, selection = '', given] = frame.exec(String(body['query'])) ?? [];
  const asked = [...selection.matchAll(field)];
  const used = [...new Set(asked.map(([, , , , fragment = '']) => fragments.get(fragment)))];
  if (selection.replace(field, '').trim() !== '' || given !== [...used, actorFragment].join(' ')) {
    const message = `not a question that Fleet may ask: ${String(body['query']).slice(0, 400)}`;
    return { status: 200, body: { data: null, errors: [{ type: 'undefinedField', message }] }, asksTooMuch: message };
  }
  const { owner, repo } = body['variables'] as { readonly owner: string; readonly repo: string };
  const repository = web.state.repositories.find((each) => each.owner.login === owner && each.name === repo);
  const found = asked.map(([, alias, kind = '', number = '']): readonly [string, Json | null] => {
    const issue = repository?.issues.get(Number(number));
    const isThere = issue !== undefined && (issue.pull !== undefined) === (kind === 'pullRequest');
    return [alias ?? kind, isThere ? fieldsOf(web, repository!, issue) : null];
  });
  const missing = found.filter(([, value]) => value === null);
  const errors = missing.map(([name]) => ({
    type: 'NOT_FOUND',
    path: ['repository', name],
    message: 'Could not resolve',
  }));
  const data = { repository: repository === undefined ? null : Object.fromEntries(found) };
  return { status: 200, body: { data, ...(errors.length === 0 ? {} : { errors }) } };
}

/** Every field that some fragment names; who asks for fewer does not look at the others. */
function fieldsOf(web: Web, repository: RepositoryState, issue: IssueState): Json {
  const { number, title, body, state, pull, user, labels, history } = issue;
  const of = (...types: readonly Happening['type'][]): readonly Happening[] =>
    history.filter(({ type }) => types.includes(type));
  const edit = of('edited').at(-1);
  return {
    number,
    title,
    body: body ?? '',
    url: issueJson(web, repository, issue)['html_url'],
    state: pull?.mergedAt === undefined ? state.toUpperCase() : 'MERGED',
    author: actor(user),
    lastEditedAt: edit?.at ?? null,
    editor: edit === undefined ? null : actor(edit.by),
    labels: { nodes: labels.map((name) => ({ name })) },
    labelled: timeline(of('labeled').slice(-100)),
    renamed: timeline(of('renamed').slice(-1)),
    timelineItems: timeline(pull === undefined ? of('closed', 'unlabeled').slice(-20) : of('closed').slice(-1)),
  };
}

const typenames = {
  labeled: 'LabeledEvent',
  unlabeled: 'UnlabeledEvent',
  closed: 'ClosedEvent',
  renamed: 'RenamedTitleEvent',
  edited: '',
};

function timeline(events: readonly Happening[]): Json {
  const nodes = events.map(({ type, at, by, label }) => ({
    __typename: typenames[type],
    createdAt: at,
    actor: actor(by),
    ...(label === undefined ? {} : { label: { name: label } }),
  }));
  return { nodes };
}

/** GraphQL leaves the ending out of a bot's login. */
function actor({ id, login, type }: Account): Json {
  return { __typename: type, login: login.replace(/\[bot\]$/, ''), databaseId: id };
}
