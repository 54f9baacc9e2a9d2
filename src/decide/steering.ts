import type { PeopleEvent } from '../domain/event.js';
import type { AgentsPhase, Phase, PhaseName, Replanning, Resume } from '../domain/phase.js';
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
  // The phase's own name picks its rule; the compiler does not see that the two belong together.
  const rule = replans[next.phase.name] as (run: Run, phase: Phase, because: string) => Replanned;
  return rule(next, next.phase, because);
}

type Replanned = Decision | 'nothingToReplan';

type Replans = {
  readonly [N in PhaseName]: (run: Run, phase: Extract<Phase, { readonly name: N }>, because: string) => Replanned;
};

const none = (): Replanned => 'nothingToReplan';
const isToCome = (run: Run, _phase: Phase, because: string): Replanned => stays(run, `${because}: there is none yet`);
const ofTheRest = (run: Run, { head }: { readonly head: Snapshot }, because: string): Replanned =>
  stopped(anew(run, { task: '', head, problems: [because] }));

/** A run that waits, for whatever it is, plans anew once it goes on; what is at work ends, and what is done stays. */
const replans: Replans = {
  queued: (run, phase, because) => {
    const resume = resumedAnew(phase.resume, because);
    return resume === undefined ? 'nothingToReplan' : stays({ ...run, phase: { ...phase, resume } }, because);
  },
  triaging: isToCome,
  awaitingAnswer: (run, _phase, because) => goesOn(run, because),
  researching: isToCome,
  planning: (run, { replaces, assignment }, because) =>
    stopped(replaces === undefined ? startPlanning(run, assignment.from, because) : anew(run, replaces)),
  awaitingApproval: (run, { task, head }, because) => waits(run, anewAt(task, head, because), because),
  working: (run, { lanes, head }, because) =>
    stopped(anew(run, { task: lanes[0]?.task ?? '', head, problems: [because] })),
  verifying: ofTheRest,
  awaitingAgent: (run, phase, because) => {
    const resume = resumedAnew(phase.resume, because);
    return resume === undefined ? 'nothingToReplan' : waits(run, resume, because);
  },
  delivering: ofTheRest,
  inReview: none,
  blocked: (run, phase, because) => {
    const resume = resumedAnew(phase.resume, because);
    return resume === undefined ? 'nothingToReplan' : waits(run, resume, because);
  },
  merged: none,
  closed: none,
  cancelled: none,
  refused: none,
};

function waits(run: Run, resume: Resume, because: string): Decision {
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume }, because));
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

function anewAt(task: string, head: Snapshot, problem: string): Resume {
  return { to: 'replanning', task, head, problems: [problem], isAsked: true };
}

/** Where a run that rests, or waits for a place, goes on with a new plan; undefined where there is none to be made. */
function resumedAnew(resume: Resume, problem: string): Resume | undefined {
  switch (resume.to) {
    case 'planning':
    case 'replanning':
    case 'round':
      return resume;
    case 'working':
      return anewAt(resume.task, resume.head, problem);
    case 'verifying':
    case 'delivering':
      return anewAt('', resume.head, problem);
    case 'inReview':
      return undefined;
    case 'same':
      return sameAnew(resume.phase, problem) ?? resume;
    default:
      return resume satisfies never;
  }
}

/** What is not planned yet needs no new plan. */
function sameAnew(phase: AgentsPhase, problem: string): Resume | undefined {
  if (phase.name === 'working') return anewAt(phase.lanes[0]?.task ?? '', phase.head, problem);
  return phase.name === 'verifying' ? anewAt('', phase.head, problem) : undefined;
}
