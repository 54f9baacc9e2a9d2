import { parseCommand } from '../domain/command.js';
import { admit as decideAdmission } from '../decide/admit.js';
import type { RunEvent } from '../domain/event.js';
import type { Comment, ForgeEvent, Person, Repository } from '../domain/forge.js';
import { isEnded, type FrozenIssue, type Run, type RunId } from '../domain/run.js';
import type { ReceivedDelivery } from '../ports.js';
import { changesOf, queueEffects } from './commit.js';
import { startsRuns } from './label.js';
import { forgeOf, type Loop } from './loop.js';

type Of<T extends ForgeEvent['type']> = Extract<ForgeEvent, { type: T }>;

/** What becomes of a delivery: it is given to runs, or starts one, or is put aside; always with the reason. */
type Admission =
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
      readonly refusal?: 'noWriteAccess' | 'mergeRequest';
      readonly statusComment?: string;
      readonly seen: 'issue' | { readonly commentId: string };
    });

/** Takes a delivery out of the inbox: asks the forge who may what, and hands it to the run that it is for. Repeatable. */
export async function admit(loop: Loop, inboxId: number): Promise<void> {
  const { store, queue } = loop.ports;
  const delivery = await store.inbox.waiting(inboxId);
  if (delivery === undefined) return;
  const admission = await judge(loop, delivery.event);
  if (admission.kind === 'newRun') return startRun(loop, delivery, admission);
  const events = admission.kind === 'toRuns' ? admission.events : [];
  const first = await store.inbox.admit(inboxId, admission.because, events);
  loop.ports.log.debug({ inboxId, event: delivery.event.type, because: admission.because }, 'delivery admitted');
  if (first) await Promise.all(events.map(({ run }) => queue.advance(run)));
}

function aside(because: string): Admission {
  return { kind: 'aside', because };
}

async function judge(loop: Loop, event: ForgeEvent): Promise<Admission> {
  switch (event.type) {
    case 'issueLabelled':
      return labelled(loop, event);
    case 'mergeRequestLabelled':
      return mergeRequestLabelled(loop, event);
    case 'issueUnlabelled':
      return toOpenRun(
        await runsOf(loop, event, event.issueNumber),
        { type: 'unlabelled', by: event.by, atMs: event.atMs },
        (run) => run.label === event.label,
      );
    case 'issueClosed':
      return issueClosed(loop, event);
    case 'issueCommented':
      return commented(loop, event);
    case 'mergeRequestClosed':
      return mergeRequestClosed(loop, event);
    case 'repositoryServed':
      return repositoryServed(loop, event);
    case 'repositoryLost': {
      await loop.ports.store.repositories.see(event.repository, false);
      return toAllRuns(loop, event.repository, { type: 'repositoryLost', atMs: event.atMs });
    }
    default:
      return event satisfies never;
  }
}

async function runsOf(loop: Loop, event: ForgeEvent, issueNumber: number): Promise<readonly Run[]> {
  return loop.ports.store.runs.ofIssue(event.repository.forge, event.repository.id, issueNumber);
}

function toOpenRun(runs: readonly Run[], event: RunEvent, concerns: (run: Run) => boolean = () => true): Admission {
  const run = runs.find((one) => !isEnded(one.phase) && concerns(one));
  if (run === undefined) return aside(`no open run is concerned by ${event.type}`);
  return { kind: 'toRuns', because: `${event.type} of run ${run.id}`, events: [{ run: run.id, event }] };
}

async function toAllRuns(loop: Loop, repository: Repository, event: RunEvent): Promise<Admission> {
  const runs = await loop.ports.store.runs.list({ repositoryId: repository.id, limit: 10_000 });
  const open = runs.filter((run) => run.repository.forge === repository.forge && !isEnded(run.phase));
  return {
    kind: 'toRuns',
    because: `${event.type} of ${repository.path}`,
    events: open.map(({ id }) => ({ run: id, event })),
  };
}

async function labelled(loop: Loop, event: Of<'issueLabelled'>): Promise<Admission> {
  if (!(await startsRuns(loop, event.repository, event.label))) return aside(`the label ${event.label} starts nothing`);
  const earlier = await runsOf(loop, event, event.issue.number);
  const open = earlier.find((run) => !isEnded(run.phase));
  if (open !== undefined) return aside(`run ${open.id} of the issue is open`);
  const forge = forgeOf(loop, event.repository.forge);
  await loop.ports.store.repositories.see(event.repository, true);
  const [mayWrite, comments] = await Promise.all([
    forge.canWrite(event.repository, event.by),
    forge.comments(event.repository, event.issue.number),
  ]);
  const status = comments.find(
    (comment) => comment.byFleet && comment.body.includes(`<!-- ${loop.settings.markerPrefix}:v1 kind=status `),
  );
  const request = {
    kind: 'newRun',
    earlier,
    by: event.by,
    label: event.label,
    seen: 'issue',
    ...(status === undefined ? {} : { statusComment: status.id }),
  } as const;
  if (!mayWrite) return { ...request, issue: { ...event.issue, comments: [] }, refusal: 'noWriteAccess' };
  return { ...request, issue: { ...event.issue, comments: await byWriters(loop, event, comments) } };
}

/** The comments made before the label by people who may write: the only ones that may ever reach a prompt. */
async function byWriters(
  loop: Loop,
  event: Of<'issueLabelled'>,
  comments: readonly Comment[],
): Promise<readonly Comment[]> {
  const candidates = comments.filter(
    (one) => !one.byFleet && one.author.kind === 'person' && one.createdAtMs <= event.atMs,
  );
  const authors = new Map(candidates.map(({ author }) => [author.id, author]));
  const forge = forgeOf(loop, event.repository.forge);
  const asked = await Promise.all(
    [...authors.values()].map(async (author) =>
      (await forge.canWrite(event.repository, author)) ? author.id : undefined,
    ),
  );
  const writers = new Set(asked);
  return candidates.filter(({ author }) => writers.has(author.id));
}

async function mergeRequestLabelled(loop: Loop, event: Of<'mergeRequestLabelled'>): Promise<Admission> {
  if (!(await startsRuns(loop, event.repository, event.label))) return aside(`the label ${event.label} starts nothing`);
  const earlier = await runsOf(loop, event, event.number);
  const ours = await loop.ports.store.runs.ofMergeRequest(event.repository.forge, event.repository.id, event.number);
  if (earlier.length > 0 || ours !== undefined) return aside('said before, or a merge request of a run');
  const issue = await forgeOf(loop, event.repository.forge).issue(event.repository, event.number);
  if (issue === undefined) return aside('the merge request is gone');
  return {
    kind: 'newRun',
    issue: { ...issue, comments: [] },
    earlier,
    by: event.by,
    label: event.label,
    refusal: 'mergeRequest',
    seen: 'issue',
  };
}

/** An issue that its merge request closed was merged, not given up: the forge is asked, since either event may come first. */
async function issueClosed(loop: Loop, event: Of<'issueClosed'>): Promise<Admission> {
  const runs = await runsOf(loop, event, event.issueNumber);
  const run = runs.find((one) => !isEnded(one.phase));
  if (run?.mergeRequest !== undefined) {
    const now = await forgeOf(loop, event.repository.forge).mergeRequest(event.repository, run.mergeRequest.number);
    if (now?.state === 'merged') return toOpenRun([run], { type: 'mergeRequestEnded', merged: true, atMs: event.atMs });
  }
  return toOpenRun(runs, { type: 'issueClosed', by: event.by, atMs: event.atMs });
}

async function commented(loop: Loop, event: Of<'issueCommented'>): Promise<Admission> {
  const { repository, by, atMs, commentId } = event;
  const command = parseCommand(event.body, loop.logins.get(repository.forge));
  if (command === undefined || by.kind === 'bot') return aside('the comment is not for Fleet');
  const ofMergeRequest = event.onMergeRequest
    ? await loop.ports.store.runs.ofMergeRequest(repository.forge, repository.id, event.issueNumber)
    : undefined;
  const runs = ofMergeRequest === undefined ? await runsOf(loop, event, event.issueNumber) : [ofMergeRequest];
  const last = runs[0];
  if (last === undefined) return aside(`there is no run that ${command.name} could be about`);
  if (!(await forgeOf(loop, repository.forge).canWrite(repository, by)))
    return aside(`${by.login} has no write access`);
  if (command.name === 'retry' && isEnded(last.phase)) return again(last, runs, by, commentId);
  // Ended runs still answer: the decision says late, and the comment stays without effect.
  return {
    kind: 'toRuns',
    because: `${command.name} by ${by.login}`,
    events: [{ run: last.id, event: { type: 'commanded', by, command, commentId, atMs } }],
  };
}

/** A new run on the text that was frozen for the last one: text edited since does not count. */
function again(last: Run, earlier: readonly Run[], by: Person, commentId: string): Admission {
  const status = last.status.id === undefined ? {} : { statusComment: last.status.id };
  return { kind: 'newRun', issue: last.issue, earlier, by, label: last.label, seen: { commentId }, ...status };
}

async function mergeRequestClosed(loop: Loop, event: Of<'mergeRequestClosed'>): Promise<Admission> {
  const run = await loop.ports.store.runs.ofMergeRequest(event.repository.forge, event.repository.id, event.number);
  return toOpenRun(run === undefined ? [] : [run], {
    type: 'mergeRequestEnded',
    merged: event.merged,
    atMs: event.atMs,
  });
}

async function repositoryServed(loop: Loop, event: Of<'repositoryServed'>): Promise<Admission> {
  const { repository, atMs } = event;
  const before = await loop.ports.store.repositories.find(repository.forge, repository.id);
  await loop.ports.store.repositories.see(repository, true);
  if (before === undefined || before.repository.path === repository.path) return aside(`${repository.path} is served`);
  return toAllRuns(loop, repository, { type: 'repositoryMoved', repository, atMs });
}

async function startRun(
  loop: Loop,
  delivery: ReceivedDelivery,
  from: Extract<Admission, { kind: 'newRun' }>,
): Promise<void> {
  const { ports, settings } = loop;
  const decision = decideAdmission({
    id: ports.ids.next() as RunId,
    repository: delivery.event.repository,
    issue: from.issue,
    requester: from.by,
    label: from.label,
    earlierRuns: from.earlier.filter((run) => run.phase.name !== 'refused').length,
    branchPrefix: settings.branchPrefix,
    seen: from.seen,
    atMs: delivery.atMs,
    ...(from.refusal === undefined ? {} : { refusal: from.refusal }),
    ...(from.statusComment === undefined ? {} : { statusComment: from.statusComment }),
  });
  const change = changesOf({ fromRevision: 0, decision, event: { type: 'asked', atMs: delivery.atMs }, read: [] });
  await ports.store.runs.commit({ ...change, admits: { inboxId: delivery.inboxId, because: decision.because } });
  ports.log.info({ run: decision.run.id, issue: from.issue.number, phase: decision.run.phase.name }, 'run created');
  const granted = await ports.store.runs.grantSlots(settings.limits, ports.clock.nowMs());
  await Promise.all([queueEffects(ports, change.effects), ...granted.map((run) => ports.queue.advance(run))]);
}
