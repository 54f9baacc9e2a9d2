import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectControl } from '../../src/control/socket.js';
import type { Run } from '../../src/domain/run.js';
import type { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { Engine } from './engine.js';
import { startFleetProcess, type FleetProcess } from './fleet-process.js';

const scripts = ['agent.sh', 'round-agent.sh'];
const doneWithinMs = 240_000;

/** Of what was not closed: the benchmark was interrupted. */
const folders = new Set<string>();
process.once('exit', () => folders.forEach(removeFolder));

/** A Fleet from the build in another process, in a folder of its own that also holds what its forge keeps. */
export class Ground {
  readonly folder: string;
  readonly #engine: Awaited<ReturnType<Engine['fresh']>>;
  readonly #ends: (() => Promise<void>)[] = [];
  #fleet: FleetProcess | undefined;

  private constructor(folder: string, engine: Awaited<ReturnType<Engine['fresh']>>) {
    this.folder = folder;
    this.#engine = engine;
  }

  /** Nothing runs yet. */
  static async make(engine: Engine): Promise<Ground> {
    const ground = new Ground(makeFolder(), await engine.fresh());
    for (const name of ['forge', 'marks', 'bare']) mkdirSync(join(ground.folder, name));
    for (const name of scripts) {
      cpSync(fileURLToPath(new URL(name, import.meta.url)), join(ground.folder, name));
    }
    return ground;
  }

  get marks(): string {
    return join(this.folder, 'marks');
  }

  /** To be ended with it, after Fleet. */
  also(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** Starts Fleet; where it listens. `agent` is a command, `lines` are more of fleet.config.yml. */
  async start(order: {
    readonly variables: Readonly<Record<string, string>>;
    readonly agent: readonly string[];
    readonly lines: readonly string[];
  }): Promise<string> {
    const { agent, lines } = order;
    const configuration = [
      `agents: [{ name: script, dialect: command, command: ${JSON.stringify(agent)}, maxConcurrent: 8 }]`,
      'limits: { runs: 8, runsPerRepository: 8, runsPerDay: 100000, runsPerRequesterPerDay: 100000 }',
      ...lines,
    ];
    writeFileSync(join(this.folder, 'fleet.config.yml'), `${configuration.join('\n')}\n`);
    const variables = { ...machineVariables(this.folder), ...order.variables, ...this.#engine.variables };
    try {
      this.#fleet = await startFleetProcess({ folder: this.folder, variables, program: 'daemon' });
    } catch (error) {
      await this.close();
      throw error;
    }
    return this.#fleet.address;
  }

  /** All runs, newest first. */
  async runs(): Promise<readonly Run[]> {
    const control = await connectControl(join(this.folder, 'data'));
    if (control === undefined) throw new Error('Fleet does not answer on its socket');
    return (await control({ op: 'list', limit: 1_000, open: false })).runs;
  }

  async close(): Promise<void> {
    await this.#fleet?.stop();
    for (const end of this.#ends) await end();
    await this.#engine.drop();
    removeFolder(this.folder);
  }
}

/** An empty folder that is gone at the latest when the benchmark ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  folders.add(folder);
  return folder;
}

/** Removes what `makeFolder` has made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

/** What every Fleet is told, whatever its forge and its engine. */
export function machineVariables(folder: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: tmpdir(),
    LOG_LEVEL: 'warn',
    FLEET_DATA_DIR: join(folder, 'data'),
  };
}

export function gitHubVariables(gitHub: GitHubStandIn): Readonly<Record<string, string>> {
  return {
    APP_ID: String(gitHub.appId),
    PRIVATE_KEY: gitHub.privateKey,
    WEBHOOK_SECRET: gitHub.webhookSecret,
    GHE_HOST: gitHub.host,
    GHE_PROTOCOL: 'http',
  };
}

/** Waits until it is so, looking again and again. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + doneWithinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${doneWithinMs / 1000} s for ${what}`);
    await delay(20);
  }
}

/** Wall-clock time with fractions, comparable with the times of files. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
