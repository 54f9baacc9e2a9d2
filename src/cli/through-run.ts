import type { Control } from '../control/request.js';
import type { StoredEntry } from '../domain/journal.js';
import { isEnded, type Phase } from '../domain/phase.js';
import type { RunId } from '../domain/run.js';
import { durationText } from '../render/format.js';
import { follow, isResting, runOfIssue, settled } from './follow.js';
import type { WrittenIssue } from './issue-file.js';
import { journalLines } from './journal-lines.js';
import { startSpinner } from './spinner.js';
import { painter } from './terminal.js';
import type { World } from './world.js';

/** How long a run that is stopped may take to end. */
const stopMs = 10_000;

export interface Through {
  readonly repository: string;
  readonly issue: WrittenIssue;
  readonly json: boolean;
}

/** A run that rests, or was stopped. */
export interface Rested {
  readonly run: RunId;
  /** Number of the last entry of its journal that was shown. */
  readonly after: number;
}

/** Opens and labels the issue, and shows each step of its run until a person is needed. Ctrl-C stops the run. */
export async function throughRun(
  world: World,
  control: Control,
  { repository, issue, json }: Through,
): Promise<Rested> {
  const { issue: opened } = await control({ op: 'issue.open', repository, ...issue });
  const { number } = opened;
  await control({ op: 'label', repository, number });
  const { id, createdAtMs } = await runOfIssue(control, repository, number);
  const stop = () => control({ op: 'comment', repository, number, body: '/fleet stop' });
  const onEntry = (): void => undefined;
  return watched(world, control, { run: id, after: 0, sinceMs: createdAtMs, json, stop, onEntry, until: isResting });
}

/** Shows each step of the round that begins once Fleet has read what people said, until it waits for them again. Ctrl-C stops the run. */
export async function throughRound(world: World, control: Control, { run, after }: Rested): Promise<Rested> {
  const { repository, issue } = (await control({ op: 'show', run })).run;
  const stop = () => control({ op: 'comment', repository: repository.id, number: issue.number, body: '/fleet stop' });
  let isRead = false;
  return watched(world, control, {
    ...{ run, after, sinceMs: Date.now(), json: false, stop },
    onEntry: ({ fields }) => {
      isRead ||= fields['event'] === 'feedbackRead';
    },
    until: (phase) => isRead && isResting(phase) && !('settling' in phase),
  });
}

interface Watch extends Rested {
  readonly sinceMs: number;
  readonly json: boolean;
  readonly stop: () => Promise<unknown>;
  readonly onEntry: (entry: StoredEntry) => void;
  readonly until: (phase: Phase) => boolean;
}

async function watched({ terminal, interrupted }: World, control: Control, watch: Watch): Promise<Rested> {
  const { run, sinceMs, json, stop, until } = watch;
  const line = journalLines(painter(terminal), sinceMs);
  let phase = 'queued';
  const spinner = startSpinner(
    json ? { ...terminal, live: false } : terminal,
    () => `${phase}  ${durationText(Date.now() - sinceMs)}`,
  );
  const onEntry = (entry: StoredEntry): void => {
    watch.onEntry(entry);
    const text = json ? JSON.stringify(entry) : line(entry);
    if (text !== undefined) spinner.line(text);
    phase = String(entry.fields['phase'] ?? phase);
  };
  try {
    let after = await follow({ control, run, onEntry, after: watch.after, until, signal: interrupted });
    if (interrupted.aborted) {
      await stop();
      const signal = AbortSignal.timeout(stopMs);
      after = await follow({ control, run, onEntry, after, until: isEnded, signal });
    }
    await settled(control, run);
    return { run, after };
  } finally {
    spinner.stop();
  }
}
