import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from '../domain/check.js';
import type { Containment } from '../process/containment.js';
import type { Ended } from '../process/order.js';
import { runContained } from '../process/run-contained.js';
import type { Clock } from '../ports.js';
import type { CheckOrder, Checks } from '../ports/check.js';
import { outputTail } from './output-tail.js';

export interface ChecksOptions {
  /** Data folder; `runs/<run>` (removed with the workspace) and `cache` are made in it. */
  readonly folder: string;
  readonly containment: Containment;
  readonly clock: Clock;
  /** Where the repository's tools are looked for. */
  readonly path: string;
  readonly lang?: string;
}

/** A shell's exit codes for a command that it could not run. */
const notRunnable = [126, 127];

/** Runs commands of a repository as `/bin/sh -c` in its worktree, each in a containment of its own. */
export function createChecks(options: ChecksOptions): Checks {
  return {
    async run(order) {
      const env = await environmentOf(options, order);
      const evidence: Evidence[] = [];
      for (const command of order.commands) evidence.push(await see(options, { ...order, env }, command));
      return evidence;
    },
  };
}

/** All that a command gets: nothing of Fleet's own environment, no home but the run's. */
async function environmentOf(options: ChecksOptions, order: CheckOrder): Promise<Readonly<Record<string, string>>> {
  const place = join(options.folder, 'runs', order.run);
  const folders = {
    HOME: join(place, 'home'),
    TMPDIR: join(place, 'tmp'),
    npm_config_cache: join(options.folder, 'cache/npm'),
  };
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })));
  return { PATH: options.path, LANG: options.lang ?? 'C.UTF-8', CI: 'true', ...folders };
}

async function see(
  { containment, clock }: ChecksOptions,
  order: CheckOrder & { readonly env: Readonly<Record<string, string>> },
  { name, kind, command }: CheckOrder['commands'][number],
): Promise<Evidence> {
  const tail = outputTail();
  const startedAtMs = clock.nowMs();
  const ended = await runContained(containment, {
    argv: ['/bin/sh', '-c', command],
    cwd: order.workspace.path,
    env: order.env,
    readOnly: order.workspace.gitDirectories,
    limits: { wallMs: order.timeoutMs },
    signal: order.signal,
    onStdout: tail.add,
    onStderr: tail.add,
  });
  const durationMs = clock.nowMs() - startedAtMs;
  const said = ended.how === 'notStarted' ? ended.reason : tail.text();
  // People read it on the forge, where nobody needs to know how Fleet's machine is laid out.
  const output = said.replaceAll(order.workspace.path, '.');
  return { name, kind, command, ...judged(ended), durationMs, outputTail: output, tree: order.tree };
}

/** Only an exit code of 0 is a pass, and only a command that ran to its end can fail. */
function judged(ended: Ended): Pick<Evidence, 'outcome' | 'exit'> {
  switch (ended.how) {
    case 'exited':
      if (ended.code === 0) return { outcome: 'pass', exit: 0 };
      return { outcome: notRunnable.includes(ended.code) ? 'inconclusive' : 'fail', exit: ended.code };
    case 'wall':
      return { outcome: 'inconclusive', exit: 'timedOut' };
    case 'stopped':
    case 'silence':
    case 'flood':
      return { outcome: 'inconclusive', exit: 'stopped' };
    case 'notStarted':
      return { outcome: 'inconclusive', exit: 'notStarted' };
    default:
      return ended satisfies never;
  }
}
