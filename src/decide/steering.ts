import type { PeopleEvent } from '../domain/event.js';
import type { Phase, Replanning } from '../domain/phase.js';
import { mergeTaskId } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { goesOn } from './stages.js';
import { startPlanning, startReplanning, withTasks } from './start.js';

type Commanded = Extract<PeopleEvent, { type: 'commanded' }>;

/** A forge's clock and Fleet's may be apart by so much. */
const clockSkewMs = 60_000;

/** Somebody with write access approves of the plan as it stands, or of what is assumed where nobody has answered. */
export function approved(run: Run, event: Commanded): Decision | 'nothingToApprove' | 'approvalVoid' {
  const { phase } = run;
  const because = `approved by ${event.by.login}`;
  if (phase.name === 'awaitingAnswer') return goesOn(run, because);
  if (phase.name !== 'awaitingApproval') return 'nothingToApprove';
  if (event.isTextChanged === true || event.atMs + clockSkewMs < phase.sinceMs) return 'approvalVoid';
  const resume = { to: 'working', task: phase.task, head: phase.head } as const;
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume }, because));
}

/** Somebody who may has said something that is no command: it counts where Fleet has asked. */
export function answered(run: Run, { by, text }: Extract<PeopleEvent, { type: 'answered' }>): Decision {
  const { phase } = run;
  if (phase.name !== 'awaitingAnswer') return stays(run, `late: answered while ${phase.name}`);
  return goesOn({ ...run, answers: [...(run.answers ?? []), { by: by.login, text }] }, `answered by ${by.login}`);
}

/** The label that asks for approval counts until there is a plan that is worked on. */
export function planFirst(run: Run, { by }: Extract<PeopleEvent, { type: 'planFirstAsked' }>): Decision {
  const isInTime = ['queued', 'triaging', 'awaitingAnswer', 'researching', 'planning'].includes(run.phase.name);
  if (!isInTime || run.plan !== undefined) return stays(run, `late: plan first while ${run.phase.name}`);
  return stays({ ...run, isPlanFirst: true }, `${by.login} wants to see the plan first`);
}

/** What is planned is planned anew, with what was said: from where the run stands, and without what is at work now. */
export function replanned(run: Run, { by, command }: Commanded): Decision | 'nothingToReplan' {
  const remark = command.name === 'text' ? [{ by: by.login, text: command.text }] : [];
  const because = `a new plan asked for by ${by.login}`;
  const remarks = [...(run.remarks ?? []), ...remark];
  const next: Run = remarks.length === 0 ? run : { ...run, remarks };
  const { phase } = next;
  switch (phase.name) {
    case 'queued':
    case 'blocked': {
      const resume = resumedAnew(phase.resume, because);
      if (resume === undefined) return 'nothingToReplan';
      if (phase.name === 'queued') return stays({ ...next, phase: { ...phase, resume } }, because);
      return shownTo(moved(next, { name: 'queued', step: 'waiting', resume }, because));
    }
    case 'awaitingAnswer':
      return goesOn(next, because);
    case 'triaging':
    case 'researching':
      return stays(next, `${because}: there is none yet`);
    case 'awaitingApproval': {
      const { task, head } = phase;
      const resume = { to: 'replanning', task, head, problems: [because], isAsked: true } as const;
      return shownTo(moved(next, { name: 'queued', step: 'waiting', resume }, because));
    }
    case 'planning': {
      const { replaces, assignment } = phase;
      return stopped(replaces === undefined ? startPlanning(next, assignment.from, because) : anew(next, replaces));
    }
    case 'working':
      return stopped(anew(next, { task: phase.lanes[0]?.task ?? '', head: phase.head, problems: [because] }));
    case 'verifying':
    case 'delivering':
      return stopped(anew(next, { task: '', head: phase.head, problems: [because] }));
    case 'inReview':
    case 'merged':
    case 'closed':
    case 'cancelled':
    case 'refused':
      return 'nothingToReplan';
    default:
      return phase satisfies never;
  }
}

/** At a person's word: it costs none of the replans. Where nothing is done yet, nothing of the old plan holds any more. */
export function anew(run: Run, at: Replanning): Decision {
  const { plan, cause, replans: _, ...rest } = run;
  const index = plan?.tasks.findIndex(({ id }) => id === at.task) ?? -1;
  const isUntouched = cause === undefined && at.head.commit === run.prepared?.start.commit;
  if (isUntouched && (index === 0 || plan === undefined)) return startPlanning(rest, at.head, at.problems.join('; '));
  const kept = at.task === mergeTaskId ? withTasks(run, plan?.tasks.slice(0, index) ?? []) : run;
  const { run: next, ...decided } = startReplanning(kept, at, at.problems.join('; '));
  const { replans: __, ...free } = next;
  return { ...decided, run: free };
}

function stopped(decision: Decision): Decision {
  return { ...decision, effects: [{ type: 'stopWork' }, ...decision.effects] };
}

type Resume = Extract<Phase, { name: 'queued' }>['resume'];

/** Where a run that rests, or waits for a place, goes on with a new plan; undefined where there is none to be made. */
function resumedAnew(resume: Resume, problem: string): Resume | undefined {
  const anewAt = (task: string, head: Snapshot): Resume => ({
    ...{ to: 'replanning', task, head, problems: [problem], isAsked: true },
  });
  switch (resume.to) {
    case 'planning':
    case 'replanning':
    case 'round':
      return resume;
    case 'working':
      return anewAt(resume.task, resume.head);
    case 'verifying':
    case 'delivering':
      return anewAt('', resume.head);
    case 'inReview':
      return undefined;
    default:
      return resume satisfies never;
  }
}
