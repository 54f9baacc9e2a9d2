// One attempt of a real CLI, run by Fleet's own runner in a worktree of its own, against a model that breaks.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failing } from '../../test/support/model/faults.mjs';
import { startModel } from '../../test/support/model/stand-in.mjs';
import { agents, key, onPlan } from './agents.mjs';
import { handsOf } from './hands.mjs';
import { git, newFolder, newRepository } from './places.mjs';
import { survivorsWith } from './traces.mjs';

const task = 'Write the steps of the sample into steps.txt.';

/** A model that does two steps and ends, or does one again and again. */
function scriptOf({ isEndless = false }) {
  return (conversation) => {
    const { prompt, results } = conversation;
    if (!prompt.includes(task)) throw new Error('the prompt lacks the task');
    const number = results.length + 1;
    if (number > 2 && !isEndless) return [{ type: 'text', text: 'Done.' }];
    const { shell } = handsOf(conversation);
    const call = shell(isEndless && number > 1 ? 'sleep 0.2; cat steps.txt' : `echo "step ${number}" >> steps.txt`);
    return [{ type: 'text', text: `Step ${number}.` }, call];
  };
}

/**
 * Runs the attempt and resolves to { outcome, retries, kept, took, survivors, unexpected, stream }: what Fleet made of it,
 * how many retries it was told of, what steps.txt holds, the seconds it took, and the end of the stream for who has to look.
 */
export async function runAttempt(name, { programs, fault, silenceMs = 15_000, wallMs = 90_000 }) {
  const { createAgents } = await import('../../dist/agent/create-agents.js');
  const { dialectOf } = await import('../../dist/agent/dialect/known.js');
  const { findContainment } = await import('../../dist/process/containment.js');
  const folder = newFolder('fault');
  const script = scriptOf(fault);
  const model = await startModel({ key, script: fault.isEndless ? script : failing(script, fault) });
  try {
    const repository = join(folder, 'sample');
    const worktree = join(folder, 'worktree');
    newRepository(repository, { 'README.md': '# Sample\n' });
    git(repository, 'worktree', 'add', '--quiet', '--detach', worktree);
    const spec = specOf(name, {
      url: model.url,
      timeouts: { silenceMs, wallMs },
      isPlan: fault.fault?.kind === 'plan',
    });
    const dataFolder = join(folder, 'data');
    const runs = createAgents({
      ...{ agents: [spec], accounts: new Map(), containment: await findContainment(), dataFolder },
      clock: { nowMs: () => Date.now() },
      path: [...programs, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    });
    const report = await runs.run({
      ...{ id: 'a1', run: 'r1', role: 'developer', agent: name, task: 'T1', prompt: () => `${task}\n` },
      workspace: { path: worktree, gitDirectories: [join(repository, '.git')] },
      ...{ signal: new AbortController().signal, heartbeat: () => undefined },
    });
    const steps = join(worktree, 'steps.txt');
    const stream = readFileSync(join(dataFolder, 'streams/r1/a1.jsonl'), 'utf8');
    return {
      outcome: report.outcome,
      retries: retriesIn(stream, dialectOf(spec)),
      kept: existsSync(steps) ? readFileSync(steps, 'utf8') : '',
      seconds: (report.endedAtMs - report.startedAtMs) / 1000,
      ...{ survivors: survivorsWith(folder), refused: model.refused, unexpected: model.unexpected, stream },
    };
  } finally {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The agent as the configuration would give it. */
function specOf(name, { url, timeouts, isPlan }) {
  const written = agents[name].of(url);
  return {
    ...{ name, account: name, maxConcurrent: 1, command: [], timeouts, vendor: name, events: false },
    ...(isPlan ? onPlan(written) : written),
  };
}

function retriesIn(stream, dialect) {
  const events = stream
    .split('\n')
    .flatMap((line) => [dialect, dialect.fallback].flatMap((each) => each?.parseLine(line) ?? []));
  return events.filter(({ type }) => type === 'retrying').length;
}

/** What must be true of an attempt with this fault; throws where it is not. */
export function expectAttempt(seen, { expected, fault }) {
  const { kind, failure, limit } = seen.outcome;
  const { outcome, retries = false } = expected;
  assert.deepEqual([kind === 'failed' ? failure : kind, limit?.kind], [outcome, expected.limit]);
  expectReset(limit?.resetsAtMs, { fault: expected.tells === true ? fault.fault : undefined, refused: seen.refused });
  assert.deepEqual([seen.survivors, seen.unexpected], [[], []]);
  if (retries) assert.ok(seen.retries > 0, 'no retry was seen');
  const steps = outcome === 'finished' ? 2 : fault.afterCalls;
  assert.equal(seen.kept, ['step 1\n', 'step 2\n'].slice(0, steps).join(''));
}

/** As the model said it, for whole seconds; nothing where the agent cannot tell. */
function expectReset(resetsAtMs, { fault, refused }) {
  if (fault === undefined) return assert.equal(resetsAtMs, undefined);
  const { resetsAtSeconds, retryAfterSeconds } = fault;
  if (resetsAtSeconds !== undefined) return assert.equal(resetsAtMs, resetsAtSeconds * 1000);
  const seconds = (resetsAtMs - refused.at(-1).atMs) / 1000;
  assert.ok(Math.abs(seconds - retryAfterSeconds) < 2, `the limit ends after ${seconds} s`);
}
