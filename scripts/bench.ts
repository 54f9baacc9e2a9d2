// The figures of docs/bench.md; started by scripts/bench.mjs, which builds Fleet and brings the servers.
//   npm run bench -- [--short] [--only <row>]… [--engine <name>]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAgents } from './bench/agents.js';
import { measureBoot } from './bench/boot.js';
import { type Engine, enginesIn } from './bench/engine.js';
import type { Amount, Figure, Row } from './bench/figure.js';
import { measureIdle } from './bench/idle.js';
import { measureMemory } from './bench/memory.js';
import { measureRounds } from './bench/rounds.js';
import { measureRuns } from './bench/runs.js';
import { measureSwap } from './bench/swap.js';
import { measureTasks } from './bench/tasks.js';
import { markdownOf, tableOf, verdictOf } from './bench/table.js';
import { measureWebhooks } from './bench/webhooks.js';

const rows: Readonly<Record<string, Row>> = {
  webhooks: measureWebhooks,
  runs: measureRuns,
  tasks: measureTasks,
  boot: measureBoot,
  memory: measureMemory,
  idle: measureIdle,
  rounds: measureRounds,
  agents: measureAgents,
  swap: measureSwap,
};
const full: Amount = { rounds: 5, restMs: 10_000, idleMs: 60_000 };
const short: Amount = { rounds: 1, restMs: 1_000, idleMs: 5_000 };
const resultsFolder = '.cache';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(rows) },
    engine: { type: 'string', default: '' },
  },
});

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = values.only.filter((name) => !(name in rows));
  if (unknown.length > 0) {
    process.stderr.write(`No such row: ${unknown.join(', ')}. There are ${Object.keys(rows).join(', ')}.\n`);
    return 2;
  }
  const engines = enginesIn(process.env).filter(({ name }) => name.toLowerCase().includes(values.engine.toLowerCase()));
  const tried: (Result | undefined)[] = [];
  for (const [name, row] of Object.entries(rows).filter(([each]) => values.only.includes(each))) {
    for (const engine of engines) tried.push(await measured(name, row, engine));
  }
  const results = tried.filter((result) => result !== undefined);
  const cores = cpus();
  const machine = `${cores.length} × ${cores[0]?.model ?? 'unknown'}, Node ${process.version}`;
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(
    `${resultsFolder}/bench-results.json`,
    JSON.stringify({ machine, at: new Date(), results }, undefined, 2),
  );
  const all = results.flatMap(({ figures }) => figures);
  const said = `${machine}, load ${results.map(({ load }) => load[0]?.toFixed(1)).join(' ')} at the end of each row`;
  writeFileSync(`${resultsFolder}/bench-table.md`, `${markdownOf(all)}\n\n${said}\n`);
  const missed = all.filter((figure) => verdictOf(figure) === 'MISSED');
  process.stdout.write(
    `\n${machine}; all values in ${resultsFolder}/bench-results.json, the table of docs/bench.md in bench-table.md\n`,
  );
  for (const { what, engine } of missed) process.stdout.write(`MISSED  ${what} (${engine})\n`);
  return results.length === tried.length ? 0 : 1;
}

interface Result {
  readonly load: readonly number[];
  readonly figures: readonly Figure[];
}

/** Measures and prints; undefined when that failed. */
async function measured(name: string, row: Row, engine: Engine): Promise<Result | undefined> {
  try {
    const figures = await row(engine, values.short ? short : full);
    const load = loadavg();
    if (figures.length > 0)
      process.stdout.write(`\n${name}, ${engine.name}, load ${shownLoad(load)}\n${tableOf(figures)}\n`);
    return { load, figures };
  } catch (error) {
    process.stderr.write(
      `\n${name}, ${engine.name}: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    );
    return undefined;
  }
}

function shownLoad(load: readonly number[]): string {
  return load.map((each) => each.toFixed(1)).join(' ');
}
