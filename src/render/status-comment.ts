import type { Plan } from '../domain/plan.js';
import { isEnded, type Run } from '../domain/run.js';
import type { Settings } from '../domain/settings.js';
import { escapeForForge, escapeInline } from './escape.js';
import { fold, paragraphs } from './fold.js';
import { amountText, durationText, usageText } from './format.js';
import { headline } from './headline.js';
import { marker, markerStart, type RenderedComment } from './marker.js';
import { detailList, obstacleWords } from './obstacle.js';
import { elapsedMs, isProven, stepsOf } from './progress.js';
import { causeOf } from './round.js';

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
    run.plan === undefined ? [] : planFold(run, run.plan),
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

function planFold(run: Run, plan: Plan): readonly string[] {
  const criteria = amountText(plan.criteria.length, 'acceptance criterion', 'acceptance criteria');
  const tasks = run.round === 1 ? `${amountText(plan.tasks.length, 'task')}, ` : '';
  const round = causeOf(run)?.summary;
  return fold(`The plan: ${tasks}${criteria}`, [
    escapeForForge(plan.summary),
    '',
    ...(round === undefined ? [] : [escapeForForge(`Round ${run.round}: ${round}`), '']),
    ...plan.criteria.map((criterion) => {
      const byPeople = criterion.proof.kind === 'inspection' ? ' (for the reviewer to look at)' : '';
      return `- [${isProven(run, criterion) ? 'x' : ' '}] ${criterion.id} ${escapeInline(criterion.text)}${byPeople}`;
    }),
    ...(plan.risks.length === 0 ? [] : ['', ...plan.risks.map((risk) => `- Risk: ${escapeInline(risk)}`)]),
  ]);
}

function footer(run: Run, nowMs: number): string {
  const facts = [durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts), `run \`${run.id}\``];
  return `<sub>${[...facts, ...steering(run)].join(' · ')}</sub>`;
}

function steering({ phase, mergeRequest }: Run): readonly string[] {
  if (isEnded(phase)) return mergeRequest === undefined ? ['put the label on again to start anew'] : [];
  return phase.name === 'blocked'
    ? ['`/fleet retry` goes on', '`/fleet stop` ends it']
    : ['`/fleet stop` ends it', '`/fleet status` tells more'];
}
