import { describe, expect, it } from 'vitest';
import type { LimitKind } from '../../src/domain/agent.js';
import type { Turn } from '../support/model/completions.js';
import { outcome, work, type Worked } from './own-agent.js';

/** The place is another one in each run. */
function told(worked: Worked): unknown {
  const text = JSON.stringify(outcome(worked)).replaceAll(worked.model.url, '<url>');
  return JSON.parse(text) as unknown;
}

function refusal(status: number, error: object, headers: Record<string, string> = {}): Turn {
  return { status, headers, body: JSON.stringify({ error }) };
}

const place = '<url>/chat/completions';

describe('the own agent ends with', () => {
  it.each<[string, Turn, LimitKind, string]>([
    ['auth', refusal(401, { message: 'No key' }), 'auth', '(401): No key'],
    ['quota', refusal(402, { message: 'No credits' }), 'quota', '(402): No credits'],
    ['quota behind 429', refusal(429, { message: 'Pay', code: 'insufficient_quota' }), 'quota', '(429): Pay'],
    ['rate', refusal(429, { message: 'Slow down' }), 'rate', '(429): Slow down'],
    ['rate behind 200', { status: 200, body: '{"error":{"code":429,"message":"up"}}' }, 'rate', '(429): up'],
    [
      'rate in a choice',
      { status: 200, body: '{"choices":[{"error":{"code":429}}]}' },
      'rate',
      '(429): no reason given',
    ],
    ['context', refusal(400, { message: 'Long', code: 'context_length_exceeded' }), 'context', '(400): Long'],
    [
      'context by text',
      refusal(400, { message: "This model's maximum context length is 8192 tokens" }),
      ...(['context', "(400): This model's maximum context length is 8192 tokens"] as const),
    ],
    ['overload', refusal(503, { message: 'Busy' }), 'overload', '(503): Busy'],
    [
      'overload as HTML',
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' },
      ...(['overload', '(502): no reason given'] as const),
    ],
  ])('%s', async (_, turn, kind, said) => {
    const worked = await work([turn]);
    expect([worked.code, worked.err, told(worked)]).toEqual([
      1,
      '',
      {
        ...{
          kind: 'failed',
          failure: kind === 'auth' ? 'auth' : 'limit',
          reason: `${place} refused the request ${said}`,
        },
        limit: { kind, source: 'event' },
      },
    ]);
    expect(worked.model.requests).toHaveLength(kind === 'overload' ? 2 : 1);
  });

  it.each<[string, Turn, string, string]>([
    [
      'an unknown model',
      refusal(404, { message: 'No small-1' }),
      'other',
      `${place} refused the request (404): No small-1`,
    ],
    ['moderation', refusal(403, { message: 'Flagged' }), 'refused', `${place} refused the request (403): Flagged`],
    [
      'HTML',
      { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Welcome</html>' },
      ...(['other', `${place} answered with text/html instead of an object of JSON: is the address right?`] as const),
    ],
    ['nothing', { status: 200, body: '' }, 'other', `${place} answered with nothing: is the address right?`],
    [
      'null',
      { status: 200, body: 'null' },
      'other',
      `${place} answered with application/json instead of an object of JSON: is the address right?`,
    ],
    ['no choices', { status: 200, body: '{"choices":[]}' }, 'other', 'the answer has no choice with a message'],
    [
      'choices that are none',
      { status: 200, body: '{"choices":"one"}' },
      'other',
      'the answer has no choice with a message',
    ],
    ['an empty answer', { text: '' }, 'other', 'the model answered with nothing'],
    ['a cut answer', { text: 'I', finish: 'length' }, 'other', "the answer was cut at the model's own limit of output"],
    [
      'a filtered answer',
      { text: '', finish: 'content_filter' },
      'refused',
      'the answer was held back by a content filter',
    ],
    [
      'words of a limit',
      refusal(400, { message: 'rate limit 429 of the tool schema' }),
      'other',
      `${place} refused the request (400): rate limit 429 of the tool schema`,
    ],
  ])('a named error after %s', async (_, turn, failure, reason) => {
    const worked = await work([turn]);
    expect([worked.code, worked.err, told(worked)]).toEqual([1, '', { kind: 'failed', failure, reason }]);
  });

  it('an overload where nobody listens', async () => {
    const worked = await work([], { env: () => ({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }) });
    expect([worked.code, worked.err, outcome(worked)]).toEqual([
      1,
      '',
      {
        ...{ kind: 'failed', failure: 'limit', limit: { kind: 'overload', source: 'event' } },
        reason: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/v1\/chat\/completions cannot be reached: /),
      },
    ]);
  });

  it.each(['http://user:secret@127.0.0.1:1/v1', 'localhost:11434', 'file:///etc/passwd'])(
    'no address: %s',
    async (base) => {
      const worked = await work([], { env: () => ({ OPENAI_BASE_URL: base }) });
      expect([worked.err, outcome(worked)]).toEqual([
        '',
        {
          ...{ kind: 'failed', failure: 'other' },
          reason: 'the base URL must be an http(s) address without a password: correct `env` of the agent',
        },
      ]);
    },
  );

  it('an overload where no answer comes', async () => {
    const held: Turn = { status: 200, headers: { 'content-length': '10' }, body: '{' };
    const worked = await work([held], { flags: ['--retryMs', '10', '--requestMs', '300'] });
    expect([worked.err, told(worked)]).toEqual([
      '',
      {
        ...{ kind: 'failed', failure: 'limit', limit: { kind: 'overload', source: 'event' } },
        reason: `${place} cannot be reached: it did not answer in time`,
      },
    ]);
  });
});

describe('the reset of a limit', () => {
  const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);

  it.each<[string, Record<string, string>, object]>([
    ['a date', { 'retry-after': soon.toUTCString() }, {}],
    ['a moment in ms', { 'x-ratelimit-reset': String(soon.getTime()) }, {}],
    ['a moment in s', { 'x-ratelimit-reset': String(soon.getTime() / 1000) }, {}],
    ['headers in the body', {}, { metadata: { headers: { 'X-RateLimit-Reset': soon.getTime() } } }],
  ])('is read from %s', async (_, headers, error) => {
    const { events } = await work([refusal(429, { message: 'Slow down', ...error }, headers)]);
    const limit = { type: 'limited', kind: 'rate', resetsAtMs: soon.getTime(), source: 'event' };
    expect(events.filter(({ type }) => type === 'limited')).toEqual([limit]);
  });

  it.each<[string, Record<string, string>]>([
    ['seconds', { 'retry-after': '3600' }],
    ['minutes and seconds', { 'x-ratelimit-reset-requests': '59m60s' }],
  ])('is counted from now: %s', async (_, headers) => {
    const beforeMs = Date.now();
    const { events } = await work([refusal(429, { message: 'Slow down' }, headers)]);
    const [resetsAtMs = 0] = events.flatMap((event) => (event.type === 'limited' ? [event.resetsAtMs] : []));
    expect(resetsAtMs).toBeGreaterThanOrEqual(beforeMs + 3_600_000);
    expect(resetsAtMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  it.each<[string, Record<string, string>]>([
    ['the past', { 'retry-after': 'Sat, 01 Jan 2022 00:00:00 GMT' }],
    ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': '' }],
  ])('is not told by %s', async (_, headers) => {
    const { events } = await work([refusal(429, { message: 'Slow down' }, headers)]);
    expect(events.filter(({ type }) => type === 'limited')).toEqual([
      { type: 'limited', kind: 'rate', source: 'event' },
    ]);
  });
});

describe('what goes on and on', () => {
  const look: Turn = { calls: [['read', { path: 'slug.js' }]] };
  const list: Turn = { calls: [['read', { path: '.' }]] };

  it('is tried once more when the endpoint is overloaded', async () => {
    const worked = await work([refusal(503, { message: 'Busy' }), { text: 'Done.' }]);
    expect([outcome(worked), worked.events[1]]).toEqual([
      { kind: 'finished' },
      { type: 'retrying', kind: 'overload', delayMs: 10 },
    ]);
  });

  it.each([
    ['the same call', [look, look, look, look], 4],
    ['a circle of two', [look, list, look, list, look, list], 6],
  ])('is told to the model, then ended: %s', async (_, turns, steps) => {
    const worked = await work(turns);
    expect(outcome(worked)).toEqual({
      kind: 'failed',
      failure: 'loop',
      reason: expect.stringMatching(/^made the same call of read [34] times/),
    });
    expect(worked.model.requests).toHaveLength(steps);
    expect(JSON.stringify(worked.model.requests.at(-1)).match(/You have made this call 3 times/g)).toHaveLength(1);
  });

  it('is no circle where something changes in between', async () => {
    const turns = [1, 2, 3, 4].flatMap((number): Turn[] => [
      { calls: [['run', { command: 'echo same' }]] },
      { calls: [['write', { path: 'a', text: String(number) }]] },
    ]);
    expect(outcome(await work([...turns, { text: 'Done.' }]))).toEqual({ kind: 'finished' });
  });

  it('ends after 200 steps', async () => {
    const turns = Array.from({ length: 201 }, (_, number): Turn => ({ calls: [['read', { path: `${number}` }]] }));
    const worked = await work(turns);
    expect([outcome(worked), worked.model.requests.length]).toEqual([
      { kind: 'failed', failure: 'loop', reason: 'was not done after 200 steps' },
      200,
    ]);
  });
});
