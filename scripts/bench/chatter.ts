import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Amount, Figure } from './figure.js';

const script = fileURLToPath(new URL('chatty-daemon.mjs', import.meta.url));
const agents = 20;
const linesPerSecond = 100;

interface Seen {
  readonly cpuPercent: number;
  readonly memoryMb: number;
  readonly linesPerSecond: number;
}

/** What twenty agents that talk all the time cost the daemon: a process of its own, from the build, that does nothing else. */
export async function chatter({ rounds, restMs }: Amount): Promise<readonly Omit<Figure, 'row' | 'engine'>[]> {
  const seen: Seen[] = [];
  for (let round = 0; round < rounds; round += 1) seen.push(await onDaemon(restMs));
  const note = `${Math.round(Math.min(...seen.map((each) => each.linesPerSecond)))} lines a second from each agent`;
  return [
    {
      what: `CPU of the daemon with ${agents} chatty agents, ${linesPerSecond} lines/s each`,
      ...{ unit: '%', aim: 25, note, values: seen.map(({ cpuPercent }) => cpuPercent) },
    },
    {
      what: 'memory of the daemon per running agent',
      ...{ unit: 'MB', aim: 3, values: seen.map(({ memoryMb }) => memoryMb) },
    },
  ];
}

async function onDaemon(measureMs: number): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  try {
    const args = ['--expose-gc', script, folder, String(agents), String(linesPerSecond), String(measureMs)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const said = await text(child.stdout);
    const [code] = (await exit) as [number | null];
    if (code !== 0) throw new Error(`${script} ended with ${code ?? 'a signal'}`);
    return JSON.parse(said) as Seen;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
