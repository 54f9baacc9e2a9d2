import type { Criterion, Plan } from '../domain/plan.js';
import { isEnded } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Settings } from '../domain/settings.js';
import { budgetFold } from './budget.js';
import { escapeForForge, escapeInline } from './escape.js';
import { fold, paragraphs } from './fold.js';
import { amountText, durationText, usageText } from './format.js';
import { headline } from './headline.js';
import { marker, markerStart, type RenderedComment } from './marker.js';
import { detailList, obstacleWords } from './obstacle.js';
import { elapsedMs, isFleets, isProven, isTaskDone, seenBy } from './progress.js';
import { stepsOf } from './steps.js';
import { causeOf } from './round.js';
import { triageFold } from './triage-text.js';

/** What a comment depends on beside its run. */
export interface CommentContext {
  readonly settings: Settings;
  readonly nowMs: number;
}

/** The one comment of an issue that is edited from "picked up" to "ready for review". */
export function statusComment(run: Run, { settings, nowMs }: CommentContext): RenderedComment {
  return {
    marker: marker(settings.markerPrefix, 'status', run, { phase: run.phase.name }),
    find: markerStart(settings.markerPrefix, 'status'),
    body: run.phase.name === 'refused' ? headline(run) : progress(run, nowMs),
  };
}

function progress(run: Run, nowMs: number): string {
  return paragraphs(
    [headline(run)],
    run.phase.name === 'blocked' ? detailList(run.phase.obstacle) : [],
    run.phase.name === 'blocked' ? [`**What you can do:** ${obstacleWords(run.phase.obstacle.kind).wayOut}`] : [],
    stepList(run),
    triageFold(run),
    planFold(run),
    isEnded(run.phase) ? [] : budgetFold(run),
    [footer(run, nowMs)],
  );
}

/** The steps as a checklist; the one at hand stands out. */
export function stepList(run: Run): readonly string[] {
  return stepsOf(run).map(({ label, state, time }) => {
    const text = state === 'now' ? `**${escapeInline(label)}**` : escapeInline(label);
    return `- [${state === 'done' ? 'x' : ' '}] ${text}${time === '' ? '' : ` · ${time}`}`;
  });
}

/** The plan with what of it is done; while it is made, what the critic looks at. Nothing before there is one. */
export function planFold(run: Run): readonly string[] {
  const { phase } = run;
  const plan = phase.name === 'planning' && phase.draft !== undefined ? phase.draft : run.plan;
  return plan === undefined ? [] : folded(run, plan);
}

function folded(run: Run, plan: Plan): readonly string[] {
  const criteria = amountText(plan.criteria.length, 'acceptance criterion', 'acceptance criteria');
  const tasks = run.round === 1 ? `${amountText(plan.tasks.length, 'task')}, ` : '';
  const round = causeOf(run)?.summary;
  return fold(`The plan: ${tasks}${criteria}`, [
    escapeForForge(plan.summary),
    '',
    ...(round === undefined ? [] : [escapeForForge(`Round ${run.round}: ${round}`), '']),
    ...plan.criteria.map((criterion) => criterionLine(run, criterion)),
    ...(plan.tasks.length === 0 ? [] : ['']),
    ...plan.tasks.map(
      (task) =>
        `- [${isTaskDone(run, task) ? 'x' : ' '}] ${isFleets(task.id) ? '' : `${task.id} `}${escapeInline(task.title)}`,
    ),
    ...(plan.risks.length === 0 ? [] : ['', ...plan.risks.map((risk) => `- Risk: ${escapeInline(risk)}`)]),
  ]);
}

function criterionLine(run: Run, criterion: Criterion): string {
  const seen = seenBy(run, criterion);
  const who = seen === undefined ? 'for the reviewer to look at' : `looked at by the agent ${escapeInline(seen.agent)}`;
  const isDone = isProven(run, criterion) || seen !== undefined;
  const how = criterion.proof.kind === 'inspection' ? ` (${who})` : '';
  return `- [${isDone ? 'x' : ' '}] ${criterion.id} ${escapeInline(criterion.text)}${how}`;
}

function footer(run: Run, nowMs: number): string {
  const facts = [durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts), `run \`${run.id}\``];
  return `<sub>${[...facts, ...steering(run)].join(' · ')}</sub>`;
}

function steering({ phase, mergeRequest }: Run): readonly string[] {
  if (isEnded(phase)) return mergeRequest === undefined ? ['put the label on again to start anew'] : [];
  const ends = '`/fleet stop` ends it';
  if (phase.name === 'blocked') return ['`/fleet retry` goes on', ends];
  if (phase.name === 'awaitingAgent') return ['`/fleet retry` looks for an agent now', ends];
  if (phase.name === 'awaitingApproval')
    return ['`/fleet approve` lets the work begin', '`/fleet replan` asks for another plan', ends];
  return [ends, '`/fleet status` tells more'];
}
