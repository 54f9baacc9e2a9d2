import { describe, expect, it } from 'vitest';
import { afterHit, afterRestart, readiness, whileProbed, type Health } from '../../src/domain/account.js';
import type { LimitHit } from '../../src/domain/agent.js';

const nowMs = Date.UTC(2026, 10, 21, 10);
const minute = 60_000;
const hour = 60 * minute;
const well: Health = { kind: 'ok' };

function hit(kind: LimitHit['kind'], resetsAtMs?: number): LimitHit {
  return { kind, source: 'event', ...(resetsAtMs === undefined ? {} : { resetsAtMs }) };
}

function parked(change: Partial<Extract<Health, { kind: 'parked' }>> = {}): Health {
  return { kind: 'parked', why: 'plan', untilMs: nowMs + hour, isTold: true, times: 1, ...change };
}

describe('an account after a limit', () => {
  it.each<readonly [string, Health, LimitHit, Health]>([
    ['is parked until the reset that is told', well, hit('plan', nowMs + hour), parked()],
    [
      'takes a reset in another time zone for the moment that it is',
      well,
      hit('plan', Date.parse('2026-11-21T12:30:00+01:00')),
      parked({ untilMs: Date.UTC(2026, 10, 21, 11, 30) }),
    ],
    [
      'pauses where the reset is in the past, be it by an hour of summer time',
      well,
      hit('plan', nowMs - hour + 1),
      parked({ untilMs: nowMs + 15 * minute, isTold: false }),
    ],
    [
      'pauses where the reset is farther away than any window',
      well,
      hit('plan', nowMs * 1000),
      parked({ untilMs: nowMs + 15 * minute, isTold: false }),
    ],
    [
      'pauses where no reset is told',
      well,
      hit('rate'),
      parked({ why: 'rate', untilMs: nowMs + minute, isTold: false }),
    ],
    [
      'pauses for longer each time',
      parked({ why: 'overload', untilMs: nowMs - 1, isTold: false, times: 3 }),
      hit('overload'),
      parked({ why: 'overload', untilMs: nowMs + 4 * minute, isTold: false, times: 4 }),
    ],
    [
      'pauses no longer than is sensible',
      parked({ why: 'rate', untilMs: nowMs - 1, isTold: false, times: 30 }),
      hit('rate'),
      parked({ why: 'rate', untilMs: nowMs + 15 * minute, isTold: false, times: 31 }),
    ],
    [
      'is parked once by several attempts that ran into the same limit',
      parked({ untilMs: nowMs + 2 * hour }),
      hit('plan', nowMs + hour),
      parked({ untilMs: nowMs + 2 * hour }),
    ],
    [
      'does not believe a reset that is a moment away for ever',
      parked({ why: 'rate', untilMs: nowMs - 1, times: 3 }),
      hit('rate', nowMs + 1000),
      parked({ why: 'rate', untilMs: nowMs + 8 * minute, times: 4 }),
    ],
    ['that lets nobody in needs a person', parked(), hit('auth'), { kind: 'needsPerson', sinceMs: nowMs }],
    [
      'still needs a person after another limit',
      { kind: 'needsPerson', sinceMs: 5 },
      hit('rate'),
      { kind: 'needsPerson', sinceMs: 5 },
    ],
    ['is well where only the context was too long', well, hit('context'), well],
  ])('%s', (_, before, limit, after) => {
    expect(afterHit(before, limit, nowMs)).toEqual(after);
  });
});

describe('an account', () => {
  it.each<readonly [string, Health, ReturnType<typeof readiness>]>([
    ['that is well is ready', well, 'ready'],
    ['is away until its reset', parked(), 'away'],
    ['is ready at the reset that was told', parked({ untilMs: nowMs }), 'ready'],
    ['is asked first where no reset was told', parked({ untilMs: nowMs, isTold: false }), 'probe'],
    ['is not asked first after a rate limit', parked({ why: 'rate', untilMs: nowMs, isTold: false }), 'ready'],
    ['that needs a person is away', { kind: 'needsPerson', sinceMs: 0 }, 'away'],
    ['is away for the others while it is asked', whileProbed(parked({ untilMs: 0, isTold: false }), nowMs + 1), 'away'],
    [
      'that needed a person is asked after a restart',
      afterRestart({ kind: 'needsPerson', sinceMs: 0 }, nowMs),
      'probe',
    ],
  ])('%s', (_, health, expected) => {
    expect(readiness(health, nowMs)).toBe(expected);
  });

  it('stays parked over a restart', () => {
    expect(afterRestart(parked(), nowMs)).toEqual(parked());
  });
});
