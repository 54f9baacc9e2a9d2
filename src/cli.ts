#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { exit } from './cli/exit.js';
import { runCli } from './cli/program.js';
import type { Terminal } from './cli/terminal.js';
import { loadConfig } from './config/load.js';
import { gitRunner } from './workspace/run-git.js';

const widest = 100;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const terminal: Terminal = {
  out: (words) => void process.stdout.write(words),
  err: (words) => void process.stderr.write(words),
  colors: process.stdout.isTTY && process.stdout.hasColors(),
  live: process.stdout.isTTY,
  // A terminal that does not know its size says 0.
  width: Math.min(widest, process.stdout.columns || widest),
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exit.interrupted);
    interruption.abort();
  });
}
// A reader that has seen enough (`fleet log | head`) is no fault.
process.stdout.on('error', () => process.exit(exit.done));

process.exitCode = await runCli(process.argv.slice(2), {
  terminal,
  version,
  cwd: process.cwd(),
  readInput: () => text(process.stdin),
  interrupted: interruption.signal,
  configure: (use) => loadConfig({ use }),
  main: () => import('./main.js'),
  schema: async (name) => {
    if (name === 'config' || name === 'repository') {
      const { configSchema } = await import('./config/json-schema.js');
      return JSON.stringify(configSchema(name), undefined, 2);
    }
    const { artifactNames, artifactSchema } = await import('./agent/artifact/schemas.js');
    const artifact = artifactNames.find((each) => each === name);
    return artifact === undefined ? undefined : artifactSchema(artifact);
  },
  git: ({ searchPath, home }) => gitRunner({ PATH: searchPath, HOME: home }),
});
