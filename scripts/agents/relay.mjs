// One task of four steps and four real CLIs: each does the step that is next, and then its model fails; the last one ends.
import assert from 'node:assert/strict';
import { agents, onPlan } from './agents.mjs';
import { resetsAtSeconds } from './fault-rows.mjs';
import { fleetRun } from './fleet-run.mjs';
import { handsOf } from './hands.mjs';
import { goOn, roleOf, stageSteps } from './stages.mjs';

const limitMs = 240_000;
const timeouts = { silence: '20s', wall: '60s' };
const plan = { kind: 'plan', resetsAtSeconds };

/** By name, in the order of preference: who runs, what its model does after its step, and what Fleet makes of it. */
export const relays = {
  plans: [
    { name: 'claude', fault: plan, end: 'plan' },
    { name: 'codex', fault: plan, end: 'plan' },
    { name: 'gemini', fault: plan, end: 'quota' },
    { name: 'opencode', end: 'finished' },
  ],
  faults: [
    { name: 'opencode', fault: { kind: 'cut' }, end: 'overload' },
    { name: 'gemini', fault: { kind: 'auth' }, end: 'auth' },
    { name: 'codex', fault: { kind: 'stall' }, end: 'stalled' },
    { name: 'claude', end: 'finished' },
  ],
};

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

/** Without `$(…)`: a script that had it did not run under Gemini CLI, the cause was not looked for. */
const howFar = "mkdir -p steps; ls steps | wc -l | sed 's/.*/done=&=/'";

/** Looks how far the work is, does the next step (a second time would leave two lines), and then fails, but for the last. */
function scriptOf(legs) {
  return (conversation) => {
    if (roleOf(conversation) !== 'developer') return goOn(stages, conversation);
    const { api, results } = conversation;
    const { shell } = handsOf(conversation);
    const { name, fault } = legs.find((leg) => leg.name === runnerOf[api]);
    if (results.length === 0) return [shell(howFar)];
    const next = Number(/done=\s*(\d+)=/.exec(results[0].text)[1]) + 1;
    if (results.length === 1) return [shell(`echo ${name} >> steps/${next}.txt`)];
    return fault ?? [{ type: 'text', text: 'Done.' }];
  };
}

/** Stages are done by an agent with an account of its own, whose model does not fail. */
function configurationOf(legs) {
  const developer = legs.map(({ name }) => name);
  return (url) => ({
    agents: [
      { name: 'desk', ...agents.claude.of(url), timeouts },
      ...developer.map((name) => ({ name, ...onPlan(agents[name].of(url)), timeouts })),
    ],
    roles: { default: ['desk'], developer },
  });
}

/** Runs a relay; `programs`: folders with the four CLIs. */
export async function runRelay(name, programs) {
  const legs = relays[name];
  const [script, configuration] = [scriptOf(legs), configurationOf(legs)];
  return { legs, ...(await fleetRun({ programs, script, configuration, issue, files, limitMs })) };
}

/** By what each says, as in the whole loop. */
export const relayExpectations = {
  'the run ends in review, with exit code 0': ({ fleet, last, unexpected }) => {
    assert.deepEqual([fleet.code, last.run?.phase?.name, unexpected], [0, 'inReview', []]);
  },
  'each agent made one attempt, in the order of preference, and ended as its model did': ({ legs, last }) => {
    const attempts = last.run.attempts.filter(({ role }) => role === 'developer');
    const ends = attempts.map(({ agent, outcome }) => ({
      name: agent,
      end: outcome.limit?.kind ?? outcome.failure ?? outcome.kind,
    }));
    assert.deepEqual(
      ends,
      legs.map(({ name, end }) => ({ name, end })),
    );
  },
  'each step was done once, by whom it was due': ({ legs, git, last }) => {
    const written = numbers.map((number) => git('show', `${last.mergeRequest.branch}:steps/${number}.txt`));
    assert.deepEqual(
      written,
      legs.map(({ name }) => `${name}\n`),
    );
  },
  'who goes on is told what is there already': ({ legs, turns }) => {
    const prompts = legs.map(
      ({ name }) => turns.find((turn) => roleOf(turn) === 'developer' && runnerOf[turn.api] === name)?.prompt ?? '',
    );
    prompts.slice(1).forEach((prompt, index) => assert.match(prompt, new RegExp(`^\\+${legs[index].name}$`, 'm')));
  },
  'no process is left': ({ survivors }) => assert.deepEqual(survivors, []),
};
