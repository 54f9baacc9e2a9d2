// An issue in, a merge request out, with a real CLI in the middle: what must be true of it.
import assert from 'node:assert/strict';
import { agents, usageOf } from './agents.mjs';
import { fleetRun } from './fleet-run.mjs';
import { files, issue, messagesOf, script } from './script.mjs';
import { roleOf } from './stages.mjs';

const limitMs = 150_000;
const timeouts = { silence: '30s', wall: '60s' };

/** Takes the sample issue through a run of one agent; what is seen is held against `expectations`. */
export async function runWholeLoop(name, programs) {
  const configuration = (url) => ({ agents: [{ name, ...agents[name].of(url), timeouts }] });
  return { name, ...(await fleetRun({ programs, script, configuration, issue, files, limitMs })) };
}

/** By what each says; each takes what was seen with `containment`. */
export const expectations = {
  'the run ends in review, with exit code 0': ({ fleet, last }) => {
    assert.deepEqual([fleet.code, last.run?.phase?.name], [0, 'inReview']);
  },
  'the model was asked for what each role does, in its order, and for nothing else': ({ turns, unexpected }) => {
    assert.deepEqual(unexpected, []);
    const order = ['triager', 'researcher', 'planner', 'critic', 'developer', 'verifier'];
    assert.deepEqual(
      turns.map(roleOf),
      order.flatMap((role) => Array(messagesOf[role]).fill(role)),
    );
  },
  'the agent could look at git, and not commit where the machine can hold that': ({ turns, containment }) => {
    const words = turns.findLast((turn) => roleOf(turn) === 'developer').results.at(-1).text;
    assert.match(words, /src\/add\.js \| 2 \+-/);
    assert.match(words, containment.holdsReadOnly ? /index\.lock': Read-only file system\s+green/ : /green/);
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
  'tokens are counted per attempt, as the CLI says': ({ name: agent, last }) => {
    const seen = last.run.attempts.map(({ role, usage: { costUsd, ...tokens } }) => [role, tokens, typeof costUsd]);
    const counted = Object.entries(messagesOf).map(([role, messages]) => [role, usageOf(agent, messages), 'number']);
    assert.deepEqual(seen, counted);
  },
  "the caller's HOME was left alone": ({ homeEntries }) => assert.deepEqual(homeEntries, []),
  'no process is left': ({ survivors }) => assert.deepEqual(survivors, []),
};
