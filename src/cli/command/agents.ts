import { type AccountHealth, agentFacts, agentsTable } from '../agents-text.js';
import { exit, type Exit } from '../exit.js';
import { configOf } from '../reach.js';
import type { World } from '../world.js';

/** Lists the configured agents, or those on PATH: what they are, whether they can work, and what their accounts have run into. */
export async function agents(world: World, { json }: { readonly json: boolean }): Promise<Exit> {
  const { terminal } = world;
  const { probesFor } = await world.main();
  const [found, accounts] = await Promise.all([probesFor(configOf(world, 'command')).agents(), accountsOf()]);
  const facts = found.map((finding) => agentFacts(finding, accounts));
  if (json) for (const each of facts) terminal.out(`${JSON.stringify(each)}\n`);
  else terminal.out(agentsTable(facts, { nowMs: Date.now(), terminal }));
  return facts.some(({ works }) => works) ? exit.done : exit.environment;
}

/** What is kept of accounts. */
async function accountsOf(): Promise<readonly AccountHealth[]> {
  return Promise.resolve([]);
}
