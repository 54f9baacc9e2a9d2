import type { MergeRequestText } from '../control/request.js';
import type { Criterion } from '../domain/plan.js';
import type { Phase, Run } from '../domain/run.js';
import { secondsText } from './journal-lines.js';
import { readable } from './markdown.js';
import { harmless, painter, type Paint, type Terminal } from './terminal.js';

/** One line about a run, for lists. */
export function runLine(run: Run, paint: Paint): string {
  const issue = `${run.repository.path}#${run.issue.number}`;
  const phase = paint(run.phase.name === 'blocked' ? 'yellow' : 'cyan', phaseText(run.phase).padEnd(10));
  const at = new Date(run.updatedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${paint('bold', run.id)}  ${phase}  ${at}  ${issue.padEnd(20)}  ${harmless(run.issue.title)}`;
}

/** Everything about a run that people ask for. */
export function runText(run: Run, mergeRequest: MergeRequestText | undefined, terminal: Terminal): string {
  const paint = painter(terminal);
  const facts: readonly (readonly [string, string])[] = [
    ['run', `${paint('bold', run.id)}  ${phaseText(run.phase)}`],
    ['issue', `${run.repository.path}#${run.issue.number}  ${harmless(run.issue.title)}`],
    ['branch', `${run.branch} → ${run.prepared?.policy.base ?? run.repository.defaultBranch}`],
    ...(mergeRequest === undefined ? [] : ([['in', mergeRequest.place]] as const)),
    ['started', new Date(run.createdAtMs).toISOString()],
    ['took', secondsText(run.updatedAtMs - run.createdAtMs)],
    ['attempts', attemptsText(run)],
  ];
  const parts = [
    facts.map(([name, value]) => `${paint('dim', name.padEnd(9))} ${value}`).join('\n'),
    ...(run.phase.name === 'blocked' ? [blockedText(run.phase, paint)] : []),
    ...criteriaText(run, paint),
    ...(mergeRequest === undefined ? [] : [mergeRequestText(mergeRequest, terminal)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The merge request as a person would see it. */
export function mergeRequestText(
  { number, state, title, body, branch, base }: MergeRequestText,
  terminal: Terminal,
): string {
  const paint = painter(terminal);
  const rule = paint('dim', '─'.repeat(terminal.width));
  const head = `${paint('bold', `!${number}  ${harmless(title)}`)}\n${paint('dim', `${state}, ${branch} → ${base}`)}`;
  return [rule, head, '', readable(body, { paint, width: terminal.width }), rule].join('\n');
}

/** Each criterion with what Fleet saw when it proved it. */
export function criteriaText(run: Run, paint: Paint): readonly string[] {
  if (run.plan === undefined) return [];
  const lines = run.plan.criteria.map((criterion) => `  ${criterionLine(run, criterion, paint)}`);
  return [[paint('bold', 'Acceptance criteria'), ...lines].join('\n')];
}

function criterionLine(run: Run, { id, text, proof }: Criterion, paint: Paint): string {
  const line = `${id} ${harmless(text)}`;
  if (proof.kind === 'inspection') return `${paint('yellow', '☐')} ${line}\n      to be judged by a look at the change`;
  const seen = run.evidence.find(({ kind, name }) => kind === 'criterion' && name === id);
  const box = seen?.outcome === 'pass' ? paint('green', '☑') : paint('yellow', '☐');
  const result =
    seen === undefined
      ? 'not run yet'
      : `${seen.outcome}, exit ${seen.exit}, ${secondsText(seen.durationMs)}, tree ${seen.tree.slice(0, 8)}`;
  return `${box} ${line}\n      ${harmless(proof.run)}: ${result}`;
}

/** The phase in words. */
export function phaseText(phase: Phase): string {
  switch (phase.name) {
    case 'inReview':
      return 'in review';
    case 'cancelled':
    case 'refused':
      return `${phase.name} (${phase.why})`;
    case 'queued':
    case 'planning':
    case 'working':
    case 'delivering':
    case 'blocked':
    case 'merged':
    case 'closed':
      return phase.name;
    default:
      return phase satisfies never;
  }
}

function blockedText({ obstacle }: Extract<Phase, { name: 'blocked' }>, paint: Paint): string {
  const details = obstacle.details.map((detail) => `  ${harmless(detail)}`);
  return [paint('yellow', `Blocked: ${obstacle.kind}. The comment on the issue says what to do.`), ...details].join(
    '\n',
  );
}

function attemptsText({ attempts }: Run): string {
  if (attempts.length === 0) return 'none';
  const sum = (of: (usage: Run['attempts'][number]['usage']) => number): number =>
    attempts.reduce((all, { usage }) => all + of(usage), 0);
  const tokens = sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens);
  const each = attempts.map(({ role, agent, outcome }) => `${role} (${agent}) ${outcome.kind}`).join(', ');
  return `${each}; ${tokens} tokens, $${sum(({ costUsd }) => costUsd).toFixed(2)}`;
}
