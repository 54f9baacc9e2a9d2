import type { Criterion, Plan } from '../domain/plan.js';
import type { Feedback, Run } from '../domain/run.js';
import { feedbackSection, issueSection, listOf, repositorySection, sections } from './prompt.js';

/** What a developer is told. `artifacts` is a folder outside the worktree, `task` the id of the task at hand. */
export interface DeveloperBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly task: string;
}

export function developerPrompt({ run, feedback, artifacts, task }: DeveloperBrief): string {
  return sections(
    `# Role: developer

You carry out one task of a plan, in this git worktree. Edit the files and stop when the task is done: Fleet looks at the files, runs the
checks itself, and commits. What you say counts for nothing; what the files hold does.`,
    issueSection(run),
    repositorySection(run),
    run.plan === undefined ? undefined : planSection(run.plan, task),
    `## Rules

- Do this task and nothing else; later tasks are done later. Every check must be green after it.
- Do not commit, stash, push or switch branches: the git directory is read-only for you. \`git status\`, \`diff\` and \`log\` work.
- Weaken, skip or delete no test, no check and no check's configuration, and fake no result: find the cause instead. New behaviour gets a test.
- Stay within this worktree. Scratch files go to \`${artifacts}\`. Leave no build output, log or backup behind.
- Ask nothing: nobody answers. Choose what fits the issue and the code around it.`,
    feedbackSection(feedback),
  );
}

function planSection({ summary, criteria, tasks, supersededTests }: Plan, id: string): string {
  const at = tasks.findIndex((task) => task.id === id);
  const task = tasks[at];
  const own = criteria.filter((criterion) => task?.criteria.includes(criterion.id));
  const states = tasks.map(
    (one, index) => `${one.id} ${one.title} (${index < at ? 'done' : index === at ? 'now' : 'later'})`,
  );
  return [
    `## The plan\n\n${summary}\n\n${listOf(states)}`,
    `## Your task: ${id} ${task?.title ?? ''}\n\n${task?.description ?? ''}`,
    ...(task === undefined ? [] : [filesText(task.files, task.creates)]),
    `It is done when this holds:\n\n${listOf(own.map(criterionText))}`,
    ...(supersededTests.length === 0
      ? []
      : [
          `Tests that may change, because the issue asks for the opposite:\n\n${listOf(supersededTests.map(({ test, reason }) => `${test}: ${reason}`))}`,
        ]),
  ].join('\n\n');
}

function filesText(files: readonly string[], creates: readonly string[]): string {
  const expected = [...files.map((file) => `\`${file}\``), ...creates.map((file) => `\`${file}\` (new)`)];
  return `Files that the plan expects to change: ${expected.join(', ')}`;
}

function criterionText({ id, text, proof }: Criterion): string {
  return proof.kind === 'command'
    ? `${id} ${text}; Fleet runs \`${proof.run}\``
    : `${id} ${text}; the reviewer looks at it`;
}
