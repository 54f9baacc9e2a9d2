import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentEvent, AgentSpec } from '../domain/agent.js';
import type { Clock } from '../ports.js';
import type { AttemptOrder } from '../ports/agent.js';
import type { Containment } from '../process/containment.js';
import type { Meter } from '../process/meter.js';
import type { Ended, ProcessOrder } from '../process/order.js';
import { runContained } from '../process/run-contained.js';
import { artifactSchema } from './artifact/schemas.js';
import type { Dialect, DialectFacts } from './dialect/dialect.js';
import { environmentOf } from './environment.js';
import type { AttemptFolders } from './folders.js';
import type { AttemptEnd } from './outcome.js';
import { listPrice } from './price-table.js';
import { keepSession, sessionFor } from './session.js';
import { readStreams } from './read-streams.js';
import { createTally, nothingUsed, type Total } from './tally.js';
import type { Halt, TreeLimits, WatchRules } from './watchdog-state.js';
import { startWatchdog } from './watchdog-live.js';

/** What every attempt runs in. */
export interface Surroundings {
  readonly containment: Containment;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Absolute; on disk. */
  readonly dataFolder: string;
  /** PATH of agents. */
  readonly path: string;
  readonly tree?: TreeLimits;
}

/** An attempt before its process. */
export interface Attempt {
  readonly spec: AgentSpec;
  readonly order: AttemptOrder;
  readonly folders: AttemptFolders;
}

/** Bytes on both streams that end an attempt, however slowly they come. */
const floodBytes = 64 * 1024 * 1024;

/** How often the journal hears of a living attempt. */
const heartbeatMs = 30_000;

const defaultTree: TreeLimits = { memoryBytes: 8 * 1024 ** 3, processes: 1000 };

/** Runs one process of an attempt to its end, in one dialect, with a watchdog beside it. */
export async function speak(
  surroundings: Surroundings,
  attempt: Attempt,
  dialect: Dialect,
): Promise<{ readonly end: AttemptEnd; readonly total: Total }> {
  const { containment, clock, dataFolder, meter } = surroundings;
  const { spec, order, folders } = attempt;
  const { facts } = dialect;
  const session = await sessionFor(facts, dataFolder, order);
  const program = await programOf(surroundings, attempt, { dialect, session });
  const before = session === undefined ? nothingUsed : order.usedInSession;
  const price = spec.price ?? (facts.cost === 'none' ? listPrice(spec.model) : undefined);
  const tally = createTally({ price, facts, ...(before === undefined ? {} : { before }) });
  const watchdog = startWatchdog(rulesOf(surroundings, spec, facts), {
    onHalt: (halt) => {
      limitIn(halt, clock.nowMs()).forEach(tally.saw);
    },
    changes: order.role === 'developer' ? order.changes : undefined,
  });
  const streams = await readStreams(folders, dialect, { tally, watchdog });
  const heart = startHeart(attempt, () => ({ ...tally.counts(), ...watchdog.counts() }));
  const ended = await runContained(containment, {
    ...program,
    ...{ cwd: order.workspace.path, readOnly: order.workspace.gitDirectories },
    limits: { wallMs: spec.timeouts.wallMs, outputBytes: floodBytes },
    signal: AbortSignal.any([order.signal, watchdog.signal]),
    follow: (tree) => meter.follow(tree, watchdog.sawTree),
    ...{ onStdout: streams.onStdout, onStderr: streams.onStderr },
  }).finally(() => {
    clearInterval(heart);
    watchdog.close();
  });
  await streams.close();
  const { stderr } = tally.total().words;
  if (ended.how === 'exited') dialect.parseExit({ code: ended.code, stderr }).forEach(tally.saw);
  const total = tally.total();
  await keepSession(facts, dataFolder, { ...order, made: total.session });
  return { end: endOf(ended, order.signal.aborted ? undefined : watchdog.halt()), total };
}

/** The program of an attempt, once its files are written. */
async function programOf(
  { path }: Surroundings,
  { spec, order, folders }: Attempt,
  { dialect, session }: { readonly dialect: Dialect; readonly session: string | undefined },
): Promise<Pick<ProcessOrder, 'argv' | 'env'> & { readonly stdin: string }> {
  const { home, artifacts } = folders;
  const isResumed = session !== undefined;
  const command = dialect.command({
    ...{ spec, home, artifacts, worktree: order.workspace.path },
    prompt: order.prompt({ artifacts, schema: artifactSchema, isResumed }),
    ...(session === undefined ? {} : { session }),
    asRoot: process.getuid?.() === 0,
  });
  for (const [file, text] of Object.entries(command.files ?? {})) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600 });
  }
  return { argv: command.argv, stdin: command.stdin, env: environmentOf({ path, spec, folders, order, command }) };
}

function rulesOf({ tree = defaultTree }: Surroundings, spec: AgentSpec, facts: DialectFacts): WatchRules {
  return {
    silenceMs: spec.timeouts.silenceMs,
    // A CLI that hides its retries may print them there, and would be alive for as long as it tries.
    hearsErrors: facts.retries === 'told',
    limitsTurns: facts.limitsTurns,
    tree,
  };
}

/** The limit that the watchdog found, as if the agent had told it. */
function limitIn({ limit }: Halt, nowMs: number): readonly AgentEvent[] {
  if (limit === undefined) return [];
  const { waitMs, ...hit } = limit;
  return [{ type: 'limited', ...hit, ...(waitMs === undefined ? {} : { resetsAtMs: nowMs + waitMs }) }];
}

function endOf(ended: Ended, halt: Halt | undefined): AttemptEnd {
  return ended.how === 'stopped' && halt !== undefined ? { how: 'halted', ...halt } : ended;
}

function startHeart({ spec, order, folders }: Attempt, counts: () => Record<string, number>): NodeJS.Timeout {
  const { name: agent, dialect } = spec;
  order.heartbeat({ agent, dialect, attempt: order.id, stream: folders.stream });
  return setInterval(() => {
    order.heartbeat({ agent, attempt: order.id, ...counts() });
  }, heartbeatMs);
}
