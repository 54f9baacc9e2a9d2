import { answerTaskId, mergeTaskId, proveTaskId, type Plan, type Task } from '../domain/plan.js';
import { criteriaDue } from '../domain/receipts.js';
import type { LedgerRow } from '../domain/review.js';
import type { Feedback, Run } from '../domain/run.js';
import { mergeSection } from './conflict-section.js';
import { redJobsSection, saidSection } from './feedback-sections.js';
import { fenced, listOf } from './plain.js';
import { isFleets } from './progress.js';
import { criterionText, feedbackSection, issueSection, repositorySection, sections, triedSection } from './prompt.js';

/** What a developer is told. `artifacts` is a folder outside the worktree, `task` the id of the task at hand. */
export interface DeveloperBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly task: string;
  /** Ids of the threads that the attempt has to answer in `replies.json`. */
  readonly threads: readonly string[];
  /** What was tried for the task before. */
  readonly tried?: readonly string[];
  /** The JSON Schema of `replies.json`. */
  readonly schema: string;
}

export function developerPrompt(brief: DeveloperBrief): string {
  const { run, feedback, task } = brief;
  const rows = run.review?.ledger.filter(({ thread }) => brief.threads.includes(thread)) ?? [];
  return sections(
    `# Role: developer\n\n${task === answerTaskId ? answers : changes}`,
    issueSection(run),
    repositorySection(run),
    run.plan === undefined ? undefined : planSection(run, run.plan, task),
    isFleets(task) ? undefined : redJobsSection(run.cause?.redJobs ?? []),
    rows.length === 0 ? undefined : threadsSection(brief, rows),
    rulesSection(brief, rows),
    feedback.kind === 'conflict' || task !== mergeTaskId ? undefined : mergeSection(run),
    triedSection(brief.tried),
    feedbackSection(feedback, task === mergeTaskId ? 'isKept' : 'isUndone'),
  );
}

const changes = `You carry out one task of a plan, in this git worktree. Edit the files and stop when the task is done: Fleet looks at the files, runs the
checks itself, and commits. What you say counts for nothing; what the files hold does.`;

const answers = `You answer what reviewers said about a change, in its git worktree. Read whatever you need and run what shows how things are. Only the file
with your answers counts; Fleet posts them.`;

function rulesSection({ artifacts, task }: DeveloperBrief, rows: readonly LedgerRow[]): string {
  const isAnswers = task === answerTaskId;
  return `## Rules

- ${isAnswers ? 'Change no file: whatever you change is put aside.' : 'Do this task and nothing else; later tasks are done later. Every check must be green after it.'}
- Do not commit, stash, push or switch branches: the git directory is read-only for you. \`git status\`, \`diff\` and \`log\` work.
- Weaken, skip or delete no test, no check and no check's configuration, and fake no result: find the cause instead. New behaviour gets a test.
- Stay within this worktree. Scratch files go to \`${artifacts}\`. Leave no build output, log or backup behind.
- Ask nothing${rows.length === 0 ? '' : ', not in your answers either'}: nobody answers. Choose what fits the issue and the code around it.`;
}

function planSection(run: Run, { summary, criteria, tasks, supersededTests }: Plan, id: string): string {
  const at = tasks.findIndex((task) => task.id === id);
  const task = tasks[at];
  const due = criteriaDue(run.plan, id);
  const own = criteria.filter((criterion) => task?.criteria.includes(criterion.id) && due.includes(criterion.id));
  const states = tasks.map(
    (one, index) => `${one.id} ${one.title} (${index < at ? 'done' : index === at ? 'now' : 'later'})`,
  );
  return [
    ...[`## The plan`, summary, ...roundText(run), listOf(states)],
    `## Your task: ${id} ${task?.title ?? ''}\n\n${taskText(run, id, task)}`,
    ...(task === undefined || isFleets(id) ? [] : filesText(task)),
    ...(own.length === 0 ? [] : [`It is done when this holds:\n\n${listOf(own.map(criterionText))}`]),
    ...(supersededTests.length === 0
      ? []
      : [
          `Tests that may change, because the issue asks for the opposite:\n\n${listOf(supersededTests.map(({ test, reason }) => `${test}: ${reason}`))}`,
        ]),
  ].join('\n\n');
}

function roundText({ round, cause }: Run): readonly string[] {
  if (cause === undefined) return [];
  return [`This is round ${round}: it answers what reviewers and CI said. ${cause.summary ?? ''}`.trimEnd()];
}

function taskText({ phase }: Run, id: string, task: Task | undefined): string {
  if (id === mergeTaskId) {
    return phase.name === 'working' && phase.merges !== undefined
      ? 'Another branch is merged into this one. Resolve what conflicts; nothing else is part of it.'
      : 'Fleet has done this itself, without a conflict, and what came of it is red. Mend that; nothing else is part of it.';
  }
  if (id === proveTaskId)
    return 'All tasks are done, but the tests do not prove the change yet, or it breaks what tests of the base hold it to. Mend what is named below; nothing else is part of it.';
  if (id === answerTaskId)
    return 'Answer the threads below in writing. Nothing is left to change: read the code, so that what you say is so.';
  return task?.description ?? '';
}

function filesText({ files, creates }: Task): readonly string[] {
  const expected = [...files.map((file) => `\`${file}\``), ...creates.map((file) => `\`${file}\` (new)`)];
  return expected.length === 0 ? [] : [`Files that the plan expects to change: ${expected.join(', ')}`];
}

function threadsSection({ run, artifacts, task, schema }: DeveloperBrief, rows: readonly LedgerRow[]): string {
  const fix =
    task === answerTaskId
      ? 'what is asked for was done by an earlier task of this round'
      : 'you have done what is asked for';
  return `${saidSection(run, rows, 'to be done or answered')}

## Your answers

Write \`${artifacts}/replies.json\` (the folder is \`$FLEET_ARTIFACTS\`) with one reply to each of these threads. Its \`kind\` is what the answer is:

- \`fix\`: ${fix}. It counts only with a commit, which Fleet names beside your text.
- \`nit\`: the same, for a trifle.
- \`question\`: something was asked; answer it from the code, with the file and the line.
- \`disagree\`: to do it would be wrong; leave it. Say why, once and politely, with evidence: a test, a line, what a command printed. The person
  decides, and where Fleet has disagreed before, the person has: then it is done.
- \`outOfScope\`: it goes beyond the issue; leave it, and say what it would take.

\`text\` is posted to the person as it is, in Markdown: a sentence or three that say what is so now. No greeting, no thanks, no promise.

The file must fit this JSON Schema:

${fenced(schema.trim(), 'json')}`;
}
