import type { Account } from '../../domain/account.js';
import { agentFacts, agentsTable } from '../agents-text.js';
import { exit, type Exit } from '../exit.js';
import { configOf, withFleet } from '../reach.js';
import type { World } from '../world.js';

export interface AgentsOptions {
  readonly json: boolean;
  /** The account that somebody has mended. */
  readonly ready?: string;
}

/** Lists the configured agents, or those on PATH: what they are, whether they can work, and what their accounts have run into. */
export async function agents(world: World, { json, ready }: AgentsOptions): Promise<Exit> {
  const { terminal } = world;
  if (ready !== undefined) return makeReady(world, ready);
  const { probesFor } = await world.main();
  const [found, accounts] = await Promise.all([probesFor(configOf(world, 'command')).agents(), accountsOf(world)]);
  const nowMs = Date.now();
  const facts = found.map((finding) => agentFacts(finding, accounts, nowMs));
  if (json) for (const each of facts) terminal.out(`${JSON.stringify(each)}\n`);
  else terminal.out(agentsTable(facts, { nowMs, terminal }));
  return facts.some(({ works }) => works) ? exit.done : exit.environment;
}

async function accountsOf(world: World): Promise<readonly Account[]> {
  return withFleet(world, { role: 'none' }, async ({ control }) => (await control({ op: 'accounts' })).accounts);
}

/** A person says that an account can be used again; runs that waited for it go on. */
async function makeReady(world: World, account: string): Promise<Exit> {
  return withFleet(world, { role: 'none' }, async ({ control }) => {
    const { before } = await control({ op: 'account.ready', account });
    world.terminal.out(`${account} is used again${before.kind === 'ok' ? ', as it was all the time' : ''}.\n`);
    return exit.done;
  });
}
