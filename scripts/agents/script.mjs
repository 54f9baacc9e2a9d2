// What the model "says" in `npm run test:agents`: one small bug, planned and mended through the real tools of the CLI.

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

const bash = (command) => ({ name: 'Bash', input: { command, description: 'A step of the test' } });

/** Writes an artifact, and says in which role. */
const hands = (name, text) => bash(`cat > "$FLEET_ARTIFACTS/${name}" <<'EOF'\n${text}\nEOF\necho "role $FLEET_ROLE"`);

/** The CLI adds reminders of its own below what `pwd` printed. */
const sourceIn = (printed) => `${printed.split('\n')[0]}/src/add.js`;

/** Steps of a role: each takes the results so far and gives the next tool call; after the last comes a closing word. */
const steps = {
  triager: [() => hands('triage.json', JSON.stringify(triage))],
  researcher: [() => hands('research.md', '# Where it is\n\nsrc/add.js:2 subtracts.')],
  planner: [() => hands('plan.json', JSON.stringify(plan))],
  critic: [() => hands('verdict.json', JSON.stringify(verdict))],
  verifier: [() => bash('git diff HEAD~1 --stat'), () => hands('verdict.json', JSON.stringify(verdict))],
  developer: [
    () => bash('pwd'),
    ([folder]) => ({ name: 'Read', input: { file_path: sourceIn(folder) } }),
    ([folder]) => ({
      name: 'Edit',
      input: { file_path: sourceIn(folder), old_string: 'return a - b;', new_string: 'return a + b;' },
    }),
    () => bash('git diff --stat; git commit -qam mine; git stash; node --test > /dev/null && echo green; true'),
  ],
};

/** The script for `startModel`: reads the role from the prompt and goes on from the last tool result. Throws for anything else. */
export function script({ prompt, results, tools }) {
  const role = /^# Role: (\w+)$/m.exec(prompt)?.[1];
  const ofRole = steps[role];
  if (ofRole === undefined) throw new Error(`no script for role ${role}`);
  if (!prompt.includes('`add(2, 3)` gives -1')) throw new Error('the prompt lacks the issue');
  const failed = results.find(({ isError }) => isError);
  if (failed !== undefined) throw new Error(`a tool failed: ${failed.text}`);
  const step = ofRole[results.length];
  if (step === undefined) return [{ type: 'text', text: 'Done.' }];
  const { name, input } = step(results.map(({ text }) => text));
  if (!tools.includes(name)) throw new Error(`the CLI offers no tool ${name}`);
  const call = { type: 'tool_use', id: `toolu_${role}_${results.length}`, name, input };
  return [{ type: 'text', text: `Step ${results.length + 1}.` }, call];
}
