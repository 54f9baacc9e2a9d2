import { z } from 'zod';
import type { Account, Health } from '../domain/account.js';
import type { Issue, Repository } from '../domain/forge.js';
import type { StoredEntry } from '../domain/journal.js';
import type { ReviewVerdict, Thread } from '../domain/review.js';
import type { Phase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';

const text = z.string();
const name = z.string().min(1);
const thread = { repository: name, number: z.int().positive(), by: name.optional() };

const line = z.int().positive();
/** Lines of a file, from 1 and inclusive; `old`: as the base has them, and the change takes them out. */
const remark = z.object({
  path: name,
  fromLine: line,
  line,
  side: z.enum(['new', 'old']),
  text,
  suggestion: text.optional(),
});

/** What can be asked of Fleet from outside. `run` is an id or its unambiguous start or end; `repository` a path, name, id or location. */
export const controlRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('server') }),
  z.object({ op: z.literal('list'), limit: z.int().positive(), open: z.boolean() }),
  z.object({ op: z.literal('show'), run: name }),
  z.object({ op: z.literal('diff'), run: name }),
  /** How the accounts of agents fare. */
  z.object({ op: z.literal('accounts') }),
  /** A person says that an account can be used again. */
  z.object({ op: z.literal('account.ready'), account: name }),
  z.object({
    op: z.literal('log'),
    run: name,
    after: z.int().nonnegative(),
    /** Waits this long for an entry, when there is none yet. */
    waitMs: z.int().min(0).max(25_000),
  }),
  z.object({ op: z.literal('runsOf'), repository: name, number: z.int().positive() }),
  z.object({ op: z.literal('repository.add'), at: name, base: name.optional(), push: z.boolean().optional() }),
  z.object({ op: z.literal('issue.open'), repository: name, title: name, body: text, by: name.optional() }),
  /** `label` is by default the one that starts a run. */
  z.object({ op: z.literal('label'), ...thread, label: name.optional() }),
  z.object({ op: z.literal('unlabel'), ...thread, label: name.optional() }),
  z.object({
    op: z.literal('comment'),
    ...thread,
    body: name,
  }),
  z.object({
    op: z.literal('review'),
    ...thread,
    /** May be empty where there is a verdict or a remark; without a verdict the review only comments. */
    body: text,
    verdict: z.enum(['approve', 'requestChanges']).optional(),
    remarks: z.array(remark),
  }),
  z.object({ op: z.literal('reply'), ...thread, thread: name, body: name }),
  z.object({ op: z.literal('resolve'), ...thread, thread: name, isResolved: z.boolean() }),
  /** What was said about a merge request. */
  z.object({ op: z.literal('threads'), repository: name, number: z.int().positive() }),
  z.object({ op: z.literal('merge'), ...thread }),
  z.object({ op: z.literal('close'), ...thread }),
  z.object({ op: z.literal('reopen'), ...thread }),
]);

export type ControlRequest = z.infer<typeof controlRequest>;
export type ControlOp = ControlRequest['op'];
export type RequestOf<O extends ControlOp> = Extract<ControlRequest, { op: O }>;

/** Facts about the Fleet that answers. */
export interface ServerFacts {
  readonly version: string;
  readonly pid: number;
  readonly role: string;
  readonly startedAtMs: number;
  /** Where HTTP listens, if it does. */
  readonly address?: string;
}

/** The text of a merge request as people see it; the local forge's only. */
export interface MergeRequestText {
  readonly number: number;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
  /** The folder or URL that the branch lies in. */
  readonly place: string;
}

/** What is answered. */
export interface Answers {
  readonly server: ServerFacts;
  readonly list: { readonly runs: readonly Run[] };
  readonly show: { readonly run: Run; readonly mergeRequest?: MergeRequestText };
  readonly diff: { readonly diff: string };
  /** Those that were ever in trouble; the others are well. */
  readonly accounts: { readonly accounts: readonly Account[] };
  readonly 'account.ready': { readonly before: Health };
  readonly log: { readonly run: string; readonly entries: readonly StoredEntry[]; readonly phase: Phase };
  readonly runsOf: { readonly runs: readonly Run[] };
  readonly 'repository.add': { readonly repository: Repository };
  readonly 'issue.open': { readonly repository: Repository; readonly issue: Issue };
  readonly label: Done;
  readonly unlabel: Done;
  readonly comment: { readonly id: string };
  readonly review: Done;
  readonly reply: { readonly id: string };
  readonly resolve: Done;
  readonly threads: { readonly threads: readonly Thread[]; readonly verdicts: readonly ReviewVerdict[] };
  readonly merge: Done;
  readonly close: Done;
  readonly reopen: Done;
}

export interface Done {
  readonly done: true;
}

/** Answers one request; throws `Failure`: `configurationBroken` for what does not exist, else what stood in the way. */
export type Control = <O extends ControlOp>(request: RequestOf<O> & { readonly op: O }) => Promise<Answers[O]>;
