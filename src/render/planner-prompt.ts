import type { Feedback, Run } from '../domain/run.js';
import { wordsOf } from './words.js';
import { feedbackSection, fenced, issueSection, repositorySection, sections } from './prompt.js';

/** What a planner is told. `artifacts` is a folder outside the worktree, `schema` the JSON Schema of `plan.json`. */
export interface PlannerBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly schema: string;
}

export function plannerPrompt({ run, feedback, artifacts, schema }: PlannerBrief): string {
  return sections(
    `# Role: planner

You plan the work on one issue. Other agents carry your plan out, one task at a time, and know nothing but the issue and the plan; Fleet
runs the checks, commits, and opens the ${wordsOf(run.repository.forge).mergeRequest}. You stand in a git worktree of the repository: read
and run whatever you need, and leave its files as they are.`,
    issueSection(run),
    repositorySection(run),
    `## What to hand in

Write the plan to \`${artifacts}/plan.json\` (the folder is \`$FLEET_ARTIFACTS\`). Only this file counts; nothing that you say does.

- \`summary\`: what is wrong or wanted, its cause in the code, and the way you chose. A few sentences, for people.
- \`criteria\`: what must hold at the end, as seen from outside; one fact each, ids AC1, AC2 … Prove each with a command where that is
  possible: one shell line, run at the root of the worktree, that fails now and passes once the criterion holds. Use \`inspection\` only for
  what no command can show.
- \`tasks\`: atomic, ids T1, T2 …: one change each, with its tests, after which every check is green. A small issue is one task. Say in
  \`description\` what to change, where and why. \`files\` exist today; new ones stand in \`creates\`. \`dependsOn\` names
  what must come before. Every criterion is served by a task.
- No test is weakened, skipped or deleted. If the issue asks for the opposite of what a test says, name it in \`supersededTests\` with the reason.
- Where the issue leaves something open, choose the sensible reading and say so in \`risks\`. Do nothing that was not asked for.

The file must fit this JSON Schema:

${fenced(schema.trim(), 'json')}`,
    feedbackSection(feedback),
  );
}
