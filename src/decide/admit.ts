import { branchName } from '../domain/branch.js';
import type { RunRequest } from '../domain/event.js';
import type { Phase, Run } from '../domain/run.js';
import { moved, shownTo, type Decision } from './decision.js';

/** Makes the run that a trigger asks for, or the refused one that says why there is none. */
export function admit(request: RunRequest): Decision {
  const run = firstRun(request);
  const target =
    request.seen === 'issue'
      ? ({ kind: 'issue', number: request.issue.number } as const)
      : ({ kind: 'comment', id: request.seen.commentId } as const);
  const because =
    request.refusal === undefined
      ? `asked for by ${request.requester.login}, who has write access`
      : `refused: ${request.refusal} of ${request.requester.login}`;
  return shownTo(moved(run, run.phase, because, { type: 'react', target }));
}

function firstRun(request: RunRequest): Run {
  const phase: Phase =
    request.refusal === undefined
      ? { name: 'queued', step: 'waiting', resume: { to: 'planning' } }
      : { name: 'refused', why: request.refusal };
  return {
    id: request.id,
    revision: 1,
    repository: request.repository,
    issue: request.issue,
    requester: request.requester,
    label: request.label,
    branch: branchName({
      prefix: request.branchPrefix,
      number: request.issue.number,
      title: request.issue.title,
      earlierRuns: request.earlierRuns,
    }),
    round: 1,
    phase,
    attempts: [],
    evidence: [],
    status: { ...(request.statusComment === undefined ? {} : { id: request.statusComment }), state: 'shown' },
    createdAtMs: request.atMs,
    updatedAtMs: request.atMs,
  };
}
