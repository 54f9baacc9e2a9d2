import { expect, test } from 'vitest';
import type { Health } from '../../src/domain/account.js';
import type { AttemptRecord } from '../../src/domain/agent.js';
import { aBlockedPhase, anAttempt, aPlanningPhase, aUsage, startMs } from '../support/builders.js';
import type { Subject } from './contract.js';
import { aChange, id, runOf } from './sample.js';

const parked = (times: number): Health => ({ kind: 'parked', why: 'plan', untilMs: startMs, isTold: false, times });
const timesOf = (health: Health): number => (health.kind === 'parked' ? health.times : 0);

export function accountsContract(subject: () => Subject): void {
  test('an account changes one step at a time, whoever changes it', async () => {
    const { store, other } = subject();
    const changes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? store : other).accounts.change('team', (health) => parked(timesOf(health) + 1)),
      ),
    );
    expect(changes.map(({ before }) => timesOf(before)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await store.accounts.list()).toEqual([{ name: 'team', health: parked(10) }]);
  });

  test('runs that wait for an agent are told once that one may be back, and no others', async () => {
    const { store, other } = subject();
    const resume = { to: 'same', phase: aPlanningPhase() } as const;
    const phases = [
      { name: 'awaitingAgent', resume, untilMs: startMs, reasons: [] },
      aBlockedPhase({ obstacle: { kind: 'agentsAway', details: [] }, resume }),
      aBlockedPhase(),
      aPlanningPhase(),
    ] as const;
    for (const [index, phase] of phases.entries()) {
      await store.runs.commit(aChange(runOf(`r${index}`, index, { phase })));
    }
    expect([...(await store.accounts.wake(startMs))].sort()).toEqual(['r0', 'r1']);
    await other.accounts.wake(startMs + 1);
    const unread = async (name: string) => (await store.runs.load(id(name)))?.unread.map(({ event }) => event);
    const back = [{ type: 'agentsBack', atMs: startMs }];
    expect([await unread('r0'), await unread('r1'), await unread('r2'), await unread('r3')]).toEqual([
      back,
      back,
      [],
      [],
    ]);
  });

  test('attempts are written down once, and tell what each agent and account has used', async () => {
    const { store, other } = subject();
    const place = { run: id('r1'), forge: 'github', repositoryId: '5', kind: 'bug', account: 'team' } as const;
    const attempt = (name: string, change: Partial<AttemptRecord> = {}): AttemptRecord => {
      const usage = aUsage({ inputTokens: 90, outputTokens: 10, cachedTokens: 1000, costUsd: 0.5 });
      return anAttempt({
        id: name,
        role: 'developer',
        agent: 'opus',
        task: 'T1',
        usage,
        endedAtMs: startMs,
        ...change,
      });
    };
    await store.attempts.record(attempt('a1', { endedAtMs: startMs - 1 }), place, false);
    await other.attempts.record(attempt('a1', { agent: 'codex' }), place, true);
    await store.attempts.record(attempt('a2', { endedAtMs: startMs + 5 }), place, false);
    const crash = { kind: 'failed', failure: 'crash', reason: 'exit 1' } as const;
    await store.attempts.record(attempt('a3', { endedAtMs: startMs + 9, outcome: crash }), place, false);
    await store.attempts.record(attempt('a4', { agent: 'codex' }), { ...place, kind: 'feature' }, true);
    await store.attempts.accept({ run: id('r1'), role: 'developer', task: 'T1' });
    expect(await store.attempts.tokensSince(startMs)).toEqual(new Map([['team', 300]]));
    const fares = { forge: 'github', repositoryId: '5', kind: 'bug', role: 'developer' } as const;
    expect(await store.attempts.fares(fares)).toEqual([
      { agent: 'opus', attempts: 3, accepted: 1, costUsd: 1.5, tokens: 300 },
    ]);
    expect(await store.attempts.fares({ ...fares, role: 'planner' })).toEqual([]);
  });
}
