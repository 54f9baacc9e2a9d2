import { parseCommand, type Command } from '../domain/command.js';
import { retryLater } from '../domain/failure.js';
import type { Person, Repository } from '../domain/forge.js';
import { isEnded, openPhases } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { aside, runsOfIssue, runsOfMergeRequest, toOpenRun, type Admission, type Of } from './admission.js';
import { forgeOf, type Loop } from './loop.js';

/** An issue that its merge request closed was merged, not given up: the forge is asked, since either event may come first. */
export async function issueClosed(loop: Loop, event: Of<'issueClosed'>): Promise<Admission> {
  const runs = await runsOfIssue(loop, event, event.issueNumber);
  const run = runs.find((one) => !isEnded(one.phase));
  if (run?.mergeRequest !== undefined) {
    const now = await forgeOf(loop, event.repository.forge).mergeRequest(event.repository, run.mergeRequest.number);
    if (now?.state === 'merged') return toOpenRun([run], { type: 'mergeRequestEnded', merged: true, atMs: event.atMs });
  }
  return toOpenRun(runs, { type: 'issueClosed', by: event.by, atMs: event.atMs });
}

/** A command goes to the run that it is about; whatever else is said about its merge request is read from the forge, in time. */
export async function commented(loop: Loop, event: Of<'issueCommented'>, heardAtMs: number): Promise<Admission> {
  const { repository, by, onMergeRequest, issueNumber: number } = event;
  if (by.kind === 'bot') return aside('the comment is by a bot');
  const command = parseCommand(event.body, loop.logins.get(repository.forge));
  if (command !== undefined) return commanded(loop, event, { command, heardAtMs });
  return onMergeRequest ? hint(loop, { ...event, number }, { why: 'comment', heardAtMs }) : said(loop, event);
}

async function commanded(
  loop: Loop,
  event: Of<'issueCommented'>,
  { command, heardAtMs }: { readonly command: Command; readonly heardAtMs: number },
): Promise<Admission> {
  const { repository, by, atMs, commentId, onMergeRequest } = event;
  const runs = await runsSpokenOf(loop, event);
  const last = runs[0];
  if (last === undefined) return aside(`there is no run that ${command.name} could be about`);
  if (!(await forgeOf(loop, repository.forge).canWrite(repository, by)))
    return aside(`${by.login} has no write access`);
  if (command.name === 'retry' && hasText(last)) return again(last, runs, by, commentId);
  const place = onMergeRequest ? 'mergeRequest' : 'issue';
  const changed =
    command.name === 'approve' && (await isTextChanged(loop, last)) ? ({ isTextChanged: true } as const) : {};
  // What a command asks for is read at once; a forge's clock does not say when that is.
  const whenMs = command.name === 'text' || command.name === 'update' ? heardAtMs : atMs;
  // Ended runs still answer: the decision says late, and the comment stays without effect.
  return {
    kind: 'toRuns',
    because: `${command.name} by ${by.login}`,
    events: [{ run: last.id, event: { type: 'commanded', by, command, commentId, place, atMs: whenMs, ...changed } }],
  };
}

/** What is said on an issue that Fleet has asked something on is the answer, by whoever wrote the issue or may write here. */
async function said(loop: Loop, event: Of<'issueCommented'>): Promise<Admission> {
  const { repository, by, atMs, body } = event;
  const runs = await runsOfIssue(loop, event, event.issueNumber);
  const asking = runs.find(({ phase }) => phase.name === 'awaitingAnswer');
  if (asking === undefined) return aside('the comment is not for Fleet');
  const mayAnswer =
    asking.issue.author.id === by.id || (await forgeOf(loop, repository.forge).canWrite(repository, by));
  if (!mayAnswer) return aside(`${by.login} neither wrote the issue nor has write access`);
  return toOpenRun([asking], { type: 'answered', by, text: body, atMs });
}

/** A plan was made for the text as it was frozen. */
async function isTextChanged(loop: Loop, { repository, issue }: Run): Promise<boolean> {
  const now = await forgeOf(loop, repository.forge).issue(repository, issue.number);
  return now !== undefined && (now.title !== issue.title || now.body !== issue.body);
}

/** Something is new about a merge request; who said it is asked when it is read. */
export async function touched(loop: Loop, event: Of<'mergeRequestTouched'>, heardAtMs: number): Promise<Admission> {
  return hint(loop, event, { why: event.why, heardAtMs });
}

async function hint(
  loop: Loop,
  { repository, number }: { readonly repository: Repository; readonly number: number },
  { why, heardAtMs }: { readonly why: 'review' | 'comment' | 'look'; readonly heardAtMs: number },
): Promise<Admission> {
  const run = await loop.ports.store.runs.ofMergeRequest(repository.forge, repository.id, number);
  return toOpenRun(run === undefined ? [] : [run], { type: 'feedbackHinted', why, atMs: heardAtMs });
}

/** The run whose branch CI is about; most reports are about other branches. */
export async function whoseCi(loop: Loop, event: Of<'ciReported'>, heardAtMs: number): Promise<Admission> {
  const { repository, branch } = event;
  if (!branch.startsWith(loop.settings.branchPrefix)) return aside(`${branch} is no branch of Fleet's`);
  const runs = await loop.ports.store.runs.list({ repositoryId: repository.id, phases: openPhases, limit: 1_000 });
  return toOpenRun(
    runs.filter((run) => run.repository.forge === repository.forge && run.mergeRequest !== undefined),
    { type: 'feedbackHinted', why: 'ci', atMs: heardAtMs },
    (run) => run.branch === branch,
  );
}

/** A merge request that was closed is open again: a new run goes on with it. */
export async function reopened(loop: Loop, event: Of<'mergeRequestReopened'>): Promise<Admission> {
  const { repository, number, by } = event;
  const { forge, id } = repository;
  const stillOpen = await loop.ports.store.runs.ofMergeRequest(forge, id, number);
  if (stillOpen !== undefined) {
    const { unread = [] } = (await loop.ports.store.runs.load(stillOpen.id)) ?? {};
    if (!unread.some((each) => each.event.type === 'mergeRequestEnded')) return aside('its run is open');
    throw retryLater(`run ${stillOpen.id} has not read yet that its merge request was closed`);
  }
  const ended = await loop.ports.store.runs.list({ repositoryId: id, phases: ['closed', 'cancelled'], limit: 1_000 });
  const last = ended.find((run) => run.repository.forge === forge && run.mergeRequest?.number === number);
  if (last === undefined) return aside('it is the merge request of no run');
  const runs = await runsOfIssue(loop, event, last.issue.number);
  const open = runs.find((run) => !isEnded(run.phase));
  if (open !== undefined) return aside(`run ${open.id} of the issue is open`);
  if (!(await forgeOf(loop, forge).canWrite(repository, by))) return aside(`${by.login} has no write access`);
  const status = last.status.id === undefined ? {} : { statusComment: last.status.id };
  return {
    kind: 'newRun',
    issue: last.issue,
    earlier: runs,
    by,
    label: last.label,
    seen: 'issue',
    adopts: last,
    ...status,
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

/** To the open run whose merge request it is. The forge is asked: it may be open again, and what told of that may have come first. */
export async function mergeRequestClosed(loop: Loop, event: Of<'mergeRequestClosed'>): Promise<Admission> {
  const { repository, number, merged, atMs } = event;
  const run = await loop.ports.store.runs.ofMergeRequest(repository.forge, repository.id, number);
  if (run === undefined) return toOpenRun([], { type: 'mergeRequestEnded', merged, atMs });
  const now = await forgeOf(loop, repository.forge).mergeRequest(repository, number);
  if (now?.state === 'open') return aside('it is open again');
  return toOpenRun([run], { type: 'mergeRequestEnded', merged: merged || now?.state === 'merged', atMs });
}
