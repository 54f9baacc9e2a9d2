import { unanswered, roundRows } from '../decide/ledger.js';
import { parseCommand } from '../domain/command.js';
import type { Effect } from '../domain/effect.js';
import type { ThreadOutcome, WorkEvent } from '../domain/event.js';
import { Failure } from '../domain/failure.js';
import type { Person } from '../domain/forge.js';
import type { Demand, DemandComment, LedgerRow, ReadFeedback, ReviewState, Thread } from '../domain/review.js';
import { threadAnswer } from '../render/thread-answer.js';
import type { Run } from '../domain/run.js';
import type { Job } from './job.js';
import { forgeOf, reviewsOf } from './loop.js';

/** Reads the whole state of the merge request, once the burst has settled; nothing when somebody was faster, or more has come. */
export async function readFeedback(
  job: Job,
  { dueAtMs }: Extract<Effect, { type: 'readFeedback' }>,
): Promise<WorkEvent | undefined> {
  const { run, loop } = job;
  const { clock } = loop.ports;
  if (run.phase.name !== 'inReview' || run.phase.settling === undefined || run.mergeRequest === undefined)
    return undefined;
  // What put it off has ordered a read of its own.
  if (dueAtMs < run.phase.settling.dueAtMs) return undefined;
  const atMs = clock.nowMs();
  const state = await reviewsOf(loop, run.repository.forge).read(run.repository, run.mergeRequest.number);
  if (state === undefined || state.mergeRequest.state !== 'open') {
    return { type: 'mergeRequestEnded', merged: state?.mergeRequest.state === 'merged', atMs };
  }
  return { type: 'feedbackRead', feedback: await feedbackOf(job, state), atMs };
}

/** Only what people with write access said ever reaches a run; the forge is asked about each of them once. */
async function feedbackOf(job: Job, state: ReviewState): Promise<ReadFeedback> {
  const { updatedAtMs, headSha, isConflicting, threads, verdicts, ci } = state;
  const open = threads.filter(({ isResolved }) => !isResolved);
  const said = open.flatMap(({ comments }) => comments.filter(({ byFleet }) => !byFleet));
  const writers = await writersAmong(job, [...said.map(({ author }) => author), ...verdicts.map(({ by }) => by)]);
  return {
    ...{ updatedAtMs, headSha, ci },
    ...(isConflicting === undefined ? {} : { isConflicting }),
    demands: open.flatMap((thread) => demandOf(job, thread, writers)),
    resolved: threads.filter(({ isResolved }) => isResolved).map(({ id }) => id),
    verdicts: verdicts.filter(({ by }) => writers.has(by.id)),
  };
}

async function writersAmong({ loop, run }: Job, people: readonly Person[]): Promise<ReadonlySet<string>> {
  const known = new Map(people.filter(({ kind }) => kind === 'person').map((person) => [person.id, person]));
  const forge = forgeOf(loop, run.repository.forge);
  const asked = await Promise.all(
    [...known.values()].map(async (person) => ((await forge.canWrite(run.repository, person)) ? [person.id] : [])),
  );
  return new Set(asked.flat());
}

/** What is asked for in a thread; commands that are no demand were carried out when they came. */
function demandOf({ loop, run }: Job, thread: Thread, writers: ReadonlySet<string>): readonly Demand[] {
  const { id, kind, place, canResolve, isThreaded } = thread;
  const login = loop.logins.get(run.repository.forge);
  const comments = thread.comments.flatMap((comment): readonly DemandComment[] => {
    if (comment.byFleet || !writers.has(comment.author.id)) return [];
    const command = parseCommand(comment.body, login);
    if (command !== undefined && command.name !== 'text') return [];
    const text = command?.name === 'text' ? comment.body.replace(/^[ ]{0,3}(\/fleet|@\S+)[\s:,]*/im, '') : comment.body;
    const { id: commentId, author: by, createdAtMs: atMs, suggestions } = comment;
    return [{ id: commentId, by, text, atMs, suggestions }];
  });
  if (comments.length === 0) return [];
  return [{ thread: id, kind, canResolve, isThreaded, comments, ...(place === undefined ? {} : { place }) }];
}

/** Posts the answers of the round into their threads, resolves what is done, and asks for review again when nothing is open. */
export async function answerThreads(job: Job): Promise<WorkEvent> {
  const { run, loop, claim, signal } = job;
  const reviews = reviewsOf(loop, run.repository.forge);
  const number = run.mergeRequest?.number;
  const { clock } = loop.ports;
  if (number === undefined) throw new Error(`run ${run.id} has no merge request whose threads could be answered`);
  const left = new Set(unanswered(run).map(({ thread }) => thread));
  const rows = roundRows(run).filter(({ state }) => state === 'open');
  const mayExist = claim.tries > 1 || run.cause?.isAnsweredInPart === true;
  const outcomes: ThreadOutcome[] = [];
  for (const row of rows) {
    signal.throwIfAborted();
    const answer = threadAnswer(run, row, { settings: loop.settings, nowMs: clock.nowMs() });
    if (row.kind === 'issue') await tellOnIssue(job, answer);
    const state =
      row.kind === 'issue'
        ? 'answered'
        : await reviews.answer(run.repository, number, { ...answer, thread: row.thread, mayExist });
    if (state === 'gone' || !left.has(row.thread)) outcomes.push({ thread: row.thread, state });
  }
  signal.throwIfAborted();
  const resolved = new Set(await resolveDone(job, number, rows, outcomes));
  if (left.size === 0 && !isOpenElsewhere(run, rows)) await reviews.askAgain(run.repository, number, reviewersOf(job));
  const answers = outcomes.map((one): ThreadOutcome =>
    resolved.has(one.thread) ? { ...one, state: 'resolved' } : one,
  );
  return { type: 'threadsAnswered', answers, atMs: clock.nowMs() };
}

/** True when a thread that an earlier round took up is without an answer, or one waits for the next round. */
function isOpenElsewhere({ review, cause }: Run, rows: readonly LedgerRow[]): boolean {
  return cause?.isPartial === true || (review?.ledger ?? []).some((row) => row.state === 'open' && !rows.includes(row));
}

async function tellOnIssue(
  { run, loop }: Job,
  answer: { readonly marker: string; readonly body: string },
): Promise<void> {
  const { marker, body } = answer;
  await forgeOf(loop, run.repository.forge).ensureComment(run.repository, run.issue.number, {
    ...{ marker, find: marker, body, mayExist: true, isMergeRequest: run.issue.isMergeRequest },
  });
}

/** What a commit of Fleet's does is done; everything else is for the person who said it to resolve. */
async function resolveDone(
  { run, loop }: Job,
  number: number,
  rows: readonly LedgerRow[],
  outcomes: readonly ThreadOutcome[],
): Promise<readonly string[]> {
  if (run.prepared?.policy.review.resolveThreads !== true) return [];
  const answered = new Set(outcomes.filter(({ state }) => state === 'answered').map(({ thread }) => thread));
  const done = rows.filter(
    ({ thread, canResolve, reply }) => canResolve && answered.has(thread) && reply?.commit !== undefined,
  );
  if (done.length === 0) return [];
  return reviewsOf(loop, run.repository.forge).resolve(
    run.repository,
    number,
    done.map(({ thread }) => thread),
  );
}

/** Who has to look again: whoever asked for changes, and whoever said something that this round answers. */
function reviewersOf({ run }: Job): readonly Person[] {
  const spoke = roundRows(run).flatMap(({ comments }) => comments.map(({ by }) => by));
  const refused = (run.review?.verdicts ?? []).filter(({ kind }) => kind === 'changesRequested').map(({ by }) => by);
  return [...new Map([...refused, ...spoke].map((person) => [person.id, person])).values()];
}

/** Starts red jobs once more; that Fleet may not is an answer, too. */
export async function rerunJobs(job: Job, { sha, jobs }: Extract<Effect, { type: 'rerunJobs' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const isStarted = await reviewsOf(loop, run.repository.forge)
    .rerun(run.repository, jobs)
    .catch((error: unknown) => {
      if (error instanceof Failure && error.reason.kind === 'needsPerson') return false;
      throw error;
    });
  return { type: 'jobsRerun', sha, jobs: jobs.map(({ name }) => name), isStarted, atMs: loop.ports.clock.nowMs() };
}
