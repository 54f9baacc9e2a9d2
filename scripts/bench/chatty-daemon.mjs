// A daemon that does nothing but watch agents which talk all the time; prints what they cost it, as JSON.
//   node --expose-gc chatty-daemon.mjs <folder> <agents> <lines per second> <ms to measure>
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createAgents } from '../../dist/agent/create-agents.js';
import { findContainment } from '../../dist/process/containment.js';

const [folder, ...amounts] = process.argv.slice(2);
const [count, linesPerSecond, measureMs] = amounts.map(Number);
const settleMs = 3000;
/** Between what is said, a call now and then, as agents do. */
const talk = `
let said = 0;
setInterval(() => {
  const event = said++ % 1000 === 0 ? { type: 'used', tool: 'read', input: { said } } : { type: 'said', text: 'Looking at line ' + said + ' of the file that the issue names.' };
  process.stdout.write(JSON.stringify(event) + '\\n');
}, ${1000 / linesPerSecond});`;

const chatty = spec('chatty', [process.execPath, '-e', talk]);
const agents = createAgents({
  ...{ agents: [chatty, spec('quick', ['true'])], accounts: new Map(), containment: await findContainment() },
  ...{ clock: { nowMs: Date.now }, dataFolder: join(folder, 'data'), path: '/usr/bin:/bin' },
});

// The first attempt loads what all of them share.
await attempt('quick', 'first', new AbortController().signal);
const beforeMb = residentMb();
const stop = new AbortController();
const running = Array.from({ length: count }, (_, index) => attempt('chatty', `a${index}`, stop.signal));
await delay(settleMs);
const from = { cpu: process.cpuUsage(), ms: performance.now(), lines: linesSaid() };
await delay(measureMs);
const cpu = process.cpuUsage(from.cpu);
const passedMs = performance.now() - from.ms;
const lines = linesSaid() - from.lines;
const memoryMb = (residentMb() - beforeMb) / count;
stop.abort();
await Promise.all(running);
const cpuPercent = ((cpu.user + cpu.system) / 1000 / passedMs) * 100;
process.stdout.write(JSON.stringify({ cpuPercent, memoryMb, linesPerSecond: (lines * 1000) / passedMs / count }));

function spec(name, command) {
  const timeouts = { silenceMs: 60_000, wallMs: 600_000 };
  return {
    name,
    dialect: 'command',
    account: name,
    maxConcurrent: 100,
    command,
    env: {},
    timeouts,
    vendor: 'bench',
    events: true,
  };
}

async function attempt(agent, id, signal) {
  const worktree = join(folder, id);
  mkdirSync(worktree);
  const workspace = { path: worktree, gitDirectories: [] };
  const order = { id, run: 'r1', role: 'developer', agent, workspace, prompt: () => '', signal };
  const { outcome } = await agents.run({ ...order, heartbeat: () => undefined });
  if (outcome.kind === 'failed') throw new Error(`${id}: ${outcome.reason}`);
}

function linesSaid() {
  const all = Array.from({ length: count }, (_, index) =>
    readFileSync(join(folder, `data/streams/r1/a${index}.jsonl`)),
  );
  return all.reduce((sum, bytes) => sum + bytes.filter((byte) => byte === 0x0a).length, 0);
}

function residentMb() {
  globalThis.gc();
  return process.memoryUsage.rss() / 1024 / 1024;
}
