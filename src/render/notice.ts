import type { Evidence } from '../domain/check.js';
import type { Notice } from '../domain/effect.js';
import type { Obstacle, Run } from '../domain/run.js';
import { codeSpan } from './escape.js';
import { outputFold } from './evidence.js';
import { paragraphs } from './fold.js';
import { durationText, usageText } from './format.js';
import { headline } from './headline.js';
import { marker, type RenderedComment } from './marker.js';
import { detailList, obstacleWords } from './obstacle.js';
import { elapsedMs, isProven } from './progress.js';
import { stepList, type CommentContext } from './status-comment.js';
import { mergeRequestLink } from './words.js';

/** A comment of its own for a matter that people must be told of. `key` tells matters of one kind apart, so that each is found again. */
export function noticeComment(
  run: Run,
  notice: Notice,
  { settings, nowMs, key }: CommentContext & { readonly key: string },
): RenderedComment {
  const mark = marker(settings.markerPrefix, notice.kind, run, { key });
  return { marker: mark, find: mark, body: bodyOf(run, notice, nowMs) };
}

function bodyOf(run: Run, notice: Notice, nowMs: number): string {
  switch (notice.kind) {
    case 'blocked':
      return blocked(run, notice.obstacle);
    case 'ready':
      return ready(run, nowMs);
    case 'reply':
      return reply(run, notice.text);
    default:
      return notice satisfies never;
  }
}

function blocked(run: Run, obstacle: Obstacle): string {
  const { what, wayOut } = obstacleWords(obstacle.kind);
  const red = obstacle.kind === 'checksRed' ? run.evidence.filter(({ outcome }) => outcome !== 'pass') : [];
  return paragraphs(
    [`✋ ${calling(run)}${what}`],
    detailList(obstacle),
    ...red.map((one: Evidence) => outputFold(one)),
    [`**What you can do:** ${wayOut}`],
    ['`/fleet stop` ends the run instead.'],
  );
}

function ready(run: Run, nowMs: number): string {
  const criteria = run.plan?.criteria ?? [];
  const proven = criteria.filter((criterion) => isProven(run, criterion)).length;
  const open = criteria.length - proven;
  const link = run.mergeRequest === undefined ? '' : `: ${mergeRequestLink(run.repository.forge, run.mergeRequest)}`;
  return paragraphs(
    [`✅ ${calling(run)}ready for review${link}.`],
    [
      `Fleet saw ${proven} of ${criteria.length} acceptance criteria hold${open === 0 ? '' : `; ${open} ${open === 1 ? 'is' : 'are'} for the reviewer to look at`}.`,
    ],
    [`<sub>${[durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts)].join(' · ')}</sub>`],
  );
}

const commands = [
  '- `/fleet status` tells where the run stands',
  '- `/fleet stop` ends the run; so does taking the label off',
  '- `/fleet retry` goes on with a blocked run',
];

function reply(run: Run, text: Extract<Notice, { kind: 'reply' }>['text']): string {
  switch (text) {
    case 'help':
      return paragraphs(['What Fleet understands here:'], commands);
    case 'status':
      return paragraphs([headline(run)], stepList(run));
    case 'notBlocked':
      return paragraphs(['There is nothing to try again: the run is not blocked.'], [headline(run)]);
    case 'notBuilt':
      return paragraphs(['Fleet cannot do that yet. What works today:'], commands);
    default:
      return text satisfies never;
  }
}

/** Names the one who asked, so that the forge tells them. */
function calling({ requester, repository }: Run): string {
  if (requester.kind === 'bot') return '';
  return repository.forge === 'local' ? `${codeSpan(requester.login)}: ` : `@${requester.login}: `;
}
