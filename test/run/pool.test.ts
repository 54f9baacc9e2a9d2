import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../src/domain/agent.js';
import type { Health } from '../../src/domain/account.js';
import type { Run } from '../../src/domain/run.js';
import type { Taken } from '../../src/run/pool.js';
import type { Database } from '../../src/store/database.js';
import {
  anAgentSpec,
  anAssignment,
  anAttempt,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRoundCause,
  aRun,
  aUsage,
  startMs,
} from '../support/builders.js';
import { embeddedDatabase } from '../support/databases.js';
import { sceneOn, type Scene } from './scene.js';

let database: Database;
let scene: Scene;
beforeAll(async () => {
  database = await embeddedDatabase('file');
}, 60_000);
afterEach(() => scene.close());

const never = new AbortController().signal;
const names = ['opus', 'sonnet', 'codex'];
/** Two models on one subscription, and another vendor. */
const agents = [
  anAgentSpec({ name: 'opus', account: 'team' }),
  anAgentSpec({ name: 'sonnet', account: 'team' }),
  anAgentSpec({ name: 'codex', dialect: 'codex', vendor: 'openai' }),
];
const prepared = aPrepared({ policy: aPolicy({ agents: { planner: names, developer: names } }) });
const planning = aRun({ phase: aPlanningPhase({}), prepared });
const planner = anAssignment({ role: 'planner', agent: 'opus' });
const inReview: Run = { ...planning, cause: aRoundCause() };
const planLimit: AttemptOutcome = {
  ...{ kind: 'failed', failure: 'limit', reason: 'limit' },
  limit: { kind: 'plan', source: 'event', resetsAtMs: startMs + 3_600_000 },
};
const told: Health = { kind: 'parked', why: 'plan', untilMs: startMs + 3_600_000, isTold: true, times: 1 };
const asked: Health = { ...told, untilMs: startMs, isTold: false };

async function setUp(options: Parameters<typeof sceneOn>[1] = {}): Promise<void> {
  scene = await sceneOn(database, { agents, ...options });
}

async function park(account: string, health: Health): Promise<void> {
  await scene.store.accounts.change(account, () => health);
}

async function take(run = planning, assignment = planner, signal = never): Promise<unknown> {
  const taken = await scene.loop.pool.take({ run, assignment, signal });
  if (taken.kind !== 'taken') return taken;
  const { release, ...rest } = taken;
  release();
  return rest;
}

/** Takes a place and keeps it. */
async function hold(run = planning): Promise<Taken> {
  const taken = await scene.loop.pool.take({ run, assignment: planner, signal: never });
  if (taken.kind !== 'taken') throw new Error(`expected an agent, got ${taken.kind}`);
  return taken;
}

const opus = { kind: 'taken', agent: 'opus', account: 'team' };
const codex = { kind: 'taken', agent: 'codex', account: 'codex' };
const teamIsAway = ['opus', 'sonnet'].map(
  (name) => `${name} (account team): limit of its plan until 21 November, 10:00 UTC`,
);

describe('the pool', () => {
  it('takes the first of the role that is free, and waits where none is', async () => {
    await setUp();
    const held = [await hold(), await hold(), await hold()];
    expect(held.map(({ agent }) => agent)).toEqual(names);
    const stop = new AbortController();
    const waits = [take(planning, planner, stop.signal), take()];
    stop.abort();
    expect(await waits[0]).toEqual({ kind: 'stopped' });
    held[2]?.release();
    expect(await waits[1]).toEqual(codex);
  });

  it('keeps to what an account bears at once', async () => {
    await setUp({ accounts: { team: { maxConcurrent: 1, reserveForReview: 0 } } });
    expect([(await hold()).agent, (await hold()).agent]).toEqual(['opus', 'codex']);
  });

  it('leaves out all agents of an account that is parked, and says why', async () => {
    await setUp();
    await scene.loop.health.ended('team', planLimit);
    expect(await take()).toEqual({ ...codex, because: teamIsAway.join('; ') });
  });

  it('holds an account parked when an attempt of before its limit ends well, and lets it in after one of later', async () => {
    await setUp();
    await scene.loop.health.ended('team', planLimit);
    await scene.loop.health.ended('team', { kind: 'finished' });
    expect(await scene.store.accounts.list()).toEqual([{ name: 'team', health: told }]);
    scene.nowMs = startMs + 3_600_000;
    await scene.loop.health.ended('team', { kind: 'finished' });
    expect(await scene.store.accounts.list()).toEqual([{ name: 'team', health: { kind: 'ok' } }]);
  });

  it('says until when nobody is to be had', async () => {
    await setUp();
    await park('team', told);
    await park('codex', { ...told, untilMs: startMs + 60_000 });
    expect(await take()).toEqual({
      ...{ kind: 'away', untilMs: startMs + 60_000 },
      reasons: [...teamIsAway, 'codex: limit of its plan until 21 November, 09:01 UTC'],
    });
  });

  it('knows nobody where the agents of the role are not configured any more', async () => {
    await setUp({ agents: [] });
    expect(await take()).toEqual({ kind: 'away', reasons: names.map((name) => `${name} is not configured any more`) });
  });

  it('looks again when an account was parked while it waited for a place', async () => {
    await setUp({ agents: agents.slice(0, 1) });
    const { release } = await hold();
    const waits = take();
    await scene.loop.health.ended('team', planLimit);
    release();
    expect(await waits).toEqual({
      kind: 'away',
      untilMs: startMs + 3_600_000,
      reasons: teamIsAway.slice(0, 1),
    });
  });

  it('hands on a session only to the same CLI on the same account', async () => {
    await setUp();
    const assignment = anAssignment({ role: 'planner', agent: 'opus', session: 's1' });
    const { release } = await hold();
    expect(await take(planning, assignment)).toEqual({ ...opus, agent: 'sonnet', session: 's1' });
    const second = await hold();
    expect(await take(planning, assignment)).toEqual(codex);
    release();
    second.release();
  });
});

describe('an account of which nobody knows whether its limit is over', () => {
  it('is asked once before it is used again, and when it answers, runs that wait for it go on', async () => {
    await setUp();
    await park('team', asked);
    const waiting = aRun({
      phase: {
        name: 'awaitingAgent',
        resume: { to: 'same', phase: aPlanningPhase({}) },
        untilMs: startMs,
        reasons: [],
      },
    });
    const change = { effects: [], journal: [], read: [], cancelsWork: false };
    await scene.store.runs.commit({ fromRevision: 0, run: waiting, ...change });
    const questions: string[] = [];
    scene.probe = (agent) => {
      questions.push(agent);
      return Promise.resolve({ kind: 'finished' });
    };
    expect(await take()).toEqual(opus);
    expect(await take()).toEqual(opus);
    expect(questions).toEqual(['opus']);
    expect(await scene.store.accounts.list()).toEqual([{ name: 'team', health: { kind: 'ok' } }]);
    expect(scene.told).toEqual([`advance ${waiting.id}`]);
    const loaded = await scene.store.runs.load(waiting.id);
    expect(loaded?.unread.map(({ event }) => event)).toEqual([{ type: 'agentsBack', atMs: startMs }]);
  });

  it.each<readonly [string, AttemptOutcome]>([
    ['says no', { kind: 'failed', failure: 'limit', reason: 'limit', limit: { kind: 'plan', source: 'event' } }],
    ['does not answer', { kind: 'failed', failure: 'stalled', reason: 'silent' }],
  ])('and that %s is parked for longer', async (_, outcome) => {
    await setUp();
    await park('team', asked);
    scene.probe = () => Promise.resolve(outcome);
    expect(await take()).toMatchObject({ agent: 'codex' });
    const parked = { ...asked, untilMs: startMs + 30 * 60_000, times: 2 };
    expect(await scene.store.accounts.list()).toEqual([{ name: 'team', health: parked }]);
  });
});

describe('an account that lets nobody in', () => {
  const keyGone: AttemptOutcome = {
    ...{ kind: 'failed', failure: 'auth', reason: '401', limit: { kind: 'auth', source: 'event' } },
  };
  const count = (): number => scene.logged.filter((line) => line.startsWith('error: account lets nobody in')).length;

  it('waits for a person, is told of once, and is used again at their word', async () => {
    await setUp({ agents: agents.slice(0, 2) });
    await scene.loop.health.ended('team', keyGone);
    await scene.loop.health.ended('team', keyGone);
    expect(count()).toBe(1);
    const reasons = ['opus', 'sonnet'].map(
      (name) => `${name} (account team): its provider lets nobody in; somebody has to log it in`,
    );
    expect(await take()).toEqual({ kind: 'away', reasons });
    expect(await scene.loop.health.ready('team')).toEqual({ kind: 'needsPerson', sinceMs: startMs });
    expect(await take()).toEqual(opus);
  });

  it('is asked again after a start of Fleet', async () => {
    await setUp();
    await scene.loop.health.ended('team', keyGone);
    await scene.loop.health.restarted();
    scene.probe = () => Promise.resolve({ kind: 'finished' });
    expect(await take()).toEqual(opus);
  });
});

describe('the tokens of a day', () => {
  const accounts = { team: { tokensPerDay: 1000, reserveForReview: 0.2 } };
  const used = async (tokens: number): Promise<void> => {
    const place = { run: planning.id, forge: 'github', repositoryId: '1', account: 'team' } as const;
    const usage = aUsage({ inputTokens: tokens - 10, outputTokens: 10, cachedTokens: 99_999 });
    await scene.store.attempts.record(anAttempt({ usage, endedAtMs: startMs }), place, true);
  };

  it('are kept in part for review rounds', async () => {
    await setUp({ accounts });
    await used(800);
    expect(await take()).toMatchObject({ agent: 'codex' });
    expect(await take(inReview)).toEqual(opus);
  });

  it('may be used up in quiet hours', async () => {
    const hour = new Date(startMs).getHours();
    const at = `${String(hour).padStart(2, '0')}:00-${String((hour + 1) % 24).padStart(2, '0')}:00`;
    await setUp({ accounts: { team: { ...accounts.team, quiet: { at, share: 1 } } } });
    await used(999);
    expect(await take()).toEqual(opus);
  });

  it('are gone for all when they are used up', async () => {
    await setUp({ accounts, agents: agents.slice(0, 2) });
    await used(1000);
    expect(await take(inReview)).toMatchObject({ kind: 'away' });
  });
});

describe('learned routing', () => {
  it('takes who was cheapest for work that was taken, and says so; who has begun goes on', async () => {
    await setUp({ routing: 'learned' });
    for (const [agent, costUsd] of [
      ['opus', 2],
      ['sonnet', 1],
      ['codex', 3],
    ] as const) {
      for (let index = 0; index < 4; index += 1) {
        const attempt = anAttempt({ id: `${agent}${index}`, role: 'planner', agent, usage: aUsage({ costUsd }) });
        const { forge, id: repositoryId } = planning.repository;
        await scene.store.attempts.record(attempt, { run: planning.id, forge, repositoryId, account: agent }, true);
      }
    }
    const because = 'learned: 1.0000 US dollars each (4 of 4)';
    expect(await take()).toEqual({ ...opus, agent: 'sonnet', because });
    const begun = { ...planning, attempts: [anAttempt({ role: 'planner', agent: 'opus' })] };
    expect(await take(begun)).toEqual(opus);
  });
});
