import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { acpDialect } from '../../src/agent/dialect/acp.js';
import { dialectOf } from '../../src/agent/dialect/known.js';
import { outcomeOf, type AttemptEnd } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';
import { aJob, aSpec } from './support.js';

const folder = new URL('transcripts/acp/', import.meta.url);
const { facts, parseLine, command } = acpDialect();

/** What agents told a client (test/agent/transcripts/acp). Where the bridge drops or adds a line, see acp-bridge.test.ts. */
const cases = readdirSync(folder)
  .map((name) => name.replace('.jsonl', ''))
  .filter((name) => !name.endsWith('-load') && name !== 'codex-ratelimit');

/** As the bridge prints them. */
function linesOf(name: string): readonly string[] {
  return readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { dir: string; msg: unknown })
    .filter(({ dir }) => dir === 'agent->client')
    .map(({ msg }) => JSON.stringify(msg));
}

const silent: AttemptEnd = { how: 'halted', failure: 'stalled', reason: 'printed nothing for 300 s' };

/** As the bridge ends: with 0 after a turn that came to its end; what never answered was killed. */
function endOf(lines: readonly string[]): AttemptEnd {
  const text = lines.join('\n');
  if (text.includes('"stopReason":"end_turn"')) return { how: 'exited', code: 0 };
  return /"stopReason"|"error":\{"code"/.test(text) ? { how: 'exited', code: 1 } : silent;
}

describe('acp', () => {
  it.each(cases)('%s', async (name) => {
    const lines = linesOf(name);
    const ended = endOf(lines);
    const events = lines.flatMap(parseLine);
    const tally = createTally({ price: undefined, facts });
    events.forEach(tally.saw);
    const { usage, words } = tally.total();
    const golden = { ended, outcome: outcomeOf(ended, words, facts), usage, events };
    await expect(`${JSON.stringify(golden, undefined, 2)}\n`).toMatchFileSnapshot(`golden/acp/${name}.json`);
  });

  const update = (fields: object): string =>
    JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: { sessionId: 's', update: fields } });
  const refused = (error: object): string => JSON.stringify({ jsonrpc: '2.0', id: 2, error });

  it.each([
    ['a line that was cut', '{"jsonrpc":"2.0","method":"session/upd'],
    ['text', 'Loading the rate limit module: 429'],
    ['an empty line', ''],
    ['another kind of JSON', '[1]'],
    ['an answer that says nothing', '{"jsonrpc":"2.0","id":0,"result":{}}'],
    ['a cost in another currency', update({ sessionUpdate: 'usage_update', cost: { amount: 1, currency: 'EUR' } })],
    [
      'thoughts of a limit',
      update({ sessionUpdate: 'agent_thought_chunk', content: { text: 'error 429: rate limit' } }),
    ],
  ])('makes nothing of %s', (_, line) => {
    expect(parseLine(line)).toEqual([]);
  });

  it('takes a limit that the agent talks about for talk', () => {
    const text = 'The API says 429: rate_limit exceeded';
    expect(parseLine(update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }))).toEqual([
      { type: 'said', text },
    ]);
  });

  it.each([
    ['an update', update({ sessionUpdate: 'hologram_chunk' }), 'hologram_chunk'],
    ['an update of another shape', update({ sessionUpdate: 'tool_call', toolCallId: 7 }), 'tool_call'],
    ['a request', '{"jsonrpc":"2.0","id":4,"method":"cursor/ask_question","params":{}}', 'cursor/ask_question'],
  ])('names %s that it does not know', (_, line, name) => {
    expect(parseLine(line)).toEqual([{ type: 'unknown', name }]);
  });

  it.each([
    ['overload', 'event', { code: -32603, message: 'Internal error', data: { errorKind: 'overloaded' } }],
    [
      'overload',
      'event',
      { code: -32603, message: 'x', data: { codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 503 } } } },
    ],
    [
      'auth',
      'event',
      { code: -32603, message: 'x', data: { codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } } } },
    ],
    ['context', 'event', { code: -32603, message: 'x', data: { codex_error_info: 'context_window_exceeded' } }],
    ['context', 'text', { code: -32603, message: 'Internal error: Prompt is too long' }],
    ['rate', 'status', { code: 429, message: 'You exceeded your current quota. Please retry in 2s.' }],
  ])('sees %s by %s in %j', (kind, source, error) => {
    const failure = kind === 'auth' ? 'auth' : 'limit';
    expect(parseLine(refused(error))).toEqual([
      { type: 'limited', kind, source },
      { type: 'failed', kind: failure, reason: error.message },
    ]);
  });

  it('sees no limit in another error', () => {
    expect(parseLine(refused({ code: -32602, message: 'Invalid params', data: null }))).toEqual([
      { type: 'failed', kind: 'other', reason: 'Invalid params' },
    ]);
  });

  it('starts the bridge with the prompt on standard input', () => {
    const own = aSpec({ dialect: 'acp', command: ['/opt/agent', '--acp'], model: 'm-1' });
    const bridge: unknown = expect.stringMatching(/src\/agent\/bridge\/acp\.mjs$/);
    expect(command(aJob({ spec: own, session: 's-1' }))).toEqual({
      argv: [process.execPath, bridge, '--model', 'm-1', '--session', 's-1', '--', '/opt/agent', '--acp'],
      env: {},
      stdin: 'Do it.',
    });
  });
});

/** Neither can be had without an installer of its own: from their documentation, never run. */
describe('by the documentation only', () => {
  it.each([
    ['cursor', ['cursor-agent', 'acp']],
    ['kiro', ['kiro-cli', 'acp']],
  ] as const)('%s is started for ACP', (dialect, argv) => {
    const spec = aSpec({ dialect });
    expect(dialectOf(spec).command(aJob({ spec })).argv.slice(2)).toEqual(['--', ...argv]);
  });

  it('cursor: a turn with its options of permission and a question of its own', () => {
    const lines = [
      '{"jsonrpc":"2.0","id":1,"result":{"sessionId":"c-1","modes":{"currentModeId":"agent"}}}',
      '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"c-1","update":{"sessionUpdate":"tool_call","toolCallId":"t1","title":"Edit a.js","kind":"edit","status":"pending","rawInput":{"path":"a.js"}}}}',
      '{"jsonrpc":"2.0","id":5,"method":"session/request_permission","params":{"sessionId":"c-1","toolCall":{"toolCallId":"t1"},"options":[{"optionId":"allow-once","name":"Allow","kind":"allow_once"},{"optionId":"allow-always","name":"Always","kind":"allow_always"},{"optionId":"reject-once","name":"No","kind":"reject_once"}]}}',
      '{"jsonrpc":"2.0","id":6,"method":"cursor/create_plan","params":{}}',
      '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"c-1","update":{"sessionUpdate":"tool_call_update","toolCallId":"t1","status":"completed"}}}',
      '{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}',
    ];
    expect(lines.flatMap(parseLine)).toEqual([
      { type: 'started', session: 'c-1' },
      { type: 'used', tool: 'edit', input: { path: 'a.js' }, id: 't1' },
      { type: 'unknown', name: 'cursor/create_plan' },
      { type: 'returned', id: 't1' },
      { type: 'usage', inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
      { type: 'finished' },
    ]);
  });

  it('kiro: a turn, with notifications of its own', () => {
    const lines = [
      '{"jsonrpc":"2.0","id":1,"result":{"sessionId":"k-1"}}',
      '{"jsonrpc":"2.0","method":"_kiro.dev/metadata","params":{"sessionId":"k-1","contextUsagePercentage":4.2}}',
      '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"k-1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Done."}}}}',
      '{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}',
    ];
    expect(lines.flatMap(parseLine)).toEqual([
      { type: 'started', session: 'k-1' },
      { type: 'unknown', name: '_kiro.dev/metadata' },
      { type: 'said', text: 'Done.' },
      { type: 'usage', inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
      { type: 'finished' },
    ]);
  });
});
