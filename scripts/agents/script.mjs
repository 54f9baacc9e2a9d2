// What the model "says" in a whole run: one small bug, planned and mended through the real tools of the CLI.
import { goOn, stageSteps } from './stages.mjs';

export const issue = `# add subtracts

\`add(2, 3)\` gives -1. It must give 5.
`;

/** The repository of the issue: a failing check, and what mends it. */
export const files = {
  'package.json': `${JSON.stringify({ name: 'sample', type: 'module', scripts: { test: 'node --test' } }, undefined, 2)}\n`,
  'src/add.js': 'export function add(a, b) {\n  return a - b;\n}\n',
  'test/add.test.js': `import assert from 'node:assert';
import { test } from 'node:test';
import { add } from '../src/add.js';

test('adds', () => assert.equal(add(2, 3), 5));
`,
};

/** Where the source is, from what `here` printed. */
const here = 'echo "here=$PWD="';
const sourceIn = ([printed]) => `${/here=(\/[^=]*)=/.exec(printed)[1]}/src/add.js`;

const steps = {
  ...stageSteps({
    triage: { kind: 'bug', size: 'medium', intents: [], assumptions: ['numbers only'], questions: [] },
    research: '# Where it is\n\nsrc/add.js:2 subtracts.',
    plan: {
      summary: 'add() subtracts its second argument; add it.',
      criteria: [{ id: 'AC1', text: 'add(2, 3) gives 5', proof: { kind: 'command', run: 'node --test' } }],
      tasks: [{ id: 'T1', title: 'Add instead of subtracting', files: ['src/add.js'], criteria: ['AC1'] }],
    },
    verdict: { criteria: [{ id: 'AC1', met: true, evidence: 'src/add.js:2 adds' }], findings: [] },
  }),
  developer: [
    ({ shell }) => shell(here),
    ({ read }, results) => read(sourceIn(results)),
    ({ edit }, results) => edit(sourceIn(results), 'return a - b;', 'return a + b;'),
    ({ shell }) =>
      shell('git diff --stat; git commit -qam mine; git stash; node --test > /dev/null && echo green; true'),
  ],
};

/** How many messages the model says in each role, in the order of the roles. */
export const messagesOf = Object.fromEntries(
  ['triager', 'researcher', 'planner', 'critic', 'developer', 'verifier'].map((role) => [role, steps[role].length + 1]),
);

/** The script for `startModel`: reads the role from the prompt and goes on from the last tool result. Throws for anything else. */
export function script(conversation) {
  if (!conversation.prompt.includes('`add(2, 3)` gives -1')) throw new Error('the prompt lacks the issue');
  return goOn(steps, conversation);
}
