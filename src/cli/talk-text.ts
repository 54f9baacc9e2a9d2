import type { Answers } from '../control/request.js';
import type { ReviewVerdict, Thread } from '../domain/review.js';
import { readable } from './markdown.js';
import { harmless, painter, type Paint, type Terminal } from './terminal.js';

const indent = '    ';

/** What was said about a merge request, thread by thread, with its answers. */
export function talkText({ threads, verdicts }: Answers['threads'], terminal: Terminal): string {
  const paint = painter(terminal);
  const parts = threads.map((thread) => threadText(thread, { paint, width: terminal.width }));
  return [...parts, ...verdicts.map((verdict) => verdictText(verdict, paint))].join('\n\n');
}

function threadText(
  { id, place, kind, isResolved, comments }: Thread,
  view: { readonly paint: Paint; readonly width: number },
): string {
  const { paint, width } = view;
  const state = isResolved ? paint('green', 'resolved') : paint('yellow', 'open');
  const head = `${paint('bold', place === undefined ? whereOf[kind] : placeText(place))}  ${state}  ${paint('dim', id)}`;
  const said = comments.map(({ author, body }) => {
    const text = readable(body.replace(/^(?=`{3,}suggestion[^\S\n]*$)/gm, 'Suggested:\n'), {
      paint,
      width: width - indent.length,
    });
    return `  ${paint('cyan', harmless(author.login))}\n${text.replace(/^(?=.)/gm, indent)}`;
  });
  return [head, ...said].join('\n');
}

const whereOf: Readonly<Record<Thread['kind'], string>> = {
  inline: 'in the change',
  comment: 'below the merge request',
  review: 'review',
};

function placeText({ path, line, isOutdated }: NonNullable<Thread['place']>): string {
  const at = line === undefined ? path : `${path}:${line}`;
  return `${harmless(at)}${isOutdated ? ' (changed since)' : ''}`;
}

function verdictText({ by, kind }: ReviewVerdict, paint: Paint): string {
  const name = harmless(by.login);
  return kind === 'approved' ? paint('green', `${name} approves`) : paint('yellow', `${name} asks for changes`);
}
