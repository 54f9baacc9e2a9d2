import { describe, expect, it } from 'vitest';
import { watch } from '../../src/agent/watchdog.js';
import { type Seen, watchedFrom, type WatchRules } from '../../src/agent/watchdog-state.js';
import type { AgentEvent } from '../../src/domain/agent.js';

const rules: WatchRules = {
  silenceMs: 300_000,
  hearsErrors: true,
  limitsTurns: false,
  tree: { memoryBytes: 8 * 1024 ** 3, processes: 1000 },
};

type Sight = Seen extends infer Each ? (Each extends Seen ? Omit<Each, 'atMs'> : never) : never;

/** What the watchdog makes of it all; between two sights, and for a second after the last, it ticks every second. */
function haltOf(sights: readonly (readonly [number, Sight])[], changes: Partial<WatchRules> = {}) {
  let state = watchedFrom({ ...rules, ...changes }, 0);
  let second = 0;
  const tickUntil = (until: number): void => {
    for (; second <= until; second += 1) state = watch(state, { type: 'tick', atMs: second * 1000 });
  };
  for (const [atSecond, sight] of sights) {
    tickUntil(atSecond - 1);
    state = watch(state, { ...sight, atMs: atSecond * 1000 });
  }
  tickUntil((sights.at(-1)?.[0] ?? 0) + 1);
  return state.halt;
}

const event = (each: AgentEvent): Sight => ({ type: 'event', event: each });
const out: Sight = { type: 'printed', on: 'stdout', lines: 1, bytes: 80 };
const err: Sight = { ...out, on: 'stderr' };
const tick: Sight = { type: 'tick' };
const used = (tool: string, input: unknown = {}): Sight => event({ type: 'used', tool, input });
const called: Sight = event({ type: 'used', tool: 'Bash', input: 'npm test', id: 'c1' });
const back: Sight = event({ type: 'returned', id: 'c1' });
const retrying = (delayMs: number): Sight => event({ type: 'retrying', kind: 'rate', delayMs });
const limited = (kind: 'plan' | 'quota' | 'auth' | 'rate'): Sight => event({ type: 'limited', kind, source: 'event' });
const failure = (kind: string, reason: string): object => ({ failure: kind, reason });

/** One sight a second, from the first second on. */
function inTurn(sights: readonly Sight[]): readonly (readonly [number, Sight])[] {
  return sights.map((sight, index) => [index + 1, sight]);
}

function atOnce(sights: readonly Sight[]): readonly (readonly [number, Sight])[] {
  return sights.map((sight) => [1, sight]);
}

function times(count: number, of: (index: number) => Sight): readonly Sight[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

const stalled = failure('stalled', 'printed nothing for 300 s');
const flood = failure('flood', 'printed more than 20,000 lines or 32 MB within a minute');

describe('the watchdog ends an attempt that', () => {
  it.each<[string, readonly (readonly [number, Sight])[], object, Partial<WatchRules>?]>([
    ['is silent from the start', [[300, tick]], stalled],
    [
      'falls silent',
      [
        [200, out],
        [500, tick],
      ],
      stalled,
    ],
    [
      'prints on standard error only, where that is where it hides its retries',
      [
        [299, err],
        [300, tick],
      ],
      stalled,
      { hearsErrors: false },
    ],
    [
      'has been silent for three times as long while a tool runs',
      [
        [1, called],
        [900, tick],
      ],
      failure('stalled', 'printed nothing for 900 s'),
    ],
    [
      'is silent after its tool came back',
      [
        [1, called],
        [100, back],
        [100, out],
        [400, tick],
      ],
      stalled,
    ],
    [
      'falls silent after a retry that told no time',
      [
        [1, out],
        [1, retrying(0)],
        [301, tick],
      ],
      {
        ...failure('limit', 'printed nothing for 300 s after a retry (rate)'),
        limit: { kind: 'rate', source: 'event' },
      },
    ],
    ['prints lines without end', inTurn(times(21, () => ({ ...out, lines: 1000 }))), flood],
    ['prints bytes without end', inTurn(times(33, () => ({ ...out, bytes: 1024 * 1024 }))), flood],
    [
      'floods over the turn of a minute',
      [
        [59, { ...out, lines: 15_000 }],
        [61, { ...out, lines: 6_000 }],
      ],
      flood,
    ],
    [
      'makes one call again and again',
      inTurn(times(8, () => used('Bash', 'ls'))),
      failure('loop', 'made the same call 8 times: Bash'),
    ],
    [
      'goes round in two calls',
      inTurn([used('Plan'), ...times(8, (index) => used(index % 2 === 0 ? 'Read' : 'Edit'))]),
      failure('loop', 'made the same 2 calls 4 times: Read, Edit'),
    ],
    [
      'goes round in twenty calls',
      inTurn(times(80, (index) => used('Read', index % 20))),
      failure('loop', `made the same 20 calls 4 times: ${Array(20).fill('Read').join(', ')}`),
    ],
    [
      'makes too many calls',
      inTurn(times(201, (index) => used('Read', index))),
      failure('loop', 'made more than 200 tool calls'),
    ],
    [
      'makes too many calls all the same, where the CLI should have ended it',
      atOnce(times(401, (index) => used('Read', index))),
      failure('loop', 'made more than 400 tool calls'),
      { limitsTurns: true },
    ],
    [
      'changes nothing',
      inTurn([1, 21, 41, 61].map((step) => ({ type: 'changes', fingerprint: 'same', step }) as const)),
      failure('loop', 'changed no file in 60 tool calls'),
    ],
    [
      'waits for a reset by itself',
      [[1, retrying(3_600_000)]],
      {
        ...failure('limit', 'would have waited 3600 s for its next try (rate)'),
        limit: { kind: 'rate', source: 'event', waitMs: 3_600_000 },
      },
    ],
    [
      'tries for the third time',
      inTurn([retrying(500), limited('rate'), retrying(1000), retrying(2000)]),
      { ...failure('limit', 'tried again 3 times (rate)'), limit: { kind: 'rate', source: 'event' } },
    ],
    [
      'waits, by its own words alone',
      [[1, event({ type: 'retrying', kind: 'plan', delayMs: 60_001, source: 'text' })]],
      {
        ...failure('limit', 'would have waited 60 s for its next try (plan)'),
        limit: { kind: 'plan', source: 'text', waitMs: 60_001 },
      },
    ],
    [
      'does not end on its limit',
      [
        [1, limited('plan')],
        [11, out],
      ],
      { ...failure('limit', 'did not end on its limit (plan)'), limit: { kind: 'plan', source: 'event' } },
    ],
    [
      'does not end without a login',
      [
        [1, limited('auth')],
        [11, out],
      ],
      { ...failure('auth', 'did not end on its limit (auth)'), limit: { kind: 'auth', source: 'event' } },
    ],
    [
      'tells its limit again and again',
      [
        [1, limited('plan')],
        [9, limited('plan')],
        [12, tick],
      ],
      { ...failure('limit', 'did not end on its limit (plan)'), limit: { kind: 'plan', source: 'event' } },
    ],
    [
      'holds too much memory',
      [[5, { type: 'tree', memoryBytes: 9 * 1024 ** 3, processes: 3 }]],
      failure('other', 'held 9216 MB of memory, allowed are 8192 MB'),
    ],
    [
      'runs too many processes',
      [[5, { type: 'tree', memoryBytes: 1, processes: 1001 }]],
      failure('other', 'ran 1001 processes, allowed are 1000'),
    ],
  ])('%s', (_, sights, halt, changes) => {
    expect(haltOf(sights, changes)).toEqual(halt);
  });
});

describe('the watchdog bears one that', () => {
  it.each<[string, readonly (readonly [number, Sight])[], Partial<WatchRules>?]>([
    [
      'prints a line every four minutes',
      [
        [240, out],
        [480, out],
        [720, out],
      ],
    ],
    [
      'prints on standard error',
      [
        [240, err],
        [480, err],
      ],
    ],
    [
      'is silent while a tool runs',
      [
        [1, called],
        [800, tick],
      ],
    ],
    ['prints 300 lines a second', inTurn(times(300, () => ({ ...out, lines: 300 })))],
    [
      'prints much, and much again two minutes later',
      [
        [1, { ...out, lines: 15_000 }],
        [130, { ...out, lines: 15_000 }],
      ],
    ],
    ['asks for the same with another input each time', inTurn(times(100, (index) => used('Poll', { since: index })))],
    ['makes one call seven times', inTurn(times(7, () => used('Bash', 'ls')))],
    ['goes round in three calls three times', inTurn(times(11, (index) => used('Read', index % 3)))],
    [
      'changes its mind in the third round',
      inTurn([...times(7, (index) => used('Read', index % 2)), used('Edit'), used('Read')]),
    ],
    ['tells one call twice, as it begins and as it is complete', inTurn(times(20, () => called))],
    [
      'changes something',
      inTurn(times(20, (index) => ({ type: 'changes', fingerprint: String(index), step: index * 20 }))),
    ],
    [
      'tries again twice at a time',
      inTurn([retrying(9000), retrying(9000), event({ type: 'said', text: 'ok' }), retrying(9000)]),
    ],
    [
      'works on whatever limit it told',
      [
        [1, limited('plan')],
        [5, used('Read')],
        [20, out],
      ],
    ],
    [
      'told a rate limit that passes',
      [
        [1, limited('rate')],
        [20, out],
      ],
    ],
    [
      'has many steps where the CLI counts them',
      atOnce(times(400, (index) => used('Read', index))),
      { limitsTurns: true },
    ],
  ])('%s', (_, sights, changes) => {
    expect(haltOf(sights, changes)).toBeUndefined();
  });

  it('stood still with the machine', () => {
    const before = watch(watchedFrom(rules, 0), { type: 'tick', atMs: 1000 });
    const woken = watch(before, { type: 'tick', atMs: 7_200_000 });
    expect(woken.halt).toBeUndefined();
    expect(woken.heardAtMs).toBe(7_199_000);
    const heard = watch(watch(before, { ...out, atMs: 7_200_000 }), { type: 'tick', atMs: 7_200_001 });
    expect(heard.heardAtMs).toBe(7_200_001);
  });
});

it('holds as much after a million events as after a hundred', () => {
  let state = watchedFrom({ ...rules, limitsTurns: true }, 0);
  for (let index = 0; index < 1_000_000; index += 1) {
    state = watch(state, { type: 'event', event: { type: 'said', text: 'x' }, atMs: index });
    if (index % 5000 === 0) state = watch(state, { ...used('Read', index), atMs: index });
  }
  expect(state.halt).toBeUndefined();
  expect(state.calls.steps).toBe(200);
  expect(state.calls.recent).toHaveLength(20);
});
