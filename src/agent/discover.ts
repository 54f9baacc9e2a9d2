import type { AgentSpec } from '../domain/agent.js';
import { vendorOf } from '../domain/vendor.js';
import type { Containment } from '../process/containment.js';
import { findProgram } from '../process/find-program.js';
import { runContained } from '../process/run-contained.js';
import { knownPrograms } from './dialect/known.js';

const versionMs = 15_000;

/** What a look at an agent's program found; `provenOn`: an older version, the newest one that Fleet was proven on. */
export type Preflight = { readonly version: string; readonly provenOn?: string } | { readonly problem: string };

/** The known CLIs on `searchPath` as agents with their defaults; they use the login of the owner of `home`. */
export function discoverAgents(searchPath: string, home: string): readonly AgentSpec[] {
  return knownPrograms
    .filter(({ program }) => findProgram(program, searchPath) !== undefined)
    .map(({ dialect }) => ({
      name: dialect,
      dialect,
      account: dialect,
      maxConcurrent: 1,
      command: [],
      env: { HOME: home },
      timeouts: { silenceMs: 5 * 60_000, wallMs: 60 * 60_000 },
      vendor: vendorOf({ name: dialect, dialect }),
      events: false,
    }));
}

/** Where programs are looked for and run; `patienceMs` is for what never answers. */
export interface Place {
  readonly containment: Containment;
  readonly path: string;
  readonly patienceMs?: number;
}

/** Asks the agent's program for its version; a program that the operator names need only be there. */
export async function preflight(place: Place, spec: AgentSpec): Promise<Preflight> {
  // Fleet's own agent comes with Fleet.
  if (spec.dialect === 'openrouter') return { version: 'built in' };
  const known = knownPrograms.find(({ dialect }) => dialect === spec.dialect);
  const program = known?.program ?? spec.command[0] ?? '';
  if (findProgram(program, place.path) === undefined) return { problem: `${program || 'its command'} is not on PATH` };
  if (spec.command.length > 0) return { version: program };
  const found = await askVersion(place, program, spec);
  const provenOn = known?.provenOn;
  return 'version' in found && isNewer(found.version, provenOn) ? { ...found, provenOn } : found;
}

/** By major and minor alone; a version of an unknown form is not newer. */
function isNewer(version: string, provenOn: string | undefined): provenOn is string {
  const [major = 0, minor = 0] = numbersIn(version);
  const [provenMajor = Infinity, provenMinor = 0] = numbersIn(provenOn ?? '');
  return major > provenMajor || (major === provenMajor && minor > provenMinor);
}

function numbersIn(version: string): readonly number[] {
  return /(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
}

async function askVersion(
  { containment, path, patienceMs = versionMs }: Place,
  program: string,
  { env }: AgentSpec,
): Promise<Preflight> {
  let output = '';
  const ended = await runContained(containment, {
    argv: [program, '--version'],
    cwd: '/',
    env: {
      PATH: path,
      LANG: 'C.UTF-8',
      DISABLE_AUTOUPDATER: '1',
      ...(typeof env['HOME'] === 'string' ? { HOME: env['HOME'] } : {}),
    },
    readOnly: [],
    limits: { wallMs: patienceMs, outputBytes: 64 * 1024 },
    signal: new AbortController().signal,
    onStdout: (chunk) => {
      output += chunk.toString();
    },
    onStderr: () => undefined,
  });
  const [version = ''] = output.trim().split('\n');
  if (ended.how === 'exited' && ended.code === 0 && version !== '') return { version };
  if (ended.how === 'wall') {
    return { problem: `${program} --version did not end within ${patienceMs / 1000} s: it may wait for a login` };
  }
  const how = ended.how === 'exited' ? `exit code ${ended.code}` : ended.how;
  return { problem: `${program} --version did not work (${how}): it is not installed properly` };
}
