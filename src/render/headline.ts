import type { Phase, Run } from '../domain/run.js';
import { escapeInline } from './escape.js';
import { obstacleWords } from './obstacle.js';
import { taskInWords } from './progress.js';
import { mergeRequestLink, wordsOf } from './words.js';

/** Where a run stands and what happens next, in one line of Markdown. */
export function headline(run: Run): string {
  const { phase } = run;
  const { mergeRequest } = wordsOf(run.repository.forge);
  switch (phase.name) {
    case 'queued':
      return queued(phase);
    case 'planning':
      return `📝 **Planning.** ${planner(phase)}`;
    case 'working':
      return working(run, phase);
    case 'delivering':
      return `📦 **Delivering.** ${phase.step === 'pushing' ? 'The branch is pushed' : `The ${mergeRequest} is opened`}.`;
    case 'inReview':
      return `✅ **Ready for review.** ${itsLink(run)} waits for people; Fleet is done.`;
    case 'blocked':
      return `✋ **A person is needed.** ${obstacleWords(phase.obstacle.kind).what}`;
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
  const name = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return mergeRequest === undefined ? `The ${words}` : `${name} ${mergeRequestLink(repository.forge, mergeRequest)}`;
}

function leftOpen({ repository, mergeRequest }: Run): string {
  return mergeRequest === undefined ? '' : `; ${mergeRequestLink(repository.forge, mergeRequest)} stays as it is`;
}

type Named<N extends Phase['name']> = Extract<Phase, { readonly name: N }>;

function queued({ step, resume }: Named<'queued'>): string {
  if (resume.to !== 'planning')
    return '⏳ **Going on.** It continues where it stopped as soon as there is a free place.';
  return step === 'waiting'
    ? '⏳ **Picked up.** Work starts by itself as soon as there is a free place.'
    : '⏳ **Picked up.** The repository is prepared.';
}

function planner({ assignment, failures }: Named<'planning'>): string {
  const agent = escapeInline(assignment.agent);
  return failures === 0
    ? `The agent ${agent} reads the code and writes a plan.`
    : `The agent ${agent} plans again; the last attempt left no plan that could be used.`;
}

function working(run: Run, phase: Named<'working'>): string {
  const task = escapeInline(taskInWords(run, phase));
  if (phase.step === 'checks') return `🔍 **Checking** ${task}`;
  if (phase.step === 'commit') return `🔧 **Committing** ${task}`;
  const again = phase.fixes === 0 ? '' : ` (fix ${phase.fixes} of ${run.prepared?.policy.fixes ?? phase.fixes})`;
  return `🔧 **Working**${again} on ${task}`;
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
