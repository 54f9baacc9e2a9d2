import type { Plan } from '../../domain/plan.js';
import { inWorkOrder, planProblems } from '../../domain/plan-problems.js';
import type { Reading } from '../../ports/agent.js';
import { readJson } from './read-json.js';
import { planSchema } from './schemas.js';

/** Enough for an agent to act on; more would only fill its prompt. */
const maxProblems = 50;

/** Reads `plan.json`: its shape, then its references. `paths`: the files of the base tree. */
export async function readPlan(artifacts: string, paths: readonly string[]): Promise<Reading<Plan>> {
  const read = await readJson(artifacts, 'plan.json');
  if ('problems' in read) return read;
  const shaped = planSchema.safeParse(read.value);
  if (!shaped.success) {
    return { problems: bounded(shaped.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`)) };
  }
  const { summary, criteria, supersededTests, risks } = shaped.data;
  const tasks = shaped.data.tasks.map(({ id, title, description, dependsOn, files, creates, criteria: serves }) => ({
    ...{ id, title, description, dependsOn, criteria: serves },
    ...{ files: files.map(withoutDot), creates: creates.map(withoutDot) },
  }));
  const plan = { summary, criteria, tasks, supersededTests, risks };
  const problems = planProblems(plan, paths);
  if (problems.length > 0) return { problems: bounded(problems) };
  return { value: { ...plan, tasks: inWorkOrder(tasks) } };
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}

/** `tasks[0].title`, as an agent would write it. */
function pathOf(path: readonly PropertyKey[]): string {
  const joined = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return joined === '' ? 'plan.json' : joined.replace(/^\./, '');
}

function bounded(problems: readonly string[]): readonly string[] {
  if (problems.length <= maxProblems) return problems;
  return [...problems.slice(0, maxProblems), `… and ${problems.length - maxProblems} more`];
}
