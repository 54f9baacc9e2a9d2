import type { Command } from '../domain/command.js';
import type { Notice } from '../domain/effect.js';
import type { PeopleEvent } from '../domain/event.js';
import type { Phase, Run } from '../domain/run.js';
import { moved, shownTo, stays, type Decision } from './decision.js';

/** What people do reaches a run in any phase. */
export function afterPeople(run: Run, event: PeopleEvent): Decision {
  switch (event.type) {
    case 'unlabelled':
      return cancelled(run, 'unlabelled', `the label was taken off by ${event.by.login}`);
    case 'issueClosed':
      return cancelled(run, 'issueClosed', `the issue was closed by ${event.by.login}`);
    case 'repositoryLost':
      return cancelled(run, 'repositoryLost', 'the repository is not served any more');
    case 'repositoryMoved':
      return stays({ ...run, repository: event.repository }, `the repository is now ${event.repository.path}`);
    case 'mergeRequestEnded':
      return mergeRequestEnded(run, event.merged);
    case 'commanded':
      return afterCommand(run, event.command, event);
    default:
      return event satisfies never;
  }
}

function cancelled(run: Run, why: Extract<Phase, { name: 'cancelled' }>['why'], because: string): Decision {
  const ended = moved(run, { name: 'cancelled', why }, because, { type: 'stopWork' }, { type: 'removeWorkspace' });
  return why === 'repositoryLost' ? ended : shownTo(ended);
}

function mergeRequestEnded(run: Run, merged: boolean): Decision {
  if (run.mergeRequest === undefined) return stays(run, 'the run has no merge request yet');
  const mergeRequest = { ...run.mergeRequest, state: merged ? ('merged' as const) : ('closed' as const) };
  const next = { ...run, mergeRequest };
  const phase: Phase = { name: merged ? 'merged' : 'closed' };
  return shownTo(
    moved(next, phase, `the merge request was ${phase.name}`, { type: 'stopWork' }, { type: 'removeWorkspace' }),
  );
}

function afterCommand(
  run: Run,
  command: Command,
  from: { readonly by: { readonly login: string }; readonly commentId: string },
): Decision {
  const seen = { type: 'react', target: { kind: 'comment', id: from.commentId } } as const;
  const reply = (text: Extract<Notice, { kind: 'reply' }>['text']): Decision =>
    stays(run, `answered ${command.name} of ${from.by.login}: ${text}`, seen, {
      type: 'tellPeople',
      notice: { kind: 'reply', commentId: from.commentId, text },
    });
  switch (command.name) {
    case 'stop': {
      const ended = cancelled(run, 'stopped', `stopped by ${from.by.login}`);
      return { ...ended, effects: [...ended.effects, seen] };
    }
    case 'retry':
      return run.phase.name === 'blocked'
        ? retried(run, run.phase, `retry asked for by ${from.by.login}`, seen)
        : reply('notBlocked');
    case 'status':
      return reply('status');
    case 'help':
    case 'unknown':
      return reply('help');
    case 'replan':
    case 'approve':
    case 'plan':
    case 'update':
    case 'ci':
    case 'allow':
    case 'sentry':
    case 'agent':
    case 'text':
      return reply('notBuilt');
    default:
      return command satisfies never;
  }
}

function retried(
  run: Run,
  phase: Extract<Phase, { name: 'blocked' }>,
  because: string,
  ...effects: Decision['effects']
): Decision {
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume: phase.resume }, because, ...effects));
}
