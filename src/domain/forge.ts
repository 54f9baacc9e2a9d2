/** A host of repositories, issues and merge requests. */
export type ForgeName = 'github' | 'gitlab' | 'local';

/** A repository as a forge knows it. */
export interface Repository {
  readonly forge: ForgeName;
  /** The forge's own id: it stays when the repository is renamed or moved. */
  readonly id: string;
  /** `owner/name`, for addresses and for people. */
  readonly path: string;
  /** Empty until a delivery has named it: those about an installation do not. */
  readonly defaultBranch: string;
  /** GitHub: the app installation that serves the repository. */
  readonly installation?: string;
}

/** An account on a forge. Ids, not logins, say who somebody is: logins can change hands. */
export interface Person {
  readonly id: string;
  readonly login: string;
  readonly kind: 'person' | 'bot';
}

/** An issue as it was at one moment. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly author: Person;
  /** Labels beside the one that starts the run. */
  readonly labels?: readonly string[];
  /** A merge request stands in its place: some forges number the two apart. */
  readonly isMergeRequest?: true | undefined;
}

/** What an issue has beside the label that an event is about. */
export function besideLabel(labels: readonly string[], label: string): Pick<Issue, 'labels'> {
  const others = labels.filter((name) => name !== label);
  return others.length === 0 ? {} : { labels: others };
}

/** A comment on an issue or merge request. */
export interface Comment {
  readonly id: string;
  readonly author: Person;
  readonly body: string;
  readonly createdAtMs: number;
  /** True when Fleet's own account wrote it; only then does a marker in it count. */
  readonly byFleet: boolean;
}

/** Where a comment stands. */
export type CommentPlace = 'issue' | 'mergeRequest';

/** A merge request of Fleet's. */
export interface MergeRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
}

/** What a reaction ("Fleet has seen this") is put on. */
export type ReactionTarget =
  | { readonly kind: 'issue'; readonly number: number; readonly isMergeRequest?: true | undefined }
  | { readonly kind: 'comment'; readonly id: string };

/** Something that people did on a forge, in words that all forges share. Produced by the ingress, never trusted for authority. */
export type ForgeEvent =
  | (Sighting & {
      readonly type: 'issueLabelled';
      readonly issue: Issue;
      readonly label: string;
      /** Set where no delivery told of it: Fleet found it by looking. */
      readonly found?: FoundLabel;
    })
  | (Sighting & { readonly type: 'issueUnlabelled'; readonly issueNumber: number; readonly label: string })
  | (Sighting & { readonly type: 'issueClosed'; readonly issueNumber: number })
  | (Sighting & {
      readonly type: 'issueCommented';
      readonly issueNumber: number;
      readonly onMergeRequest: boolean;
      readonly commentId: string;
      readonly body: string;
    })
  | (Sighting & { readonly type: 'mergeRequestLabelled'; readonly number: number; readonly label: string })
  | (Sighting & { readonly type: 'mergeRequestClosed'; readonly number: number; readonly merged: boolean })
  | (Sighting & { readonly type: 'mergeRequestReopened'; readonly number: number })
  /** Somebody or something has said or changed something about it; what, is read from the forge. */
  | (Sighting & { readonly type: 'mergeRequestTouched'; readonly number: number; readonly why: 'review' | 'look' })
  /** CI did not pass on a branch. */
  | (Sighting & { readonly type: 'ciReported'; readonly branch: string; readonly sha: string })
  | (Sighting & { readonly type: 'repositoryServed' })
  | (Sighting & { readonly type: 'repositoryLost'; readonly why: 'removed' | 'suspended' | 'uninstalled' | 'deleted' });

/** A label that Fleet found by looking, and not in the moment when it was put on. */
export interface FoundLabel {
  readonly atMs: number;
  /** False when the issue may have been changed since by somebody without write access. */
  readonly textStands: boolean;
}

/** What every forge event carries. */
export interface Sighting {
  readonly repository: Repository;
  readonly by: Person;
  readonly atMs: number;
}
