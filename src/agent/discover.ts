import type { AgentSpec } from '../domain/agent.js';
import type { Containment } from '../process/containment.js';
import { findProgram } from '../process/find-program.js';
import { runContained } from '../process/run-contained.js';
import { knownPrograms } from './dialect/known.js';

const versionMs = 15_000;

/** What a look at an agent's program found. */
export type Preflight = { readonly version: string } | { readonly problem: string };

/** The known CLIs on `searchPath` as agents with their defaults; they use the login of the owner of `home`. */
export function discoverAgents(searchPath: string, home: string): readonly AgentSpec[] {
  return knownPrograms
    .filter(({ program }) => findProgram(program, searchPath) !== undefined)
    .map(({ dialect, vendor }) => ({
      name: dialect,
      dialect,
      account: dialect,
      maxConcurrent: 1,
      command: [],
      env: { HOME: home },
      timeouts: { silenceMs: 5 * 60_000, wallMs: 60 * 60_000 },
      vendor,
      events: false,
    }));
}

/** Asks the agent's program for its version; a command agent's program need only be there. */
export async function preflight(
  { containment, path }: { readonly containment: Containment; readonly path: string },
  spec: AgentSpec,
): Promise<Preflight> {
  const program = knownPrograms.find((known) => known.dialect === spec.dialect)?.program ?? spec.command[0] ?? '';
  if (findProgram(program, path) === undefined) return { problem: `${program || 'its command'} is not on PATH` };
  if (spec.command.length > 0) return { version: program };
  let output = '';
  const ended = await runContained(containment, {
    argv: [program, '--version'],
    cwd: '/',
    env: {
      PATH: path,
      LANG: 'C.UTF-8',
      DISABLE_AUTOUPDATER: '1',
      ...(typeof spec.env['HOME'] === 'string' ? { HOME: spec.env['HOME'] } : {}),
    },
    readOnly: [],
    limits: { wallMs: versionMs, outputBytes: 64 * 1024 },
    signal: new AbortController().signal,
    onStdout: (chunk) => {
      output += chunk.toString();
    },
    onStderr: () => undefined,
  });
  const version = output.trim();
  if (ended.how === 'exited' && ended.code === 0 && version !== '') return { version };
  const how = ended.how === 'exited' ? `exit code ${ended.code}` : ended.how;
  return { problem: `${program} --version did not work (${how}): it is not installed properly` };
}
