import { isUnanswered, type LedgerReply, type LedgerRow } from '../domain/review.js';
import type { Run } from '../domain/run.js';
import { escapeForForge, escapeInline } from './escape.js';
import { paragraphs } from './fold.js';
import { marker } from './marker.js';
import { clipped, oneLine } from './plain.js';
import { askerOf, shortSha } from './round.js';
import type { CommentContext } from './status-comment.js';

const longestQuote = 140;

/** What Fleet says in a thread that a round took up. The marker is another one each time that the thread is taken up. */
export function threadAnswer(
  run: Run,
  row: LedgerRow,
  { settings }: CommentContext,
): { readonly marker: string; readonly body: string } {
  const { thread, seen, round } = row;
  const fields = { thread, comment: seen.at(-1) ?? 'none', round: String(round) };
  return {
    marker: marker(settings.markerPrefix, 'reply', run, fields),
    body: paragraphs(row.isThreaded ? [] : [quote(row)], ...said(run, row)),
  };
}

/** Where the forge keeps no thread, the answer says to whom and what it is. */
function quote(row: LedgerRow): string {
  const text = clipped(oneLine(row.comments.at(-1)?.text ?? ''), longestQuote);
  return `> **${escapeInline(askerOf(row))}:** ${escapeInline(text)}`;
}

function said(run: Run, row: LedgerRow): readonly (readonly string[])[] {
  const { reply, round } = row;
  if (reply === undefined || isUnanswered(row)) {
    const why = reply === undefined ? 'brought no answer to this' : 'was to mend this, and no commit came of it';
    return [[`Round ${round} ${why}: it stays open. Another comment here takes it up again.`]];
  }
  const text = escapeForForge(reply.text.trim());
  return [...opening(reply, row), text === '' ? [] : [text], ...ending(run, reply)];
}

function opening({ kind, commit, isSuggestion }: LedgerReply, row: LedgerRow): readonly (readonly string[])[] {
  if (commit === undefined)
    return kind === 'outOfScope' ? [['This goes beyond the issue, so it is left as it is.']] : [];
  const sha = shortSha(commit);
  if (isSuggestion !== true) return [[`Done in ${sha}.`]];
  const by = row.comments.findLast(({ suggestions }) => suggestions.length > 0)?.by.login ?? askerOf(row);
  return [[`Taken over as suggested, in ${sha}; the commit credits ${escapeInline(by)}.`]];
}

function ending({ label }: Run, { kind }: LedgerReply): readonly (readonly string[])[] {
  if (kind === 'disagree') return [['Said once, so that you know it: the decision is yours.']];
  return kind === 'outOfScope' ? [[`An issue of its own with the label ${escapeInline(label)} would bring it.`]] : [];
}
