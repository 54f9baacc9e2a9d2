import type { Comment, MergeRequest, Person } from './forge.js';

/** Where in a change a thread hangs. */
export interface ThreadPlace {
  readonly path: string;
  /** Last line that is spoken of, from 1, in the file as it is now; unset where the line or the file is gone, and for whole files. */
  readonly line?: number;
  /** True when the lines have changed since it was said. */
  readonly isOutdated: boolean;
}

/** A change that a person wrote out: lines `fromLine` to `toLine` of the file, from 1 and inclusive, become `text`. */
export interface Suggestion {
  readonly path: string;
  readonly fromLine: number;
  readonly toLine: number;
  /** Without the last line break; empty takes the lines out. */
  readonly text: string;
}

/** A comment in a thread. */
export interface ThreadComment extends Comment {
  /** Empty where the lines that it speaks of have changed since. */
  readonly suggestions: readonly Suggestion[];
}

/** Something that was said about a merge request, with all that was said to it. */
export interface Thread {
  /** The forge's own, `[A-Za-z0-9._-]+`; it stays. */
  readonly id: string;
  /** `inline`: at a place of the change; `comment`: below the merge request; `review`: the text of a review. */
  readonly kind: 'inline' | 'comment' | 'review';
  readonly place?: ThreadPlace;
  readonly isResolved: boolean;
  /** Fleet may resolve it, where the repository's policy lets it. */
  readonly canResolve: boolean;
  /** The forge keeps answers with it; else an answer is a comment of its own, and says to what. */
  readonly isThreaded: boolean;
  /** Oldest first, without the forge's own notes; at most the last 100. */
  readonly comments: readonly ThreadComment[];
}

/** What a person last said about the whole change. */
export interface ReviewVerdict {
  readonly id: string;
  readonly by: Person;
  readonly kind: 'approved' | 'changesRequested';
  readonly atMs: number;
}

/** Why a job of CI is red. All but `code` is nothing that a change of the code could mend. */
export type RedCause = 'code' | 'runner' | 'billing' | 'timeout' | 'cancelled';

/** A job of CI that did not pass. */
export interface RedJob {
  /** The forge's own, for a re-run. */
  readonly id: string;
  /** With the workflow or stage where there is one, e.g. `ci / test`. */
  readonly name: string;
  readonly url: string;
  readonly step?: string;
  readonly cause: RedCause;
  /** Fleet was granted what a re-run needs, and the forge can run this job again. */
  readonly canRerun: boolean;
  /** The end of its log or its annotations, at most 8,000 characters; empty where Fleet may not read them. */
  readonly logTail: string;
}

/** The verdict of CI about one commit. `none`: nothing ran, which is not green; `unknown`: the forge did not say. */
export type CiVerdict = 'none' | 'pending' | 'green' | 'red' | 'unknown';

export interface CiState {
  readonly sha: string;
  readonly verdict: CiVerdict;
  /** At most 20; logs of the first five. */
  readonly red: readonly RedJob[];
}

/** A merge request with all that people and machines said about it, at one moment. */
export interface ReviewState {
  readonly mergeRequest: MergeRequest;
  /** The last change of any kind, as a glance tells it: while it stays the same, nothing was said. */
  readonly updatedAtMs: number;
  /** Head of its branch. */
  readonly headSha: string;
  /** Unset while the forge has not found out yet. */
  readonly isConflicting?: boolean;
  /** Also resolved ones; oldest first. */
  readonly threads: readonly Thread[];
  /** The last one of each reviewer. */
  readonly verdicts: readonly ReviewVerdict[];
  readonly ci: CiState;
}

/** What a comment asks for, in the words of somebody with write access. */
export interface DemandComment {
  readonly id: string;
  readonly by: Person;
  readonly text: string;
  readonly atMs: number;
  readonly suggestions: readonly Suggestion[];
}

/** An open thread, reduced to what people with write access said in it. */
export interface Demand {
  /** Id of the thread; `issue-<comment id>` for what was asked for by `/fleet …` on the issue. */
  readonly thread: string;
  readonly kind: Thread['kind'] | 'issue';
  readonly place?: ThreadPlace;
  readonly canResolve: boolean;
  readonly isThreaded: boolean;
  /** As they were when they were read: later edits do not count. */
  readonly comments: readonly DemandComment[];
}

/** The whole state of a merge request as the run may know it: nothing in it is by bots, by Fleet or by people without write access. */
export interface ReadFeedback {
  readonly updatedAtMs: number;
  readonly headSha: string;
  readonly isConflicting?: boolean;
  readonly demands: readonly Demand[];
  /** Threads that need no answer any more: resolved by somebody. */
  readonly resolved: readonly string[];
  readonly verdicts: readonly ReviewVerdict[];
  readonly ci: CiState;
}

/** What an answer is (contract: `replies.json`). */
export type ReplyKind = 'fix' | 'question' | 'nit' | 'disagree' | 'outOfScope';

/** An agent's answer to a thread, from `replies.json`. */
export interface Reply {
  readonly thread: string;
  readonly kind: ReplyKind;
  readonly text: string;
}

/** One row of the thread ledger: a demand as it was last taken up, what was done about it, and the proof. */
export interface LedgerRow extends Demand {
  /** Ids of all comments that were taken up so far. */
  readonly seen: readonly string[];
  /** The round that took it up last. */
  readonly round: number;
  /** How often it was taken up. */
  readonly taken: number;
  /** `open`: no answer yet; `answered`: by Fleet, in the thread; `resolved`: by whomever; `gone`: the thread is not there any more. */
  readonly state: 'open' | 'answered' | 'resolved' | 'gone';
  readonly reply?: LedgerReply;
  /** What Fleet answered when it took the thread up the time before. */
  readonly before?: LedgerReply;
}

/** True for a row that waits for an answer. What agents claim is no proof: a fix is an answer once a commit does it. */
export function isUnanswered({ state, reply }: LedgerRow): boolean {
  return state === 'open' && (reply === undefined || (reply.kind === 'fix' && reply.commit === undefined));
}

/** The answer of a row with its proof. */
export interface LedgerReply {
  readonly kind: ReplyKind;
  readonly text: string;
  /** The commit that does it; a fix without one is none. */
  readonly commit?: string;
  /** The commit took a suggestion over as it stood. */
  readonly isSuggestion?: true;
}

/** What a round answers, and what it works on beside open rows of the ledger. */
export interface RoundCause {
  /** Rows that were taken up by this round. */
  readonly threads: readonly string[];
  /** More threads wait for the next round. */
  readonly isPartial?: true;
  readonly redJobs: readonly RedJob[];
  /** Why the base is brought in, where it is: it conflicts, or somebody asked for it. */
  readonly integrates?: 'conflict' | 'update';
  /** The head that people looked at before. */
  readonly sinceSha: string;
  /** What Fleet brings in next: the base, what others pushed to the run's branch, or suggestions alone. */
  readonly source: 'base' | 'branch' | 'none';
  /** Head of the branch when the round began; set then. */
  readonly fromSha?: string;
  /** Some of its answers may be in their threads already: whoever posts them looks first. */
  readonly isAnsweredInPart?: true;
  /** What the round does, in its planner's words; set once it is planned. */
  readonly summary?: string;
}

/** What people asked for by commands, for the next round. */
export interface Asked {
  readonly demands: readonly Demand[];
  /** The base is to be brought in. */
  readonly update: boolean;
}

/** What a run knows of its merge request beyond the merge request itself. */
export interface ReviewRecord {
  /** See `ReviewState`, when it was last read. */
  readonly updatedAtMs: number;
  readonly headSha: string;
  readonly isConflicting?: boolean;
  readonly ci: { readonly sha: string; readonly verdict: CiVerdict };
  readonly verdicts: readonly ReviewVerdict[];
  readonly ledger: readonly LedgerRow[];
  /** Jobs that were started again, by commit: each once. `isAsked`: it is on its way, so what the job is now counts for nothing. */
  readonly reruns: readonly { readonly sha: string; readonly job: string; readonly isAsked?: true }[];
  /** Rounds that worked on a red job, by its name. */
  readonly redRounds: Readonly<Record<string, number>>;
  /** Verdicts and jobs that people were told of, so that each is told once. */
  readonly told: readonly string[];
  /** Rounds that people allowed beyond the cap. */
  readonly moreRounds: number;
}
