import { admit as decideAdmission } from '../decide/admit.js';
import type { ForgeEvent } from '../domain/forge.js';
import type { RunId } from '../domain/run.js';
import type { ReceivedDelivery } from '../ports/store.js';
import { aside, runsOfIssue, toAllRuns, toOpenRun, type Admission, type Of } from './admission.js';
import { labelled, mergeRequestLabelled } from './admit-label.js';
import { commented, issueClosed, mergeRequestClosed, reopened, touched, whoseCi } from './admit-talk.js';
import { changesOf, queueEffects } from './commit.js';
import type { Loop } from './loop.js';

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
  const admission = await judge(loop, delivery);
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

async function judge(loop: Loop, { event, atMs: heardAtMs }: ReceivedDelivery): Promise<Admission> {
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
      return commented(loop, event, heardAtMs);
    case 'mergeRequestClosed':
      return mergeRequestClosed(loop, event);
    case 'mergeRequestReopened':
      return reopened(loop, event);
    case 'mergeRequestTouched':
      return touched(loop, event, heardAtMs);
    case 'ciReported':
      return whoseCi(loop, event, heardAtMs);
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
    ...(from.adopts === undefined ? {} : { adopts: from.adopts }),
    ...(from.statusComment === undefined ? {} : { statusComment: from.statusComment }),
  });
  const change = changesOf({ fromRevision: 0, decision, event: { type: 'asked', atMs: delivery.atMs }, read: [] });
  await ports.store.runs.commit({ ...change, admits: { inboxId: delivery.inboxId, because: decision.because } });
  ports.log.info({ run: decision.run.id, issue: from.issue.number, phase: decision.run.phase.name }, 'run created');
  const granted = await ports.store.runs.grantSlots(settings.limits, ports.clock.nowMs());
  await Promise.all([queueEffects(ports, change.effects), ...granted.map((run) => ports.queue.advance(run))]);
}
