import type { RedCause } from '../../../src/domain/review.js';
import type { CiJob } from '../../forge/reviews-world.js';
import type { CheckState } from './state.js';

/** What GitHub Actions says itself stands at the workflow's file. */
const own = (message: string): CheckState['annotations'] => [{ path: '.github', line: 1, message }];

/** How GitHub Actions shows each way to be red; runner, budget and time are told by annotations alone. */
const red: Readonly<Record<RedCause, Pick<CheckState, 'conclusion' | 'annotations'>>> = {
  code: { conclusion: 'failure', annotations: own('Process completed with exit code 1.') },
  runner: {
    conclusion: 'failure',
    annotations: own(
      'The self-hosted runner: builder-3 lost communication with the server. Verify the machine is running and has a healthy network connection.',
    ),
  },
  billing: {
    conclusion: 'failure',
    annotations: own(
      'The job was not started because recent account payments have failed or your spending limit needs to be increased. Please check the Billing & plans section in your settings.',
    ),
  },
  timeout: {
    conclusion: 'cancelled',
    annotations: own(
      'The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 6 minutes.',
    ),
  },
  cancelled: { conclusion: 'cancelled', annotations: own('The operation was canceled.') },
};

/** A job that never had a runner to its end left no log. */
export const hasLog = (cause: RedCause): boolean => cause !== 'runner' && cause !== 'billing';

/** The job as GitHub holds it, without what only the stand-in knows. */
export function checkOf({ name, state, cause = 'code', step, log }: CiJob): Omit<CheckState, 'id' | 'sha' | 'run'> {
  if (state === 'pending') return { name, steps: [], annotations: [] };
  const begun = { name: 'Set up job', conclusion: 'success' };
  if (state === 'green') return { name, conclusion: 'success', steps: [begun], annotations: [] };
  const ended = step === undefined || cause === 'billing' ? [] : [{ name: step, conclusion: 'failure' }];
  return {
    ...{ name, ...red[cause], steps: [begun, ...ended] },
    log: log === undefined || !hasLog(cause) ? undefined : written(log),
  };
}

/** The end of a log as Fleet shall read it. */
export function endOf(log: string): string {
  return [...firstWords, log.trim(), lastWords].join('\n');
}

const firstWords = ['##[group]Run npm test', '##[endgroup]'];
const lastWords = '##[error]Process completed with exit code 1.';

/** Each line with its time, and the cleaning up that comes after the error. */
function written(log: string): string {
  const lines = [...firstWords, ...log.trim().split('\n'), lastWords, 'Post job cleanup.'];
  return lines.map((line) => `2026-01-01T00:00:01.1234567Z ${line}\r\n`).join('');
}
