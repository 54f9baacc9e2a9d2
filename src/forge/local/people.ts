import type { Issue, Repository } from '../../domain/forge.js';
import type { Act, Desk } from './desk.js';
import { closeIssue, comment, label, openIssue, unlabel } from './issue-acts.js';
import { closeMergeRequest, merge, reopen } from './merge-request-acts.js';
import { findMergeRequest, repositoryRow, threadKind, type LocalMergeRequest } from './records.js';
import { branchPlace } from './remote.js';
import { reply, resolve, review, type ReviewAct, type ThreadAct } from './review-acts.js';
import { saidAbout, type Said } from './reviewed.js';
import { addRepository, findRepository } from './repository-acts.js';

/** What people do on the local forge. Mistakes are `Failure`s: `configurationBroken` for what does not exist, `forgeRefused` for what cannot be done. */
export interface LocalPeople extends LocalReviewers {
  /** `at`: an absolute path or a URL. A known one gets its default branch renewed, and `push` when it is given. */
  addRepository(order: { readonly at: string; readonly base?: string; readonly push?: boolean }): Promise<Repository>;
  /** By path (`local/shop`), name (`shop`), id or location. */
  findRepository(name: string): Promise<Repository>;
  openIssue(order: Omit<Act, 'number'> & { readonly title: string; readonly body: string }): Promise<Issue>;
  label(act: Act & { readonly label: string }): Promise<void>;
  unlabel(act: Act & { readonly label: string }): Promise<void>;
  comment(act: Act & { readonly body: string }): Promise<{ readonly id: string }>;
  /** Closes an issue, or a merge request without merging it. */
  close(act: Act): Promise<void>;
  /** Hands over what a process that died has left; called once at the start. */
  redeliver(): Promise<void>;
}

/** What people do with a merge request. */
export interface LocalReviewers {
  mergeRequest(repository: Repository, number: number): Promise<PlacedMergeRequest | undefined>;
  /** What was said about it, with what Fleet answered. */
  threads(repository: Repository, number: number): Promise<Said>;
  /** Only of an open one; remarks only at lines that are there. */
  review(act: ReviewAct): Promise<void>;
  reply(act: ThreadAct & { readonly body: string }): Promise<{ readonly id: string }>;
  resolve(act: ThreadAct & { readonly isResolved: boolean }): Promise<void>;
  /** Merges the branch on disk, and records it; only records it where somebody merged it already. */
  merge(act: Act): Promise<void>;
  /** Opens a closed one again. */
  reopen(act: Act): Promise<void>;
}

/** A merge request, and the folder or URL that its branch lies in. */
export interface PlacedMergeRequest extends LocalMergeRequest {
  readonly place: string;
}

export function createPeople(desk: Desk): LocalPeople {
  return {
    addRepository: (order) => addRepository(desk, order),
    findRepository: async (name) => findRepository(desk, name),
    openIssue: (order) => openIssue(desk, order),
    label: (act) => label(desk, act),
    unlabel: (act) => unlabel(desk, act),
    comment: (act) => comment(desk, act),
    review: (act) => review(desk, act),
    reply: (act) => reply(desk, act),
    resolve: (act) => resolve(desk, act),
    merge: (act) => merge(desk, act),
    reopen: (act) => reopen(desk, act),
    close: async (act) =>
      (await threadKind(desk.database, act.repository, act.number)) === 'issue'
        ? closeIssue(desk, act)
        : closeMergeRequest(desk, act),
    threads: (repository, number) => saidAbout(desk, repository, number),
    mergeRequest: async (repository, number) => {
      const found = await findMergeRequest(desk.database, repository, number);
      if (found === undefined) return undefined;
      return { ...found, place: branchPlace(desk.options, await repositoryRow(desk.database, repository.id)) };
    },
    redeliver: () => desk.deliveries.redeliver(),
  };
}
