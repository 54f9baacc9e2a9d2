import type { Gitlab } from '@gitbeaker/rest';
import { GitLabError } from './errors.js';

type RequesterOf = NonNullable<NonNullable<ConstructorParameters<typeof Gitlab>[0]>['requesterFn']>;
type Resource = Parameters<RequesterOf>[0];
type Requester = ReturnType<RequesterOf>;
type Options = NonNullable<Parameters<Requester['get']>[1]>;

/**
 * Gitbeaker's way out, in the place of its own, which asks again ten times within 280 ms after a 429 or a 502, a POST
 * too: one call is one request. Redirects are not followed, since the token would go along.
 */
export const requesterFn: RequesterOf = (resource) => {
  const by =
    (method: string) =>
    async (endpoint: string, options: Options = {}): Promise<Awaited<ReturnType<Requester['get']>>> => {
      const { body, searchParams, signal } = options;
      const address = `${resource.url}${resource.url.endsWith('/') ? '' : '/'}${endpoint}${queryOf(searchParams)}`;
      const { text, answer } = await exchange(address, {
        method,
        headers: await headersOf(resource, body),
        ...bodyOf(body),
        redirect: 'manual',
        ...(signal === undefined ? {} : { signal }),
      });
      const content = isLog(endpoint, answer) ? text : contentOf(text, answer);
      return { body: content, headers: Object.fromEntries(answer.headers), status: answer.status };
    };
  return {
    get: by('GET'),
    post: by('POST'),
    put: by('PUT'),
    patch: by('PATCH'),
    delete: by('DELETE'),
  } as Requester;
};

async function exchange(address: string, init: RequestInit): Promise<{ text: string; answer: Response }> {
  try {
    const answer = await fetch(address, init);
    return { text: await textOf(answer), answer };
  } catch (error) {
    // A hang-up is a bare TypeError, a late answer a TimeoutError: here and nowhere else they mean the connection.
    throw new GitLabError('no answer', undefined, error);
  }
}

/** The one thing that is asked for and is no JSON. */
function isLog(endpoint: string, answer: Response): boolean {
  return (
    answer.ok && endpoint.endsWith('/trace') && answer.headers.get('content-type')?.startsWith('text/plain') === true
  );
}

/** Of a log, which may be as long as a job likes, the end is kept. */
async function textOf(answer: Response): Promise<string> {
  if (answer.body === null || !isLog(new URL(answer.url).pathname, answer)) return answer.text();
  let end = Buffer.alloc(0);
  for await (const chunk of answer.body) end = Buffer.concat([end, chunk as Uint8Array]).subarray(-mostLogBytes);
  return end.toString();
}

const mostLogBytes = 100_000;

function contentOf(text: string, answer: Response): Record<string, unknown> {
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  if (!answer.ok) throw new GitLabError(isJson ? wordsOf(text) : answer.statusText, answer);
  if (answer.status === 204 || text === '') return {};
  // A proxy's page in the place of an answer: what became of the request is unknown.
  if (!isJson) throw new GitLabError('an answer that is no JSON', undefined);
  return JSON.parse(text) as Record<string, unknown>;
}

/** GitLab says what is wrong in `message` or `error`, as text or as a list by field, and to GraphQL in `errors`. */
function wordsOf(text: string): string {
  try {
    const { message, error, errors } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const words = message ?? error ?? errors;
    return typeof words === 'string' ? words : JSON.stringify(words ?? '');
  } catch {
    // Cut off: the status says enough.
    return '';
  }
}

async function headersOf(resource: Resource, body: Options['body']): Promise<Record<string, string>> {
  const authorized = await Promise.all(
    Object.entries(resource.authHeaders).map(async ([name, value]) => [name, await value()] as const),
  );
  const type = body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' };
  return { ...resource.headers, ...type, ...Object.fromEntries(authorized) };
}

function bodyOf(body: Options['body']): { readonly body?: string | FormData } {
  if (body === undefined) return {};
  return { body: body instanceof FormData ? body : JSON.stringify(Object.fromEntries(named(body))) };
}

function queryOf(searchParams: Options['searchParams'] = {}): string {
  const pairs = named(searchParams).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((each): [string, string] => [`${name}[]`, String(each)])
      : [[name, String(value)] as [string, string]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

/** Gitbeaker's camel case in GitLab's words. */
function named(fields: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const);
}
