import type { Command } from '../domain/command.js';
import type { Notice } from '../domain/effect.js';
import type { PeopleEvent } from '../domain/event.js';
import type { Phase, Run } from '../domain/run.js';
import { moved, shownTo, stays, type Decision } from './decision.js';

/** What people do reaches a run in any phase. */
export function afterPeople(run: Run, event: PeopleEvent): Decision {
  switch (event.type) {
    case 'unlabelled':
      return cancelled(run, { why: 'unlabelled', by: event.by }, `the label was taken off by ${event.by.login}`);
    case 'issueClosed':
      return cancelled(run, { why: 'issueClosed', by: event.by }, `the issue was closed by ${event.by.login}`);
    case 'repositoryLost':
      return cancelled(run, { why: 'repositoryLost' }, 'the repository is not served any more');
    case 'repositoryMoved':
      return stays({ ...run, repository: event.repository }, `the repository is now ${event.repository.path}`);
    case 'mergeRequestEnded':
      return mergeRequestEnded(run, event);
    case 'commanded':
      return afterCommand(run, event);
    default:
      return event satisfies never;
  }
}

type Cancelled = Extract<Phase, { name: 'cancelled' }>;

function cancelled(run: Run, how: Pick<Cancelled, 'why' | 'by'>, because: string): Decision {
  const phase: Cancelled = { name: 'cancelled', ...how };
  return shownTo(moved(run, phase, because, { type: 'stopWork' }, { type: 'removeWorkspace' }));
}

function mergeRequestEnded(run: Run, { merged }: { readonly merged: boolean }): Decision {
  if (run.mergeRequest === undefined) return stays(run, 'the run has no merge request yet');
  const mergeRequest = { ...run.mergeRequest, state: merged ? ('merged' as const) : ('closed' as const) };
  const next = { ...run, mergeRequest };
  const phase: Phase = { name: merged ? 'merged' : 'closed' };
  return shownTo(
    moved(next, phase, `the merge request was ${phase.name}`, { type: 'stopWork' }, { type: 'removeWorkspace' }),
  );
}

type ReplyText = Extract<Notice, { kind: 'reply' }>['text'];

/** Commands that are answered and change nothing. */
const replies: Readonly<Record<Exclude<Command['name'], 'stop' | 'retry'>, ReplyText>> = {
  status: 'status',
  help: 'help',
  unknown: 'help',
  replan: 'notBuilt',
  approve: 'notBuilt',
  plan: 'notBuilt',
  update: 'notBuilt',
  ci: 'notBuilt',
  allow: 'notBuilt',
  sentry: 'notBuilt',
  agent: 'notBuilt',
  text: 'notBuilt',
};

function afterCommand(run: Run, { command, by, commentId }: Extract<PeopleEvent, { type: 'commanded' }>): Decision {
  const seen = { type: 'react', target: { kind: 'comment', id: commentId } } as const;
  if (command.name === 'stop') {
    const ended = cancelled(run, { why: 'stopped', by }, `stopped by ${by.login}`);
    return { ...ended, effects: [...ended.effects, seen] };
  }
  if (command.name === 'retry' && run.phase.name === 'blocked') {
    return retried(run, run.phase, `retry asked for by ${by.login}`, seen);
  }
  const text = command.name === 'retry' ? 'notBlocked' : replies[command.name];
  const notice: Notice = { kind: 'reply', commentId, text };
  return stays(run, `answered ${command.name} of ${by.login}: ${text}`, seen, { type: 'tellPeople', notice });
}

function retried(
  run: Run,
  phase: Extract<Phase, { name: 'blocked' }>,
  because: string,
  ...effects: Decision['effects']
): Decision {
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume: phase.resume }, because, ...effects));
}
