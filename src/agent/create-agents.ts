import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { AgentSpec, AttemptOutcome } from '../domain/agent.js';
import type { RunId } from '../domain/run.js';
import type { Clock } from '../ports.js';
import type { Agents, AttemptOrder, AttemptReport } from '../ports/agent.js';
import type { Containment } from '../process/containment.js';
import { createMeter } from '../process/meter.js';
import { readers } from './artifact/readers.js';
import { dialectOf } from './dialect/known.js';
import { artifactsFolder, removeFolder, runFolder } from './folders.js';
import { runAttempt } from './runner.js';
import type { Surroundings } from './speak.js';
import { nothingUsed } from './tally.js';
import type { TreeLimits } from './watchdog-state.js';

export interface AgentsOptions {
  readonly agents: readonly AgentSpec[];
  readonly containment: Containment;
  readonly clock: Clock;
  /** Absolute; homes, artifacts and streams go below it. */
  readonly dataFolder: string;
  /** PATH of agents. */
  readonly path: string;
  /** What the processes of an attempt may hold; by default 8 GB, and 1000 processes. */
  readonly tree?: TreeLimits;
}

const probeTimeouts = { silenceMs: 60_000, wallMs: 60_000 } as const;

/** The configured agents, at work in this process. */
export function createAgents(options: AgentsOptions): Agents {
  if (!isAbsolute(options.dataFolder)) throw new Error(`dataFolder must be absolute: ${options.dataFolder}`);
  const specs = new Map(options.agents.map((spec) => [spec.name, spec]));
  const surroundings = { ...options, meter: createMeter() };

  return {
    async run(order) {
      const spec = specs.get(order.agent);
      if (spec === undefined) return notRun(options, order, `agent ${order.agent} is not configured`);
      return runAttempt(surroundings, { spec, dialect: dialectOf(spec) }, order);
    },
    probe: (agent, signal) => probe(surroundings, specs.get(agent), signal),
    ...readers,
    forget: (run) => removeFolder(runFolder(options.dataFolder, run)),
  };
}

/** A question that costs next to nothing, asked in an empty folder. */
async function probe(
  surroundings: Surroundings,
  spec: AgentSpec | undefined,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (spec === undefined || spec.dialect === 'command') return { kind: 'finished' };
  const run = 'probe' as RunId;
  const id = randomUUID();
  const folder = join(runFolder(surroundings.dataFolder, run), 'work', id);
  await mkdir(folder, { recursive: true });
  try {
    const report = await runAttempt(
      surroundings,
      { spec: { ...spec, timeouts: probeTimeouts }, dialect: dialectOf(spec) },
      {
        ...{ id, run, role: 'triager', agent: spec.name, signal },
        workspace: { path: folder, gitDirectories: [] },
        prompt: () => 'Answer with the one word "ready". Use no tool and change nothing.',
        heartbeat: () => undefined,
      },
    );
    return report.outcome;
  } finally {
    await removeFolder(folder);
  }
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
