import type { RunEvent } from '../domain/event.js';
import type { ForgeEvent, Person, Repository } from '../domain/forge.js';
import { isEnded } from '../domain/phase.js';
import type { FrozenIssue, Run, RunId } from '../domain/run.js';
import type { Loop } from './loop.js';

/** A forge's event of one type. */
export type Of<T extends ForgeEvent['type']> = Extract<ForgeEvent, { type: T }>;

/** What becomes of a delivery: it is given to runs, or starts one, or is put aside; always with the reason. */
export type Admission =
  | { readonly kind: 'aside'; readonly because: string }
  | {
      readonly kind: 'toRuns';
      readonly because: string;
      readonly events: readonly { readonly run: RunId; readonly event: RunEvent }[];
    }
  | ({
      readonly kind: 'newRun';
      readonly issue: FrozenIssue;
      readonly earlier: readonly Run[];
      readonly by: Person;
      readonly label: string;
    } & {
      readonly refusal?: 'noWriteAccess' | 'mergeRequest' | 'textEdited';
      readonly askedUntilMs?: number;
      /** The ended run whose merge request is open again. */
      readonly adopts?: Run;
      readonly statusComment?: string;
      readonly seen: 'issue' | { readonly commentId: string };
    });

/** The delivery changes nothing. */
export function aside(because: string): Admission {
  return { kind: 'aside', because };
}

/** The runs of an issue, newest first. */
export async function runsOfIssue(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return (await runsNumbered(loop, event, number)).filter(({ issue }) => issue.isMergeRequest !== true);
}

/** The runs that were refused to the merge request; the run that it came from is found by `ofMergeRequest`. */
export async function runsOfMergeRequest(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return (await runsNumbered(loop, event, number)).filter(({ issue }) => issue.isMergeRequest === true);
}

/** Some forges give an issue and a merge request the same number. */
async function runsNumbered(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return loop.ports.store.runs.ofIssue(event.repository.forge, event.repository.id, number);
}

/** To the one run of these that is open. */
export function toOpenRun(
  runs: readonly Run[],
  event: RunEvent,
  concerns: (run: Run) => boolean = () => true,
): Admission {
  const run = runs.find((one) => !isEnded(one.phase) && concerns(one));
  if (run === undefined) return aside(`no open run is concerned by ${event.type}`);
  return { kind: 'toRuns', because: `${event.type} of run ${run.id}`, events: [{ run: run.id, event }] };
}

/** To all open runs of a repository. */
export async function toAllRuns(loop: Loop, repository: Repository, event: RunEvent): Promise<Admission> {
  const runs = await loop.ports.store.runs.list({ repositoryId: repository.id, limit: 10_000 });
  const open = runs.filter((run) => run.repository.forge === repository.forge && !isEnded(run.phase));
  return {
    kind: 'toRuns',
    because: `${event.type} of ${repository.path}`,
    events: open.map(({ id }) => ({ run: id, event })),
  };
}
