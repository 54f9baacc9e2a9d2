import { askedUntilMs, isAnswered } from '../decide/admit.js';
import type { Comment, Issue } from '../domain/forge.js';
import { isEnded } from '../domain/phase.js';
import type { FrozenIssue } from '../domain/run.js';
import { planFirstEnd } from '../domain/label.js';
import { aside, runsOfIssue, runsOfMergeRequest, toOpenRun, type Admission, type Of } from './admission.js';
import { startsRuns } from './label.js';
import { forgeOf, type Loop } from './loop.js';

/** The label was put on an issue. */
export async function labelled(loop: Loop, event: Of<'issueLabelled'>): Promise<Admission> {
  if (event.label.endsWith(planFirstEnd)) return planFirst(loop, event);
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

/** It starts nothing by itself: it goes with the label of the run, whichever of the two is put on first. */
async function planFirst(loop: Loop, event: Of<'issueLabelled'>): Promise<Admission> {
  const { by, atMs, label } = event;
  const runs = await runsOfIssue(loop, event, event.issue.number);
  return toOpenRun(runs, { type: 'planFirstAsked', by, atMs }, (run) => label === `${run.label}${planFirstEnd}`);
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

/** The label was put on a merge request: said once that Fleet does not work on those. */
export async function mergeRequestLabelled(loop: Loop, event: Of<'mergeRequestLabelled'>): Promise<Admission> {
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
