import type { AppliedSuggestion, ThreadOutcome } from '../domain/event.js';
import { isUnanswered, type Demand, type LedgerRow, type Reply } from '../domain/review.js';
import type { Run } from '../domain/run.js';

/** What is asked for and was not taken up before: threads with new comments, reduced to those. */
export function newDemands(ledger: readonly LedgerRow[], demands: readonly Demand[]): readonly Demand[] {
  return demands.flatMap((demand) => {
    const seen = new Set(rowOf(ledger, demand.thread)?.seen);
    const comments = demand.comments.filter(({ id }) => !seen.has(id));
    return comments.length === 0 ? [] : [{ ...demand, comments }];
  });
}

/** The ledger after a round took these demands up: a thread that comes back is open again. */
export function takenUp(ledger: readonly LedgerRow[], demands: readonly Demand[], round: number): readonly LedgerRow[] {
  const again = new Set(demands.map(({ thread }) => thread));
  const rows = demands.map((demand): LedgerRow => {
    const before = rowOf(ledger, demand.thread);
    return {
      ...demand,
      seen: [...(before?.seen ?? []), ...demand.comments.map(({ id }) => id)],
      round,
      taken: (before?.taken ?? 0) + 1,
      state: 'open',
      // What Fleet said before stays in sight until this round has an answer of its own.
      ...(before?.reply === undefined ? {} : { before: before.reply }),
    };
  });
  return [...ledger.filter(({ thread }) => !again.has(thread)), ...rows];
}

/** Rows that somebody resolved need no answer any more. */
export function withResolved(ledger: readonly LedgerRow[], resolved: readonly string[]): readonly LedgerRow[] {
  return ledger.map((row) => (resolved.includes(row.thread) ? { ...row, state: 'resolved' } : row));
}

/** Open rows of the round that have no answer which counts. */
export function unanswered(run: Run): readonly LedgerRow[] {
  return roundRows(run).filter(isUnanswered);
}

/** All rows that the round took up. */
export function roundRows(run: Run): readonly LedgerRow[] {
  const threads = new Set(run.cause?.threads);
  return (run.review?.ledger ?? []).filter(({ thread }) => threads.has(thread));
}

/** The agent's answers to open rows of the round; those with a proof already stay as they are. */
export function withReplies(run: Run, replies: readonly Reply[]): Run {
  const open = new Set(unanswered(run).map(({ thread }) => thread));
  return mapRows(run, (row) => {
    const reply = replies.find(({ thread }) => thread === row.thread);
    return reply === undefined || !open.has(row.thread)
      ? row
      : { ...row, reply: { kind: reply.kind, text: reply.text } };
  });
}

/** The round begins anew, maybe without the commits that stood for its replies. */
export function withoutReplies(run: Run): Run {
  return mapRows(run, ({ reply: _, ...row }) => row);
}

/** A commit of the round stands for the fixes that were waiting for one. */
export function withCommit(run: Run, threads: readonly string[], commit: string): Run {
  return mapRows(run, (row) => {
    const { reply } = row;
    const waits = reply !== undefined && reply.commit === undefined && ['fix', 'nit'].includes(reply.kind);
    return waits && threads.includes(row.thread) ? { ...row, reply: { ...reply, commit } } : row;
  });
}

/** Suggestions that were taken over as they stand, which needs no agent. */
export function withSuggestions(run: Run, applied: readonly AppliedSuggestion[]): Run {
  return mapRows(run, (row) => {
    const commit = applied.find(({ thread }) => thread === row.thread)?.commit;
    if (commit === undefined || row.comments.some(({ text }) => saysMore(text))) return row;
    return { ...row, reply: { kind: 'fix', text: '', commit, isSuggestion: true } };
  });
}

/** True when a comment holds more than its suggestions. */
function saysMore(text: string): boolean {
  return text.replace(/^(`{3,}|~{3,})suggestion[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, '').trim() !== '';
}

/** What became of the answers in their threads. */
export function withOutcomes(run: Run, outcomes: readonly ThreadOutcome[]): Run {
  return mapRows(run, (row) => {
    const state = outcomes.find(({ thread }) => thread === row.thread)?.state;
    return state === undefined ? row : { ...row, state };
  });
}

function mapRows(run: Run, change: (row: LedgerRow) => LedgerRow): Run {
  if (run.review === undefined) return run;
  const threads = new Set(run.cause?.threads);
  const ledger = run.review.ledger.map((row) => (threads.has(row.thread) ? change(row) : row));
  return { ...run, review: { ...run.review, ledger } };
}

function rowOf(ledger: readonly LedgerRow[], thread: string): LedgerRow | undefined {
  return ledger.find((row) => row.thread === thread);
}
