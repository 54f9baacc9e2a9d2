// A command agent whose behaviour stands in the issue: `[[planner: …]]` and `[[developer: …]]`, by default honest.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const { FLEET_ROLE: role, FLEET_ARTIFACTS: artifacts, PROMPTS: prompts, GATES: gates } = process.env;
let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;
const behaviour = new RegExp(`\\[\\[${role}: ([^\\]]*)\\]\\]`).exec(prompt)?.[1] ?? 'honest';
if (prompts !== undefined) writeFileSync(join(prompts, `${basename(artifacts)}.${role}.md`), prompt);

const plan = {
  summary: 'The pattern drops digits; letting `0-9` through keeps them.',
  criteria: [{ id: 'AC1', text: 'digits stay', proof: { kind: 'command', run: 'node slug.test.js' } }],
  tasks: [
    {
      id: 'T1',
      title: 'Keep digits',
      description: 'Add 0-9 to the pattern in slug.js: digits are part of a name.',
      dependsOn: [],
      files: ['slug.js'],
      criteria: ['AC1'],
    },
  ],
};
const writePlan = (value) =>
  writeFileSync(join(artifacts, 'plan.json'), typeof value === 'string' ? value : JSON.stringify(value));
const slug = (pattern) =>
  writeFileSync('slug.js', `export const slug = (text) => text.toLowerCase().replace(/${pattern}+/g, '-');\n`);
const mend = () => slug('[^a-z0-9]');
const forever = () => setInterval(() => undefined, 1_000);
/** Opened by the test, in another process: a file's creation is all that both see. */
const gate = async () => {
  while (!existsSync(join(gates, role))) await new Promise((resolve) => setTimeout(resolve, 20));
};

const behaviours = {
  'planner honest': () => writePlan(plan),
  'planner none': () => undefined,
  'planner invalid': () =>
    writePlan({ ...plan, tasks: [{ ...plan.tasks[0], files: ['nowhere.js'], criteria: ['AC9'] }] }),
  'planner garbage': () => writePlan('{ this is no JSON'),
  'planner invalid once': () => (prompt.includes('nowhere.js') ? writePlan(plan) : behaviours['planner invalid']()),
  'planner crash': () => process.exit(3),
  'planner waits': () => gate().then(() => writePlan(plan)),
  'developer honest': mend,
  'developer late': () => (prompt.includes('## What is red') ? mend() : slug('[^0-9]')),
  'developer nothing': () => undefined,
  'developer everything': () =>
    readdirSync('.').forEach((name) => name !== '.git' && rmSync(name, { recursive: true })),
  'developer red': () => slug('[^0-9]'),
  'developer ends never': () => {
    mend();
    forever();
  },
  'developer waits': () => gate().then(mend),
  'developer gigabyte': () => {
    const block = Buffer.alloc(1024 * 1024, 'x');
    const write = (left) => (left === 0 ? mend() : process.stdout.write(block, () => write(left - 1)));
    write(1024);
  },
  'developer children': () => {
    const sleep = 'setInterval(() => undefined, 1000)';
    spawn(process.execPath, ['-e', sleep, artifacts], { detached: true, stdio: 'ignore' }).unref();
    mend();
  },
  'developer workflow': () => writeFileSync('.gitlab-ci.yml', 'test: { script: ls }\n'),
};
const act = behaviours[`${role} ${behaviour}`];
if (act === undefined) throw new Error(`no behaviour ${role} ${behaviour}`);
await act();
