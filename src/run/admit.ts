import { parseCommand } from '../domain/command.js';
import { admit as decideAdmission, askedUntilMs, isAnswered } from '../decide/admit.js';
import type { RunEvent } from '../domain/event.js';
import type { Comment, ForgeEvent, Issue, Person, Repository } from '../domain/forge.js';
import { isEnded, type FrozenIssue, type Run, type RunId } from '../domain/run.js';
import type { ReceivedDelivery } from '../ports/store.js';
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
      readonly refusal?: 'noWriteAccess' | 'mergeRequest' | 'textEdited';
      readonly askedUntilMs?: number;
      readonly statusComment?: string;
      readonly seen: 'issue' | { readonly commentId: string };
    });

/**
 * Takes a delivery out of the inbox: asks the forge who may what, and hands it to the run that it is for. Repeatable. Those about one issue
 * go one after the other: a label that is taken off at once must find the run that it started.
 */
export async function admit(loop: Loop, inboxId: number): Promise<void> {
  const delivery = await loop.ports.store.inbox.waiting(inboxId);
  if (delivery === undefined) return;
  await loop.inOrder(subjectOf(delivery.event), () => admitNow(loop, delivery));
}

async function admitNow(loop: Loop, delivery: ReceivedDelivery): Promise<void> {
  const { store, queue, log } = loop.ports;
  const { inboxId, event } = delivery;
  const admission = await judge(loop, event);
  if (admission.kind === 'newRun') return startRun(loop, delivery, admission);
  const events = admission.kind === 'toRuns' ? admission.events : [];
  const first = await store.inbox.admit(inboxId, admission.because, events);
  log.debug({ inboxId, event: event.type, because: admission.because }, 'delivery admitted');
  if (first) await Promise.all(events.map(({ run }) => queue.advance(run)));
}

function subjectOf(event: ForgeEvent): string {
  const { forge, id } = event.repository;
  const number = 'issue' in event ? event.issue.number : 'issueNumber' in event ? event.issueNumber : 'none';
  return `${forge} ${id} ${number}`;
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
        await runsOfIssue(loop, event, event.issueNumber),
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

async function runsOfIssue(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return (await runsNumbered(loop, event, number)).filter(({ issue }) => issue.isMergeRequest !== true);
}

/** The runs that were refused to the merge request; the run that it came from is found by `ofMergeRequest`. */
async function runsOfMergeRequest(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return (await runsNumbered(loop, event, number)).filter(({ issue }) => issue.isMergeRequest === true);
}

/** Some forges give an issue and a merge request the same number. */
async function runsNumbered(loop: Loop, event: ForgeEvent, number: number): Promise<readonly Run[]> {
  return loop.ports.store.runs.ofIssue(event.repository.forge, event.repository.id, number);
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
  const earlier = await runsOfIssue(loop, event, event.issue.number);
  const open = earlier.find((run) => !isEnded(run.phase));
  if (open !== undefined) return aside(`run ${open.id} of the issue is open`);
  const [newest] = earlier;
  if (newest !== undefined && isAnswered(event, newest)) return aside(`run ${newest.id} answers the label already`);
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
    askedUntilMs: askedUntilMs(event),
    ...(status === undefined ? {} : { statusComment: status.id }),
  } as const;
  if (!mayWrite) return { ...request, issue: { ...event.issue, comments: [] }, refusal: 'noWriteAccess' };
  if (event.found?.textStands === false) return { ...request, issue: withoutText(event.issue), refusal: 'textEdited' };
  return { ...request, issue: { ...event.issue, comments: await byWriters(loop, event, comments) } };
}

/** Nothing of it will be worked on, not even by `/fleet retry`. */
function withoutText(issue: Issue): FrozenIssue {
  return { ...issue, title: `issue ${issue.number}`, body: '', comments: [] };
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
  const earlier = await runsOfMergeRequest(loop, event, event.number);
  const ours = await loop.ports.store.runs.ofMergeRequest(event.repository.forge, event.repository.id, event.number);
  if (earlier.length > 0 || ours !== undefined) return aside('said before, or a merge request of a run');
  const mergeRequest = await forgeOf(loop, event.repository.forge).mergeRequest(event.repository, event.number);
  if (mergeRequest === undefined) return aside('the merge request is gone');
  const { number, url } = mergeRequest;
  return {
    kind: 'newRun',
    // Nothing will be worked on, so nothing of its text is kept.
    issue: {
      ...{ number, url, title: `merge request ${number}`, body: '', author: event.by },
      ...{ comments: [], isMergeRequest: true },
    },
    earlier,
    by: event.by,
    label: event.label,
    refusal: 'mergeRequest',
    seen: 'issue',
  };
}

/** An issue that its merge request closed was merged, not given up: the forge is asked, since either event may come first. */
async function issueClosed(loop: Loop, event: Of<'issueClosed'>): Promise<Admission> {
  const runs = await runsOfIssue(loop, event, event.issueNumber);
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
  const runs = await runsSpokenOf(loop, event);
  const last = runs[0];
  if (last === undefined) return aside(`there is no run that ${command.name} could be about`);
  if (!(await forgeOf(loop, repository.forge).canWrite(repository, by)))
    return aside(`${by.login} has no write access`);
  if (command.name === 'retry' && hasText(last)) return again(last, runs, by, commentId);
  // Ended runs still answer: the decision says late, and the comment stays without effect.
  return {
    kind: 'toRuns',
    because: `${command.name} by ${by.login}`,
    events: [{ run: last.id, event: { type: 'commanded', by, command, commentId, atMs } }],
  };
}

/** The runs that a comment is about, the one that matters first. */
async function runsSpokenOf(loop: Loop, event: Of<'issueCommented'>): Promise<readonly Run[]> {
  const { repository, onMergeRequest, issueNumber: number } = event;
  if (!onMergeRequest) return runsOfIssue(loop, event, number);
  const run = await loop.ports.store.runs.ofMergeRequest(repository.forge, repository.id, number);
  return run === undefined ? runsOfMergeRequest(loop, event, number) : [run];
}

/** An ended run, with the text that it was asked for. */
function hasText({ phase }: Run): boolean {
  return isEnded(phase) && !(phase.name === 'refused' && phase.why === 'textEdited');
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
    ...(from.askedUntilMs === undefined ? {} : { askedUntilMs: from.askedUntilMs }),
    ...(from.statusComment === undefined ? {} : { statusComment: from.statusComment }),
  });
  const change = changesOf({ fromRevision: 0, decision, event: { type: 'asked', atMs: delivery.atMs }, read: [] });
  await ports.store.runs.commit({ ...change, admits: { inboxId: delivery.inboxId, because: decision.because } });
  ports.log.info({ run: decision.run.id, issue: from.issue.number, phase: decision.run.phase.name }, 'run created');
  const granted = await ports.store.runs.grantSlots(settings.limits, ports.clock.nowMs());
  await Promise.all([queueEffects(ports, change.effects), ...granted.map((run) => ports.queue.advance(run))]);
}
