// `npm run test:agents`: the real Claude Code CLI, from the npm registry, drives the whole loop against a model on loopback.
// It takes seconds once the CLI is in .cache/agents, so that `--short`, which CI asks for, leaves nothing out.
import assert from 'node:assert/strict';
import { installClaude } from './agents/install.mjs';
import { runWholeLoop } from './agents/whole-loop.mjs';
import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

/** What must be true of the loop; each line is a test. */
const expectations = {
  'the run ends in review, with exit code 0': ({ fleet, last }) => {
    assert.deepEqual([fleet.code, last.run?.phase?.name], [0, 'inReview']);
  },
  'the model was asked for what each role does, in its order, and for nothing else': ({ turns, unexpected }) => {
    assert.deepEqual(unexpected, []);
    const steps = { triager: 2, researcher: 2, planner: 2, critic: 2, developer: 5, verifier: 3 };
    const asked = Object.entries(steps).flatMap(([role, count]) => Array(count).fill(role));
    assert.deepEqual(turns.map(roleOf), asked);
  },
  'the agent could look at git, and not commit where the machine can hold that': ({ turns, containment }) => {
    const words = turns.findLast((turn) => roleOf(turn) === 'developer').results.at(-1).text;
    assert.match(words, /src\/add\.js \| 2 \+-/);
    assert.match(words, containment.holdsReadOnly ? /index\.lock': Read-only file system\ngreen/ : /green/);
  },
  'the merge request holds the criterion with its evidence': ({ last }) => {
    const { body, branch } = last.mergeRequest;
    assert.match(branch, /^fleet\/1-add-subtracts$/);
    assert.match(body, /Closes #1/);
    assert.match(body, /- \[x\] AC1 /);
  },
  'the verifier saw the change and the receipts, and not the words of the developer': ({ turns }) => {
    const { prompt } = turns.findLast((turn) => roleOf(turn) === 'verifier');
    assert.match(prompt, /^\+ {2}return a \+ b;$/m);
    assert.match(prompt, /node --test/);
    assert.doesNotMatch(prompt, /Step \d\.|Done\./);
  },
  'its branch holds the change and nothing else': ({ git, last }) => {
    const changes = git('diff', '--stat', 'main', last.mergeRequest.branch, '--').trim().split('\n');
    assert.equal(changes.length, 2);
    assert.match(git('show', `${last.mergeRequest.branch}:src/add.js`), /return a \+ b;/);
  },
  "the caller's checkout is as it was": ({ before, after }) => assert.deepEqual(after, before),
  'tokens and cost are counted per attempt, as the CLI says': ({ last }) => {
    const attempts = last.run.attempts.map(({ role, usage, session }) => [
      role,
      usage.inputTokens,
      usage.outputTokens,
      usage.cachedTokens,
      usage.costUsd > 0,
      typeof session,
    ]);
    const twoTurns = [800, 68, 1600, true, 'string'];
    assert.deepEqual(attempts, [
      ...['triager', 'researcher', 'planner', 'critic'].map((role) => [role, ...twoTurns]),
      ['developer', 2000, 170, 4000, true, 'string'],
      ['verifier', 1200, 102, 2400, true, 'string'],
    ]);
  },
  "the caller's HOME was left alone": ({ homeEntries }) => assert.deepEqual(homeEntries, []),
  'no process is left': ({ survivors }) => assert.deepEqual(survivors, []),
};

process.exitCode = await main();

function roleOf({ prompt }) {
  return /^# Role: (\w+)$/m.exec(prompt)?.[1];
}

async function main() {
  ensureInstalled();
  if (build({ ifStale: true }) !== 0) return 1;
  const { programs, version } = await installClaude();
  process.stdout.write(`agent  Claude Code ${version}\n`);
  const startedMs = performance.now();
  const { findContainment } = await import('../dist/process/containment.js');
  const seen = { ...(await runWholeLoop(programs)), containment: await findContainment() };
  process.stdout.write(`loop  ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  try {
    const failures = Object.entries(expectations).filter(([name, expect]) => !holds(name, () => expect(seen)));
    if (failures.length > 0) process.stdout.write(`\n${seen.fleet.stdout}\n${seen.fleet.stderr}\n`);
    process.stdout.write(`${Object.keys(expectations).length - failures.length} passed, ${failures.length} failed\n`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    seen.close();
  }
}

function holds(name, expect) {
  try {
    expect();
    process.stdout.write(`ok      ${name}\n`);
    return true;
  } catch (error) {
    process.stdout.write(`FAILED  ${name}\n        ${error.message.replaceAll('\n', '\n        ')}\n`);
    return false;
  }
}
