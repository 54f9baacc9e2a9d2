import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { AgentSpec, AttemptOutcome } from '../domain/agent.js';
import type { RunId } from '../domain/run.js';
import type { Clock } from '../ports.js';
import type { Agents, AttemptOrder, AttemptReport } from '../ports/agent.js';
import type { Containment } from '../process/containment.js';
import { readers } from './artifact/readers.js';
import { dialectOf } from './dialect/known.js';
import { artifactsFolder, removeFolder, runFolder } from './folders.js';
import { runAttempt } from './runner.js';
import { nothingUsed } from './tally.js';

export interface AgentsOptions {
  readonly agents: readonly AgentSpec[];
  readonly containment: Containment;
  readonly clock: Clock;
  /** Absolute; homes, artifacts and streams go below it. */
  readonly dataFolder: string;
  /** PATH of agents. */
  readonly path: string;
}

const probeTimeouts = { silenceMs: 60_000, wallMs: 60_000 } as const;

/** The configured agents, at work in this process. */
export function createAgents(options: AgentsOptions): Agents {
  if (!isAbsolute(options.dataFolder)) throw new Error(`dataFolder must be absolute: ${options.dataFolder}`);
  const specs = new Map(options.agents.map((spec) => [spec.name, spec]));

  return {
    async run(order) {
      const spec = specs.get(order.agent);
      if (spec === undefined) return notRun(options, order, `agent ${order.agent} is not configured`);
      const dialect = dialectOf(spec);
      if (dialect === undefined) return notRun(options, order, `dialect ${spec.dialect} is not built yet`);
      return runAttempt(options, { spec, dialect }, order);
    },
    probe: (agent, signal) => probe(options, specs.get(agent), signal),
    ...readers,
    forget: (run) => removeFolder(runFolder(options.dataFolder, run)),
  };
}

/** A question that costs next to nothing, asked in an empty folder. */
async function probe(
  options: AgentsOptions,
  spec: AgentSpec | undefined,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const dialect = spec === undefined ? undefined : dialectOf(spec);
  if (spec === undefined || dialect === undefined || spec.dialect === 'command') return { kind: 'finished' };
  const run = 'probe' as RunId;
  const id = randomUUID();
  const folder = join(runFolder(options.dataFolder, run), 'work', id);
  await mkdir(folder, { recursive: true });
  try {
    const report = await runAttempt(
      options,
      { spec: { ...spec, timeouts: probeTimeouts }, dialect },
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
