import { z } from 'zod';
import type { Issue, Repository } from '../domain/forge.js';
import type { StoredEntry } from '../domain/journal.js';
import type { Phase, Run } from '../domain/run.js';

const text = z.string();
const name = z.string().min(1);
const thread = { repository: name, number: z.int().positive(), by: name.optional() };

/** What can be asked of Fleet from outside. `run` is an id or its unambiguous start or end; `repository` a path, name, id or location. */
export const controlRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('server') }),
  z.object({ op: z.literal('list'), limit: z.int().positive(), open: z.boolean() }),
  z.object({ op: z.literal('show'), run: name }),
  z.object({ op: z.literal('diff'), run: name }),
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
    verdict: z.enum(['approve', 'requestChanges']).optional(),
  }),
  z.object({ op: z.literal('merge'), ...thread }),
  z.object({ op: z.literal('close'), ...thread }),
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
  readonly log: { readonly run: string; readonly entries: readonly StoredEntry[]; readonly phase: Phase };
  readonly runsOf: { readonly runs: readonly Run[] };
  readonly 'repository.add': { readonly repository: Repository };
  readonly 'issue.open': { readonly repository: Repository; readonly issue: Issue };
  readonly label: Done;
  readonly unlabel: Done;
  readonly comment: { readonly id: string };
  readonly merge: Done;
  readonly close: Done;
}

export interface Done {
  readonly done: true;
}

/** Answers one request; throws `Failure`: `configurationBroken` for what does not exist, else what stood in the way. */
export type Control = <O extends ControlOp>(request: RequestOf<O> & { readonly op: O }) => Promise<Answers[O]>;
