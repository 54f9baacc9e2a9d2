import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAgents } from '../../src/agent/create-agents.js';
import { acpDialect } from '../../src/agent/dialect/acp.js';
import { commandDialect } from '../../src/agent/dialect/command.js';
import type { AgentSpec } from '../../src/domain/agent.js';
import type { RunId } from '../../src/domain/run.js';
import { lineSplitter } from '../../src/process/line-splitter.js';
import type { Containment } from '../../src/process/order.js';
import { casesOf, linesOf, speakers } from '../../test/agent/speakers.js';
import { aSpec } from '../../test/agent/support.js';
import { aSleep, containmentsHere, goneAfter, running } from '../../test/process/support.js';
import { chatter } from './chatter.js';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';

const transcripts = fileURLToPath(new URL('../../test/agent/transcripts', import.meta.url));
const parseMs = 500;

/** What it takes to watch agents and to end them. No database has a part in it: measured once, beside the first engine. */
export async function measureAgents(engine: Engine, amount: Amount): Promise<readonly Figure[]> {
  if (engine.name !== 'embedded') return [];
  const common = { row: 'agents', engine: engine.name } as const;
  const figures = [...(await kills(amount)), ...parsing(amount), ...(await chatter(amount)), ...(await stalls(amount))];
  return figures.map((figure) => ({ ...common, ...figure }));
}

type Measured = Omit<Figure, 'row' | 'engine'>;

/** From the abort to the moment when no process of the tree is left; all of them ignore SIGTERM. */
async function kills({ rounds }: Amount): Promise<readonly Measured[]> {
  const found = await containmentsHere();
  return Promise.all(
    found.map(async ([name, containment]) => {
      const values: number[] = [];
      for (let round = 0; round < rounds; round += 1) values.push(await killMs(containment));
      return { what: `kill of a tree with double-forked children → 0 left, ${name}`, unit: 'ms', aim: 2000, values };
    }),
  );
}

async function killMs(containment: Containment): Promise<number> {
  const sleep = aSleep();
  const deaf = `trap '' TERM; ${sleep} & ${sleep}`;
  const line = `trap '' TERM; (setsid sh -c "${deaf}" &); (setsid sh -c "(setsid ${sleep} &)" &); while :; do ${sleep}; done`;
  const stop = new AbortController();
  const ended = attempt({ command: ['sh', '-c', line] }, { containment, signal: stop.signal });
  await running(sleep, 4);
  const startedMs = performance.now();
  stop.abort();
  await ended;
  if ((await goneAfter(sleep, 10_000)) === undefined) throw new Error(`${sleep} still runs`);
  return performance.now() - startedMs;
}

/** How fast the recorded streams of each dialect are read, from bytes to events; in time of the processor, whatever else the machine does. */
function parsing({ rounds }: Amount): readonly Measured[] {
  const recorded = speakers.map((speaker) => ({
    name: speaker.name,
    parseLine: speaker.dialect.parseLine,
    lines: casesOf(speaker).flatMap(([file]) => (file.startsWith('ok') ? linesOf(speaker, file) : [])),
  }));
  const others = [
    { name: 'acp', parseLine: acpDialect().parseLine, lines: linesIn('acp', /-ok\.jsonl$/).flatMap(toClient) },
    { name: 'command', parseLine: commandDialect(true).parseLine, lines: linesIn('command', /^ok/) },
  ];
  return [...recorded, ...others].flatMap(({ name, parseLine, lines }) => {
    if (lines.length === 0) return [];
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const values = Array.from({ length: rounds + 1 }, () => perSecond(bytes, parseLine)).slice(1);
    return [{ what: `events parsed per second, ${name}`, unit: '/s', atLeast: 50_000, values }];
  });
}

function linesIn(name: string, which: RegExp): readonly string[] {
  const folder = join(transcripts, name);
  const files = readdirSync(folder).filter((file) => which.test(file));
  return files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean));
}

/** What the agent told the client, of a recording of both. */
function toClient(line: string): readonly string[] {
  const { dir, msg } = JSON.parse(line) as { readonly dir: string; readonly msg: unknown };
  return dir === 'agent->client' ? [JSON.stringify(msg)] : [];
}

function perSecond(bytes: Buffer, parseLine: (line: string) => unknown): number {
  let lines = 0;
  const splitter = lineSplitter((line) => {
    lines += 1;
    parseLine(line);
  });
  const started = process.cpuUsage();
  const passedMs = (): number => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  while (passedMs() < parseMs) splitter.push(bytes);
  return (lines * 1000) / passedMs();
}

/** How far the end of a silent agent lies from where it was to be, from its last line to the report of its end. */
async function stalls({ rounds }: Amount): Promise<readonly Measured[]> {
  const [, containment] = (await containmentsHere())[0] ?? [];
  if (containment === undefined) return [];
  const figures: Measured[] = [];
  for (const silenceMs of [2_000, 10_000]) {
    const spec = { command: ['sh', '-c', 'date +%s%3N; exec sleep 999'], timeouts: { silenceMs, wallMs: 60_000 } };
    const values: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { endedAtMs, said } = await attempt(spec, { containment, signal: new AbortController().signal });
      values.push((Math.abs(endedAtMs - Number(said) - silenceMs) / silenceMs) * 100);
    }
    figures.push({ what: `stall noticed, off from ${silenceMs / 1000} s`, unit: '%', aim: 5, values });
  }
  return figures;
}

/** Runs one attempt as the daemon does. */
async function attempt(
  changes: Partial<AgentSpec>,
  { containment, signal }: { readonly containment: Containment; readonly signal: AbortSignal },
): Promise<{ readonly endedAtMs: number; readonly said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree);
  const agents = createAgents({
    ...{ agents: [aSpec({ timeouts: { silenceMs: 60_000, wallMs: 60_000 }, ...changes })], accounts: new Map() },
    ...{ containment, clock: { nowMs: Date.now }, dataFolder: join(folder, 'data'), path: '/usr/bin:/bin' },
  });
  try {
    const { endedAtMs } = await agents.run({
      ...{ id: 'a1', run: 'r1' as RunId, role: 'developer', agent: 'tester', prompt: () => '' },
      workspace: { path: worktree, gitDirectories: [] },
      signal,
      heartbeat: () => undefined,
    });
    return { endedAtMs, said: readFileSync(join(folder, 'data/streams/r1/a1.jsonl'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
