import type { ForgeName, MergeRequest } from '../domain/forge.js';

/** What a forge's own people call things. */
export interface ForgeWords {
  readonly mergeRequest: string;
  /** What stands before the number of a merge request. */
  readonly sign: string;
}

const words: Readonly<Record<ForgeName, ForgeWords>> = {
  github: { mergeRequest: 'pull request', sign: '#' },
  gitlab: { mergeRequest: 'merge request', sign: '!' },
  local: { mergeRequest: 'merge request', sign: '!' },
};

export function wordsOf(forge: ForgeName): ForgeWords {
  return words[forge];
}

/** A merge request as a link. */
export function mergeRequestLink(forge: ForgeName, { number, url }: MergeRequest): string {
  return `[${words[forge].sign}${number}](${url})`;
}
