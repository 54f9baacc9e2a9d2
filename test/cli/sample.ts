import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSample } from '../../src/cli/sample.js';
import { gitRunner } from '../../src/workspace/run-git.js';
import { temporaryFolder } from '../support/temp.js';

const recorded = fileURLToPath(new URL('../../demo/recorded-agent.mjs', import.meta.url));

/** The agent that comes with the demo: it mends the sample repository. */
export const recordedCommand = [process.execPath, recorded];

/** The demo's sample repository. */
export async function aSample(): Promise<string> {
  const folder = join(temporaryFolder(), 'shop');
  await makeSample(gitRunner({ PATH: process.env['PATH']! }), folder);
  return folder;
}

/** A folder with a `fleet.config.yml` of one command agent. */
export function configured(command: readonly string[]): string {
  const folder = temporaryFolder();
  const agent = { name: 'scripted', dialect: 'command', command, events: true };
  // JSON is YAML.
  writeFileSync(join(folder, 'fleet.config.yml'), JSON.stringify({ agents: [agent] }));
  return folder;
}
