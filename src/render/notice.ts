import type { Role } from '../domain/agent.js';
import type { Notice } from '../domain/effect.js';
import type { Person } from '../domain/forge.js';
import type { RedCause, RedJob } from '../domain/review.js';
import type { Run } from '../domain/run.js';
import type { Obstacle } from '../domain/work.js';
import { codeSpan, escapeInline } from './escape.js';
import { outputFold } from './evidence.js';
import { paragraphs } from './fold.js';
import { amountText, durationText, usageText, workedMs } from './format.js';
import { marker, type RenderedComment } from './marker.js';
import { momentText } from '../domain/moment.js';
import { detailList, obstacleWords } from './obstacle.js';
import { elapsedMs, isProven, seenBy } from './progress.js';
import { shortSha } from './round.js';
import { planFold, type CommentContext } from './status-comment.js';
import { replyText } from './reply-text.js';
import { questionList } from './triage-text.js';
import { foreignLink, mergeRequestLink, wordsOf } from './words.js';

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
    case 'question':
      return question(run, notice);
    case 'approval':
      return awaited(run);
    case 'ready':
      return ready(run, nowMs);
    case 'ciBroken':
      return ciBroken(run, notice.jobs);
    case 'changesUnclear':
      return changesUnclear(run, notice.by);
    case 'reply':
      return replyText(run, notice.text);
    default:
      return notice satisfies never;
  }
}

function blocked(run: Run, obstacle: Obstacle): string {
  const { what, wayOut } = obstacleWords(obstacle.kind);
  const red = obstacle.kind === 'checksRed' ? run.evidence.filter(({ outcome }) => outcome !== 'pass') : [];
  return paragraphs(
    [`✋ ${calling(run, run.requester)}${what}`],
    tried(run),
    obstacle.details.length === 0 ? [] : ['**What stands in the way:**'],
    detailList(obstacle),
    ...red.map((one) => outputFold(one)),
    [`**What you can do:** ${wayOut}`],
    ['`/fleet stop` ends the run instead.'],
  );
}

/** What was done before a person was asked. */
function tried({ attempts }: Run): readonly string[] {
  if (attempts.length === 0) return [];
  const count = (...roles: readonly Role[]): number => attempts.filter(({ role }) => roles.includes(role)).length;
  const done = [
    { times: count('triager', 'researcher'), at: 'finding out what is wanted' },
    { times: count('planner', 'critic'), at: 'the plan' },
    { times: count('developer'), at: 'the change' },
    { times: count('verifier'), at: 'verifying it' },
  ].filter(({ times }) => times > 0);
  const agents = [...new Set(attempts.map(({ agent }) => agent))].map((agent) => codeSpan(agent)).join(', ');
  const each = done.map(({ times, at }) => `${times} at ${at}`).join(', ');
  return [
    `**What was tried:** ${amountText(attempts.length, 'attempt')}, ${each}, by ${agents}, in ${durationText(workedMs(attempts))} of work.`,
  ];
}

function question(run: Run, { questions, dueAtMs }: Extract<Notice, { kind: 'question' }>): string {
  const what = questions.length === 1 ? 'one question' : `${questions.length} questions`;
  return paragraphs(
    [`❓ ${calling(run, run.requester, run.issue.author)}${what} before the work goes on.`],
    questionList(questions),
    [
      `**What you can do:** answer in a comment here, in your own words; no command is needed. Whoever wrote the issue may, and everybody with write access. On ${momentText(dueAtMs)} Fleet goes on by itself, with what is assumed above wherever nobody has answered.`,
    ],
  );
}

function awaited(run: Run): string {
  return paragraphs(
    [`✋ ${calling(run, run.requester)}the plan waits for your word, or that of somebody else with write access.`],
    planFold(run),
    ['**What you can do:**'],
    [
      '- `/fleet approve` lets the work begin',
      '- `/fleet` and then what should be otherwise, in your words: the plan is made anew with it',
      '- `/fleet replan` has another plan made',
    ],
    ['An approval counts for this plan and this text of the issue. Nothing is changed until then.'],
  );
}

function ready(run: Run, nowMs: number): string {
  const criteria = run.plan?.criteria ?? [];
  const proven = criteria.filter((criterion) => isProven(run, criterion)).length;
  const seen = criteria.filter((criterion) => seenBy(run, criterion) !== undefined).length;
  const open = criteria.length - proven - seen;
  const rest = [
    ...(seen === 0 ? [] : [`${seen} ${seen === 1 ? 'was' : 'were'} looked at by an agent`]),
    ...(open === 0 ? [] : [`${open} ${open === 1 ? 'is' : 'are'} for the reviewer to look at`]),
  ];
  const link = run.mergeRequest === undefined ? '' : `: ${mergeRequestLink(run.repository.forge, run.mergeRequest)}`;
  return paragraphs(
    [`✅ ${calling(run, run.requester)}ready for review${link}.`],
    [`Fleet saw ${proven} of ${criteria.length} acceptance criteria hold${rest.map((text) => `; ${text}`).join('')}.`],
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

/** Names people, so that the forge tells them; each once. */
function calling({ repository }: Run, ...people: readonly Person[]): string {
  const logins = new Set(people.filter(({ kind }) => kind === 'person').map(({ login }) => login));
  const names = [...logins].map((login) => (repository.forge === 'local' ? codeSpan(login) : `@${login}`));
  return names.length === 0 ? '' : `${names.join(', ')}: `;
}
