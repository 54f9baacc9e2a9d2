import { resolve } from 'node:path';
import type { FleetMain } from '../../src/cli/fleet-port.js';
import { runCli } from '../../src/cli/program.js';
import type { World } from '../../src/cli/world.js';
import { artifactNames, artifactSchema } from '../../src/agent/artifact/schemas.js';
import { configSchema } from '../../src/config/json-schema.js';
import { loadConfig } from '../../src/config/load.js';
import { gitRunner } from '../../src/workspace/run-git.js';
import { placeDatabase } from '../support/databases.js';
import { temporaryFolder } from '../support/temp.js';

/** What one command left. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly interrupted: AbortSignal;
  readonly main: () => Promise<FleetMain>;
  /** Called with every piece of standard output. */
  readonly onOut: (text: string) => void;
}

/** Fleet itself, started on a database that is there already. */
async function quickMain(): Promise<FleetMain> {
  const main = await import('../../src/main.js');
  return {
    ...main,
    startFleet: async (config, options) => {
      await placeDatabase(config.dataFolder);
      return main.startFleet(config, options);
    },
  };
}

/** A command line in surroundings of its own: a data folder, a home and nothing else in its environment. */
export function commandLine(change: Partial<Surroundings> = {}) {
  const home = temporaryFolder();
  const cwd = change.cwd ?? home;
  const path = process.env['PATH']!;
  const env = { PATH: path, HOME: home, FLEET_DATA_DIR: resolve(home, 'data'), ...change.env };
  return async (...args: readonly string[]): Promise<Outcome> => {
    let [out, err] = ['', ''];
    const world: World = {
      terminal: {
        out: (text) => {
          out += text;
          change.onOut?.(text);
        },
        err: (text) => void (err += text),
        ...{ colors: false, live: false, width: 100 },
      },
      cwd,
      version: '0.1.0',
      readInput: async () => change.input ?? '',
      interrupted: change.interrupted ?? new AbortController().signal,
      configure: (use) => loadConfig({ use, env, cwd }),
      main: change.main ?? quickMain,
      schema: async (name) => {
        if (name === 'config' || name === 'repository') return JSON.stringify(configSchema(name));
        const artifact = artifactNames.find((each) => each === name);
        return artifact === undefined ? undefined : artifactSchema(artifact);
      },
      git: () => gitRunner({ PATH: path }),
    };
    return { code: await runCli(args, world), out, err };
  };
}
