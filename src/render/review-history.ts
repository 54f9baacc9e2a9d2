import { answerTaskId } from '../domain/plan.js';
import { isUnanswered, type LedgerRow, type RoundCause } from '../domain/review.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import { codeSpan, escapeForForge, escapeInline } from './escape.js';
import { clipped, oneLine } from './plain.js';
import { headOf, isFleets } from './progress.js';
import {
  askerOf,
  baseOf,
  causeOf,
  earlierRounds,
  isDelivered,
  isUnchanged,
  reasonOf,
  roundName,
  rowsOf,
  shortSha,
} from './round.js';
import { comparison } from './words.js';

/** Lines of one list; a review can have hundreds of comments. */
const mostLines = 30;
const longestDemand = 100;

type Blocks = readonly (readonly string[])[];

/** What the last round has changed since people looked, with a link to exactly that; nothing in the first round. */
export function sinceReview(run: Run): Blocks {
  const cause = causeOf(run);
  if (cause === undefined) return [];
  const head = headOf(run.phase)?.commit ?? run.delivered.at(-1)?.head.commit ?? cause.sinceSha;
  const change =
    head === cause.sinceSha
      ? 'No file has changed.'
      : `What has changed: ${comparison(run, { from: cause.sinceSha, to: head })}.`;
  return [
    ['### Since the last review'],
    [`This is ${roundName(run, run.round)}: ${escapeInline(reasonOf(run, cause))}. ${change}`],
    cause.summary === undefined ? [] : [escapeForForge(cause.summary)],
    bounded([...rowsOf(run, cause).map((row) => `- ${aboutRow(row)}: ${outcomeOf(row)}`), ...causeLines(run, cause)]),
  ];
}

function causeLines(run: Run, { redJobs, integrates }: RoundCause): readonly string[] {
  return [
    ...redJobs.map(({ name }) => `- CI job ${codeSpan(name)}, which was red: worked on`),
    ...(integrates === undefined ? [] : [`- ${codeSpan(baseOf(run))}: brought into the branch`]),
  ];
}

function outcomeOf(row: LedgerRow): string {
  const { state, reply } = row;
  if (state === 'gone') return 'the thread is gone';
  if (reply === undefined || isUnanswered(row)) return state === 'open' ? 'still open' : 'resolved';
  if (reply.commit !== undefined) {
    return `${reply.isSuggestion === true ? 'taken over as suggested' : 'done'} in ${shortSha(reply.commit)}`;
  }
  return { fix: 'done', nit: 'answered', question: 'answered', ...waits }[reply.kind];
}

const waits = {
  disagree: 'argued against; the decision is theirs',
  outOfScope: 'left out, for it goes beyond the issue',
};

function aboutRow(row: LedgerRow): string {
  const { place } = row;
  const where =
    place === undefined ? '' : ` at ${codeSpan(`${place.path}${place.line === undefined ? '' : `:${place.line}`}`)}`;
  return `${escapeInline(askerOf(row))}${where}`;
}

/** What still waits for somebody; nothing where all is done. */
export function openPoints(run: Run): Blocks {
  const { review } = run;
  if (review === undefined) return [];
  const head = headOf(run.phase)?.commit;
  const lines = [
    ...review.ledger.flatMap((row) => openRow(row)),
    ...(review.ci.verdict === 'red' && review.ci.sha === head ? ['- CI is red on this commit'] : []),
    ...(review.isConflicting === true && causeOf(run)?.integrates === undefined
      ? [`- It conflicts with ${codeSpan(baseOf(run))}`]
      : []),
  ];
  return lines.length === 0 ? [] : [['### Open points'], bounded(lines)];
}

function openRow(row: LedgerRow): readonly string[] {
  const { state, reply, comments } = row;
  const isArgued = reply?.kind === 'disagree' && (state === 'open' || state === 'answered');
  if (!isUnanswered(row) && !isArgued) return [];
  const demand = escapeInline(clipped(oneLine(comments.at(-1)?.text ?? ''), longestDemand));
  return [
    `- ${aboutRow(row)}: ${demand} — ${isArgued ? 'Fleet argued against it; the decision is theirs' : 'not answered yet'}`,
  ];
}

/** What was worked on; from the second round on, round by round, without those that changed nothing. A task may have found its work done. */
export function workedOn(run: Run): Blocks {
  const { round } = run;
  const earlier = earlierRounds(run);
  const last = isDelivered(run)
    ? run.delivered.filter((one) => one.round === round)
    : [{ round, tasks: plannedTasks(run), cause: run.cause, head: headOf(run.phase) }];
  const told = [...earlier, ...last].filter((one) => one.tasks.length > 0 && !isUnchanged(one));
  if (told.length === 0) return [];
  const lists =
    earlier.length === 0 ? told.map(taskLines) : told.flatMap((one) => [[`Round ${one.round}:`], taskLines(one)]);
  return [['### Tasks'], ...lists];
}

/** Answers are no change. */
function plannedTasks({ plan }: Run): DeliveredRound['tasks'] {
  return plan?.tasks.filter(({ id }) => id !== answerTaskId) ?? [];
}

function taskLines({ tasks }: Pick<DeliveredRound, 'tasks'>): readonly string[] {
  return tasks.map(({ id, title }) => `- ${isFleets(id) ? '' : `${id} `}${escapeInline(title)}`);
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `- and ${lines.length - mostLines} more`];
}
