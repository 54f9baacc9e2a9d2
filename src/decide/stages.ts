import type { RunEvent } from '../domain/event.js';
import type { StagePhase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { isShort, type Triage } from '../domain/triage.js';
import type { Assignment, Snapshot } from '../domain/work.js';
import { afterFailure, firstAgent } from './assignment.js';
import { counted, moved, shownTo, stays, type Decision } from './decision.js';
import { startPlanning } from './start.js';

type StageEvent = Extract<RunEvent, { type: 'triaged' | 'researched' | 'attemptFailed' }>;

/** The first stage that a run has not behind it: triage, research, then the plan. In a round of review only the plan is made. */
export function startStages(run: Run, from: Snapshot, because: string): Decision {
  const { triage, research, cause } = run;
  if (cause !== undefined) return startPlanning(run, from, because);
  if (triage === undefined && firstAgent(run, 'triager') !== undefined) {
    return startStage(run, { name: 'triaging', role: 'triager', from }, because);
  }
  const isKnown = research !== undefined || triage === undefined || isShort(triage);
  if (isKnown || firstAgent(run, 'researcher') === undefined) return startPlanning(run, from, because);
  return startStage(run, { name: 'researching', role: 'researcher', from }, because);
}

function startStage(
  run: Run,
  to: { readonly name: StagePhase['name']; readonly role: 'triager' | 'researcher'; readonly from: Snapshot },
  because: string,
): Decision {
  const { name, role, from } = to;
  const agent = firstAgent(run, role) ?? '';
  const assignment: Assignment = { role, agent, feedback: { kind: 'none' }, threads: [], from };
  return moved(run, { name, failures: 0, assignment }, because, { type: 'runAgent', assignment });
}

/** What a triager or researcher brought, or that it brought nothing: a run goes on without either. */
export function afterStage(run: Run, event: StageEvent): Decision {
  const next = { ...run, attempts: [...run.attempts, event.attempt] };
  const { phase } = next;
  if (phase.name !== 'triaging' && phase.name !== 'researching')
    return stays(next, `late: ${event.type} while ${phase.name}`);
  if (event.attempt.role !== phase.assignment.role) return stays(next, `late: ${event.type} while ${phase.name}`);
  switch (event.type) {
    case 'triaged':
      return triaged({ ...next, triage: event.triage }, phase, event.atMs);
    case 'researched':
      return shownTo(startPlanning({ ...next, research: event.research }, phase.assignment.from, 'researched'));
    case 'attemptFailed':
      return failed(next, phase, event);
    default:
      return event satisfies never;
  }
}

function triaged(run: Run & { readonly triage: Triage }, phase: StagePhase, atMs: number): Decision {
  const { kind, size, questions } = run.triage;
  const said = `triaged: ${size} ${kind}`;
  if (questions.length === 0) return shownTo(startStages(run, phase.assignment.from, said));
  const dueAtMs = atMs + (run.prepared?.policy.questionDeadlineMs ?? 0);
  const asks = moved(
    run,
    { name: 'awaitingAnswer', questions, dueAtMs },
    `${said}; ${counted(questions.length, 'question')} asked`,
    { type: 'tellPeople', notice: { kind: 'question', questions, dueAtMs } },
    { type: 'wake', dueAtMs },
  );
  return shownTo(asks);
}

function failed(run: Run, phase: StagePhase, event: Extract<StageEvent, { type: 'attemptFailed' }>): Decision {
  const answer = afterFailure(run, phase, event);
  if (answer.kind === 'again') {
    const { assignment, failures, because } = answer;
    return moved(run, { ...phase, failures, assignment }, because, {
      type: 'runAgent',
      assignment,
    });
  }
  const { role, from } = phase.assignment;
  // Neither is needed for a good plan; where no agent works at all, planning will say so.
  return shownTo(startPlanning(run, from, `the ${role} brought nothing; it goes on without`));
}

/** The time to answer is over, or somebody has answered: the run goes on as soon as there is a free place. */
export function goesOn(run: Run, because: string): Decision {
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume: { to: 'planning' } }, because));
}
