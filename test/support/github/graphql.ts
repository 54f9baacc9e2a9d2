import { schema as official } from '@octokit/graphql-schema';
import {
  buildSchema,
  executeSync,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { rootOf, type Asker } from './nodes.js';
import type { Answer, Call } from './route.js';

let built: GraphQLSchema | undefined;

/** GitHub's own schema; a fifth of a second. */
function schema(): GraphQLSchema {
  built ??= buildSchema(official.idl, { assumeValid: true, noLocation: true });
  return built;
}

/** Fields are properties or methods of what the stand-in gives; one that it does not know is a surprise. */
const fieldOf: GraphQLFieldResolver<Record<string, unknown>, Asker> = (
  source,
  args,
  _asker,
  { fieldName, parentType },
) => {
  if (!(fieldName in source)) throw new GraphQLError(`the stand-in knows no ${parentType.name}.${fieldName}`);
  const value = source[fieldName];
  return typeof value === 'function' ? (value as (args: unknown) => unknown)(args) : value;
};

const known = new Map<string, DocumentNode>();

/** The question, where GitHub's schema allows it; else what is wrong with it. */
function read(query: string): DocumentNode | string {
  const before = known.get(query);
  if (before !== undefined) return before;
  const document = parse(query);
  const problems = validate(schema(), document);
  if (problems.length > 0) return problems.map(({ message }) => message).join('; ');
  known.set(query, document);
  return document;
}

/** Answers as GitHub does: 200, with errors beside what could be found. What Fleet should not ask for is a surprise. */
export function answerGraphql(call: Call): Answer {
  const document = read(String(call.body['query']));
  if (typeof document === 'string') {
    const errors = [{ type: 'undefinedField', message: document }];
    return { status: 200, body: { data: null, errors }, asksTooMuch: `GraphQL: ${document}` };
  }
  const asker: Asker = { web: call.web, git: call.git, token: call.token };
  const { data, errors = [] } = executeSync({
    schema: schema(),
    document,
    rootValue: rootOf(asker),
    contextValue: asker,
    variableValues: call.body['variables'] as Readonly<Record<string, unknown>>,
    fieldResolver: fieldOf,
  });
  const surprise = errors.find(({ extensions }) => extensions['type'] === undefined);
  const told = errors.map(({ message, path, extensions }) => ({ type: extensions['type'], path, message }));
  return {
    status: 200,
    body: { data, ...(told.length === 0 ? {} : { errors: told }) },
    ...(surprise === undefined ? {} : { asksTooMuch: `GraphQL: ${surprise.message}` }),
  };
}
