import type { Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';

/** The run with its work on another commit of the base: what was seen of the one before says nothing of this. */
export function onBase(run: Run, onto: Snapshot | undefined): Run {
  const { prepared, baseline: _, ...rest } = run;
  if (prepared === undefined || onto === undefined || onto.commit === prepared.start.commit) return run;
  return { ...rest, prepared: { ...prepared, baseSha: onto.commit, start: onto } };
}
