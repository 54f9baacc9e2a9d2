import { afterHit, afterRestart, afterWork, whileProbed, type Health } from '../domain/account.js';
import type { AttemptOutcome, LimitHit } from '../domain/agent.js';
import type { Ports } from '../ports.js';

/** How accounts fare: what attempts say about them, over all runs and workers. */
export interface AccountHealth {
  of(account: string): Promise<Health>;
  all(): Promise<ReadonlyMap<string, Health>>;
  /** What an attempt says about its account: a limit parks it for every run, good work makes it well again. */
  ended(account: string, outcome: AttemptOutcome): Promise<void>;
  /** Asks an account with a small question whether its limit is over; meanwhile nobody else does. */
  probe(account: string, agent: string, signal: AbortSignal): Promise<void>;
  /** A person says that the account can be used again; tells how it fared before. */
  ready(account: string): Promise<Health>;
  /** Once at boot: whoever started Fleet may have mended what needed a person. */
  restarted(): Promise<void>;
}

/** How long the small question may take. */
const probeMs = 90_000;

const well: Health = { kind: 'ok' };

export function createAccountHealth(ports: Pick<Ports, 'store' | 'queue' | 'agents' | 'clock' | 'log'>): AccountHealth {
  const { store, queue, agents, clock, log } = ports;

  const all = async (): Promise<ReadonlyMap<string, Health>> =>
    new Map((await store.accounts.list()).map(({ name, health }) => [name, health]));

  const wake = async (): Promise<void> => {
    for (const run of await store.accounts.wake(clock.nowMs())) await queue.advance(run);
  };

  const change = async (account: string, by: (health: Health) => Health): Promise<Health> => {
    const { before, after } = await store.accounts.change(account, by);
    if (after.kind === 'needsPerson' && before.kind !== 'needsPerson') {
      log.error({ account }, 'account lets nobody in: log it in again, then run `fleet agents --ready`');
    }
    if (after.kind === 'parked' && before.kind === 'ok') {
      log.warn({ account, why: after.why, until: new Date(after.untilMs).toISOString() }, 'account is parked');
    }
    if (after.kind === 'ok' && before.kind !== 'ok') {
      log.info({ account }, 'account can be used again');
      await wake();
    }
    return before;
  };

  return {
    all,
    of: async (account) => (await all()).get(account) ?? well,

    ended: async (account, outcome) => {
      const limit = outcome.kind === 'failed' ? outcome.limit : undefined;
      if (limit !== undefined) await change(account, (health) => afterHit(health, limit, clock.nowMs()));
      else if (outcome.kind === 'finished' && (await all()).get(account)?.kind === 'parked')
        await change(account, (health) => afterWork(health, clock.nowMs()));
    },

    probe: async (account, agent, signal) => {
      await store.accounts.change(account, (health) => whileProbed(health, clock.nowMs() + probeMs));
      const outcome = await agents.probe(agent, signal);
      if (outcome.kind === 'stopped') return;
      log.info({ account, agent, outcome: outcome.kind }, 'account was asked whether its limit is over');
      // Its own answer is a new hit, not the one that it was parked for.
      await change(account, (health) =>
        outcome.kind === 'finished'
          ? well
          : afterHit(whileProbed(health, 0), outcome.limit ?? unclear(health), clock.nowMs()),
      );
    },

    ready: (account) => change(account, () => well),

    restarted: async () => {
      const waiting = (await store.accounts.list()).filter(({ health }) => health.kind === 'needsPerson');
      for (const { name } of waiting)
        await store.accounts.change(name, (health) => afterRestart(health, clock.nowMs()));
      if (waiting.length > 0) await wake();
    },
  };
}

/** A question that failed without a limit leaves the account where it was, for longer. */
function unclear(health: Health): LimitHit {
  const why = health.kind === 'parked' && health.why !== 'auth' ? health.why : 'overload';
  return { kind: why, source: 'status' };
}
