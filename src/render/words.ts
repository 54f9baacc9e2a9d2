import type { ForgeName, MergeRequest } from '../domain/forge.js';
import type { Run } from '../domain/run.js';
import { codeSpan, escapeInline } from './escape.js';

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

/** What changed from one commit to another: a link to the forge's page about it, or the command that shows it. */
export function comparison(
  { repository: { forge }, mergeRequest }: Run,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const place = /^(https?:.+?)\/(?:pull|merge_requests)\/\d+$/.exec(mergeRequest?.url ?? '')?.[1];
  const short = `${from.slice(0, 7)}...${to.slice(0, 7)}`;
  return forge === 'local' || place === undefined
    ? `\`git diff ${short}\``
    : `[\`${short}\`](${place}/compare/${from}...${to})`;
}

/** A link whose text and address others have chosen; without the link where the address could be more than one. */
export function foreignLink(text: string, url: string): string {
  return /^https?:\/\/[\w.:@/?&=#%~+,;-]+$/.test(url)
    ? `[${escapeInline(text).replace(/[[\]]/g, '\\$&')}](${url})`
    : codeSpan(text);
}
