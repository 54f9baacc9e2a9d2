import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import { candidatesOf, failedLast } from '../../src/decide/assignment.js';
import { choosable, type Candidate } from '../../src/decide/choose-agent.js';
import { learned } from '../../src/decide/learned.js';
import { momentText } from '../../src/domain/moment.js';
import type { AttemptOutcome, LimitHit } from '../../src/domain/agent.js';
import type { WorkEvent } from '../../src/domain/event.js';
import type { Fare } from '../../src/domain/account.js';
import type { Lane, WorkingPhase } from '../../src/domain/phase.js';
import {
  aBlockedPhase,
  aLane,
  anAssignment,
  anAttempt,
  aPerson,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aTask,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const untilMs = atMs + 3_600_000;
const start = aSnapshot('b0');
const left = aSnapshot('d1');
const agents = { planner: ['opus', 'codex'], developer: ['opus', 'codex'], verifier: ['opus', 'codex', 'sonnet'] };
const vendors = { opus: 'anthropic', sonnet: 'anthropic', codex: 'openai' };
const prepared = aPrepared({ policy: aPolicy({ agents, vendors, failures: 3, parallelTasks: 2 }) });
const plan = aPlan({ tasks: [aTask({ id: 'T1' }), aTask({ id: 'T2' })] });

const developer = (change: Partial<ReturnType<typeof anAssignment>> = {}) =>
  anAssignment({ role: 'developer', task: 'T1', from: start, ...change });
const lane = (change: Partial<Lane> = {}): Lane =>
  aLane({ task: 'T1', head: start, assignment: developer(), ...change });
const working = (...lanes: readonly Lane[]): WorkingPhase => ({ name: 'working', head: start, lanes });
const limited = (limit: LimitHit): AttemptOutcome => ({ kind: 'failed', failure: 'limit', reason: 'limit', limit });
const attempt = (outcome: AttemptOutcome, session?: string) =>
  anAttempt({ role: 'developer', agent: 'opus', task: 'T1', outcome, ...(session === undefined ? {} : { session }) });
const runs = (assignment: unknown) => ({ type: 'runAgent', assignment });
const planLimit = limited({ kind: 'plan', source: 'event', resetsAtMs: untilMs });
const tooLong = limited({ kind: 'context', source: 'event' });
const lost: AttemptOutcome = { kind: 'failed', failure: 'crash', reason: 'exit code 1', isSessionLost: true };
const stalled: AttemptOutcome = { kind: 'failed', failure: 'stalled', reason: 'silent' };

describe('an attempt that was cut off', () => {
  const run = (assignment = developer()) => aRun({ phase: working(lane({ assignment })), prepared, plan });
  const failed = (outcome: AttemptOutcome, session?: string): Extract<WorkEvent, { type: 'attemptFailed' }> => ({
    ...{ type: 'attemptFailed', attempt: attempt(outcome, session), problems: ['why'], atMs },
  });

  table([
    {
      name: 'by a limit costs the task nothing: whoever is free goes on with what was done',
      run: run(),
      event: { ...failed(planLimit, 's1'), left },
      phase: working(lane({ assignment: developer({ from: left, session: 's1' }) })),
      effects: [runs(developer({ from: left, session: 's1' }))],
      because: 'opus has hit a limit (plan); whoever is free goes on',
      change: { attempts: [attempt(planLimit, 's1')] },
    },
    {
      name: 'because its session has grown too long goes on in a fresh one',
      run: run(developer({ session: 's1' })),
      event: failed(tooLong, 's1'),
      phase: working(lane()),
      effects: [runs(developer())],
      because: 'the session of opus is too long; a fresh one goes on',
      change: { attempts: [attempt(tooLong, 's1')] },
    },
    {
      name: 'because its session was gone begins a fresh one',
      run: run(developer({ session: 's1' })),
      event: failed(lost),
      phase: working(lane()),
      effects: [runs(developer())],
      because: 'the session of opus is gone; a fresh one goes on',
      change: { attempts: [attempt(lost)] },
    },
    {
      name: 'because it fell silent is a failure, and the next agent goes on with what was done',
      run: run(developer({ session: 's1' })),
      event: { ...failed(stalled, 's1'), left },
      phase: working(lane({ failures: 1, assignment: developer({ agent: 'codex', from: left }) })),
      effects: [runs(developer({ agent: 'codex', from: left }))],
      because: 'the developer opus failed; codex goes on',
      change: { attempts: [attempt(stalled, 's1')] },
    },
  ]);

  it('because it crashed leaves nothing that is built upon: it may be half a file', () => {
    const crash: AttemptOutcome = { kind: 'failed', failure: 'crash', reason: 'exit code 1' };
    const { effects } = decide(run(), { ...failed(crash), left });
    expect(effects).toEqual([runs(developer({ agent: 'codex' }))]);
  });

  it('in a fresh session because the task is too big is planned anew once its attempts are spent', () => {
    const once = aRun({ phase: working(lane({ failures: 2 })), prepared, plan });
    const decided = decide(once, failed(tooLong));
    expect([decided.because, decided.run.phase.name, decided.run.replans]).toEqual([
      'the task does not fit into what an agent can hold in mind: split it',
      'planning',
      1,
    ]);
  });
});

describe('nobody is to be had', () => {
  const planning = aPlanningPhase({ assignment: anAssignment() });
  const away: Extract<WorkEvent, { type: 'agentsAway' }> = {
    ...{ type: 'agentsAway', role: 'planner', reasons: ['opus: limit'], atMs },
  };
  const ofTask = (task: string, until: number): WorkEvent => ({
    ...{ type: 'agentsAway', role: 'developer', task, untilMs: until, reasons: [`${task}: limit`], atMs },
  });
  const two = lane({ task: 'T2', assignment: developer({ task: 'T2', lane: 1 }) });
  const parkedTwo: Lane = { ...two, step: 'parked', parked: { reasons: ['T2: limit'], untilMs } };
  const parkedOne: Lane = { ...lane(), step: 'parked', parked: { reasons: ['T1: limit'], untilMs: untilMs - 1 } };
  const waiting = working(parkedOne, parkedTwo);
  const goesOn = `no agent is to be had; it goes on at ${momentText(untilMs)}`;
  const same = { to: 'same', phase: planning } as const;

  table([
    {
      name: 'the run waits until somebody is, and says until when',
      run: aRun({ phase: planning, prepared }),
      event: { ...away, untilMs },
      phase: { name: 'awaitingAgent', resume: same, untilMs, reasons: ['opus: limit'] },
      effects: [{ type: 'wake', dueAtMs: untilMs }, { type: 'showStatus' }],
      because: goesOn,
      change: { status: showing },
    },
    {
      name: 'and only a person can help: the run is blocked, and goes on where it was',
      run: aRun({ phase: planning, prepared }),
      event: away,
      phase: aBlockedPhase({ obstacle: { kind: 'agentsAway', details: ['opus: limit'] }, resume: same }),
      effects: [
        { type: 'tellPeople', notice: { kind: 'blocked', obstacle: { kind: 'agentsAway', details: ['opus: limit'] } } },
        { type: 'showStatus' },
      ],
      because: 'blocked: agentsAway',
      change: { status: showing },
    },
    {
      name: 'for one of two tasks: the other is let go on',
      run: aRun({ phase: working(lane(), two), prepared, plan }),
      event: ofTask('T2', untilMs),
      phase: working(lane(), parkedTwo),
      effects: [],
      because: 'T2 waits: no agent is to be had',
    },
    {
      name: 'for the last of the tasks at hand: the run waits for whoever is back first',
      run: aRun({ phase: working(lane(), parkedTwo), prepared, plan }),
      event: ofTask('T1', untilMs - 1),
      phase: {
        ...{ name: 'awaitingAgent', resume: { to: 'same', phase: waiting }, untilMs: untilMs - 1 },
        reasons: ['T1: limit', 'T2: limit'],
      },
      effects: [{ type: 'wake', dueAtMs: untilMs - 1 }, { type: 'showStatus' }],
      because: `no agent is to be had; it goes on at ${momentText(untilMs - 1)}`,
      change: { status: showing },
    },
    {
      name: 'until now: the run asks for a place again',
      run: aRun({ phase: { name: 'awaitingAgent', resume: same, untilMs: atMs, reasons: [] }, prepared }),
      event: { type: 'rested', atMs },
      phase: { name: 'queued', step: 'waiting', resume: same },
      effects: [{ type: 'showStatus' }],
      because: 'an agent may be back',
      change: { status: showing },
    },
    {
      name: 'until later: a wake that comes early changes nothing',
      run: aRun({ phase: { name: 'awaitingAgent', resume: same, untilMs, reasons: [] }, prepared }),
      event: { type: 'rested', atMs },
      phase: { name: 'awaitingAgent', resume: same, untilMs, reasons: [] },
      effects: [],
      because: 'late: rested while awaitingAgent',
    },
    {
      name: 'until a person has logged the account in: a blocked run goes on, too',
      run: aRun({ phase: aBlockedPhase({ obstacle: { kind: 'agentsAway', details: [] }, resume: same }), prepared }),
      event: { type: 'agentsBack', atMs },
      phase: { name: 'queued', step: 'waiting', resume: same },
      effects: [{ type: 'showStatus' }],
      because: 'an agent is back',
      change: { status: showing },
    },
    {
      name: 'and somebody says /fleet retry: it is tried now',
      run: aRun({ phase: { name: 'awaitingAgent', resume: same, untilMs, reasons: [] }, prepared }),
      event: {
        ...{ type: 'commanded', by: aPerson(), command: { name: 'retry' }, commentId: 'c1', place: 'issue', atMs },
      },
      phase: { name: 'queued', step: 'waiting', resume: same },
      effects: [{ type: 'showStatus' }, { type: 'react', target: { kind: 'comment', id: 'c1' } }],
      because: 'retry asked for by mona',
      change: { status: showing },
    },
    {
      name: 'any more once it has a workspace: what waited is given out again',
      run: aRun({
        phase: { name: 'queued', step: 'preparing', resume: { to: 'same', phase: waiting } },
        prepared,
        plan,
      }),
      event: { type: 'workspacePrepared', prepared, atMs },
      phase: working(lane(), two),
      effects: [runs(developer()), runs(developer({ task: 'T2', lane: 1 }))],
      because: 'the workspace is ready again',
    },
  ]);
});

describe('who may take an attempt', () => {
  const run = (role: 'developer' | 'planner', agent: string) =>
    aRun({ prepared, attempts: [anAttempt({ role, agent, task: 'T1' })] });

  it.each([
    [
      'the one it was given to, then those after it',
      run('developer', 'opus'),
      developer({ agent: 'codex' }),
      ['codex', 'opus'],
    ],
    [
      'for a look, those of another vendor first',
      run('developer', 'opus'),
      anAssignment({ role: 'verifier', agent: 'codex' }),
      ['codex', 'sonnet', 'opus'],
    ],
    [
      'whom somebody has picked for one go, and then by its place',
      { ...run('developer', 'opus'), agent: 'codex' },
      developer(),
      ['codex', 'opus'],
    ],
    [
      'all of the role, where the one it was given to is gone from it',
      run('developer', 'opus'),
      developer({ agent: 'gone' }),
      ['opus', 'codex'],
    ],
  ])('%s', (_, of, assignment, names) => {
    expect(candidatesOf(of, assignment)).toEqual(names);
  });

  it('knows who has just failed at the task, and does not hold a limit against anybody', () => {
    const after = (outcome: AttemptOutcome) => failedLast(aRun({ attempts: [attempt(outcome)] }), developer());
    expect([after(stalled), after(planLimit), after(lost), after({ kind: 'finished' })]).toEqual([
      'opus',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('who is taken', () => {
  const opus: Candidate = { agent: 'opus', account: 'team', health: { kind: 'ok' } };
  const codex: Candidate = { agent: 'codex', account: 'codex', health: { kind: 'ok' } };
  const parked = { kind: 'parked', why: 'plan', untilMs, isTold: true, times: 1 } as const;
  const spent = { used: 100, most: 80, renewsAtMs: untilMs + 1 };
  const of = (...all: readonly Candidate[]) => choosable(all, { nowMs: atMs, avoid: 'opus' });
  const choice = { agent: 'codex', account: 'codex', isProbed: false };

  it.each([
    ['others before who has just failed', of(opus, codex), { choices: [choice] }],
    [
      'who has just failed, where there is nobody else',
      of(opus),
      { choices: [{ ...choice, agent: 'opus', account: 'team' }] },
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('says why the ones before are not', () => {
    const found = of({ ...opus, health: parked }, codex);
    expect(found).toEqual({
      choices: [{ ...choice, because: `opus (account team): limit of its plan until ${momentText(untilMs)}` }],
    });
  });

  it('is asked first, where nobody knows whether its limit is over', () => {
    const maybe = { ...codex, health: { ...parked, untilMs: atMs, isTold: false } };
    expect(of(maybe)).toEqual({ choices: [{ ...choice, isProbed: true }] });
  });

  it('is nobody, where all are away: until the first is back, and with every reason', () => {
    expect(of({ ...opus, health: { kind: 'needsPerson', sinceMs: 0 } }, { ...codex, allowance: spent })).toEqual({
      away: {
        untilMs: untilMs + 1,
        reasons: [
          'opus (account team): its provider lets nobody in; somebody has to log it in',
          `codex: 100 of 80 tokens of its day are used, until ${momentText(untilMs + 1)}`,
        ],
      },
    });
    expect(of({ ...opus, health: { kind: 'needsPerson', sinceMs: 0 } })).not.toHaveProperty('away.untilMs');
  });
});

describe('learned routing', () => {
  const fare = (agent: string, change: Partial<Fare> = {}): Fare => ({
    ...{ agent, attempts: 5, accepted: 5, costUsd: 1, tokens: 1000 },
    ...change,
  });
  const names = ['opus', 'codex', 'flash'];

  it.each<readonly [string, readonly Fare[], readonly string[]]>([
    ['takes the configured order where nothing is known', [], names],
    ['tries everybody some times first', [fare('opus'), fare('codex')], ['flash', 'opus', 'codex']],
    [
      'takes who costs least for what was taken, not for each attempt',
      [fare('opus', { costUsd: 2 }), fare('codex', { accepted: 1 }), fare('flash', { costUsd: 1.5 })],
      ['flash', 'opus', 'codex'],
    ],
    [
      'compares tokens where one tells no money',
      [fare('opus', { tokens: 3000 }), fare('codex', { costUsd: 0, tokens: 2000 }), fare('flash', { tokens: 9000 })],
      ['codex', 'opus', 'flash'],
    ],
    [
      'explores now and then, whoever was tried least',
      [fare('opus', { attempts: 10 }), fare('codex', { attempts: 6 }), fare('flash', { attempts: 3, costUsd: 9 })],
      ['flash', 'opus', 'codex'],
    ],
  ])('%s', (_, fares, expected) => {
    expect(learned(names, fares).map(({ agent }) => agent)).toEqual(expected);
  });

  it('shows its reasons', () => {
    expect(learned(names, [fare('opus'), fare('codex', { accepted: 0 }), fare('flash', { attempts: 1 })])).toEqual([
      { agent: 'flash', because: 'learned: explored after 1 attempt' },
      { agent: 'opus', because: 'learned: 0.2000 US dollars each (5 of 5)' },
      { agent: 'codex', because: 'learned: nothing of it was taken yet (0 of 5)' },
    ]);
  });
});
