import type { RequestError } from 'octokit';
import { Failure, needsPerson, retryLater } from '../../domain/failure.js';

/** Without a delay named by GitHub, a secondary limit asks for a minute at least. */
const limitPauseMs = 60_000;

/** The HTTP status behind a failure, also behind a translated one. A broken connection counts as 500. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof Failure) return statusOf(error.cause);
  return isRequestError(error) ? error.status : undefined;
}

/** True when GitHub may or may not have done what it was asked for: a 5xx, or no answer at all. */
export function isOutcomeUnknown(error: unknown): boolean {
  return (statusOf(error) ?? 0) >= 500;
}

/** What the call brings, or undefined where GitHub says that there is nothing (404), or no more (410). */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if ([404, 410].includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** What the caller does next about an error of octokit's; anything that is no answer of GitHub's stays as it is. */
export function translate(error: unknown, what: string, nowMs: number): Error {
  if (!isRequestError(error)) return error instanceof Error ? error : new Error(what, { cause: error });
  const { status } = error;
  const told = `GitHub answered ${status} to ${what}`;
  if (status >= 500) {
    const happened = error.response === undefined ? `GitHub gave no answer to ${what}` : told;
    return retryLater(`${happened}: the outcome is unknown`, undefined, error);
  }
  const pauseMs = pauseOf(error, nowMs);
  if (pauseMs !== undefined) return retryLater(`${told}: a limit is reached`, pauseMs, error);
  return needsPerson('forgeRefused', [`${told}: ${error.message}`, wayOut(status)], error);
}

/** GitHub shows nothing of a repository that Fleet may not see, which is no word about what is in it. */
export function unseen(what: string, cause: unknown): Failure {
  return needsPerson('forgeRefused', [`GitHub shows Fleet no repository when asked for ${what}`, wayOut(404)], cause);
}

function wayOut(status: number): string {
  switch (status) {
    case 401:
      return 'Check APP_ID and the private key, and that the app is still installed.';
    case 403:
      return 'Check that the app’s permissions were accepted, and that the repository is not archived.';
    case 404:
      return 'Check that it still exists, and that the app is installed on the repository.';
    default:
      return 'Read what GitHub objects to, mend it, then comment `/fleet retry`.';
  }
}

/** How long a limit asks to wait, in ms; undefined when the answer is no limit. */
function pauseOf({ status, response }: RequestError, nowMs: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const headers = response?.headers ?? {};
  const retryAfter = headers['retry-after'];
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    const pauseMs = Number.isNaN(seconds) ? Date.parse(String(retryAfter)) - nowMs : seconds * 1000;
    return Number.isNaN(pauseMs) ? limitPauseMs : Math.max(pauseMs, 0);
  }
  if (headers['x-ratelimit-remaining'] === '0') {
    const resetMs = Number(headers['x-ratelimit-reset']) * 1000;
    return Number.isNaN(resetMs) ? limitPauseMs : Math.max(resetMs - nowMs, 0) + 1000;
  }
  return status === 429 ? limitPauseMs : undefined;
}

function isRequestError(error: unknown): error is RequestError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}
