import type { StoredEntry } from '../domain/journal.js';
import { harmless, type Paint, type Style } from './terminal.js';

const colorOfPhase: Readonly<Record<string, Style>> = {
  inReview: 'green',
  merged: 'green',
  blocked: 'yellow',
  cancelled: 'yellow',
  refused: 'yellow',
};

/** Makes lines for people of a run's journal, as it comes: one a step, with the time since `startMs`. Heartbeats and edits of the status comment are left out. */
export function journalLines(paint: Paint, startMs: number): (entry: StoredEntry) => string | undefined {
  const begun = new Set<string>();
  let phase = 'queued';
  return (entry) => {
    const attempt = textOf(entry, 'attempt');
    if (entry.text === 'agent works' && begun.has(attempt)) return undefined;
    if (entry.text === 'agent works') begun.add(attempt);
    if (entry.fields['event'] === 'statusShown') return undefined;
    phase = textOf(entry, 'phase') || phase;
    const seconds = paint('dim', `${secondsText(entry.atMs - startMs).padStart(8)}`);
    return `${seconds}  ${paint(colorOfPhase[phase] ?? 'cyan', phase.padEnd(10))}  ${stepText(entry, paint)}`;
  };
}

/** The entry as a line with its time of day, nothing left out. */
export function logLine(entry: StoredEntry, paint: Paint): string {
  const at = paint('dim', new Date(entry.atMs).toISOString());
  const facts = Object.entries(entry.fields).map(([name, value]) => `${name}=${String(value)}`);
  return `${at}  ${entry.kind.padEnd(7)}  ${harmless(entry.text)}  ${paint('dim', harmless(facts.join(' ')))}`;
}

/** `3.2 s`, `2 min 5 s`. */
export function secondsText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

function stepText(entry: StoredEntry, paint: Paint): string {
  const text = harmless(entry.text);
  if (entry.kind === 'decided') return text.startsWith('red: ') ? paint('red', text) : text;
  const [role, agent, task] = [textOf(entry, 'role'), textOf(entry, 'agent'), textOf(entry, 'task')];
  const who = harmless([role, agent === '' ? '' : `(${agent})`, task].filter((part) => part !== '').join(' '));
  const reason = textOf(entry, 'reason');
  const end = reason === '' ? text.replace(/^agent /, '') : `${text.replace(/^agent /, '')}: ${harmless(reason)}`;
  return who === '' ? text : `${who} ${end}`;
}

function textOf(entry: StoredEntry, field: string): string {
  const value = entry.fields[field];
  return value === undefined ? '' : String(value);
}
