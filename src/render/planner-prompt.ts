import type { RoundCause } from '../domain/review.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import { isShort } from '../domain/triage.js';
import type { Feedback } from '../domain/work.js';
import { redJobsSection, saidSection } from './feedback-sections.js';
import { handIn } from './look-section.js';
import { fenced, listOf } from './plain.js';
import { criterionText, feedbackSection, issueSection, repositorySection, sections } from './prompt.js';
import { baseOf, earlierRounds, isUnchanged, reasonOf, rowsOf } from './round.js';
import { assumptionsSection, remarksSection, researchSection, skillsSection, type Skill } from './stage-sections.js';
import { wordsOf } from './words.js';

/** What a planner is told. `artifacts` is a folder outside the worktree, `schema` the JSON Schema of `plan.json`. */
export interface PlannerBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly schema: string;
  readonly skills?: readonly Skill[];
}

export function plannerPrompt({ run, feedback, artifacts, schema, skills }: PlannerBrief): string {
  const { cause } = run;
  return sections(
    cause === undefined ? firstRole(run) : roundRole(run),
    issueSection(run),
    repositorySection(run),
    ...(cause === undefined
      ? [assumptionsSection(run), remarksSection(run), researchSection(run)]
      : [soFarSection(run, cause), threadsSection(run, cause), redJobsSection(cause.redJobs)]),
    skillsSection(run, skills),
    handIn(`${artifacts}/plan.json`, cause === undefined ? firstPlan(run) : roundPlan, schema),
    draftSection(run, feedback),
    feedbackSection(feedback),
  );
}

function firstRole({ repository }: Run): string {
  return `# Role: planner

You plan the work on one issue. Other agents carry your plan out, one task at a time, and know nothing but the issue and the plan; Fleet
runs the checks, commits, and opens the ${wordsOf(repository.forge).mergeRequest}. You stand in a git worktree of the repository: read
and run whatever you need, and leave its files as they are; the git directory is read-only.`;
}

function roundRole({ repository }: Run): string {
  const { mergeRequest } = wordsOf(repository.forge);
  return `# Role: planner

You plan a round of work on an open ${mergeRequest}: what people and CI said about it is answered, each thing of it. Other agents carry your
plan out, one task at a time, and know nothing but the issue, the plan and the threads of their task; Fleet runs the checks, commits, and
posts the answers. You stand in a git worktree of the branch: read and run whatever you need, and leave its files as they are; the git
directory is read-only.`;
}

function firstPlan({ triage, prepared }: Run): string {
  return `- \`summary\`: what is wrong or wanted, its cause in the code, and the way you chose. A few sentences, for people.
- \`criteria\`: what must hold at the end, as seen from outside; one fact each, ids AC1, AC2 … Prove each with a command where that is
  possible: one shell line, run at the root of the worktree, that fails now and passes once the criterion holds. Use \`inspection\` only for
  what no command can show.
- \`tasks\`: atomic, ids T1, T2 …: one change each, with its tests, after which every check is green. ${isShort(triage) ? small : 'A small issue is one task.'} Say in
  \`description\` what to change, where and why. \`files\` exist today; new ones stand in \`creates\`. \`dependsOn\` names
  what must come before; tasks that do not wait for each other are worked on at the same time, so they touch different files. Every
  criterion is served by a task.
${prepared?.policy.checks.length === 0 ? unchecked : ''}- No test is weakened, skipped or deleted. If the issue asks for the opposite of what a test says, name it in \`supersededTests\` with the reason.
- Where the issue leaves something open, choose the sensible reading and say so in \`risks\`${assumed(triage)}. Do nothing that was not asked for.`;
}

const unchecked = `- No command checks this repository yet. Plan a test of the change with it, in the way of its language, and prove the criteria with the command that
  runs that test: one that needs nothing but a fresh clone and the tools at hand. Only where no test is possible, say so in \`risks\`, with the reason.
`;

const small = 'This one was found to be small: plan one task, unless the code shows that it is more.';

function assumed(triage: Run['triage']): string {
  return (triage?.assumptions.length ?? 0) + (triage?.questions.length ?? 0) === 0
    ? ''
    : ', with what is assumed above as far as it still holds';
}

/** The plan that the critic speaks of, for a planner that does not remember it. */
function draftSection({ phase }: Run, feedback: Feedback): string | undefined {
  if (feedback.kind !== 'rejected' || phase.name !== 'planning' || phase.draft === undefined) return undefined;
  return `## Your plan so far\n\n${fenced(JSON.stringify(phase.draft, undefined, 2), 'json')}`;
}

const roundPlan = `- \`summary\`: what this round does about the feedback, and why. A few sentences, for people.
- \`tasks\`: the changes that the feedback asks for, and no others; atomic, ids T1, T2 …, each with its tests, after which every check is green.
  Each names in \`threads\` the ids of the threads that it does. Several small demands are one task. Say in \`description\` what to
  change, where and why. \`files\` exist today; new ones stand in \`creates\`. Whatever is red in CI gets a task.
- A question wants an answer, not a commit: its thread stands in no task, and the developer answers it. The same holds for what would be
  wrong to do, or goes beyond the issue. Where answers are all that is wanted, \`tasks\` and \`criteria\` are empty.
- \`threads\`: for every thread its id and what it is: \`fix\`, \`question\`, \`nit\`, \`disagree\` or \`outOfScope\`.
- \`criteria\`: what the tasks of this round must make hold, each served by a task; a criterion that means the same as before keeps its id and
  is written here again, a new one gets a new id. Those that are not written here still hold, and are checked again. Prove each with a command
  where that is possible: one shell line, run at the root of the worktree.
- No test is weakened, skipped or deleted. If a person asks for the opposite of what a test says, name it in \`supersededTests\` with the reason.
- Where the feedback leaves something open, choose the sensible reading and say so in \`risks\`.`;

/** What the merge request holds by now. */
function soFarSection(run: Run, cause: RoundCause): string {
  const { plan, mergeRequest, round, repository } = run;
  const { mergeRequest: words, sign } = wordsOf(repository.forge);
  const rounds = earlierRounds(run).map(
    (one) => `round ${one.round}${one.cause === undefined ? '' : ` (${reasonOf(run, one.cause)})`}: ${doneIn(one)}`,
  );
  return [
    `## Where the ${words} is\n\nThe ${words} ${sign}${mergeRequest?.number ?? ''} is open, and this is round ${round} of work on it. The worktree holds its branch as it is now.`,
    ...(cause.integrates === undefined ? [] : [`\`${baseOf(run)}\` was brought into the branch just now.`]),
    ...(plan === undefined
      ? []
      : [plan.summary, `Its acceptance criteria:\n\n${listOf(plan.criteria.map(criterionText))}`]),
    `What was done:\n\n${listOf(rounds)}`,
  ].join('\n\n');
}

function doneIn(round: DeliveredRound): string {
  const { tasks } = round;
  return tasks.length === 0 || isUnchanged(round)
    ? 'answers, and no change'
    : tasks.map(({ title }) => title).join('; ');
}

function threadsSection(run: Run, cause: RoundCause): string | undefined {
  const rows = rowsOf(run, cause).filter(({ state }) => state === 'open');
  return rows.length === 0 ? undefined : saidSection(run, rows, 'the work');
}
