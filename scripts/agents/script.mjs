// What the model "says" in a whole run: one small bug, planned and mended through the real tools of the CLI.
import { handsOf } from './hands.mjs';

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

const plan = {
  summary: 'add() subtracts its second argument; add it.',
  criteria: [{ id: 'AC1', text: 'add(2, 3) gives 5', proof: { kind: 'command', run: 'node --test' } }],
  tasks: [{ id: 'T1', title: 'Add instead of subtracting', files: ['src/add.js'], criteria: ['AC1'] }],
};

const verdict = { criteria: [{ id: 'AC1', met: true, evidence: 'src/add.js:2 adds' }], findings: [] };
const triage = { kind: 'bug', size: 'medium', intents: [], assumptions: ['numbers only'], questions: [] };

/** A shell line that writes an artifact, and says in which role. */
const writes = (name, text) => `cat > "$FLEET_ARTIFACTS/${name}" <<'EOF'\n${text}\nEOF\necho "role $FLEET_ROLE"`;
const writesJson = (name, value) => writes(name, JSON.stringify(value));

/** Where the source is, from what `here` printed. */
const here = 'echo "here=$PWD="';
const sourceIn = ([printed]) => `${/here=(\/[^=]*)=/.exec(printed)[1]}/src/add.js`;

/** Steps of a role: each takes the hands and the results so far and gives the next tool call; after the last comes a closing word. */
const steps = {
  triager: [({ shell }) => shell(writesJson('triage.json', triage))],
  researcher: [({ shell }) => shell(writes('research.md', '# Where it is\n\nsrc/add.js:2 subtracts.'))],
  planner: [({ shell }) => shell(writesJson('plan.json', plan))],
  critic: [({ shell }) => shell(writesJson('verdict.json', verdict))],
  verifier: [({ shell }) => shell('git diff HEAD~1 --stat'), ({ shell }) => shell(writesJson('verdict.json', verdict))],
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

/** The role that a prompt is for. */
export function roleOf({ prompt }) {
  return /^# Role: (\w+)$/m.exec(prompt)?.[1];
}

/** The script for `startModel`: reads the role from the prompt and goes on from the last tool result. Throws for anything else. */
export function script(conversation) {
  const { prompt, results } = conversation;
  const role = roleOf(conversation);
  const ofRole = steps[role];
  if (ofRole === undefined) throw new Error(`no script for role ${role}`);
  if (!prompt.includes('`add(2, 3)` gives -1')) throw new Error('the prompt lacks the issue');
  const failed = results.find(({ isError }) => isError);
  if (failed !== undefined) throw new Error(`a tool failed: ${failed.text}`);
  const step = ofRole[results.length];
  if (step === undefined) return [{ type: 'text', text: 'Done.' }];
  const call = step(
    handsOf(conversation),
    results.map(({ text }) => text),
  );
  return [{ type: 'text', text: `Step ${results.length + 1}.` }, call];
}
