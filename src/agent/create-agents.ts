import { isAbsolute } from 'node:path';
import type { AgentSpec } from '../domain/agent.js';
import type { Clock } from '../ports.js';
import type { Agents, AttemptOrder, AttemptReport } from '../ports/agent.js';
import type { Containment } from '../process/containment.js';
import { readers } from './artifact/readers.js';
import { dialectOf } from './dialect/known.js';
import { artifactsFolder, removeFolder, runFolder } from './folders.js';
import { createPool } from './pool.js';
import { runAttempt } from './runner.js';
import { nothingUsed } from './tally.js';

export interface AgentsOptions {
  readonly agents: readonly AgentSpec[];
  /** How many attempts an account bears at once, where that is bounded. */
  readonly accounts: ReadonlyMap<string, { readonly maxConcurrent: number }>;
  readonly containment: Containment;
  readonly clock: Clock;
  /** Absolute; homes, artifacts and streams go below it. */
  readonly dataFolder: string;
  /** PATH of agents. */
  readonly path: string;
}

/** The configured agents, at work in this process. */
export function createAgents(options: AgentsOptions): Agents {
  if (!isAbsolute(options.dataFolder)) throw new Error(`dataFolder must be absolute: ${options.dataFolder}`);
  const specs = new Map(options.agents.map((spec) => [spec.name, spec]));
  const pool = createPool();

  return {
    async run(order) {
      const spec = specs.get(order.agent);
      if (spec === undefined) return notRun(options, order, `agent ${order.agent} is not configured`);
      const dialect = dialectOf(spec);
      if (dialect === undefined) return notRun(options, order, `dialect ${spec.dialect} is not built yet`);
      const release = await pool.acquire(placesOf(spec, options.accounts), order.signal);
      // Stopped while it waited.
      if (release === undefined) return { ...notRun(options, order, ''), outcome: { kind: 'stopped' } };
      try {
        return await runAttempt(options, { spec, dialect }, order);
      } finally {
        release();
      }
    },
    ...readers,
    forget: (run) => removeFolder(runFolder(options.dataFolder, run)),
  };
}

function placesOf(spec: AgentSpec, accounts: AgentsOptions['accounts']): ReadonlyMap<string, number> {
  const account = accounts.get(spec.account);
  return new Map([
    [`agent ${spec.name}`, spec.maxConcurrent],
    ...(account === undefined ? [] : [[`account ${spec.account}`, account.maxConcurrent] as const]),
  ]);
}

/** A report of an attempt that nothing was spawned for. */
function notRun({ clock, dataFolder }: AgentsOptions, order: AttemptOrder, reason: string): AttemptReport {
  const nowMs = clock.nowMs();
  return {
    outcome: { kind: 'failed', failure: 'other', reason },
    usage: nothingUsed,
    unknown: {},
    ...(order.session === undefined ? {} : { session: order.session }),
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    artifacts: artifactsFolder(dataFolder, order),
  };
}
