import type { StoredEntry } from '../domain/journal.js';
import { stepLine } from '../render/terminal.js';
import { harmless, type Paint, type Style } from './terminal.js';

const colorOfPhase: Readonly<Record<string, Style>> = {
  inReview: 'green',
  merged: 'green',
  blocked: 'yellow',
  cancelled: 'yellow',
  refused: 'yellow',
};

/** Makes a line of each entry of a run's journal as it comes, with the time since `sinceMs`; undefined for heartbeats and edits of the status comment. */
export function journalLines(paint: Paint, sinceMs: number): (entry: StoredEntry) => string | undefined {
  const begun = new Set<unknown>();
  return (entry) => {
    const { attempt, event, phase } = entry.fields;
    if (event === 'statusShown' || (entry.text === 'agent works' && begun.has(attempt))) return undefined;
    begun.add(attempt);
    const [, time = '', what = '', text = ''] =
      /^(\s*.*? {2})(\S+ *)(.*)$/.exec(harmless(stepLine(entry, { sinceMs }))) ?? [];
    const color = entry.text.startsWith('red: ') ? 'red' : (colorOfPhase[String(phase)] ?? 'cyan');
    return paint('dim', time) + paint(color, what) + text;
  };
}

/** The entry as a line with its time of day, nothing left out. */
export function logLine(entry: StoredEntry, paint: Paint): string {
  const at = paint('dim', new Date(entry.atMs).toISOString());
  const facts = Object.entries(entry.fields).map(([name, value]) => `${name}=${String(value)}`);
  return `${at}  ${entry.kind.padEnd(7)}  ${harmless(entry.text)}  ${paint('dim', harmless(facts.join(' ')))}`;
}
