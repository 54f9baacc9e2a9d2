import type { Evidence } from '../domain/check.js';
import type { Notice } from '../domain/effect.js';
import type { Person } from '../domain/forge.js';
import type { RedCause, RedJob } from '../domain/review.js';
import type { Obstacle, Run } from '../domain/run.js';
import { codeSpan, escapeInline } from './escape.js';
import { outputFold } from './evidence.js';
import { paragraphs } from './fold.js';
import { durationText, usageText } from './format.js';
import { headline } from './headline.js';
import { marker, type RenderedComment } from './marker.js';
import { detailList, obstacleWords } from './obstacle.js';
import { elapsedMs, isProven } from './progress.js';
import { shortSha } from './round.js';
import { stepList, type CommentContext } from './status-comment.js';
import { foreignLink, mergeRequestLink, wordsOf, type ForgeWords } from './words.js';

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
    case 'ciBroken':
      return ciBroken(run, notice.jobs);
    case 'changesUnclear':
      return changesUnclear(run, notice.by);
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
    [`✋ ${calling(run, run.requester)}${what}`],
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
    [`✅ ${calling(run, run.requester)}ready for review${link}.`],
    [
      `Fleet saw ${proven} of ${criteria.length} acceptance criteria hold${open === 0 ? '' : `; ${open} ${open === 1 ? 'is' : 'are'} for the reviewer to look at`}.`,
    ],
    [`<sub>${[durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts)].join(' · ')}</sub>`],
  );
}

/** Why a job is red, and what a person can do about it. */
const causes: Readonly<Record<RedCause, string>> = {
  code: 'it failed. Look at its log.',
  runner: 'the machine that runs it failed. Run it again once that is well.',
  billing: 'the account may not run it now. Look at the minutes and the billing of the account, then run it again.',
  timeout: 'it ran out of time. Run it again, or give it more time.',
  cancelled: 'it was cancelled. Run it again, if that was not meant.',
};

function ciBroken(run: Run, jobs: readonly RedJob[]): string {
  const sha = run.review?.ci.sha;
  return paragraphs(
    [
      `⚠️ ${calling(run, run.requester)}CI is red${sha === undefined ? '' : ` on ${shortSha(sha)}`} for a reason that no change of the code can mend.`,
    ],
    jobs.map(({ name, url, step, cause }) => {
      const at = step === undefined ? '' : `, step ${escapeInline(step)}`;
      return `- ${foreignLink(name, url)}${at}: ${causes[cause]}`;
    }),
    ['Fleet changes nothing because of it. When a job fails for a reason in the code, Fleet works on that by itself.'],
  );
}

function changesUnclear(run: Run, by: Person): string {
  return paragraphs(
    [`🤔 ${calling(run, by)}you asked for changes, and Fleet found no comment that says which.`],
    [
      `**What you can do:** say it at the lines that you mean, or in a comment below the ${wordsOf(run.repository.forge).mergeRequest}. Fleet goes on from there by itself.`,
    ],
  );
}

function commands({ mergeRequest }: ForgeWords): readonly string[] {
  return [
    '- `/fleet status` tells where the run stands',
    '- `/fleet stop` ends the run; so does taking the label off',
    '- `/fleet retry` goes on with a blocked run',
    `- \`/fleet update\` brings the target branch into the ${mergeRequest}`,
    `- \`/fleet\` and then what you want, in your words: Fleet does it on the open ${mergeRequest}. Reviews and comments there need no command`,
  ];
}

function reply(run: Run, text: Extract<Notice, { kind: 'reply' }>['text']): string {
  const words = wordsOf(run.repository.forge);
  switch (text) {
    case 'help':
      return paragraphs(['What Fleet understands here:'], commands(words));
    case 'status':
      return paragraphs([headline(run)], stepList(run));
    case 'notBlocked':
      return paragraphs(['There is nothing to try again: the run is not blocked.'], [headline(run)]);
    case 'notBuilt':
      return paragraphs(['Fleet cannot do that yet. What works today:'], commands(words));
    case 'noMergeRequest':
      return paragraphs(
        [`That needs an open ${words.mergeRequest} of Fleet's, and there is none by now. Nothing was done.`],
        [headline(run)],
      );
    default:
      return text satisfies never;
  }
}

/** Names a person, so that the forge tells them. */
function calling({ repository }: Run, { kind, login }: Person): string {
  if (kind === 'bot') return '';
  return repository.forge === 'local' ? `${codeSpan(login)}: ` : `@${login}: `;
}
