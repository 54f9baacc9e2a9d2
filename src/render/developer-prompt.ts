import { answerTaskId, mergeTaskId } from '../domain/plan.js';
import type { LedgerRow } from '../domain/review.js';
import type { Run } from '../domain/run.js';
import type { Feedback } from '../domain/work.js';
import { mergeSection } from './conflict-section.js';
import { redJobsSection, saidSection } from './feedback-sections.js';
import { handoverSection, type Handover } from './handover-section.js';
import { fenced } from './plain.js';
import { planSection } from './plan-section.js';
import { laneOfTask } from './progress.js';
import { isFleets } from './progress.js';
import { feedbackSection, issueSection, repositorySection, sections, triedSection } from './prompt.js';
import { assumptionsSection, remarksSection, researchSection, skillsSection, type Skill } from './stage-sections.js';

/** Enough to know where things are; the plan says what to do. */
const longestResearch = 6000;

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
  readonly skills?: readonly Skill[];
  /** For a session that does not know what was done. */
  readonly handover?: Handover;
}

export function developerPrompt(brief: DeveloperBrief): string {
  const { run, feedback, task } = brief;
  const rows = run.review?.ledger.filter(({ thread }) => brief.threads.includes(thread)) ?? [];
  return sections(
    `# Role: developer\n\n${task === answerTaskId ? answers : changes}`,
    issueSection(run),
    repositorySection(run),
    ...(run.cause === undefined
      ? [assumptionsSection(run), remarksSection(run), researchSection(run, longestResearch)]
      : []),
    skillsSection(run, brief.skills),
    run.plan === undefined ? undefined : planSection(run, run.plan, task),
    isFleets(task) ? undefined : redJobsSection(run.cause?.redJobs ?? []),
    rows.length === 0 ? undefined : threadsSection(brief, rows),
    rulesSection(brief, rows),
    feedback.kind === 'conflict' || task !== mergeTaskId ? undefined : mergeSection(run),
    handoverSection(brief.handover),
    triedSection(brief.tried),
    feedbackSection(feedback, aboutOf(brief)),
  );
}

function aboutOf({ run, task }: DeveloperBrief): 'merge' | 'conflict' | 'task' {
  if (task === mergeTaskId) return 'merge';
  return laneOfTask(run.phase, task)?.isConflicted === true ? 'conflict' : 'task';
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
