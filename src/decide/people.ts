import type { Command } from '../domain/command.js';
import type { Notice } from '../domain/effect.js';
import type { PeopleEvent } from '../domain/event.js';
import type { Asked, Demand } from '../domain/review.js';
import type { Phase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { agentsBack } from './away.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { hinted, reviewedAgain } from './reviewing.js';
import { answered, approved, planFirst, replanned } from './steering.js';
import { readNow } from './start.js';

/** What people do reaches a run in any phase. */
export function afterPeople(run: Run, event: Exclude<PeopleEvent, { type: 'feedbackHinted' }>): Decision {
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
    case 'answered':
      return answered(run, event);
    case 'planFirstAsked':
      return planFirst(run, event);
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
const replies: Partial<Readonly<Record<Command['name'], ReplyText>>> = {
  status: 'status',
  help: 'help',
  unknown: 'help',
  plan: 'notBuilt',
  ci: 'notBuilt',
  allow: 'notBuilt',
  sentry: 'notBuilt',
};

function afterCommand(run: Run, event: Extract<PeopleEvent, { type: 'commanded' }>): Decision {
  const { command, by, commentId, place } = event;
  const seen = { type: 'react', target: { kind: 'comment', id: commentId } } as const;
  const replied = (text: ReplyText): Decision => {
    const notice: Notice = { kind: 'reply', commentId, place, text };
    return stays(run, `answered ${command.name} of ${by.login}: ${text}`, seen, { type: 'tellPeople', notice });
  };
  if (command.name === 'stop') {
    return alsoSeen(cancelled(run, { why: 'stopped', by }, `stopped by ${by.login}`), seen);
  }
  if (command.name === 'text' || command.name === 'update') {
    if (run.mergeRequest !== undefined) return alsoSeen(demanded(run, event), seen);
    if (command.name === 'update') return replied('noMergeRequest');
  }
  if (command.name === 'agent') {
    const picked = pickAgent(run, command.agent);
    return picked === 'unknownAgent' ? replied(picked) : { ...replied('agentPicked'), run: picked };
  }
  const steered = command.name === 'retry' ? retriedBy(run, event) : steer(run, event);
  if (steered === undefined) return replied(replies[command.name] ?? 'help');
  return typeof steered === 'string' ? replied(steered) : alsoSeen(steered, seen);
}

/** A blocked run goes on, and one that waits for an agent looks for one now. */
function retriedBy(run: Run, { by, atMs }: Extract<PeopleEvent, { type: 'commanded' }>): Decision | ReplyText {
  const because = `retry asked for by ${by.login}`;
  if (run.phase.name === 'awaitingAgent') return agentsBack(run, because);
  return run.phase.name === 'blocked' ? retried(run, run.phase, { because, atMs }) : 'notBlocked';
}

/** From its next attempt on, the run tries this agent first. */
function pickAgent(run: Run, agent: string): Run | 'unknownAgent' {
  const known = Object.keys(run.prepared?.policy.vendors ?? {});
  return known.length > 0 && !known.includes(agent) ? 'unknownAgent' : { ...run, agent };
}

/** Words that change what is planned; what is said where Fleet has asked is the answer. */
function steer(run: Run, event: Extract<PeopleEvent, { type: 'commanded' }>): Decision | ReplyText | undefined {
  const { command, by, atMs } = event;
  if (command.name === 'approve') return approved(run, event);
  if (command.name === 'text' && run.phase.name === 'awaitingAnswer') {
    return answered(run, { type: 'answered', by, text: command.text, atMs });
  }
  return command.name === 'replan' || command.name === 'text' ? replanned(run, event) : undefined;
}

function alsoSeen(decision: Decision, seen: Decision['effects'][number]): Decision {
  return { ...decision, effects: [...decision.effects, seen] };
}

/** What is asked for by a command is read at once, or after the round at hand; it also lets a run go on that had asked. */
function demanded(run: Run, event: Extract<PeopleEvent, { type: 'commanded' }>): Decision {
  const next = { ...run, asked: withAsked(run.asked, event) };
  const because = `${event.command.name} asked for by ${event.by.login}`;
  const { phase } = next;
  if (phase.name === 'inReview') return readNow(next, { head: phase.head, atMs: event.atMs }, because);
  if (phase.name === 'blocked' && phase.resume.to === 'inReview') {
    return retried(next, phase, { because, atMs: event.atMs });
  }
  return stays(hinted(next), `${because}: comes with the next round`);
}

/** A comment on the merge request is found there; one on the issue is kept with the run. */
function withAsked(asked: Asked | undefined, event: Extract<PeopleEvent, { type: 'commanded' }>): Asked {
  const { command, by, commentId, place, atMs } = event;
  const { demands = [], update = false } = asked ?? {};
  if (command.name === 'update') return { demands, update: true };
  if (command.name !== 'text' || place === 'mergeRequest') return { demands, update };
  const comment = { id: commentId, by, text: command.text, atMs, suggestions: [] };
  const thread = `issue-${commentId.replace(/[^A-Za-z0-9._-]/g, '-')}`;
  const demand: Demand = { thread, kind: 'issue', canResolve: false, isThreaded: false, comments: [comment] };
  return { demands: [...demands, demand], update };
}

function retried(
  run: Run,
  phase: Extract<Phase, { name: 'blocked' }>,
  { because, atMs }: { readonly because: string; readonly atMs: number },
): Decision {
  const { resume, obstacle } = phase;
  const next = obstacle.kind === 'budgetSpent' ? { ...run, moreBudgets: (run.moreBudgets ?? 0) + 1 } : run;
  if (resume.to === 'inReview') return reviewedAgain(run, { obstacle, head: resume.head, atMs }, because);
  return shownTo(moved(next, { name: 'queued', step: 'waiting', resume }, because));
}
