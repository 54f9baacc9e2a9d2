import type { JournalEntry } from '../domain/journal.js';
import type { Run } from '../domain/run.js';
import type { Question } from '../domain/triage.js';
import { countText, durationText, moneyText, usageText } from './format.js';
import { momentText } from '../domain/moment.js';
import { obstacleWords } from './obstacle.js';
import { outcomeText } from './evidence.js';
import { clipped, oneLine, plainText } from './plain.js';
import { elapsedMs } from './progress.js';
import { stepsOf } from './steps.js';

/** `awaitingApproval` */
const longestPhase = 16;

const marks = { done: '✔', now: '▸', ahead: '·' } as const;

/** A run as one line of a list, at most `width` characters, no colour. */
export function runLine(run: Run, { nowMs, width = 100 }: { readonly nowMs: number; readonly width?: number }): string {
  const where = oneLine(`${run.repository.path}#${run.issue.number}`);
  const time = durationText(elapsedMs(run, nowMs)).padStart(10);
  return clipped(
    `${run.id}  ${run.phase.name.padEnd(longestPhase)}  ${time}  ${where}  ${oneLine(run.issue.title)}`,
    width,
  );
}

/** A run as a page for a terminal, lines of at most `width` characters, no colour. */
export function runPage(run: Run, { nowMs, width = 100 }: { readonly nowMs: number; readonly width?: number }): string {
  const steps = stepsOf(run).map(
    ({ label, state, time }) => `${marks[state]} ${label}${time === '' ? '' : ` · ${time}`}`,
  );
  const seen = run.evidence.map(
    (one) =>
      `${one.outcome === 'pass' ? '✔' : '✘'} ${one.name}: ${one.command} · ${outcomeText(one)}, ${durationText(one.durationMs)}`,
  );
  const lines = [
    run.issue.title,
    `${run.repository.path}#${run.issue.number} · run ${run.id} · ${run.phase.name} · asked for by ${run.requester.login}`,
    [durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts)].join(' · '),
    `branch ${run.branch}`,
    ...(run.mergeRequest === undefined ? [] : [`${run.mergeRequest.url} (${run.mergeRequest.state})`]),
    ...waits(run),
    '',
    ...steps,
    ...(seen.length === 0 ? [] : ['', ...seen]),
  ];
  return lines.map((line) => clipped(oneLine(line), width)).join('\n') + '\n';
}

/** What a person is asked for, if anything. */
function waits({ phase, plan }: Run): readonly string[] {
  if (phase.name === 'awaitingAnswer') {
    return [
      '',
      `Questions, to be answered in a comment until ${momentText(phase.dueAtMs)}:`,
      ...asked(phase.questions),
    ];
  }
  if (phase.name === 'awaitingApproval') {
    return ['', 'The plan waits for a comment with /fleet approve, or /fleet replan:', plan?.summary ?? ''];
  }
  if (phase.name === 'awaitingAgent') {
    return [
      '',
      `No agent is to be had; it goes on by itself at ${momentText(phase.untilMs)}:`,
      ...phase.reasons.map((reason) => `  ${reason}`),
    ];
  }
  if (phase.name !== 'blocked') return [];
  const { what, wayOut } = obstacleWords(phase.obstacle.kind);
  return [
    '',
    what,
    ...phase.obstacle.details.map((detail) => `  ${detail}`),
    ...plainText(wayOut.replaceAll('`', '')).split(/(?<=\.) /),
  ];
}

function asked(questions: readonly Question[]): readonly string[] {
  return questions.map(
    ({ text, assumption }) => `- ${text}${assumption === undefined ? '' : ` (else: ${assumption})`}`,
  );
}

/** A line of the journal: time since the first one, what happened, and the facts that people look for. */
export function stepLine(entry: JournalEntry, { sinceMs }: { readonly sinceMs: number }): string {
  const { phase, agent, role, task, reason, durationMs, inputTokens, outputTokens, costUsd } = entry.fields;
  const tokens = Number(inputTokens ?? 0) + Number(outputTokens ?? 0);
  const facts = [
    ...[role, agent, task, reason].filter((fact) => fact !== undefined).map((fact) => oneLine(String(fact))),
    ...(typeof durationMs === 'number' ? [durationText(durationMs)] : []),
    ...(tokens > 0 ? [`${countText(tokens)} tokens`] : []),
    ...(typeof costUsd === 'number' && costUsd > 0 ? [moneyText(costUsd)] : []),
  ];
  const what = entry.kind === 'decided' ? String(phase ?? '') : entry.kind;
  const words = `${oneLine(entry.text)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  return `${durationText(entry.atMs - sinceMs).padStart(10)}  ${what.padEnd(longestPhase)}  ${words}`;
}
