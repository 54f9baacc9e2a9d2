import { isFleets, lanesOf, taskInWords } from './progress.js';
import type { Lane, Phase, WorkingPhase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { codeSpan, escapeInline } from './escape.js';
import { amountText } from './format.js';
import { momentText } from '../domain/moment.js';
import { baseOf, reasonOf, roundName } from './round.js';

type Named<N extends Phase['name']> = Extract<Phase, { readonly name: N }>;

/** What is done; in a later round, which one it is and what it answers. */
export function title(run: Run, sign: string, what: string): string {
  const { cause, round } = run;
  if (cause === undefined) return `${sign} **${what}.**`;
  return `${sign} **${capital(roundName(run, round))}: ${escapeInline(reasonOf(run, cause))}.**`;
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const stages = ['triaging', 'awaitingAnswer', 'researching', 'planning', 'awaitingApproval'] as const;
type BeforeWork = Named<(typeof stages)[number]>;

/** True until the work on a plan begins. */
export function isBeforeWork(phase: Phase): phase is BeforeWork {
  return stages.some((name) => name === phase.name);
}

export function beforeWork(run: Run, phase: BeforeWork): string {
  switch (phase.name) {
    case 'triaging':
    case 'researching':
      return stage(run, phase);
    case 'awaitingAnswer':
      return awaitingAnswer(run, phase);
    case 'planning':
      return `${title(run, '📝', 'Planning')} ${planning(run, phase)}`;
    case 'awaitingApproval':
      return `${title(run, '✋', 'Waiting for approval')} Somebody with write access lets the work on the plan begin with \`/fleet approve\`.`;
    default:
      return phase satisfies never;
  }
}

/** What is found out before anything is planned. */
function stage(run: Run, { name, assignment, failures }: Named<'triaging' | 'researching'>): string {
  const agent = escapeInline(assignment.agent);
  const again = failures === 0 ? '' : ' The last attempt left nothing that could be used.';
  return name === 'triaging'
    ? `${title(run, '🧭', 'Looking at the issue')} The agent ${agent} finds out what it asks for.${again}`
    : `${title(run, '🔎', 'Reading the code')} The agent ${agent} finds out how it works, and where to change it.${again}`;
}

function awaitingAnswer(run: Run, { questions, dueAtMs }: Named<'awaitingAnswer'>): string {
  const asked = questions.length === 1 ? '1 question stands' : `${questions.length} questions stand`;
  return `${title(run, '❓', 'Waiting for an answer')} ${asked} in a comment here. Without an answer Fleet goes on by itself with its assumptions, on ${momentText(dueAtMs)}.`;
}

function planning(run: Run, { assignment, failures, replaces }: Named<'planning'>): string {
  const agent = escapeInline(assignment.agent);
  if (assignment.role === 'critic') return `The agent ${agent} looks at the plan, before any code is written.`;
  if (assignment.feedback.kind === 'rejected') return `The agent ${agent} mends what was found in the plan.`;
  if (replaces !== undefined) return `A task got nowhere, so the agent ${agent} plans the rest anew.`;
  if (failures > 0) return `The agent ${agent} plans again; the last attempt left no plan that could be used.`;
  return `The agent ${agent} reads ${run.cause === undefined ? 'the code and writes a plan' : 'what came back and plans'}.`;
}

export function working(run: Run, phase: WorkingPhase): string {
  const [lane, second] = phase.lanes;
  if (lane === undefined) return title(run, '🔧', 'Working');
  const { sign, what, about } = second === undefined ? oneTask(run, lane) : severalTasks(run, phase);
  return run.cause === undefined ? `${sign} **${what}**${about}` : `${title(run, sign, what)} ${what}${about}`;
}

interface Words {
  readonly sign: string;
  readonly what: string;
  readonly about: string;
}

function oneTask(run: Run, lane: Lane): Words {
  const task = escapeInline(taskInWords(run, lane.task));
  const colon = isFleets(lane.task) ? ':' : '';
  const tries = triesText(run, lane);
  const fix = tries === undefined ? '' : ` (${tries})`;
  return {
    integrate: { sign: '🔀', what: 'Under way', about: `: ${task}` },
    agent: { sign: '🔧', what: 'Working', about: `${fix}${colon || ' on'} ${task}` },
    waiting: { sign: '⏳', what: 'Waiting', about: ` until another task is on the branch: ${task}` },
    replay: { sign: '🔀', what: 'Putting on the branch', about: `: ${task}` },
    checks: { sign: '🔍', what: 'Checking', about: `${colon} ${task}` },
    baseline: {
      sign: '🔍',
      what: 'Checking the base',
      about: `, to tell what was red before from what the change did`,
    },
    commit: { sign: '🔧', what: 'Committing', about: `${colon} ${task}` },
    stuck: { sign: '🧱', what: 'Stuck', about: `${colon || ' at'} ${task}` },
    parked: { sign: '⏳', what: 'Waiting for an agent', about: `: ${task}` },
  }[lane.step];
}

function severalTasks(run: Run, phase: WorkingPhase): Words {
  const each = lanesOf(phase).map((lane) => `${escapeInline(taskInWords(run, lane.task))} (${stateOf(run, lane)})`);
  return {
    sign: '🔧',
    what: 'Working',
    about: ` on ${amountText(each.length, 'task')} side by side: ${each.join('; ')}`,
  };
}

function stateOf(run: Run, lane: Lane): string {
  return {
    integrate: 'under way',
    agent: triesText(run, lane) ?? 'under way',
    waiting: 'done, and waits for the other',
    replay: 'being put on the branch',
    checks: 'being checked',
    baseline: 'the base is checked',
    commit: 'being committed',
    stuck: 'stuck; what is under way is finished first',
    parked: 'waits for an agent',
  }[lane.step];
}

function triesText({ prepared }: Run, { ladder }: Lane): string | undefined {
  const tries = ladder.frontiers.length;
  return tries === 0
    ? undefined
    : `attempt ${tries + 1} of at most ${prepared?.policy.budgets.attemptsPerTask ?? tries + 1}`;
}

export function verifying(run: Run, { step, assignment }: Named<'verifying'>): string {
  switch (step) {
    case 'integrate':
      return `${codeSpan(baseOf(run))} is brought in, so that what is checked is what will be merged.`;
    case 'gates':
      return 'Every check is run on what will be pushed.';
    case 'crossing':
      return "The tests of the base and those of the change are run on each other's source.";
    case 'inspecting':
      return `${assignment === undefined ? 'An agent' : `The agent ${escapeInline(assignment.agent)}`} holds the change against the issue, without a word from whoever wrote it.`;
    default:
      return step satisfies never;
  }
}
