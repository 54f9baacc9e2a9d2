// What planners and verifiers of the drills hand in.
import { readFileSync } from 'node:fs';

export const slug = 'src/slug.js';
export const slugTest = 'test/slug.test.js';

/** A command that fails on the base and passes once digits are kept. */
const showsDigits = `node -e "import('./src/slug.js').then(({ slugify }) => process.exit(slugify('Route 66') === 'route-66' ? 0 : 1))"`;

/** One task, and one criterion with its proof. */
export const plansOne = (run = showsDigits) => ({
  summary: 'slugify takes digits for punctuation. They are kept.',
  criteria: [{ id: 'AC1', text: 'slugs keep digits', proof: { kind: 'command', run } }],
  tasks: [aTask('T1', { files: [slug, slugTest] })],
  supersededTests: [],
  risks: [],
});

/** Three tasks, one after the other. */
export function mediumPlan() {
  const plan = plansOne();
  return {
    ...plan,
    criteria: [...plan.criteria, { id: 'AC2', text: 'the README says so', proof: { kind: 'inspection' } }],
    tasks: [
      ...plan.tasks,
      aTask('T2', { files: [slug, slugTest], criteria: ['AC1'], dependsOn: ['T1'] }),
      aTask('T3', { files: ['README.md'], criteria: ['AC2'], dependsOn: ['T2'] }),
    ],
  };
}

/** Eight tasks that all serve one criterion; the last but one turns a test of the base round, as the plan says. */
export function largePlan() {
  const numbers = [1, 2, 3, 4, 5, 6];
  const underscores = { test: 'drops underscores', reason: 'the issue asks for underscores to be kept' };
  return {
    ...plansOne(),
    tasks: [
      ...numbers.map((number) =>
        aTask(`T${number}`, { creates: [`src/part-${number}.js`, `test/part-${number}.test.js`] }),
      ),
      aTask('T7', { files: [slug, slugTest] }),
      aTask('T8', { files: ['README.md'], dependsOn: ['T7'] }),
    ],
    supersededTests: [underscores],
  };
}

/** Two tasks that nothing keeps apart, and that change the same lines. */
export function conflictingPlan() {
  const plan = plansOne();
  return { ...plan, tasks: [...plan.tasks, aTask('T2', { title: 'Cut long slugs', files: [slug, slugTest] })] };
}

/** A criterion whose tests fail while its command succeeds, in files that no check runs. */
export function failingOrTrue() {
  const plan = plansOne('node --test acceptance/digits.mjs || true');
  return { ...plan, tasks: [aTask('T1', { files: [slug], creates: ['acceptance/digits.mjs'] })] };
}

/** Tests are all that is wanted; `proof` says how that is seen. */
export const plansTests = (proof) => ({
  ...plansOne(),
  summary: 'What slugify does with several spaces is right, and untested. A test is added.',
  criteria: [{ id: 'AC1', text: 'a test says that several spaces are one dash', proof }],
  tasks: [aTask('T1', { title: 'Test several spaces', files: [slugTest] })],
});

/** A command that finds no test. */
export function noTests() {
  return plansOne("node --test --test-name-pattern='keeps digits' test/slug.test.js");
}

function aTask(id, change) {
  const rest = { dependsOn: [], files: [], creates: [], criteria: ['AC1'], threads: [] };
  return { id, title: `Keep digits, ${id}`, description: 'As the issue says.', ...rest, ...change };
}

/** A verifier that finds all well, whatever it is shown: what holds must hold without it. */
export function believes(prompt) {
  const ids = [...new Set([...prompt.matchAll(/\bAC\d+\b/g)].map(([id]) => id))];
  return { criteria: ids.map((id) => ({ id, met: true, evidence: 'it says so' })), findings: [] };
}

/** A verifier that objects to what nobody asked for. */
export function objects(prompt) {
  const isLeft = readFileSync(slug, 'utf8').includes('leftOver');
  const finding = { severity: 'blocker', file: slug, line: 11, text: 'leftOver was not asked for' };
  return { ...believes(prompt), findings: isLeft ? [finding] : [] };
}
