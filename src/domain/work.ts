import type { Role } from './agent.js';
import type { Evidence } from './check.js';

/** A tree of the worktree that Fleet has kept as a commit, so that any step can start again from it. */
export interface Snapshot {
  /** Commit that holds the tree; on no branch, kept by a ref of Fleet's. */
  readonly commit: string;
  readonly tree: string;
}

/** What a real conflict is about. */
export interface Conflict {
  /** Commit that is merged. */
  readonly theirs: string;
  /** What is merged, for people: `main`. */
  readonly name: string;
  readonly files: readonly string[];
  /** Conflicts that leave no markers, a sentence each in the order of `files`: binary, deleted on one side, a file against a folder. */
  readonly details: readonly string[];
  /** The tree with conflict markers in it. */
  readonly marked: Snapshot;
  /** Subjects of the commits on either side that touched the files, newest first, at most 10 a side. */
  readonly oursLog: readonly string[];
  readonly theirsLog: readonly string[];
}

/** What an agent's attempt is to be told beyond the issue. */
export type Feedback =
  | { readonly kind: 'none' }
  | { readonly kind: 'artifactProblems'; readonly problems: readonly string[] }
  | { readonly kind: 'checksRed'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'changeRefused'; readonly problems: readonly string[] }
  /** What crossing the tests of base and head has found. */
  | { readonly kind: 'notProven'; readonly problems: readonly string[] }
  /** What a critic or verifier has found; of a change, it goes back to the developer, of a plan, to the planner. */
  | { readonly kind: 'rejected'; readonly problems: readonly string[] }
  /** A task got nowhere: the rest of the round is planned anew. */
  | { readonly kind: 'replan'; readonly task: string; readonly problems: readonly string[] }
  | { readonly kind: 'conflict'; readonly conflict: Conflict };

/** One agent invocation that the run waits for. */
export interface Assignment {
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  /** Which of the run's worktrees it works in; unset: 0, the run's own. */
  readonly lane?: number;
  readonly feedback: Feedback;
  /** Open threads that the attempt has to answer in `replies.json`; empty outside rounds of review. */
  readonly threads: readonly string[];
  /** The worktree is brought to this state before the agent starts. */
  readonly from: Snapshot;
  /** Session of the same agent to go on with, where its dialect can. */
  readonly session?: string;
  /** What was tried for the task before, a line an attempt, for one that does not remember it. */
  readonly tried?: readonly string[];
}

/** What stands in the way of a blocked run; the texts for people are keyed by `kind`. */
export interface Obstacle {
  readonly kind:
    | 'checksRed'
    | 'planMissing'
    | 'agentFailed'
    | 'noAgent'
    | 'agentsAway'
    | 'changeRefused'
    | 'notProven'
    | 'rejected'
    | 'verdictMissing'
    | 'budgetSpent'
    | 'pushRefused'
    | 'emptyRepository'
    | 'baseReplaced'
    | 'configurationBroken'
    | 'setupFailed'
    | 'forgeRefused'
    | 'roundsSpent'
    | 'sameDemand'
    | 'ciStaysRed'
    | 'receiptMissing'
    | 'spent';
  /** Facts for people, one a line: what failed, where. */
  readonly details: readonly string[];
}
