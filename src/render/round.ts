import type { LedgerRow, RoundCause } from '../domain/review.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import { escapeInline } from './escape.js';
import { amountText } from './format.js';
import { oneLine } from './plain.js';

const mostJobs = 3;

/** The branch that the merge request goes to. */
export function baseOf({ prepared, repository }: Run): string {
  return prepared?.policy.base ?? repository.defaultBranch;
}

/** `round 2 of at most 10`. */
export function roundName({ prepared, review }: Run, round: number): string {
  const most = prepared?.policy.review.maxRounds;
  return most === undefined ? `round ${round}` : `round ${round} of at most ${most + (review?.moreRounds ?? 0)}`;
}

/** Why a round began, in a few words of plain text: `2 threads, CI red (ci / test)`. */
export function reasonOf(run: Run, { threads, redJobs, integrates }: RoundCause): string {
  const reasons = [
    ...(threads.length === 0 ? [] : [amountText(threads.length, 'thread')]),
    ...(redJobs.length === 0 ? [] : [`CI red (${namesOf(redJobs)})`]),
    ...(integrates === 'conflict' ? [`conflict with ${baseOf(run)}`] : []),
    ...(integrates === 'update' ? [`${baseOf(run)} asked for`] : []),
  ];
  return reasons.length === 0 ? 'commits of others' : reasons.join(', ');
}

function namesOf(jobs: RoundCause['redJobs']): string {
  const names = jobs.slice(0, mostJobs).map(({ name }) => oneLine(name));
  return [...names, ...(jobs.length > mostJobs ? [`${jobs.length - mostJobs} more`] : [])].join(', ');
}

/** What the round at hand answers, or the last one did; unset in the first. */
export function causeOf({ round, cause, delivered }: Run): RoundCause | undefined {
  return round === 1 ? undefined : (cause ?? delivered.at(-1)?.cause);
}

/** False while the plan is an earlier round's. */
export function isPlanned(run: Run): boolean {
  return run.plan !== undefined && (run.round === 1 || causeOf(run)?.summary !== undefined);
}

/** True once the merge request holds what the round at hand did. */
export function isDelivered({ round, delivered }: Run): boolean {
  return delivered.some((one) => one.round === round);
}

/** The rounds before the one at hand. */
export function earlierRounds({ round, delivered }: Run): readonly DeliveredRound[] {
  return delivered.filter((one) => one.round < round);
}

/** True for a round that ended on the commit that it began with: whatever its tasks were to change stood there already. */
export function isUnchanged(round: {
  readonly cause?: RoundCause | undefined;
  readonly head: Snapshot | undefined;
}): boolean {
  const { cause, head } = round;
  return head !== undefined && cause?.fromSha === head.commit;
}

/** The rows of the ledger that a round took up. */
export function rowsOf({ review }: Run, cause: RoundCause | undefined): readonly LedgerRow[] {
  return (review?.ledger ?? []).filter(({ thread }) => cause?.threads.includes(thread));
}

/** Who approves the commit at the head of the branch: `approved by vera`. What was read before the round pushed speaks of an older one. */
export function approval(run: Run, { commit }: Snapshot): string | undefined {
  const { verdicts = [], headSha } = run.review ?? {};
  const sinceSha = causeOf(run)?.sinceSha;
  const isOlder = sinceSha !== commit && sinceSha === headSha;
  const names = verdicts.filter(({ kind }) => kind === 'approved').map(({ by }) => escapeInline(by.login));
  return isOlder || names.length === 0 ? undefined : `approved by ${names.join(', ')}`;
}

/** Who asked for it last. */
export function askerOf({ comments }: LedgerRow): string {
  return comments.at(-1)?.by.login ?? 'somebody';
}

/** As people and forges shorten a commit. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}
