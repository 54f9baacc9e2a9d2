import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';

/** How long a process that was just told to end may take, in ms. */
const graceMs = 3000;

interface Survivor {
  readonly pid: number;
  readonly command: string;
}

/** Fails the run when a test left a process or a temporary folder behind. */
export default function watchForLeaks(project: TestProject): () => Promise<void> {
  const runFolder = project.config.env['FLEET_TEST_RUN'];
  if (typeof runFolder !== 'string') throw new Error('vitest.config.ts must set FLEET_TEST_RUN');
  mkdirSync(runFolder);
  return async () => {
    const survivors = await survivorsAfterGrace(runFolder);
    for (const { pid } of survivors) end(pid);
    const folders = readdirSync(runFolder).filter((name) => name.startsWith('fleet-test-'));
    rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
    const leaks = [
      ...survivors.map(({ pid, command }) => `process ${pid}: ${command}`),
      ...folders.map((name) => `temporary folder: ${name}`),
    ];
    if (leaks.length === 0) return;
    // Vitest only prints what a teardown throws; the exit code has to be set here.
    process.exitCode = 1;
    throw new Error(`Tests left behind:\n  ${leaks.join('\n  ')}`);
  };
}

async function survivorsAfterGrace(runFolder: string): Promise<readonly Survivor[]> {
  const deadline = performance.now() + graceMs;
  let found = survivorsOf(runFolder);
  while (found.length > 0 && performance.now() < deadline) {
    await delay(50);
    found = survivorsOf(runFolder);
  }
  return found;
}

/**
 * Processes that tests of this run started and that still live. Vitest sets the run's variables inside its workers
 * only after their start, so the kernel shows them on what tests spawn and not on the workers themselves. A child
 * with a scrubbed environment is found by its working directory or its arguments.
 */
function survivorsOf(runFolder: string): readonly Survivor[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = contentOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      const traces = [command, contentOf(`/proc/${name}/environ`), targetOf(`/proc/${name}/cwd`)];
      // A zombie has an empty command line and nothing left to end.
      return command !== '' && traces.some((trace) => trace.includes(runFolder))
        ? [{ pid: Number(name), command }]
        : [];
    });
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process ended meanwhile, or belongs to someone else.
    return '';
  }
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // As above.
    return '';
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
