import type { Control } from '../control/request.js';
import type { StoredEntry } from '../domain/journal.js';
import { isEnded, type RunId } from '../domain/run.js';
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

/** Opens and labels the issue, and shows each step of its run until a person is needed. Ctrl-C stops the run. */
export async function throughRun(
  { terminal, interrupted }: World,
  control: Control,
  { repository, issue, json }: Through,
): Promise<RunId> {
  const { issue: opened } = await control({ op: 'issue.open', repository, ...issue });
  const { number } = opened;
  await control({ op: 'label', repository, number });
  const { id, createdAtMs } = await runOfIssue(control, repository, number);
  const line = journalLines(painter(terminal), createdAtMs);
  let phase = 'queued';
  const spinner = startSpinner(
    json ? { ...terminal, live: false } : terminal,
    () => `${phase}  ${durationText(Date.now() - createdAtMs)}`,
  );
  const onEntry = (entry: StoredEntry): void => {
    const text = json ? JSON.stringify(entry) : line(entry);
    if (text !== undefined) spinner.line(text);
    phase = String(entry.fields['phase'] ?? phase);
  };
  try {
    const after = await follow({ control, run: id, onEntry, after: 0, until: isResting, signal: interrupted });
    if (interrupted.aborted) {
      await control({ op: 'comment', repository, number, body: '/fleet stop' });
      await follow({ control, run: id, onEntry, after, until: isEnded, signal: AbortSignal.timeout(stopMs) });
    }
    await settled(control, id);
    return id;
  } finally {
    spinner.stop();
  }
}
