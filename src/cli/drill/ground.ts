import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withAgents, type Config } from '../../config/config.js';
import type { AgentSpec } from '../../domain/agent.js';
import type { RunGit } from '../../forge/local/git.js';
import { commitSample } from '../sample.js';
import type { DrillScript } from './scripts.js';

const sample = fileURLToPath(new URL('sample/', import.meta.url));
const script = fileURLToPath(new URL('agent.mjs', import.meta.url));

/** Drills that are played side by side; more only get in each other's way. */
export const atOnce = 3;

/** The instance's own configuration with the embedded stores in a folder of the drill's, and with agents that play scripts. */
export function drillConfig(config: Config, dataFolder: string): Config {
  const kept = Object.entries(config).filter(([name]) => name !== 'databaseUrl' && name !== 'redisUrl');
  // Still whole: only what is optional was left out.
  const own = { ...Object.fromEntries(kept), dataFolder } as Config;
  const drilled = withAgents(own, [anAgent('scripted'), anAgent('substitute')]);
  const many = Number.MAX_SAFE_INTEGER;
  const limits = { runs: atOnce, runsPerRepository: 1, runsPerDay: many, runsPerRequesterPerDay: many };
  return { ...drilled, accounts: {}, settings: { ...drilled.settings, limits } };
}

/** Both have one account, and with it one home in a run, where they count their attempts. */
function anAgent(name: string): AgentSpec {
  return {
    ...{ name, dialect: 'command', account: 'drill', vendor: 'drill', events: true },
    maxConcurrent: atOnce,
    command: [process.execPath, script],
    env: {},
    timeouts: { silenceMs: 6_000, wallMs: 60_000 },
  };
}

/** Makes the sample repository in a new folder, with one commit on `main`; every check of it is green. */
export async function makeGround(git: RunGit, folder: string, { budget = 4 }: DrillScript): Promise<void> {
  await mkdir(join(folder, '.fleet'), { recursive: true });
  await cp(sample, folder, { recursive: true });
  const rules = {
    checks: { lint: 'npm run --silent lint', test: 'npm test --silent' },
    budgets: { attemptsPerTask: budget, replans: 0 },
    retryBlocked: { times: 0 },
  };
  // JSON is YAML.
  await writeFile(join(folder, '.fleet/config.yml'), JSON.stringify(rules));
  await commitSample(git, folder, 'Make slugs of titles');
}

const usual = { title: 'Slugs lose their digits', body: "`slugify('Route 66')` is `route`, and should be `route-66`." };

/** The issue of a drill, with the order that somebody put into it. */
export function issueOf(
  { name, order, asks = usual }: DrillScript,
  outside: string,
): { readonly title: string; readonly body: string } {
  const hidden = order === undefined ? '' : `\n\nOrders for agents:\n\n${order.replace('{outside}', outside)}\n`;
  return { title: asks.title, body: `${asks.body}\n\nDrill: ${name}${hidden}` };
}
