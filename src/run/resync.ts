import { isNews } from '../decide/glance.js';
import { Failure } from '../domain/failure.js';
import type { ForgeEvent, ForgeName, Repository } from '../domain/forge.js';
import { openPhases } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Labelling, Look, Lookout, LookMemo } from '../ports/lookout.js';
import type { Delivery, KnownRepository } from '../ports/store.js';
import { labelOf } from './label.js';
import { forgeOf, type Loop } from './loop.js';

/** Between two repositories. */
const pauseMs = 200;

/** How often forges are asked which repositories they serve. */
const meetEveryMs = 600_000;

/** Open runs of a repository that are looked after at most. */
const mostRuns = 1_000;

export interface ResyncOptions {
  readonly loop: Loop;
  readonly lookouts: ReadonlyMap<ForgeName, Lookout>;
  /** Labels that are younger are left to the webhook that tells of them. */
  readonly graceMs: number;
  /** Keeps deliveries like those of a webhook. */
  readonly receive: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** What the last look at a repository left; kept in memory, for without it a look costs more calls and nothing else. */
interface Remembered {
  readonly memo: LookMemo;
  /** Labelled issues that nothing has to be done about while they were not changed since. */
  readonly settled: ReadonlyMap<number, number>;
}

/** The resync between two rounds. */
export interface Resync extends ResyncOptions {
  readonly remembered: Map<string, Remembered>;
  /** Until when a forge wants to be left alone. */
  readonly pausedUntilMs: Map<ForgeName, number>;
  /** When a forge was last asked for its repositories. */
  readonly metAtMs: Map<ForgeName, number>;
}

/** A resync that has not looked yet. */
export function createResync(options: ResyncOptions): Resync {
  return { ...options, remembered: new Map(), pausedUntilMs: new Map(), metAtMs: new Map() };
}

/** Looks for what webhooks did not bring, at once and in the background, then `everyMs` after each round, until it is closed. */
export function startResync(options: ResyncOptions, everyMs: number): { close(): Promise<void> } {
  const ending = new AbortController();
  const { signal } = ending;
  const resync = createResync(options);
  const { log } = options.loop.ports;
  const looking = (async () => {
    while (!signal.aborted) {
      await lookAround(resync, signal).catch((error: unknown) => log.warn({ error }, 'resync failed'));
      await pause(everyMs, signal);
    }
  })();
  return {
    close: async () => {
      ending.abort();
      await looking;
    },
  };
}

/** Over early when the end comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** One round: learns of repositories, then looks at each that is served. */
export async function lookAround(resync: Resync, signal: AbortSignal): Promise<void> {
  for (const [name, lookout] of resync.lookouts) {
    await isolated(resync, { forge: name }, () => meet(resync, name, lookout));
  }
  for (const known of await resync.loop.ports.store.repositories.list()) {
    const { repository, served } = known;
    const lookout = resync.lookouts.get(repository.forge);
    if (!served || lookout === undefined || signal.aborted) continue;
    await isolated(resync, { forge: repository.forge, repository: repository.path }, () =>
      lookAt(resync, known, lookout),
    );
    await pause(pauseMs, signal);
  }
}

/** What fails for one is tried again in the next round, and holds up nobody else; a forge that asks for patience gets it. */
async function isolated(
  { loop, pausedUntilMs }: Resync,
  about: { readonly forge: ForgeName; readonly repository?: string },
  work: () => Promise<void>,
): Promise<void> {
  const { clock, log } = loop.ports;
  if (clock.nowMs() < (pausedUntilMs.get(about.forge) ?? 0)) return;
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Failure ? error.reason : undefined;
    if (reason?.kind === 'retryLater' && reason.retryAfterMs !== undefined) {
      pausedUntilMs.set(about.forge, clock.nowMs() + reason.retryAfterMs);
    }
    log.warn({ ...about, error }, 'resync could not look');
  }
}

/** Learns of repositories that no webhook told of, and of their new names. */
async function meet({ loop, metAtMs, receive }: Resync, name: ForgeName, lookout: Lookout): Promise<void> {
  const { clock, store } = loop.ports;
  const nowMs = clock.nowMs();
  if (nowMs - (metAtMs.get(name) ?? -Infinity) < meetEveryMs) return;
  for (const repository of await lookout.repositories()) {
    const known = await store.repositories.find(name, repository.id);
    if (known?.served === true && isSame(known.repository, repository)) continue;
    if (known === undefined || known.repository.path === repository.path)
      await store.repositories.see(repository, true);
    else {
      const by = { id: repository.id, login: repository.path, kind: 'bot' } as const;
      const event: ForgeEvent = { type: 'repositoryServed', repository, by, atMs: nowMs };
      await receive([{ source: name, delivery: `resync.served.${repository.id}.${nowMs}`, event, atMs: nowMs }]);
    }
  }
  metAtMs.set(name, nowMs);
}

function isSame(one: Repository, other: Repository): boolean {
  return (
    one.path === other.path && one.defaultBranch === other.defaultBranch && one.installation === other.installation
  );
}

/** What a look at one repository works with. */
interface Place {
  readonly repository: Repository;
  readonly lookout: Lookout;
  readonly label: string;
  readonly runs: readonly Run[];
  readonly nowMs: number;
}

/** Compares a repository with the store; what is new becomes deliveries whose ids follow from what was seen. */
async function lookAt(resync: Resync, known: KnownRepository, lookout: Lookout): Promise<void> {
  const { repository } = known;
  const { clock, store } = resync.loop.ports;
  const label = await labelOf(resync.loop, known);
  const open = await store.runs.list({ repositoryId: repository.id, phases: openPhases, limit: mostRuns });
  const runs = open.filter((run) => run.repository.forge === repository.forge);
  const place: Place = { repository, lookout, label, runs, nowMs: clock.nowMs() };
  const key = [repository.forge, repository.id, label].join(' ');
  const before = resync.remembered.get(key);
  const look = await lookout.look(
    repository,
    {
      label,
      issues: runs.map(({ issue }) => issue.number),
      mergeRequests: runs.flatMap(({ mergeRequest }) => mergeRequest?.number ?? []),
    },
    before?.memo,
  );
  await resync.receive([
    ...look.endings.flatMap((ending) => deliveryOf(place, ending)),
    ...look.glances.flatMap((glance) => newsOf(place, glance)),
  ]);
  if (look.labelled === undefined) return;
  const settled = await settle(resync, place, look.labelled, before?.settled);
  if (settled !== undefined) resync.remembered.set(key, { memo: look.memo, settled });
}

/** An end of what a run is about, as the webhook would have told it. */
function deliveryOf(place: Place, ending: Look['endings'][number]): readonly Delivery[] {
  const { kind, number, by, atMs } = ending;
  const seen = { repository: place.repository, by, atMs };
  switch (kind) {
    case 'mergeRequestMerged':
    case 'mergeRequestClosed': {
      const merged = kind === 'mergeRequestMerged';
      return delivered(place, `${merged ? 'merged' : 'ended'}.${number}.${atMs}`, {
        ...{ ...seen, type: 'mergeRequestClosed', number, merged },
      });
    }
    case 'issueClosed':
      return delivered(place, `closed.${number}.${atMs}`, { ...seen, type: 'issueClosed', issueNumber: number });
    case 'issueUnlabelled': {
      const run = place.runs.find(({ issue }) => issue.number === number);
      // A run that was asked for by /fleet retry needs no label.
      if (run === undefined || atMs < (run.askedUntilMs ?? run.createdAtMs)) return [];
      const event = { ...seen, type: 'issueUnlabelled', issueNumber: number, label: place.label } as const;
      return delivered(place, `unlabelled.${number}.${atMs}`, event);
    }
    default:
      return kind satisfies never;
  }
}

/** Something about a merge request that no delivery told of; told again once the run has moved on and it was still not read. */
function newsOf(place: Place, glance: Look['glances'][number]): readonly Delivery[] {
  const { number, updatedAtMs, headSha, isConflicting = false, ci } = glance;
  const run = place.runs.find(({ mergeRequest }) => mergeRequest?.number === number);
  if (run === undefined || !isNews(run, glance)) return [];
  const { repository, nowMs: atMs } = place;
  const by = { id: repository.id, login: repository.path, kind: 'bot' } as const;
  return delivered(place, ['news', number, updatedAtMs, headSha, ci, isConflicting, run.revision].join('.'), {
    ...{ type: 'mergeRequestTouched', repository, by, atMs, number, why: 'look' },
  });
}

function delivered({ repository, nowMs }: Place, what: string, event: ForgeEvent): readonly Delivery[] {
  const [kind, ...rest] = what.split('.');
  const delivery = ['resync', kind, repository.id, ...rest].join('.');
  return [{ source: repository.forge, delivery, event, atMs: nowMs }];
}

/** Hands in the labels that no run is open for; undefined when one of them is still left to its webhook. */
async function settle(
  resync: Resync,
  place: Place,
  labelled: NonNullable<Look['labelled']>,
  before: Remembered['settled'] = new Map(),
): Promise<Remembered['settled'] | undefined> {
  const open = new Set(place.runs.map(({ issue }) => issue.number));
  const idle = labelled.filter(({ number }) => !open.has(number));
  let isComplete = true;
  for (const { number, updatedAtMs } of idle) {
    if (before.get(number) === updatedAtMs) continue;
    const labelling = await place.lookout.labelling(place.repository, number, place.label);
    if (labelling === undefined) continue;
    if (place.nowMs - labelling.atMs < resync.graceMs) isComplete = false;
    else await resync.receive(await labelDelivery(resync.loop, place, labelling));
  }
  return isComplete ? new Map(idle.map(({ number, updatedAtMs }) => [number, updatedAtMs])) : undefined;
}

async function labelDelivery(loop: Loop, place: Place, labelling: Labelling): Promise<readonly Delivery[]> {
  const { repository, label, nowMs } = place;
  const { issue, by, atMs } = labelling;
  const found = { atMs: nowMs, textStands: await textStands(loop, repository, labelling) };
  return delivered(place, `label.${issue.number}.${atMs}`, {
    ...{ type: 'issueLabelled', repository, by, atMs, issue, label, found },
  });
}

/** The text counts when it is older than the label, or when whoever changed it last may write. */
async function textStands(loop: Loop, repository: Repository, { atMs, edits }: Labelling): Promise<boolean> {
  const later = edits.filter((edit) => edit.atMs >= atMs);
  const forge = forgeOf(loop, repository.forge);
  const allowed = await Promise.all(later.map(({ by }) => forge.canWrite(repository, by)));
  return allowed.every((each) => each);
}
