/** What an issue asks for. */
export type IssueKind = 'bug' | 'feature' | 'refactor' | 'test' | 'docs' | 'security' | 'chore' | 'question';

/** Something that only people can tell, with what is assumed when nobody does. */
export interface Question {
  readonly text: string;
  readonly assumption?: string;
}

/** A triager's `triage.json`. */
export interface Triage {
  readonly kind: IssueKind;
  readonly size: 'small' | 'medium' | 'large';
  /** Names of the repository's `intents` that the issue is about; others change nothing. */
  readonly intents: readonly string[];
  readonly assumptions: readonly string[];
  /** Asked on the issue, once a run. */
  readonly questions: readonly Question[];
}

/** What somebody said to the questions, as it was written. */
export interface Answer {
  readonly by: string;
  readonly text: string;
}

/** Small issues take the short lane: no research, no critic, one task. */
export function isShort(triage: Triage | undefined): boolean {
  return triage?.size === 'small';
}
