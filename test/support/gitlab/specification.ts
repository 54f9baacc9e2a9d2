import { readFileSync } from 'node:fs';

/**
 * GitLab's own REST specification (documentation, `doc/api/openapi/openapi_v2.yaml`, CC BY-SA 4.0), cut down to the
 * routes that Fleet asks: fields as `name:type`, `!` where required, `=a|b` where only these may be given.
 */
interface Operation {
  readonly query: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

const operations = JSON.parse(readFileSync(new URL('spec.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Operation>
>;

interface Exchange {
  /** `POST /projects/{id}/merge_requests` */
  readonly operation: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request does against the specification; nothing for routes that it leaves out (issues, notes, labels, the own user). */
export function requestProblems({ operation, query, body }: Exchange): readonly string[] {
  const known = operations[operation];
  if (known === undefined) return [];
  return [...problems('parameter', known.query, query), ...problems('field', known.body, body)];
}

/** What the stand-in's own answer does against the specification. */
export function answerProblems(operation: string, status: number, body: unknown): readonly string[] {
  const known = operations[operation];
  // Logs are text, where the specification has jobs.
  if (known === undefined || status >= 300 || typeof body === 'string') return [];
  const fields = known.answer.split(' ').filter((field) => field !== '');
  const [one] = Array.isArray(body) ? (body as readonly unknown[]) : [body];
  const unknown = fields.length === 0 ? [] : Object.keys(one ?? {}).filter((name) => !fields.includes(name));
  return [
    ...(status === known.status ? [] : [`answers ${status}, not ${known.status}`]),
    ...unknown.map((name) => `answers the unknown field ${name}`),
  ];
}

function problems(kind: string, specified: string, given: Readonly<Record<string, unknown>>): readonly string[] {
  const fields = specified
    .split(' ')
    .map((text) => /^(\w+)(!?):(\w+)(?:=(.*))?$/.exec(text))
    .flatMap((match) => (match === null ? [] : [match]));
  const missing = fields.filter(([, name = '', required]) => required === '!' && given[name] === undefined);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const [, , , type, values] = fields.find(([, known]) => known === name) ?? [];
    if (type === undefined) return [`unknown ${kind} ${name}`];
    if (kind === 'field' && !isOf(type, value)) return [`the ${kind} ${name} is no ${type}`];
    return values === undefined || values.split('|').includes(String(value)) ? [] : [`${name} is none of ${values}`];
  });
  return [...missing.map(([, name = '']) => `the ${kind} ${name} is missing`), ...wrong];
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
    case 'string':
      return typeof value === type;
    default:
      return true;
  }
}
