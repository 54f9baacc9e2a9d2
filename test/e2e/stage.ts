import { execFileSync } from 'node:child_process';
import type { CiJob, Remark } from '../forge/reviews-world.js';
import type { Fault } from '../support/github/faults.js';
import type { GitHost } from '../support/github/git-host.js';
import type { Item } from './story.js';
import { namedRepository, type Fleet } from './world.js';

/** A repository that names its check, and lets nothing settle for long. */
export function reviewedRepository(review = 'settle: 300ms'): Readonly<Record<string, string>> {
  return { ...namedRepository, '.fleet/config.yml': `checks: { test: node slug.test.js }\nreview: { ${review} }\n` };
}

/** A review in one go; without a verdict it only comments. */
export interface Review {
  readonly verdict?: 'approve' | 'requestChanges';
  readonly text?: string;
  readonly remarks?: readonly Remark[];
}

/** What somebody said. */
export interface Said {
  readonly by: string;
  readonly body: string;
  /** E.g. `eyes of fleet-test[bot]`. */
  readonly reactions: readonly string[];
}

/** A thread at a place of the change. */
export interface SeenThread {
  readonly id: string;
  readonly place: string;
  readonly comments: readonly Said[];
  readonly isResolved: boolean;
}

export type Place = 'issue' | 'mergeRequest';

export interface SceneOptions {
  /** What the scripted agent is told in the issue. */
  readonly behaviour?: string;
  /** Of the repository's configuration. */
  readonly review?: string;
}

/** A Fleet and a forge that serves it, in words that all forges share. */
export interface Stage extends Fleet {
  readonly git: GitHost;
  /** As it stands in addresses. */
  readonly host: string;
  /** Login of Fleet's own account. */
  readonly bot: string;
  readonly calls: readonly { readonly kind: string; readonly method: string; readonly path: string }[];
  /** A repository of its own with one issue by olga: mona and ada may write, eve and olga may not. */
  scene(options?: SceneOptions): Scene;
  fail(fault: Fault): void;
  /** Nothing that happens meanwhile is told to Fleet. */
  deaf<T>(work: () => T | Promise<T>): Promise<T>;
  /** From now on the forge knows Fleet's credentials no more, or again. */
  revoke(isRevoked: boolean): void;
  /** The forge was asked for nothing that it does not know. */
  assertNoSurprises(): void;
  close(): Promise<void>;
}

/** One issue and its merge request: the hands of people, and what they see. */
export interface Scene {
  readonly id: number;
  readonly path: string;
  /** Where the forge keeps the repository. */
  readonly gitDir: string;
  label(by: string, label?: string): Promise<unknown>;
  say(where: Place, by: string, text: string): Promise<unknown>;
  /** Changes a comment that says this; forges tell of it as of an edit. */
  edit(where: Place, text: string, to: string): Promise<void>;
  /** The issue has another text from now on. */
  editIssue(by: string, text: string): Promise<void>;
  review(by: string, review: Review): Promise<unknown>;
  reply(thread: string, by: string, text: string): Promise<void>;
  resolve(thread: string, by: string): Promise<void>;
  deleteThread(thread: string): Promise<void>;
  /** CI says this of the head of Fleet's branch. */
  ci(jobs: readonly CiJob[]): Promise<void>;
  /** A person's commit on a branch; `undefined` removes a file. */
  push(branch: string, files: Readonly<Record<string, string | undefined>>): Promise<unknown>;
  /** Throws the commits of a branch away: these files on top of the base take their place. */
  rewrite(branch: string, files: Readonly<Record<string, string>>): Promise<unknown>;
  /** A forge may close the merge request with it. */
  deleteBranch(branch: string): Promise<unknown>;
  /** Another name, of which the forge tells where it does. */
  rename(name: string): Promise<unknown>;
  archive(isArchived: boolean): void;
  /** Fleet is taken out of the repository, or let in again, and no webhook tells of it. */
  letIn(isIn: boolean): void;
  /** What is told to Fleet of this waits: each sends one delivery, as often as it is called. */
  held(work: () => Promise<unknown>): Promise<readonly (() => Promise<unknown>)[]>;
  end(how: 'merged' | 'closed', by: string): Promise<void>;
  reopen(by: string): Promise<unknown>;
  comments(where: Place): readonly Said[];
  threads(): readonly SeenThread[];
  /** Of Fleet's merge requests, as they are. */
  mergeRequests(): readonly { readonly title: string; readonly body: string; readonly branch: string }[];
  /** Whom review is asked of now. */
  reviewers(): readonly string[];
  /** How many jobs Fleet has started again. */
  reruns(): number;
  /** All that people can read, apart from commits. */
  items(): readonly Item[];
}

/** A comment or an answer in a thread, as a story tells it. */
function spoken({ by, body, reactions }: Said): string {
  return `${[by, ...reactions].join(' · ')}:\n\n${body}`;
}

/** Threads as a story tells them. */
export function threadItems(threads: readonly SeenThread[]): readonly Item[] {
  return threads.map(({ id, place, comments, isResolved }) => ({
    id: `thread ${id}`,
    title: `Thread at ${place}${isResolved ? ', resolved' : ''}`,
    text: comments.map(spoken).join('\n\n'),
  }));
}

/** Comments as a story tells them. */
export function commentItems(where: string, comments: readonly Said[]): readonly Item[] {
  return comments.map((said, index) => ({
    id: `${where} ${index}`,
    title: `${[said.by, ...said.reactions].join(' · ')}, ${where}`,
    text: said.body,
  }));
}

/** CI as a story tells it: that Fleet has started jobs again. */
export function rerunItems(count: number): readonly Item[] {
  return count === 0 ? [] : [{ id: 'ci', title: 'CI', text: `Jobs that Fleet has started again: ${count}` }];
}

/** Somebody takes a branch away. */
export function deleteBranch(gitDir: string, branch: string): void {
  execFileSync('git', ['--git-dir', gitDir, 'update-ref', '-d', `refs/heads/${branch}`]);
}

/** Somebody brings a branch back. */
export function restoreBranch(gitDir: string, branch: string, sha: string): void {
  execFileSync('git', ['--git-dir', gitDir, 'update-ref', `refs/heads/${branch}`, sha]);
}

/** What is to be told of one repository waits while somebody works. */
export async function held<T>(
  places: Map<number, (() => Promise<T>)[]>,
  repository: number,
  work: () => Promise<unknown>,
): Promise<readonly (() => Promise<T>)[]> {
  const waiting: (() => Promise<T>)[] = [];
  places.set(repository, waiting);
  await work().finally(() => places.delete(repository));
  return waiting;
}
