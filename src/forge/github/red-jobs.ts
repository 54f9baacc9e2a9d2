import type { RedCause, RedJob } from '../../domain/review.js';
import { isRed, type CheckRun, type CommitStatus, type RunDetails } from './checks.js';
import type { Grant } from './jobs.js';

const mostCharacters = 8000;

/** What was asked about a check run beyond the list of checks. */
export interface SeenRun {
  readonly details: RunDetails;
  readonly grant: Grant;
  /** Empty where it was not read. */
  readonly log: string;
}

/** A job of GitHub Actions has a log and can be run again, by these numbers; of the checks of others nothing is known. */
export function actionsJobOf({
  databaseId,
  checkSuite,
}: CheckRun): { readonly run: number; readonly job: number } | undefined {
  const run = checkSuite.workflowRun?.databaseId;
  if (checkSuite.app?.slug !== 'github-actions' || databaseId == null || run == null) return undefined;
  return { run, job: databaseId };
}

export function redJobOfRun(check: CheckRun, { details, grant, log }: SeenRun): RedJob {
  const { name, url, checkSuite, title, summary } = check;
  const job = actionsJobOf(check);
  const workflow = checkSuite.workflowRun?.workflow.name;
  const step = details.steps.find(({ conclusion }) => isRed(conclusion))?.name;
  const notes = details.annotations.map(({ path, location, message }) =>
    path === runnersPath ? message : `${path}:${location.start.line}: ${message}`,
  );
  const texts = [log, notes.join('\n'), [title, summary].filter((text) => text !== null).join('\n')];
  return {
    id: job === undefined ? check.id : `${job.run}.${job.job}`,
    name: workflow === undefined ? name : `${workflow} / ${name}`,
    url,
    ...(step === undefined ? {} : { step }),
    cause: causeOf(check, details),
    canRerun: job !== undefined && grant === 'write',
    logTail: texts.find((text) => text !== '')?.slice(-mostCharacters) ?? '',
  };
}

/** `page`: where people see the commit; many a status has no address of its own. */
export function redJobOfStatus({ id, context, description, targetUrl }: CommitStatus, page: string): RedJob {
  const url = targetUrl === null || targetUrl === '' ? page : targetUrl;
  return { id, name: context, url, cause: 'code', canRerun: false, logTail: description ?? '' };
}

/** Where GitHub Actions puts what it says itself; what a job says of the code names a file of the repository. */
const runnersPath = '.github';

const wordsOfActions: readonly (readonly [RegExp, RedCause])[] = [
  [/payments? ha(s|ve) failed|spending limit|billing/i, 'billing'],
  [/maximum execution time/i, 'timeout'],
  [/lost communication|shutdown signal|not acquired by|runner encountered an error|no runner/i, 'runner'],
];

const causes: ReadonlyMap<string, RedCause> = new Map([
  ['TIMED_OUT', 'timeout'],
  ['CANCELLED', 'cancelled'],
  // Nothing of the job ran: it waits for somebody's leave, or could not begin.
  ['STARTUP_FAILURE', 'runner'],
  ['ACTION_REQUIRED', 'runner'],
  ['STALE', 'runner'],
]);

/** Conclusions tell little: a job without a runner or a budget just failed, and says why in an annotation. */
function causeOf(check: CheckRun, { annotations }: RunDetails): RedCause {
  const own = actionsJobOf(check) === undefined ? [] : annotations.filter(({ path }) => path === runnersPath);
  const [, told] = wordsOfActions.find(([words]) => own.some(({ message }) => words.test(message))) ?? [];
  return told ?? causes.get(check.conclusion ?? '') ?? 'code';
}
