import { setTimeout as delay } from 'node:timers/promises';
import type { Control } from '../control/request.js';
import { retryLater } from '../domain/failure.js';
import type { StoredEntry } from '../domain/journal.js';
import { isEnded, type Phase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';

/** Asked for in one go; the answer comes as soon as there is an entry. */
const waitMs = 1000;
/** How long the work after the last step (status comment) is waited for. */
const settleMs = 3000;
const appearMs = 30_000;
const lookMs = 30;

export interface Following {
  readonly control: Control;
  readonly run: string;
  /** Number of the last entry that is known. */
  readonly after: number;
  readonly onEntry: (entry: StoredEntry) => void;
  readonly signal: AbortSignal;
  readonly until: (phase: Phase) => boolean;
}

/** Reads a run's journal on until its phase is one that is waited for, or the signal is aborted; the number of the last entry. */
export async function follow({ control, run, onEntry, signal, until, ...from }: Following): Promise<number> {
  let { after } = from;
  let reached = false;
  for (;;) {
    const { entries, phase } = await control({ op: 'log', run, after, waitMs: reached || signal.aborted ? 0 : waitMs });
    for (const entry of entries) onEntry(entry);
    after = entries.at(-1)?.seq ?? after;
    if (signal.aborted || (reached && entries.length === 0)) return after;
    reached = until(phase);
  }
}

/** Whether Fleet waits for people now, or is done. */
export function isResting(phase: Phase): boolean {
  return isEnded(phase) || phase.name === 'inReview' || waitsForPerson(phase);
}

/** Whether a person must say something before the run goes on. */
export function waitsForPerson({ name }: Phase): boolean {
  return name === 'blocked' || name === 'awaitingAnswer' || name === 'awaitingApproval';
}

/** The newest run of an issue, once Fleet has made it. */
export async function runOfIssue(control: Control, repository: string, number: number): Promise<Run> {
  const endMs = performance.now() + appearMs;
  while (performance.now() < endMs) {
    const { runs } = await control({ op: 'runsOf', repository, number });
    if (runs[0] !== undefined) return runs[0];
    await delay(lookMs);
  }
  throw retryLater(
    `Fleet made no run of issue ${number} within ${appearMs / 1000} s: does a worker run? \`fleet doctor\` tells.`,
  );
}

/** Waits a moment for the status comment to show where the run stands. */
export async function settled(control: Control, run: string): Promise<void> {
  const endMs = performance.now() + settleMs;
  while (performance.now() < endMs) {
    const { run: now } = await control({ op: 'show', run });
    if (now.status.state === 'shown') return;
    await delay(lookMs);
  }
}
