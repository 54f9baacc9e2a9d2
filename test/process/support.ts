import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Containment } from '../../src/process/containment.js';
import { findContainment } from '../../src/process/containment.js';
import type { ProcessOrder } from '../../src/process/order.js';

/** Every containment that this machine can do, by name. */
export async function containmentsHere(): Promise<readonly (readonly [string, Containment])[]> {
  const found = await findContainment();
  const guard = { kind: 'guard', mkfifo: found.mkfifo, because: 'asked for', holdsReadOnly: false } as const;
  if (found.kind === 'guard') return [['guard', guard]];
  return [
    [found.privileged ? 'namespace as root' : 'user namespace', found],
    ...(found.privileged ? [['user namespace', { ...found, privileged: false }] as const] : []),
    ['guard', guard],
  ];
}

/** An order for a shell line, with what it prints. */
export function anOrder(
  line: string,
  changes: Partial<ProcessOrder> = {},
): ProcessOrder & { readonly printed: () => string } {
  const chunks: Buffer[] = [];
  return {
    argv: ['/bin/sh', '-c', line],
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    readOnly: [],
    limits: { wallMs: 15_000 },
    signal: new AbortController().signal,
    onStdout: (chunk) => chunks.push(chunk),
    onStderr: (chunk) => chunks.push(chunk),
    printed: () => Buffer.concat(chunks).toString(),
    ...changes,
  };
}

/** A `sleep` that can be told from every other. */
export function aSleep(): string {
  return `sleep 9${process.hrtime.bigint()}`;
}

/** Waits until this many processes run the command line; rejects when they do not within 5 s. */
export async function running(commandLine: string, count: number): Promise<void> {
  const startMs = performance.now();
  while (processesOf(commandLine).length < count) {
    if (performance.now() - startMs > 5_000) throw new Error(`fewer than ${count} of ${commandLine} run`);
    await delay(10);
  }
}

/** Resolves to the ms until no process runs this command line, or to undefined when some still do after `limitMs`. */
export async function goneAfter(commandLine: string, limitMs: number): Promise<number | undefined> {
  const startMs = performance.now();
  while (performance.now() - startMs < limitMs) {
    if (!isRunning(commandLine)) return performance.now() - startMs;
    await delay(10);
  }
  return undefined;
}

/** True while a process with exactly this command line lives. */
export function isRunning(commandLine: string): boolean {
  return processesOf(commandLine).length > 0;
}

function processesOf(commandLine: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLineOf(name) === commandLine);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // It ended meanwhile.
    return '';
  }
}
