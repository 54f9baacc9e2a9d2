// A command agent whose behaviour stands in the issue: `[[planner: …]]` and `[[developer: …]]`, by default honest.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const role = process.env.FLEET_ROLE;
const artifacts = process.env.FLEET_ARTIFACTS;
let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;
const behaviour = new RegExp(`\\[\\[${role}: ([^\\]]*)\\]\\]`).exec(prompt)?.[1] ?? 'honest';
if (process.env.PROMPTS !== undefined) writeFileSync(join(process.env.PROMPTS, `${process.env.FLEET_RUN}-${role}-${Date.now()}.md`), prompt);

const plan = {
  summary: 'Keep digits.',
  criteria: [{ id: 'AC1', text: 'digits stay', proof: { kind: 'command', run: 'node --test' } }],
  tasks: [{ id: 'T1', title: 'Keep digits', description: 'Add 0-9.', dependsOn: [], files: ['slug.js'], criteria: ['AC1'] }],
};
const writePlan = (value) => writeFileSync(join(artifacts, 'plan.json'), typeof value === 'string' ? value : JSON.stringify(value));
const mend = () => writeFileSync('slug.js', readFileSync('slug.js', 'utf8').replace('[^a-z]', '[^a-z0-9]'));
const forever = () => setInterval(() => undefined, 1_000);

const behaviours = {
  'planner honest': () => writePlan(plan),
  'planner none': () => undefined,
  'planner invalid': () => writePlan({ ...plan, tasks: [{ ...plan.tasks[0], files: ['nowhere.js'], criteria: ['AC9'] }] }),
  'planner garbage': () => writePlan('{ this is no JSON'),
  'planner invalid once': () => (prompt.includes('nowhere.js') ? writePlan(plan) : behaviours['planner invalid']()),
  'planner crash': () => process.exit(3),
  'developer honest': mend,
  'developer late': () => (/exit code 1|✖|not ok|failed/i.test(prompt.split('# Issue').at(-1) ?? prompt) && existsSync(join(artifacts, '..')) && prompt.includes('AC1') && prompt.includes('Red') ? mend() : writeFileSync('notes.md', 'tried\n')),
  'developer nothing': () => undefined,
  'developer everything': () => readdirSync('.').filter((name) => name !== '.git').forEach((name) => rmSync(name, { recursive: true })),
  'developer red': () => writeFileSync('slug.js', "export const slug = () => 'wrong';\n"),
  'developer ends never': () => {
    mend();
    forever();
  },
  'developer gigabyte': () => {
    const block = Buffer.alloc(1024 * 1024, 'x');
    const write = (left) => (left === 0 ? mend() : process.stdout.write(block, () => write(left - 1)));
    write(1024);
  },
  'developer children': () => {
    spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'ignore' }).unref();
    mend();
  },
  'developer workflow': () => writeFileSync('.gitlab-ci.yml', 'test: { script: ls }\n'),
};
const act = behaviours[`${role} ${behaviour}`];
if (act === undefined) throw new Error(`no behaviour ${role} ${behaviour}`);
await act();
