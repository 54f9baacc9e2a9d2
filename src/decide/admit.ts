import { branchName } from '../domain/branch.js';
import { planFirstEnd } from '../domain/label.js';
import type { RunRequest } from '../domain/event.js';
import type { ForgeEvent } from '../domain/forge.js';
import type { LedgerRow } from '../domain/review.js';
import type { Phase } from '../domain/phase.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import { moved, shownTo, type Decision } from './decision.js';
import { readNow } from './start.js';

type Labelled = Extract<ForgeEvent, { type: 'issueLabelled' }>;

/** Makes the run that a trigger asks for, or the refused one that says why there is none. */
export function admit(request: RunRequest): Decision {
  const run = firstRun(request);
  const { adopts, requester, atMs } = request;
  const head = adopts?.delivered.at(-1)?.head;
  if (adopts !== undefined && head !== undefined) {
    return readNow(goingOn(run, adopts), { head, atMs }, `opened again by ${requester.login}`);
  }
  const target =
    request.seen === 'issue'
      ? ({ kind: 'issue', number: request.issue.number, isMergeRequest: request.issue.isMergeRequest } as const)
      : ({ kind: 'comment', id: request.seen.commentId } as const);
  const because =
    request.refusal === undefined
      ? `asked for by ${request.requester.login}, who has write access`
      : `refused: ${request.refusal} of ${request.requester.login}`;
  return shownTo(moved(run, run.phase, because, { type: 'react', target }));
}

/** The run with all that the ended one knew of its merge request. */
function goingOn(run: Run, { branch, round, prepared, plan, evidence, mergeRequest, review, delivered }: Run): Run {
  return {
    ...{ ...run, branch, round, evidence, delivered },
    ...(prepared === undefined ? {} : { prepared }),
    ...(plan === undefined ? {} : { plan }),
    ...(review === undefined ? {} : { review: { ...review, reruns: [], ledger: leftOpen(review.ledger, delivered) } }),
    ...(mergeRequest === undefined ? {} : { mergeRequest: { ...mergeRequest, state: 'open' } }),
  };
}

/** What a round had taken up that did not come to its end is as it was before, so that it is taken up again. */
function leftOpen(ledger: readonly LedgerRow[], delivered: readonly DeliveredRound[]): readonly LedgerRow[] {
  const last = delivered.at(-1)?.round ?? 0;
  return ledger.flatMap((row) => {
    const { reply: _, before, ...taken } = row;
    if (row.round <= last) return [row];
    const again = new Set(row.comments.map(({ id }) => id));
    const seen = row.seen.filter((id) => !again.has(id));
    const reply = before === undefined ? {} : { reply: before };
    return seen.length === 0 ? [] : [{ ...taken, ...reply, seen, taken: row.taken - 1, state: 'answered' }];
  });
}

/** Forges and Fleet have clocks of their own: a label that is put on right after a look counts as a new one. */
const clockSkewMs = 2_000;

/** Until when labels are answered by the run that this one starts. What was found by a look covers all that was before the look. */
export function askedUntilMs({ atMs, found }: Labelled): number {
  return found === undefined ? atMs : Math.max(atMs, found.atMs - clockSkewMs);
}

/** True when the newest run of the issue answers the label already: its delivery came late, or Fleet found it by looking. */
export function isAnswered({ atMs, found }: Labelled, newest: Run): boolean {
  const untilMs = newest.askedUntilMs ?? newest.createdAtMs;
  // Times of a forge may be whole seconds; two deliveries are two labels, while a look sees the same one again.
  return found === undefined ? atMs < untilMs : atMs <= untilMs;
}

function firstRun(request: RunRequest): Run {
  const phase: Phase =
    request.refusal === undefined
      ? { name: 'queued', step: 'waiting', resume: { to: 'planning' } }
      : { name: 'refused', why: request.refusal };
  return {
    id: request.id,
    revision: 1,
    repository: request.repository,
    issue: request.issue,
    requester: request.requester,
    label: request.label,
    ...(request.issue.labels?.includes(`${request.label}${planFirstEnd}`) === true ? { isPlanFirst: true } : {}),
    ...(request.askedUntilMs === undefined ? {} : { askedUntilMs: request.askedUntilMs }),
    branch: branchName({
      prefix: request.branchPrefix,
      number: request.issue.number,
      title: request.issue.title,
      earlierRuns: request.earlierRuns,
    }),
    round: 1,
    phase,
    delivered: [],
    attempts: [],
    evidence: [],
    status: { ...(request.statusComment === undefined ? {} : { id: request.statusComment }), state: 'shown' },
    createdAtMs: request.atMs,
    updatedAtMs: request.atMs,
  };
}
