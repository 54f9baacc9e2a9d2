import { readiness, type Health } from '../domain/account.js';
import type { AgentSpec } from '../domain/agent.js';
import type { Away } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Assignment } from '../domain/work.js';
import { candidatesOf, failedLast } from '../decide/assignment.js';
import { choosable, type Allowance, type Candidate, type Choice } from '../decide/choose-agent.js';
import { learned, type Ranked } from '../decide/learned.js';
import type { Ports } from '../ports.js';
import type { AccountHealth } from './account-health.js';
import { isWithin, localDay } from './local-day.js';
import { createPlaces, type Keys } from './places.js';

export interface PoolOptions {
  readonly ports: Pick<Ports, 'store' | 'clock'>;
  readonly health: AccountHealth;
  readonly agents: readonly AgentSpec[];
  readonly accounts: Readonly<Record<string, AccountBudget>>;
  readonly routing: 'ordered' | 'learned';
}

/** What an account may use, as its operator says. */
export interface AccountBudget {
  readonly maxConcurrent?: number;
  /** In and out. */
  readonly tokensPerDay?: number;
  /** Share of the day's tokens that is kept for review rounds. */
  readonly reserveForReview: number;
  /** Hours of this machine's day in which another share may be used. */
  readonly quiet?: { readonly at: string; readonly share: number };
}

/** An agent that was found, with its place until it is given back. */
export interface Taken {
  readonly kind: 'taken';
  readonly agent: string;
  readonly account: string;
  /** Of the assignment, where this agent can go on with it. */
  readonly session?: string;
  /** Why it is this one, where it is not the first of its role. */
  readonly because?: string;
  readonly release: () => void;
}

/** An attempt that looks for an agent. */
export interface Wanted {
  readonly run: Run;
  readonly assignment: Assignment;
  readonly signal: AbortSignal;
}

/** Who takes which attempt, over all runs of this process: healthy, free, within its day, and by preference not who has just failed at it. */
export interface Pool {
  /** Waits for a place; `away`: nobody who could be had, so that waiting for a place is of no use. */
  take(wanted: Wanted): Promise<Taken | ({ readonly kind: 'away' } & Away) | { readonly kind: 'stopped' }>;
}

const well: Health = { kind: 'ok' };

export function createPool(options: PoolOptions): Pool {
  const { ports, health, agents, accounts } = options;
  const specs: Specs = new Map(agents.map((spec) => [spec.name, spec]));
  const places = createPlaces();

  const keysOf = ({ agent, account }: Choice): Keys => {
    const most = accounts[account]?.maxConcurrent;
    return new Map([
      [`agent ${agent}`, specs.get(agent)?.maxConcurrent ?? 1],
      ...(most === undefined ? [] : [[`account ${account}`, most] as const]),
    ]);
  };

  /** What was so when it began to wait, or to ask, may not be so any more. */
  const isReady = async ({ account, agent, isProbed }: Choice, hasWaited: boolean, signal: AbortSignal) => {
    if (isProbed) await health.probe(account, agent, signal);
    return !(isProbed || hasWaited) || readiness(await health.of(account), ports.clock.nowMs()) === 'ready';
  };

  const tryTake = async (wanted: Wanted): ReturnType<Pool['take']> => {
    const { run, assignment, signal } = wanted;
    const known = await candidatesFor(options, specs, wanted);
    if (known.length === 0) return { kind: 'away', reasons: candidatesOf(run, assignment).map(notConfigured) };
    const found = choosable(known, { avoid: failedLast(run, assignment), nowMs: ports.clock.nowMs() });
    if ('away' in found) return { kind: 'away', ...found.away };
    const place = await places.acquire(found.choices.map(keysOf), { priority: priorityOf(run), signal });
    if (place === undefined) return { kind: 'stopped' };
    const choice = found.choices[place.index] ?? found.choices[0];
    const { agent, account, because } = choice;
    const { release } = place;
    const ready = await isReady(choice, place.hasWaited, signal).catch((error: unknown) => {
      release();
      throw error;
    });
    if (ready) {
      const said = because === undefined ? {} : { because };
      return { kind: 'taken', agent, account, ...said, ...sessionFor(specs, agent, assignment), release };
    }
    release();
    return tryTake(wanted);
  };

  return { take: tryTake };
}

type Specs = ReadonlyMap<string, AgentSpec>;

/** Who could take the attempt, in order. */
async function candidatesFor(options: PoolOptions, specs: Specs, wanted: Wanted): Promise<readonly Candidate[]> {
  const placed = await inOrder(options, specs, wanted);
  const [healths, allowed] = await Promise.all([options.health.all(), allowances(options, wanted.run)]);
  return placed.map((one) => {
    const account = specs.get(one.agent)?.account ?? one.agent;
    const allowance = allowed.get(account);
    return { ...one, account, health: healths.get(account) ?? well, ...(allowance === undefined ? {} : { allowance }) };
  });
}

/** The agents of the attempt in their order, each with the reason for its place where there is one. */
async function inOrder(
  { ports, routing }: PoolOptions,
  specs: Specs,
  { run, assignment }: Wanted,
): Promise<readonly Ranked[]> {
  const names = candidatesOf(run, assignment).filter((name) => specs.has(name));
  const { role, task, session } = assignment;
  const isBegun = session !== undefined || run.attempts.some((one) => one.role === role && one.task === task);
  const looks = role === 'critic' || role === 'verifier';
  if (routing === 'ordered' || isBegun || looks || run.agent !== undefined) return names.map((agent) => ({ agent }));
  const { forge, id: repositoryId } = run.repository;
  const kind = run.triage?.kind;
  const of = { forge, repositoryId, role, ...(kind === undefined ? {} : { kind }) };
  return learned(names, await ports.store.attempts.fares(of));
}

/** What each account that is bounded may use today. */
async function allowances({ ports, accounts }: PoolOptions, run: Run): Promise<ReadonlyMap<string, Allowance>> {
  if (Object.values(accounts).every(({ tokensPerDay }) => tokensPerDay === undefined)) return new Map();
  const nowMs = ports.clock.nowMs();
  const { startedAtMs, endsAtMs: renewsAtMs } = localDay(nowMs);
  const used = await ports.store.attempts.tokensSince(startedAtMs);
  const allowed = Object.entries(accounts).flatMap(([name, budget]) => {
    if (budget.tokensPerDay === undefined) return [];
    const most = Math.floor(budget.tokensPerDay * shareOf(budget, run, nowMs));
    return [[name, { used: used.get(name) ?? 0, most, renewsAtMs }] as const];
  });
  return new Map(allowed);
}

/** The session of the assignment, where the same CLI on the same account finds it. */
function sessionFor(specs: Specs, agent: string, assignment: Assignment): { readonly session?: string } {
  const [owner, own] = [specs.get(assignment.agent), specs.get(agent)];
  const finds = owner?.dialect === own?.dialect && owner?.account === own?.account;
  return assignment.session === undefined || !finds ? {} : { session: assignment.session };
}

function notConfigured(agent: string): string {
  return `${agent} is not configured any more`;
}

/** What is nearer to its end goes first: rounds of review, then what is verified, then what is worked on. */
function priorityOf({ cause, phase }: Run): number {
  if (cause !== undefined) return 3;
  return phase.name === 'verifying' ? 2 : phase.name === 'working' ? 1 : 0;
}

/** What of its day an account may use for this run. */
function shareOf({ reserveForReview, quiet }: AccountBudget, { cause }: Run, nowMs: number): number {
  if (cause !== undefined) return 1;
  return quiet !== undefined && isWithin(quiet.at, nowMs) ? quiet.share : 1 - reserveForReview;
}
