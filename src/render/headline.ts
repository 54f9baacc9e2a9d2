import { isUnanswered } from '../domain/review.js';
import { isEnded, type Phase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { escapeInline } from './escape.js';
import { amountText, durationText } from './format.js';
import { beforeWork, capital, isBeforeWork, title, verifying, working } from './headline-work.js';
import { momentText } from '../domain/moment.js';
import { obstacleWords } from './obstacle.js';
import { approval, roundName } from './round.js';
import { mergeRequestLink, wordsOf } from './words.js';

/** Where a run stands and what happens next, in one line of Markdown. What settles is not said: it is read within minutes, and often calls for nothing. */
export function headline(run: Run): string {
  const { phase } = run;
  if (isBeforeWork(phase)) return beforeWork(run, phase);
  if (isEnded(phase)) return ended(run, phase);
  switch (phase.name) {
    case 'queued':
      return queued(run, phase);
    case 'working':
      return working(run, phase);
    case 'awaitingAgent':
      return awaitingAgent(run, phase);
    case 'verifying':
      return `${title(run, '🔬', 'Verifying')} ${verifying(run, phase)}`;
    case 'delivering':
      return `${title(run, '📦', 'Delivering')} ${delivering(run, phase)}`;
    case 'inReview':
      return inReview(run, phase);
    case 'blocked':
      return blocked(run, phase);
    default:
      return phase satisfies never;
  }
}

function ended(run: Run, phase: Named<'merged' | 'closed' | 'cancelled' | 'refused'>): string {
  switch (phase.name) {
    case 'merged':
      return `🎉 **Merged.** ${itsLink(run)} is in. Thank you.`;
    case 'closed':
      return `**Closed.** ${itsLink(run)} was closed without a merge; nothing more is done.`;
    case 'cancelled':
      return `**Stopped.** ${cancelled(phase)} Nothing more is done${leftOpen(run)}.`;
    case 'refused':
      return refused(run, phase);
    default:
      return phase satisfies never;
  }
}

function itsLink({ repository, mergeRequest }: Run): string {
  const words = wordsOf(repository.forge).mergeRequest;
  return mergeRequest === undefined
    ? `The ${words}`
    : `${capital(words)} ${mergeRequestLink(repository.forge, mergeRequest)}`;
}

function leftOpen({ repository, mergeRequest }: Run): string {
  return mergeRequest === undefined ? '' : `; ${mergeRequestLink(repository.forge, mergeRequest)} stays as it is`;
}

type Named<N extends Phase['name']> = Extract<Phase, { readonly name: N }>;

function queued(run: Run, { step, resume }: Named<'queued'>): string {
  const isFirst = resume.to === 'planning';
  if (!isFirst && resume.to !== 'round')
    return `${title(run, '⏳', 'Going on')} It continues where it stopped as soon as there is a free place.`;
  if (step === 'waiting')
    return `${title(run, '⏳', 'Picked up')} Work starts by itself as soon as there is a free place.`;
  return `${title(run, '⏳', 'Picked up')} ${isFirst ? 'The repository is prepared' : 'The branch is fetched'}.`;
}

function awaitingAgent(run: Run, { untilMs, reasons }: Named<'awaitingAgent'>): string {
  const why = reasons.length === 0 ? '' : ` ${reasons.map(escapeInline).join('; ')}.`;
  return `${title(run, '⏳', 'Waiting for an agent')} None is to be had now:${why} What is done is kept, and it goes on by itself on ${momentText(untilMs)}.`;
}

function blocked(run: Run, { obstacle, wakesAtMs }: Named<'blocked'>): string {
  const where = run.round === 1 ? '' : ` in ${roundName(run, run.round)}`;
  const again =
    wakesAtMs === undefined
      ? ''
      : ` Fleet tries it anew by itself in ${durationText(wakesAtMs - run.updatedAtMs)}, unless somebody is faster.`;
  return `✋ **A person is needed${where}.** ${obstacleWords(obstacle.kind).what}${again}`;
}

function delivering({ repository, cause }: Run, { step }: Named<'delivering'>): string {
  const { mergeRequest } = wordsOf(repository.forge);
  switch (step) {
    case 'pushing':
      return 'The branch is pushed.';
    case 'opening':
      return `The ${mergeRequest} is ${cause === undefined ? 'opened' : 'brought up to date'}.`;
    case 'answering':
      return 'The threads are answered.';
    default:
      return step satisfies never;
  }
}

function inReview(run: Run, { head }: Named<'inReview'>): string {
  const { round } = run;
  const open = run.review?.ledger.filter(isUnanswered).length ?? 0;
  const left = open === 0 ? [] : [`${amountText(open, 'thread')} ${open === 1 ? 'is' : 'are'} still open`];
  const approved = approval(run, head);
  const done = round === 1 ? 'Fleet is done' : `${roundName(run, round)} is done`;
  const facts = [`${itsLink(run)} waits for people`, done, ...left, ...(approved === undefined ? [] : [approved])];
  return `✅ **Ready for review.** ${facts.join('; ')}.`;
}

function cancelled({ why, by }: Named<'cancelled'>): string {
  const who = by === undefined ? '' : ` by ${escapeInline(by.login)}`;
  switch (why) {
    case 'stopped':
      return `Fleet was told to stop${who}.`;
    case 'unlabelled':
      return `The label was taken off${who}.`;
    case 'issueClosed':
      return `The issue was closed${who}.`;
    case 'repositoryLost':
      return 'Fleet does not serve this repository any more.';
    case 'otherLabel':
      return 'This repository starts Fleet with another label, named in its `.fleet/config.yml`.';
    default:
      return why satisfies never;
  }
}

function refused(run: Run, { why }: Named<'refused'>): string {
  const { login } = run.requester;
  switch (why) {
    case 'noWriteAccess':
      return `**Not started.** Fleet works at the word of people with write access to this repository, and ${escapeInline(login)} has none. Somebody who has it can take the label off and put it on again.`;
    case 'textEdited':
      return '**Not started.** The text was changed after the label was put on, by somebody without write access to this repository. Read it, then take the label off and put it on again.';
    case 'mergeRequest':
      return `**Not started.** Fleet works on issues, not on a ${wordsOf(run.repository.forge).mergeRequest} of somebody else. Put the label on an issue that says what is wanted.`;
    default:
      return why satisfies never;
  }
}
