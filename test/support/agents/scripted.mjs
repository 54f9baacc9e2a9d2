// A command agent whose behaviour stands in the issue: `[[planner: …]]`, `[[developer: …]]` and so on for each role, by default honest.
// The triager calls everything small, so that neither researcher nor critic are asked, unless it is told otherwise.
// Some behaviours are told more: `[[planner: proves by = node slug.test.js || true]]` until it plans again, `[[planner: hands in = huge, link]]`,
// which is what its first attempts hand in instead of the artifact.
//
// In a round of review the behaviour stands in a comment, or in the issue with the number of the round: `[[developer 2: …]]`. Honest is then:
//   replace X with Y in path   is carried out and answered as `fix` (with `nit:` before it, as `nit`); so is what a red job of CI prints
//   …?                         is answered as a question
//   disagree: …                is argued against once; after that it is done
//   out of scope: …            is left out
//   silence                    gets no reply
//   a conflict                 is resolved by keeping both sides; `[[developer 2: ours]]` and `theirs` keep one of them
// All changes are one task; without any there is none, and answers are enough. Task ANSWER changes no file.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { changeFiles, planRound, resolveConflict, roundIn, threadsIn, writeReplies } from './rounds.mjs';

const { FLEET_ROLE: role, FLEET_TASK: task, FLEET_ARTIFACTS: artifacts, PROMPTS: prompts, GATES: gates } = process.env;
let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;
const round = roundIn(prompt);
const told = (text, who) => new RegExp(`\\[\\[${who}: ([^\\]]*)\\]\\]`).exec(text)?.[1];
const said = threadsIn(prompt).map((thread) => thread.said);
const [behaviour, given = ''] = (
  (round === 1 ? told(prompt, role) : (told(said.join('\n'), role) ?? told(prompt, `${role} ${round}`))) ?? 'honest'
).split(' = ');
if (prompts !== undefined) writeFileSync(join(prompts, `${basename(artifacts)}.${role}.md`), prompt);

const firstPlan = {
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
/** Three tasks: two that nothing keeps apart, and one that needs both. */
const threeTasks = {
  ...firstPlan,
  tasks: [
    firstPlan.tasks[0],
    { id: 'T2', title: 'Say so', description: 'Add a README.', creates: ['README.md'], criteria: ['AC1'] },
    {
      id: 'T3',
      title: 'Tell when',
      description: 'Add a CHANGELOG.',
      creates: ['CHANGELOG.md'],
      dependsOn: ['T1', 'T2'],
      criteria: ['AC1'],
    },
  ],
};
const run = basename(artifacts).split('.')[0];
const hand = (name, value) =>
  writeFileSync(join(artifacts, name), typeof value === 'string' ? value : JSON.stringify(value));
const triage = { kind: 'bug', size: 'small', intents: [], assumptions: ['digits are 0 to 9'], questions: [] };
const fine = { criteria: [{ id: 'AC1', met: true, evidence: 'slug.js keeps them' }], findings: [] };
const blocker = { severity: 'blocker', file: 'slug.js', line: 1, text: 'letters with accents are dropped' };
const objected = { criteria: [], findings: [blocker] };
const question = { text: 'Are Arabic digits digits, too?', assumption: 'only 0 to 9 are' };
/** A new plan leaves out what is done, and so its task has another name. */
const anew = { ...firstPlan, tasks: [{ ...firstPlan.tasks[0], id: `T1-${basename(artifacts).split('.')[1]}` }] };
const isAnew = /^## Why this is planned again$/m.test(prompt);
const provenBy = (proof) => ({ ...firstPlan, criteria: [{ ...firstPlan.criteria[0], proof }] });
const plan = round !== 1 ? planRound(prompt) : isAnew ? anew : firstPlan;
const writePlan = (value) =>
  writeFileSync(join(artifacts, 'plan.json'), typeof value === 'string' ? value : JSON.stringify(value));
const slug = (pattern) =>
  writeFileSync('slug.js', `export const slug = (text) => text.toLowerCase().replace(/${pattern}+/g, '-');\n`);
const mend = () => {
  if (round === 1) slug('[^a-z0-9]');
  else if (task === 'MERGE') resolveConflict(prompt, behaviour);
  else if (task !== 'ANSWER') changeFiles(prompt);
};
const forever = () => setInterval(() => undefined, 1_000);
/** Opened by the test for all runs or for this one, in another process: a file's creation is all that both see. */
const gate = async () => {
  const ways = [join(gates, role), join(gates, `${run}.${role}`)];
  while (!ways.some((way) => existsSync(way))) await new Promise((resolve) => setTimeout(resolve, 20));
};

const artifact = { triager: 'triage.json', planner: 'plan.json', verifier: 'verdict.json' }[role];
const badArtifacts = {
  huge: () => hand(artifact, JSON.stringify('x'.repeat(50_000_000))),
  'wrong types': () => hand(artifact, { kind: 7, summary: ['x'], criteria: 'all', tasks: {}, findings: 1 }),
  missing: () => undefined,
  link: () => symlinkSync('/etc/hostname', join(artifacts, artifact)),
};
/** What the list in the issue says of this attempt of the role, then honest. */
const handsIn = () => {
  const count = join(gates, `${run}.${role}.attempts`);
  appendFileSync(count, '.');
  const kind = given.split(', ')[readFileSync(count, 'utf8').length - 1];
  (badArtifacts[kind] ?? behaviours[`${role} honest`])();
};

const behaviours = {
  'triager honest': () => hand('triage.json', triage),
  'triager medium': () => hand('triage.json', { ...triage, size: 'medium' }),
  'triager asks': () => hand('triage.json', { ...triage, questions: [question] }),
  'triager about a database': () => hand('triage.json', { ...triage, intents: ['database'] }),
  'triager none': () => undefined,
  'triager hands in': handsIn,
  'researcher honest': () => hand('research.md', '# Where it is\n\nslug.js, line 1.\n'),
  'critic honest': () => hand('verdict.json', fine),
  'critic objects': () => hand('verdict.json', objected),
  'verifier honest': () => hand('verdict.json', fine),
  'verifier objects': () => hand('verdict.json', objected),
  'verifier objects once': () =>
    hand('verdict.json', readFileSync('slug.js', 'utf8').includes('mended') ? fine : objected),
  'verifier none': () => undefined,
  'verifier hands in': handsIn,
  'planner three': () => writePlan(threeTasks),
  'planner honest': () => writePlan(plan),
  'planner none': () => undefined,
  'planner hands in': handsIn,
  'planner proves by': () => writePlan(isAnew ? anew : provenBy({ kind: 'command', run: given })),
  'planner proves by a look': () => writePlan(provenBy({ kind: 'inspection' })),
  'planner invalid': () =>
    writePlan({ ...plan, tasks: [{ ...firstPlan.tasks[0], files: ['nowhere.js'], criteria: ['AC9'] }] }),
  'planner garbage': () => writePlan('{ this is no JSON'),
  'planner invalid once': () => (prompt.includes('nowhere.js') ? writePlan(plan) : behaviours['planner invalid']()),
  'planner crash': () => process.exit(3),
  'planner waits': () => gate().then(() => writePlan(plan)),
  'developer honest': () => (prompt.includes(blocker.text) ? appendFileSync('slug.js', '// mended\n') : mend()),
  /** The first two wait for each other: they end only where they are worked on side by side. */
  'developer three': async () => {
    if (task !== 'T3') writeFileSync(join(gates, `${run}.${task}`), '');
    const other = { T1: 'T2', T2: 'T1' }[task];
    while (other !== undefined && !existsSync(join(gates, `${run}.${other}`)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (task === 'T2') writeFileSync('README.md', '# Slugs\n\nDigits stay.\n');
    else if (task === 'T3') writeFileSync('CHANGELOG.md', '- Digits stay.\n');
    else mend();
  },
  'developer ours': mend,
  'developer theirs': mend,
  'developer mute': mend,
  'developer late': () => (/^## What is red$/m.test(prompt) ? mend() : slug('[^0-9]')),
  'developer nothing': () => undefined,
  'developer everything': () =>
    readdirSync('.').forEach((name) => name !== '.git' && rmSync(name, { recursive: true })),
  /** First with digits kept and a dash lost behind one letter, then right. */
  'developer breaks once': () => (/^## What is red$/m.test(prompt) ? mend() : slug('(?<=[a-z]{2})[^a-z0-9]')),
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
if (role === 'developer' && behaviour !== 'mute') writeReplies(prompt, artifacts);
