import type { Fingerprint } from '../ports/agent.js';
import type { TreeUsage } from '../process/tree-usage.js';
import { watch } from './watchdog.js';
import { type Halt, type Seen, type Watched, watchedFrom, type WatchRules } from './watchdog-state.js';

/** Steps between two looks at what has changed in the worktree. */
const changesEvery = 20;

/** Each of what can be seen, without its time. */
type Sight = Seen extends infer Each ? (Each extends Seen ? Omit<Each, 'atMs'> : never) : never;

/** A watchdog at its attempt. */
export interface Watchdog {
  readonly saw: (sight: Sight) => void;
  readonly sawTree: (usage: TreeUsage) => void;
  readonly halt: () => Halt | undefined;
  /** Aborted when the attempt is to end. */
  readonly signal: AbortSignal;
  /** Facts for the journal. */
  readonly counts: () => {
    readonly steps: number;
    readonly quietSeconds: number;
    readonly peakMemoryMb: number;
    readonly peakProcesses: number;
  };
  readonly close: () => void;
}

/** Watches from now on; time is measured by a clock that never jumps. `onHalt` is called at most once. */
export function startWatchdog(
  rules: WatchRules,
  { onHalt, changes }: { readonly onHalt: (halt: Halt) => void; readonly changes: Fingerprint | undefined },
): Watchdog {
  const bite = new AbortController();
  let state: Watched = watchedFrom(rules, performance.now());
  let asksAtStep = changes === undefined ? Infinity : 1;

  const saw = (sight: Sight): void => {
    if (state.halt !== undefined) return;
    state = watch(state, { ...sight, atMs: performance.now() });
    if (state.calls.steps >= asksAtStep) askForChanges();
    if (state.halt === undefined) return;
    onHalt(state.halt);
    bite.abort();
  };
  const askForChanges = (): void => {
    const { steps: step } = state.calls;
    asksAtStep = Infinity;
    const again = (): void => {
      asksAtStep = step + changesEvery;
    };
    // A worktree that cannot be read now is read at the next time.
    changes?.().then((fingerprint) => {
      again();
      saw({ type: 'changes', fingerprint, step });
    }, again);
  };
  // What was printed meanwhile is read before the immediate comes: a daemon that stood still must not take it for silence.
  const timer = setInterval(
    () => setImmediate(saw, { type: 'tick' } as const),
    Math.min(1000, Math.max(10, rules.silenceMs / 100)),
  );
  return {
    saw,
    sawTree: (usage) => {
      saw({ type: 'tree', ...usage });
    },
    halt: () => state.halt,
    signal: bite.signal,
    counts: () => ({
      steps: state.calls.steps,
      quietSeconds: Math.round((performance.now() - state.heardAtMs) / 1000),
      peakMemoryMb: Math.round(state.peak.memoryBytes / 1024 / 1024),
      peakProcesses: state.peak.processes,
    }),
    close: () => {
      clearInterval(timer);
    },
  };
}
