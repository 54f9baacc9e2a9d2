import type { Plan } from '../../domain/plan.js';
import { inWorkOrder, planProblems } from '../../domain/plan-problems.js';
import type { PlanGround, Reading } from '../../ports/agent.js';
import { bounded, readArtifact } from './read-artifact.js';
import { planSchema } from './schemas.js';

/** Reads `plan.json`: its shape, then its references. */
export async function readPlan(artifacts: string, about: PlanGround): Promise<Reading<Plan>> {
  const read = await readArtifact(artifacts, 'plan', planSchema);
  if ('problems' in read) return read;
  const { summary, criteria, supersededTests, risks } = read.value;
  const tasks = read.value.tasks.map(({ files, creates, ...task }) => ({
    ...task,
    files: files.map(withoutDot),
    creates: creates.map(withoutDot),
  }));
  const plan = { summary, criteria, tasks, supersededTests, risks };
  const problems = planProblems(plan, about);
  if (problems.length > 0) return { problems: bounded(problems) };
  return { value: { ...plan, tasks: inWorkOrder(tasks) } };
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}
