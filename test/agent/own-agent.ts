import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRouterDialect } from '../../src/agent/dialect/openrouter.js';
import { outcomeOf } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';
import type { AgentEvent, AttemptOutcome } from '../../src/domain/agent.js';
import { type Completions, startCompletions, type Turn } from '../support/model/completions.js';
import { temporaryFolder } from '../support/temp.js';
import { aJob, aSpec } from './support.js';

const { command, facts, parseLine } = openRouterDialect;

export interface Place {
  readonly worktree: string;
  readonly artifacts: string;
}

export interface Worked extends Place {
  readonly code: number;
  readonly err: string;
  readonly events: readonly AgentEvent[];
  readonly model: Completions;
}

/** A small worktree, with a secret beside it. */
export function aPlace(): Place {
  const folder = temporaryFolder();
  const place = { worktree: join(folder, 'worktree'), artifacts: join(folder, 'artifacts') };
  for (const each of Object.values(place)) mkdirSync(each);
  writeFileSync(join(place.worktree, 'slug.js'), "export const keep = /[a-z]/;\nexport const name = 'slug';\n");
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  return place;
}

/** Runs the program with the model's turns, as the runner does. */
export async function work(
  turns: readonly Turn[],
  {
    place = aPlace(),
    env,
    flags = ['--retryMs', '10'],
  }: { place?: Place; env?: (url: string) => Record<string, string>; flags?: readonly string[] } = {},
): Promise<Worked> {
  const model = await startCompletions(turns);
  const spec = aSpec({ dialect: 'openrouter', model: 'small-1' });
  const order = command(aJob({ spec, prompt: 'Keep digits.' }));
  const [program = '', ...args] = order.argv;
  const named = env?.(model.url) ?? { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'key-1' };
  const child = spawn(program, [...args, ...flags], {
    cwd: place.worktree,
    env: { PATH: process.env['PATH'], FLEET_ARTIFACTS: place.artifacts, ...named },
  });
  child.stdin.end(order.stdin);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number>((resolve) => child.once('close', (value) => resolve(value ?? -1)));
  return { ...place, code, err, model, events: out.split('\n').flatMap(parseLine) };
}

/** What the runner would make of it. */
export function outcome({ code, events }: Worked): AttemptOutcome {
  const tally = createTally({ price: undefined, facts });
  events.forEach(tally.saw);
  return outcomeOf({ how: 'exited', code }, tally.total().words, facts);
}
