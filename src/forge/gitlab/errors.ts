import { Failure, needsPerson, retryLater } from '../../domain/failure.js';

/** What went wrong with one request; `answer` is undefined when there was none, or none of GitLab's. */
export class GitLabError extends Error {
  readonly status: number | undefined;
  /** The `Retry-After` header. */
  readonly retryAfter: string | undefined;

  constructor(message: string, answer: Response | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'GitLabError';
    this.status = answer?.status;
    this.retryAfter = answer?.headers.get('retry-after') ?? undefined;
  }
}

/** Without a delay named by GitLab: its limits count by the minute. */
const limitPauseMs = 60_000;

/** The HTTP status behind a failure, also behind a translated one. */
export function statusOf(error: unknown): number | undefined {
  return gitLabErrorOf(error)?.status;
}

/** True when GitLab may or may not have done what it was asked for: a 5xx, or no answer at all. */
export function isOutcomeUnknown(error: unknown): boolean {
  const found = gitLabErrorOf(error);
  return found !== undefined && (found.status ?? 500) >= 500;
}

/** What the call brings, or undefined where GitLab says that there is nothing (404). */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** What the caller does next about an error of a request; anything else stays as it is. */
export function translate(error: unknown, what: string, nowMs: number): Error {
  if (!(error instanceof GitLabError)) return error instanceof Error ? error : new Error(what, { cause: error });
  const { status } = error;
  const told = status === undefined ? `GitLab gave no answer to ${what}` : `GitLab answered ${status} to ${what}`;
  if (status === undefined || status >= 500) return retryLater(`${told}: the outcome is unknown`, undefined, error);
  if (status === 429) return retryLater(`${told}: a limit is reached`, pauseOf(error, nowMs), error);
  // Right after a push GitLab may not know the branch yet, and a locked row answers in the same way.
  if (status === 409) return retryLater(`${told}: ${error.message}`, undefined, error);
  return needsPerson('forgeRefused', [`${told}: ${error.message}`, wayOut(status)], error);
}

function wayOut(status: number): string {
  switch (status) {
    case 401:
      return 'Check GITLAB_TOKEN: that it has not expired or been revoked, and has the scope api.';
    case 403:
      return 'Check that Fleet’s account is a Developer of the project, and that the project is not archived.';
    case 404:
      return 'Check that it still exists, and that Fleet’s account is a member of the project.';
    default:
      if (status < 400)
        return 'Check GITLAB_URL: it must be the address that GitLab itself answers at, https included.';
      return 'Read what GitLab objects to, mend it, then comment `/fleet retry`.';
  }
}

function pauseOf({ retryAfter = '' }: GitLabError, nowMs: number): number {
  const pauseMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - nowMs;
  return Number.isNaN(pauseMs) ? limitPauseMs : Math.max(pauseMs, 0);
}

function gitLabErrorOf(error: unknown): GitLabError | undefined {
  if (error instanceof Failure) return gitLabErrorOf(error.cause);
  return error instanceof GitLabError ? error : undefined;
}
