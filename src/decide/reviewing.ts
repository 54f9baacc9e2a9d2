import type { Effect } from '../domain/effect.js';
import type { PeopleEvent, WorkEvent } from '../domain/event.js';
import type { Demand, LedgerRow, ReadFeedback, ReviewRecord, ReviewVerdict, RoundCause } from '../domain/review.js';
import type { Phase, Settling } from '../domain/phase.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import type { Obstacle } from '../domain/work.js';
import { redWork, tellingOf, type RedWork } from './ci.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { newDemands, takenUp, withResolved } from './ledger.js';
import { longestSettleMs, readNow, withTasks } from './start.js';

type InReview = Extract<Phase, { name: 'inReview' }>;

/** Threads that one round takes up at most; the others wait for the next one. */
const mostThreads = 50;

/** Something may be new: it is read once nothing more has come for a while, or after the round at hand. */
export function afterHint(run: Run, { why, atMs }: Extract<PeopleEvent, { type: 'feedbackHinted' }>): Decision {
  const { phase } = run;
  if (phase.name !== 'inReview') return stays(hinted(run), `${why}: is read after this round`);
  const { settling } = phase;
  if (settling === undefined) return settles(stays(run, `${why}: is let settle`), phase, atMs);
  // By then the merge request may have been read without it.
  if (atMs >= settling.dueAtMs) return stays(hinted(run), `${why}: is read after what is read now`);
  const isTalk = why === 'review' || why === 'comment';
  const dueAtMs = Math.min(atMs + settleMsOf(run), settling.sinceMs + longestSettleMs);
  if (!isTalk || dueAtMs <= settling.dueAtMs) return stays(run, `${why}: is read soon`);
  // Each time that it is put off has a read of its own; the one before finds that it was.
  const effect = { type: 'readFeedback', dueAtMs } as const;
  return moved(run, { ...phase, settling: { ...settling, dueAtMs } }, `${why}: is let settle`, effect);
}

/** A burst begins: it is read once it has settled. */
function settles({ run, because, effects }: Decision, phase: InReview, sinceMs: number): Decision {
  const dueAtMs = sinceMs + Math.min(settleMsOf(run), longestSettleMs);
  const settling: Settling = { sinceMs, dueAtMs };
  return moved(run, { ...phase, settling }, because, ...effects, { type: 'readFeedback', dueAtMs });
}

function settleMsOf({ prepared }: Run): number {
  return prepared?.policy.review.settleMs ?? 0;
}

/** Read once the run is in review again; a run without a merge request has nothing to read. */
export function hinted(run: Run): Run {
  return run.mergeRequest === undefined ? run : { ...run, isHinted: true };
}

/** The whole state was read: it becomes one round, or nothing. */
export function afterFeedbackRead(run: Run, event: Extract<WorkEvent, { type: 'feedbackRead' }>): Decision {
  const { phase } = run;
  if (phase.name !== 'inReview') return stays(hinted(run), `late: feedbackRead while ${phase.name}`);
  if (phase.settling === undefined) return stays(run, 'late: it was read since');
  const review = recordOf(run.review, event.feedback, event.atMs);
  const seen: Reviewed = { ...run, review };
  const work = workOf(seen, event.feedback);
  const obstacle = obstacleOf(seen, work);
  if (obstacle !== undefined) return shownTo(blocked(seen, obstacle, { to: 'inReview', head: phase.head }));
  if (!isWork(work)) return quiet(seen, phase, { event, red: work.red, verdictsBefore: run.review?.verdicts ?? [] });
  const isMore = work.isMore || work.red.again.length > 0 || isNewer(phase, event.atMs);
  return begun(isMore ? { ...seen, isHinted: true } : seen, phase, work);
}

type Reviewed = Run & { readonly review: ReviewRecord };

/** What the state calls for. */
interface Work {
  /** For this round. */
  readonly demands: readonly Demand[];
  /** There are demands beyond these. */
  readonly isMore: boolean;
  readonly red: RedWork;
  readonly integrates?: 'conflict' | 'update';
  readonly sinceSha: string;
}

function workOf({ review, asked }: Reviewed, feedback: ReadFeedback): Work {
  // What was asked for by commands is kept until this round only, so it comes first.
  const demands = newDemands(review.ledger, [...(asked?.demands ?? []), ...feedback.demands]);
  const update = asked?.update === true ? ({ integrates: 'update' } as const) : {};
  return {
    demands: demands.slice(0, mostThreads),
    isMore: demands.length > mostThreads,
    red: redWork(review, feedback.ci, feedback.headSha),
    ...(feedback.isConflicting === true ? { integrates: 'conflict' } : update),
    sinceSha: feedback.headSha,
  };
}

function isWork({ demands, red, integrates }: Work): boolean {
  return demands.length > 0 || red.work.length > 0 || integrates !== undefined;
}

/** What Fleet is busy with came after the state was read. */
function isNewer({ settling }: InReview, readAtMs: number): boolean {
  return settling !== undefined && settling.dueAtMs > readAtMs;
}

/** What is known of a merge request that was never read. */
const unread = { ledger: [], reruns: [], redRounds: {}, told: [], moreRounds: 0 } as const;

/** Forges tell times to the second: what was read sooner after its last change may have changed again within the same second. */
const sameMomentMs = 2_000;

function recordOf(before: ReviewRecord | undefined, feedback: ReadFeedback, readAtMs: number): ReviewRecord {
  const { headSha, isConflicting, ci, verdicts, resolved, demands } = feedback;
  const { ledger, reruns, redRounds, told, moreRounds } = before ?? unread;
  const clear = clearVerdicts(verdicts, demands).map(tellingOfVerdict);
  const isFresh = readAtMs - feedback.updatedAtMs < sameMomentMs;
  // A time that it does not have: the next look reads it once more.
  const updatedAtMs = isFresh ? feedback.updatedAtMs - 1 : feedback.updatedAtMs;
  return {
    ...{ updatedAtMs, headSha, verdicts, ci: { sha: ci.sha, verdict: ci.verdict }, reruns, moreRounds },
    ...(isConflicting === undefined ? {} : { isConflicting }),
    ledger: withResolved(ledger, resolved),
    // What was red and is green was mended.
    redRounds: ci.verdict === 'green' ? {} : redRounds,
    told: [...new Set([...told, ...clear])],
  };
}

function begun(run: Reviewed, phase: InReview, { demands, isMore, red, integrates, sinceSha }: Work): Decision {
  const { asked, review, ...rest } = run;
  const round = run.round + 1;
  const cause: RoundCause = {
    ...{ threads: demands.map(({ thread }) => thread), redJobs: red.work, sinceSha },
    ...(isMore ? { isPartial: true } : {}),
    ...(integrates === undefined ? { source: 'none' } : { source: 'base', integrates }),
  };
  const redRounds = { ...review.redRounds };
  for (const { name } of cause.redJobs) redRounds[name] = (redRounds[name] ?? 0) + 1;
  const ledger = takenUp(review.ledger, demands, round);
  const next = withTasks({ ...rest, round, cause, review: { ...review, redRounds, ledger } }, []);
  const waiting: Phase = { name: 'queued', step: 'waiting', resume: { to: 'round', head: phase.head } };
  return shownTo(moved(next, waiting, `round ${round}: ${causeInWords(cause)}`));
}

function causeInWords({ threads, redJobs, integrates }: RoundCause): string {
  return [
    ...(threads.length === 0 ? [] : [counted(threads.length, 'thread')]),
    ...(redJobs.length === 0 ? [] : [`red: ${redJobs.map(({ name }) => name).join(', ')}`]),
    ...(integrates === undefined ? [] : [integrates === 'conflict' ? 'the base conflicts' : 'the base is asked for']),
  ].join('; ');
}

/** When people are asked in the place of another round. */
function obstacleOf(run: Reviewed, work: Work): Obstacle | undefined {
  const { review } = run;
  const again = work.demands.flatMap(({ thread }) =>
    review.ledger.filter((row) => row.thread === thread && row.taken >= 2),
  );
  if (again.length > 0) return { kind: 'sameDemand', details: again.map(triedInWords) };
  if (isWork(work)) {
    const isSpent = run.round >= (run.prepared?.policy.review.maxRounds ?? 0) + review.moreRounds;
    return isSpent ? { kind: 'roundsSpent', details: run.delivered.map(roundInWords) } : undefined;
  }
  const stays = work.red.stays.map(({ name, url }) => `${name}: still red (${url})`);
  return stays.length === 0 ? undefined : { kind: 'ciStaysRed', details: stays };
}

function roundInWords({ round, cause, tasks }: DeliveredRound): string {
  return `round ${round}: ${cause === undefined ? tasks.map(({ title }) => title).join('; ') : causeInWords(cause)}`;
}

function triedInWords({ place, comments, reply, taken }: LedgerRow): string {
  const where = place === undefined ? '' : ` at ${place.path}${place.line === undefined ? '' : `:${place.line}`}`;
  const said = comments.at(-1);
  const tried = reply === undefined ? 'no answer' : [reply.commit?.slice(0, 7), reply.text].filter(Boolean).join(' ');
  return `${said?.by.login ?? 'somebody'}${where}: ${said?.text.split('\n')[0] ?? ''} — tried ${taken} times, last: ${tried}`;
}

/** Nothing to work on: red jobs run once more, people are told of what only they can mend. */
function quiet(
  run: Reviewed,
  phase: InReview,
  of: {
    readonly event: Extract<WorkEvent, { type: 'feedbackRead' }>;
    readonly red: RedWork;
    readonly verdictsBefore: readonly ReviewVerdict[];
  },
): Decision {
  const { red, event } = of;
  const { ci } = event.feedback;
  const { review } = run;
  const unclear = unclearVerdicts(review);
  const told = [...review.told, ...red.told.map((job) => tellingOf(ci.sha, job)), ...unclear.map(tellingOfVerdict)];
  // Remembered at once: what is read until they have started calls for nothing.
  const asked = red.again.map(({ name }) => ({ sha: ci.sha, job: name, isAsked: true }) as const);
  const reruns = [...review.reruns, ...asked];
  const next: Run = { ...run, review: { ...review, told, reruns } };
  const effects: Effect[] = [
    ...(red.again.length === 0 ? [] : [{ type: 'rerunJobs', sha: ci.sha, jobs: red.again } as const]),
    ...(red.told.length === 0 ? [] : [{ type: 'tellPeople', notice: { kind: 'ciBroken', jobs: red.told } } as const]),
    ...unclear.map(({ by }) => ({ type: 'tellPeople', notice: { kind: 'changesUnclear', by } }) as const),
  ];
  const because =
    red.again.length > 0 ? `red: ${counted(red.again.length, 'job')} run once more` : 'nothing to work on';
  const said = stays(next, because, ...effects);
  const waits = isNewer(phase, event.atMs) ? said : settled(said, phase, event.atMs);
  return isSame(of.verdictsBefore, review.verdicts) ? waits : shownTo(waits);
}

/** What came while it was read is let settle next. */
function settled(decision: Decision, { head }: InReview, atMs: number): Decision {
  const { isHinted, ...run } = decision.run;
  const phase: InReview = { name: 'inReview', head };
  const idle = { ...decision, run: { ...run, phase } };
  return isHinted === true ? settles(idle, phase, atMs) : idle;
}

/** Changes asked for by somebody who also says which; once that is answered, they need not say it again. */
function clearVerdicts(verdicts: readonly ReviewVerdict[], demands: readonly Demand[]): readonly ReviewVerdict[] {
  const spoke = new Set(demands.flatMap(({ comments }) => comments.map(({ by }) => by.id)));
  return verdicts.filter(({ kind, by }) => kind === 'changesRequested' && spoke.has(by.id));
}

/** Changes asked for by somebody who said nothing about which, and was not told yet. */
function unclearVerdicts({ verdicts, told }: ReviewRecord): readonly ReviewVerdict[] {
  return verdicts.filter((one) => one.kind === 'changesRequested' && !told.includes(tellingOfVerdict(one)));
}

function tellingOfVerdict({ id }: ReviewVerdict): string {
  return `verdict ${id}`;
}

function isSame(before: readonly ReviewVerdict[], now: readonly ReviewVerdict[]): boolean {
  return before.map(({ id }) => id).join() === now.map(({ id }) => id).join();
}

/** Red jobs were run again; those that Fleet may not run again are work at once. */
export function afterRerun(run: Run, event: Extract<WorkEvent, { type: 'jobsRerun' }>): Decision {
  const { sha, jobs, isStarted, atMs } = event;
  if (!isStarted && sha === run.review?.headSha) return notRerun(run, atMs);
  const { review } = run;
  // Red once more, they are news again: also to a look that no webhook has told anything.
  const waits =
    isStarted && review?.ci.sha === sha
      ? { ...run, review: { ...review, ci: { ...review.ci, verdict: 'pending' as const } } }
      : run;
  return stays(
    rerun(waits),
    isStarted ? `${counted(jobs.length, 'job')} run again` : 'late: they are of an earlier commit',
  );
}

/** They count as run again: what is red is work now. */
export function notRerun(run: Run, atMs: number): Decision {
  const because = 'the jobs could not be run again';
  const { phase } = run;
  const next = rerun(run);
  return phase.name === 'inReview' ? readNow(next, { head: phase.head, atMs }, because) : stays(hinted(next), because);
}

/** No re-run is on its way any more. */
function rerun(run: Run): Run {
  const { review } = run;
  if (review === undefined) return run;
  return { ...run, review: { ...review, reruns: review.reruns.map(({ sha, job }) => ({ sha, job })) } };
}

/** A person lets a run that had asked go on: what it was held up by counts anew. */
export function reviewedAgain(
  run: Run,
  from: { readonly obstacle: Obstacle; readonly head: InReview['head']; readonly atMs: number },
  because: string,
): Decision {
  const { review } = run;
  if (review === undefined) return readNow(run, from, because);
  const more = from.obstacle.kind === 'roundsSpent' ? (run.prepared?.policy.review.maxRounds ?? 0) : 0;
  const ledger =
    from.obstacle.kind === 'sameDemand' ? review.ledger.map((row) => ({ ...row, taken: 0 })) : review.ledger;
  const redRounds = from.obstacle.kind === 'ciStaysRed' ? {} : review.redRounds;
  const next: Run = { ...run, review: { ...review, ledger, redRounds, moreRounds: review.moreRounds + more } };
  return readNow(next, from, because);
}
