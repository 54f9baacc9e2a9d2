// One task of four steps and four real CLIs: each does the step that is next and runs into the limit of its plan, the last one ends.
import assert from 'node:assert/strict';
import { agents, onPlan } from './agents.mjs';
import { resetsAtSeconds } from './fault-rows.mjs';
import { fleetRun } from './fleet-run.mjs';
import { handsOf } from './hands.mjs';
import { goOn, roleOf, stageSteps } from './stages.mjs';

const limitMs = 240_000;
const timeouts = { silence: '30s', wall: '60s' };

/** Who runs, in the order of preference. */
export const runners = ['claude', 'codex', 'gemini', 'opencode'];

/** The API tells who it is. */
const runnerOf = { messages: 'claude', responses: 'codex', gemini: 'gemini', chat: 'opencode' };

const issue = `# Four steps

Write \`steps/1.txt\` to \`steps/4.txt\`, one after the other, each with one line: who wrote it.
`;

const numbers = [1, 2, 3, 4];
const files = {
  'package.json': `${JSON.stringify({ name: 'sample', type: 'module', scripts: { test: 'node --test' } }, undefined, 2)}\n`,
  'test/steps.test.js': `import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

for (const number of [1, 2, 3, 4]) {
  test(\`step \${number} is done once\`, () => {
    assert.match(readFileSync(new URL(\`../steps/\${number}.txt\`, import.meta.url), 'utf8'), /^\\w+\\n$/);
  });
}
`,
};

const stages = stageSteps({
  triage: { kind: 'feature', size: 'small', intents: [], assumptions: [], questions: [] },
  research: '',
  plan: {
    summary: 'Write the four files.',
    criteria: [{ id: 'AC1', text: 'Each step is done once', proof: { kind: 'command', run: 'node --test' } }],
    tasks: [
      {
        id: 'T1',
        title: 'Write the steps',
        creates: numbers.map((number) => `steps/${number}.txt`),
        files: [],
        criteria: ['AC1'],
      },
    ],
  },
  verdict: { criteria: [{ id: 'AC1', met: true, evidence: 'steps/4.txt:1 is the last step' }], findings: [] },
});

/** Without `$(…)`, which Gemini CLI refuses. */
const howFar = "mkdir -p steps; ls steps | wc -l | sed 's/.*/done=&=/'";

/** Looks how far the work is, does the next step (a second time would leave two lines), and then meets the limit, but for the last. */
function script(conversation) {
  if (roleOf(conversation) !== 'developer') return goOn(stages, conversation);
  const { api, results } = conversation;
  const { shell } = handsOf(conversation);
  if (results.length === 0) return [shell(howFar)];
  const next = Number(/done=\s*(\d+)=/.exec(results[0].text)[1]) + 1;
  if (results.length === 1) return [shell(`echo ${runnerOf[api]} >> steps/${next}.txt`)];
  return next < numbers.length ? { kind: 'plan', resetsAtSeconds } : [{ type: 'text', text: 'Done.' }];
}

/** Stages are done by an agent with an account of its own, which meets no limit. */
function configuration(url) {
  return {
    agents: [
      { name: 'desk', ...agents.claude.of(url), timeouts },
      ...runners.map((name) => ({ name, ...onPlan(agents[name].of(url)), timeouts })),
    ],
    roles: { default: ['desk'], developer: runners },
  };
}

/** Runs the relay; `programs`: folders with the four CLIs. */
export function runRelay(programs) {
  return fleetRun({ programs, script, configuration, issue, files, limitMs });
}

/** By what each says, as in the whole loop. */
export const relayExpectations = {
  'the run ends in review, with exit code 0': ({ fleet, last, unexpected }) => {
    assert.deepEqual([fleet.code, last.run?.phase?.name, unexpected], [0, 'inReview', []]);
  },
  'four agents made one attempt each, and three met the limit of their plan': ({ last }) => {
    const attempts = last.run.attempts.filter(({ role }) => role === 'developer');
    const seen = attempts.map(({ agent, outcome }) => [agent, outcome.limit?.kind ?? outcome.kind]);
    assert.deepEqual(
      seen.map(([agent]) => agent),
      runners,
    );
    assert.ok(
      seen.slice(0, -1).every(([, how]) => how === 'plan' || how === 'quota'),
      JSON.stringify(seen),
    );
    assert.equal(seen.at(-1)[1], 'finished');
  },
  'each step was done once, by whom it was due': ({ git, last }) => {
    const written = numbers.map((number) => git('show', `${last.mergeRequest.branch}:steps/${number}.txt`));
    assert.deepEqual(
      written,
      runners.map((name) => `${name}\n`),
    );
  },
  'who goes on is told what is there already': ({ turns }) => {
    const prompts = runners.map(
      (name) => turns.find((turn) => roleOf(turn) === 'developer' && runnerOf[turn.api] === name)?.prompt,
    );
    prompts.slice(1).forEach((prompt, index) => assert.match(prompt ?? '', new RegExp(`^\\+${runners[index]}$`, 'm')));
  },
  'no process is left': ({ survivors }) => assert.deepEqual(survivors, []),
};
