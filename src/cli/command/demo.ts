import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withAgents, type Config } from '../../config/config.js';
import type { Control } from '../../control/request.js';
import { durationText } from '../../render/format.js';
import { runPage } from '../../render/terminal.js';
import { diffText } from '../diff-text.js';
import { exit, type Exit } from '../exit.js';
import { readIssue } from '../issue-file.js';
import { configOf, startHere } from '../reach.js';
import { criteriaText, mergeRequestText, shellWord } from '../run-text.js';
import { makeSample, recordedAgent, sampleIssue } from '../sample.js';
import { harmless, painter } from '../terminal.js';
import { throughRun } from '../through-run.js';
import type { World } from '../world.js';
import { exitAt } from './run.js';
import { reviewedFile, throughReview } from '../demo-review.js';

/** The branch of the sample issue. */
const demoBranch = 'fleet/1-receipts-show-wrong-prices';

export interface DemoOptions {
  readonly agent?: string;
  readonly keep: boolean;
}

/** Shows the main job on a sample repository: an issue goes in, a merge request comes out, a review is answered. Leaves nothing behind unless told to. */
export async function demo(world: World, options: DemoOptions): Promise<Exit> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fleet-demo-')));
  try {
    return await demoIn(world, folder, options);
  } finally {
    if (!options.keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function demoIn(world: World, folder: string, { agent, keep }: DemoOptions): Promise<Exit> {
  const { terminal } = world;
  const paint = painter(terminal);
  const startedMs = performance.now();
  const shop = join(folder, 'shop');
  const config = configFor(configOf(world, 'command'), {
    dataFolder: join(folder, 'data'),
    recorded: agent === undefined,
  });
  await makeSample(world.git(config), shop);
  const issue = await readIssue(world, sampleIssue);
  terminal.out(`${introduction(shop, agent).join('\n')}\n\n${paint('bold', 'Issue')}  ${issue.title}\n\n`);
  const fleet = await startHere(world, config, {
    role: 'all',
    listen: false,
    ...(agent === undefined ? {} : { agent }),
  });
  try {
    const { repository } = await fleet.control({ op: 'repository.add', at: shop, push: false });
    const rested = await throughRun(world, fleet.control, { repository: repository.id, issue, json: false });
    let code = await tellEnd(world, fleet.control, rested.run);
    if (code === exit.done && !world.interrupted.aborted) {
      const source = await world.git(config)(['-C', shop, 'show', `${demoBranch}:${reviewedFile}`]);
      code = await throughReview(world, fleet.control, rested, source.stdout);
    }
    if (world.interrupted.aborted) return exit.interrupted;
    const took = durationText(performance.now() - startedMs);
    terminal.out(
      `\n${paint('bold', 'Next')} (all of this took ${took})\n${nextLines({ folder, run: rested.run, keep, agent }).join('\n')}\n`,
    );
    return code;
  } finally {
    await fleet.leave();
  }
}

/** The embedded default in a folder of the demo's own, whatever stores the surroundings name. */
function configFor(
  config: Config,
  { dataFolder, recorded }: { readonly dataFolder: string; readonly recorded: boolean },
): Config {
  const kept = Object.entries(config).filter(([name]) => name !== 'databaseUrl' && name !== 'redisUrl');
  // Still whole: only what is optional was left out.
  const own = { ...Object.fromEntries(kept), dataFolder } as Config;
  return recorded ? withAgents(own, [recordedAgent]) : own;
}

function introduction(shop: string, agent: string | undefined): readonly string[] {
  return [
    `A sample repository with a bug and a check that fails for it: ${shop}`,
    agent === undefined
      ? 'The agent is a recording that comes with the demo: no model is asked. Git, checks and everything else are real.'
      : `The agent is ${agent}, for real: it uses your account with its maker.`,
  ];
}

/** The merge request, the diff and the criteria; or where the run stands, when there is no merge request. */
async function tellEnd({ terminal }: World, control: Control, id: string): Promise<Exit> {
  const paint = painter(terminal);
  const { run, mergeRequest } = await control({ op: 'show', run: id });
  if (mergeRequest === undefined) {
    terminal.out(`\n${harmless(runPage(run, { nowMs: Date.now(), width: terminal.width }))}`);
    return exitAt(run.phase);
  }
  const { diff } = await control({ op: 'diff', run: id });
  terminal.out(
    `\n${mergeRequestText(mergeRequest, terminal)}\n\n${paint('bold', 'Diff')}\n\n${diffText(diff, paint)}\n\n`,
  );
  terminal.out(`${criteriaText(run, paint)}\n`);
  return exitAt(run.phase);
}

interface Told {
  readonly folder: string;
  readonly run: string;
  readonly keep: boolean;
  readonly agent: string | undefined;
}

function nextLines({ folder, run, keep, agent }: Told): readonly string[] {
  const own = '  npx fleet run --repo <your repository> --issue <file.md>';
  if (!keep)
    return [
      '  npm run demo -- --keep            (what the demo made is gone now; this keeps it)',
      ...realAgent(agent),
      own,
    ];
  const data = shellWord(join(folder, 'data'));
  return [
    `  export FLEET_DATA_DIR=${data}`,
    `  npx fleet show ${run} --diff`,
    "  npx fleet threads 'shop#2'",
    `  npx fleet log ${run}`,
    `  git -C ${shellWord(join(folder, 'shop'))} merge ${demoBranch} && npx fleet merge 'shop#2'`,
    `  rm -r ${shellWord(folder)}`,
    ...realAgent(agent),
    own,
  ];
}

function realAgent(agent: string | undefined): readonly string[] {
  return agent === undefined ? ['  npm run demo -- --agent claude    (a real agent)'] : [];
}
