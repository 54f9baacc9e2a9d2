import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Json } from './shapes.js';

/** One call with the stand-in's answer, as it went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: Json;
  readonly status: number;
  readonly answer: unknown;
}

/** A delivery as it was sent. */
export interface SentDelivery {
  readonly event: string;
  readonly payload: Json;
}

/** Where the official specifications say otherwise than GitHub does: what their objections begin with. */
const deviations: readonly string[] = [
  // An account is said to be a user and an enterprise at once.
  'GET /app/installations 200: /0/account ',
  // A comment may be gone.
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id} 404: no such status',
  // Logs end by retention, and a job that never began has none.
  'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs 404: no such status',
];

interface Operation {
  readonly query: Json;
  readonly body?: unknown;
  /** By status; null where there is no JSON. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/**
 * GitHub's own description of REST (`@octokit/openapi` 23.0.2, MIT; 400 MB to install), cut down to the operations that
 * Fleet asks for and to what a validator reads.
 */
const rest = JSON.parse(readFileSync(new URL('fixtures/rest.json', import.meta.url), 'utf8')) as {
  readonly operations: Readonly<Record<string, Operation>>;
};
const webhooks = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@octokit/openapi-webhooks/generated/api.github.com.json'),
    'utf8',
  ),
) as { readonly webhooks: Readonly<Record<string, unknown>> };

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(rest, 'rest', false, false);
ajv.addSchema(webhooks, 'webhooks', false, false);

/** What a call and its answer do against the specification. */
export function exchangeProblems({ method, path, query, body, status, answer }: Exchange): readonly string[] {
  const operation = Object.keys(rest.operations).find((each) => isOf(each, `${method} ${path}`));
  const known = operation === undefined ? undefined : rest.operations[operation];
  if (operation === undefined || known === undefined) return [`${method} ${path}: GitHub has no such operation`];
  const unknown = query.filter((name) => !(name in known.query)).map((name) => `unknown parameter ${name}`);
  const asked = known.body === undefined ? [] : problems(`rest#/operations/${pointer(operation)}/body`, body);
  return [...unknown, ...asked.map((each) => `asked ${each}`), ...answerProblems(known, operation, status, answer)]
    .map((each) => `${operation} ${status}: ${each}`)
    .filter((each) => !deviations.some((known) => each.startsWith(known)));
}

/** The last step of a path with contents may be many. */
function isOf(operation: string, call: string): boolean {
  const pattern = operation
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{path\}/, '.+')
    .replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(call);
}

function answerProblems(known: Operation, operation: string, status: number, answer: unknown): readonly string[] {
  const specified = known.answers[status];
  if (specified === undefined) return ['no such status'];
  // A file asked for as raw text comes as text, which is specified by its media type alone.
  return specified === null || typeof answer === 'string'
    ? []
    : problems(`rest#/operations/${pointer(operation)}/answers/${status}`, answer);
}

/** What a delivery does against the specification. */
export function deliveryProblems({ event, payload }: SentDelivery): readonly string[] {
  const { action } = payload;
  const name = (typeof action === 'string' ? `${event}-${action}` : event).replaceAll('_', '-');
  if (webhooks.webhooks[name] === undefined) return [`${name}: GitHub has no such delivery`];
  const schema = `webhooks#/webhooks/${name}/post/requestBody/content/${pointer('application/json')}/schema`;
  return problems(schema, payload).map((each) => `${name}: ${each}`);
}

function problems(schema: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(schema) ?? ajv.compile({ $id: `held-${schema.replace('#', '-')}`, $ref: schema });
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

function pointer(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
