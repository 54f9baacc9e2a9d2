import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentSpec } from '../domain/agent.js';
import type { Clock } from '../ports.js';
import type { AttemptOrder, AttemptReport } from '../ports/agent.js';
import type { Containment } from '../process/containment.js';
import { lineSplitter } from '../process/line-splitter.js';
import type { ProcessOrder } from '../process/order.js';
import { runContained } from '../process/run-contained.js';
import { artifactSchema } from './artifact/schemas.js';
import type { AgentCommand, Dialect } from './dialect/dialect.js';
import { environmentOf } from './environment.js';
import { type AttemptFolders, makeFolders, removeFolder } from './folders.js';
import { outcomeOf } from './outcome.js';
import { openStreamFile } from './stream-file.js';
import { createTally, nothingUsed, type Tally } from './tally.js';

/** What every attempt runs in. */
export interface Surroundings {
  readonly containment: Containment;
  readonly clock: Clock;
  /** Absolute; on disk. */
  readonly dataFolder: string;
  /** PATH of agents. */
  readonly path: string;
}

/** Bytes on both streams that end an attempt. */
const floodBytes = 64 * 1024 * 1024;

/** Bytes of one stream that are kept on disk. */
const keptBytes = 50 * 1024 * 1024;

/** How often the journal hears of a living attempt. */
const heartbeatMs = 30_000;

/** Runs one attempt in folders of its own, speaking the agent's dialect. */
export async function runAttempt(
  { containment, clock, dataFolder, path }: Surroundings,
  { spec, dialect }: { readonly spec: AgentSpec; readonly dialect: Dialect },
  order: AttemptOrder,
): Promise<AttemptReport> {
  const startedAtMs = clock.nowMs();
  const folders = await makeFolders(dataFolder, { run: order.run, id: order.id, account: spec.account });
  const command = dialect.command({
    ...{ spec, home: folders.home, artifacts: folders.artifacts, worktree: order.workspace.path },
    prompt: order.prompt({ artifacts: folders.artifacts, schema: artifactSchema }),
    ...(order.session === undefined ? {} : { session: order.session }),
    asRoot: process.getuid?.() === 0,
  });
  await writeFiles(command.files ?? {});
  const { facts } = dialect;
  const { usedInSession: before = nothingUsed } = order;
  const tally = createTally({ price: spec.price, facts, before }, clock);
  const reading = await readStreams(folders, dialect, tally);
  const heart = startHeart(spec, order, { stream: folders.stream, counts: tally.counts });
  const ended = await runContained(containment, {
    ...{ argv: command.argv, stdin: command.stdin, env: environmentOf({ path, spec, folders, order, command }) },
    cwd: order.workspace.path,
    readOnly: order.workspace.gitDirectories,
    limits: { ...spec.timeouts, outputBytes: floodBytes },
    signal: order.signal,
    ...{ onStdout: reading.onStdout, onStderr: reading.onStderr },
  }).finally(() => {
    clearInterval(heart);
  });
  await reading.close();
  await removeFolder(folders.temporary);
  if (ended.how === 'exited')
    dialect.parseExit?.({ code: ended.code, stderr: tally.total().words.stderr }).forEach(tally.saw);
  const { session, usage, words, unknown } = tally.total();
  return {
    outcome: outcomeOf(ended, words, facts),
    ...{ usage, unknown },
    ...(session === undefined ? {} : { session }),
    startedAtMs,
    endedAtMs: clock.nowMs(),
    artifacts: folders.artifacts,
  };
}

async function writeFiles(files: NonNullable<AgentCommand['files']>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o600 });
  }
}

/** Sends what is printed to disk and, line by line, to the tally. */
async function readStreams(
  folders: AttemptFolders,
  dialect: Dialect,
  tally: Tally,
): Promise<Pick<ProcessOrder, 'onStdout' | 'onStderr'> & { close(): Promise<void> }> {
  const files = {
    stream: await openStreamFile(folders.stream, keptBytes),
    errors: await openStreamFile(folders.errors, keptBytes),
  };
  const lines = lineSplitter((line) => {
    dialect.parseLine(line).forEach(tally.saw);
  });
  const errors = lineSplitter(tally.sawError);
  return {
    onStdout: (chunk) => {
      files.stream.write(chunk);
      lines.push(chunk);
    },
    onStderr: (chunk) => {
      files.errors.write(chunk);
      errors.push(chunk);
    },
    close: async () => {
      lines.end();
      errors.end();
      await Promise.all([files.stream.close(), files.errors.close()]);
    },
  };
}

function startHeart(
  spec: AgentSpec,
  order: AttemptOrder,
  facts: { readonly stream: string; readonly counts: Tally['counts'] },
): NodeJS.Timeout {
  const { name: agent, dialect } = spec;
  order.heartbeat({ agent, dialect, attempt: order.id, stream: facts.stream });
  return setInterval(() => {
    order.heartbeat({ agent, attempt: order.id, ...facts.counts() });
  }, heartbeatMs);
}
