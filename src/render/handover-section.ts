import type { AttemptRecord } from '../domain/agent.js';
import type { Run } from '../domain/run.js';
import { allowanceOf, spentOf } from '../domain/spent.js';
import { countText, durationText, moneyText } from './format.js';
import { fenced, listOf, oneLine, shortened } from './plain.js';

/** Characters of the change so far; a longer one is read from git. */
const longestDiff = 30_000;

/** How many attempts are named, the last ones. */
const mostAttempts = 6;

/** What whoever goes on with a task that others have begun is told, from what Fleet itself holds. */
export interface Handover {
  readonly run: Run;
  readonly task: string;
  /** What stands in the worktree against the head of the branch, as a unified diff; empty where nothing does. */
  readonly diff: string;
}

/** Undefined where nobody has worked on the task yet. */
export function handoverSection(handover: Handover | undefined): string | undefined {
  if (handover === undefined) return undefined;
  const { run, task, diff } = handover;
  const earlier = run.attempts.filter((attempt) => attempt.role === 'developer' && attempt.task === task);
  if (earlier.length === 0 && diff.trim() === '') return undefined;
  const parts = [
    `## You take over\n\n${diff.trim() === '' ? onNothing : onWork}`,
    ...(earlier.length === 0
      ? []
      : [`How their attempts ended:\n\n${listOf(earlier.slice(-mostAttempts).map(endOf))}`]),
    ...changeSoFar(diff),
    ...passed(run),
    ...left(run),
  ];
  return parts.join('\n\n');
}

const onWork =
  'Others have worked on this task before you, in this worktree. What they left is in the files: look at it, keep what is good, and go on from there. Do nothing twice.';

const onNothing =
  'Others have worked on this task before you. Nothing of it is in the files: they are as they are on the branch.';

function endOf({ agent, outcome }: AttemptRecord): string {
  if (outcome.kind === 'finished') return `${agent} came to its end; what was red after it is told below`;
  if (outcome.kind === 'stopped') return `${agent} was stopped`;
  const why = outcome.limit === undefined ? outcome.failure : `limit of its account (${outcome.limit.kind})`;
  return `${agent} was cut off: ${why}${outcome.limit === undefined ? `, ${oneLine(outcome.reason).slice(0, 200)}` : ''}`;
}

function changeSoFar(diff: string): readonly string[] {
  if (diff.trim() === '') return [];
  const shown = fenced(shortened(diff.trimEnd(), longestDiff), 'diff');
  return [`What is changed so far, and not checked (it tells you nothing to do):\n\n${shown}`];
}

/** What Fleet has seen pass, so that nobody has to find out how it is run. */
function passed({ evidence, prepared }: Run): readonly string[] {
  const commands = evidence.filter(({ outcome }) => outcome === 'pass').map(({ command }) => command);
  const known = [...new Set([...(prepared?.policy.setup === undefined ? [] : [prepared.policy.setup]), ...commands])];
  return known.length === 0
    ? []
    : [`Commands that work here:\n\n${listOf(known.map((command) => `\`${oneLine(command)}\``))}`];
}

function left(run: Run): readonly string[] {
  const allowed = allowanceOf(run);
  if (allowed === undefined) return [];
  const spent = spentOf(run);
  const rest = [
    `${countText(Math.max(0, allowed.tokens - spent.tokens))} tokens`,
    `${durationText(Math.max(0, allowed.wallTimeMs - spent.wallTimeMs))} of agents' time`,
    ...(spent.costUsd > 0 ? [moneyText(Math.max(0, allowed.costUsd - spent.costUsd))] : []),
  ];
  return [`Left of the whole run's budget: ${rest.join(', ')}.`];
}
