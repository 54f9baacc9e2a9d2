import type { CiState, RedJob, ReviewRecord } from '../domain/review.js';

/** Rounds on one red job before a person is asked. */
const mostRounds = 3;

/** What red jobs call for. */
export interface RedWork {
  /** Run once more: only what stays red is work. */
  readonly again: readonly RedJob[];
  /** The agents' to mend. */
  readonly work: readonly RedJob[];
  /** Nothing that the code could mend, and people were not told yet. */
  readonly told: readonly RedJob[];
  /** Three rounds did not mend these. */
  readonly stays: readonly RedJob[];
}

/** Sorts the red jobs of the head commit; jobs of other commits, and unknown verdicts, call for nothing. */
export function redWork(review: ReviewRecord, ci: CiState, headSha: string): RedWork {
  const all = ci.verdict === 'red' && ci.sha === headSha ? ci.red : [];
  const red = all.filter((job) => rerunOf(review, ci.sha, job)?.isAsked !== true);
  const again = red.filter((job) => job.canRerun && rerunOf(review, ci.sha, job) === undefined);
  const rest = red.filter((job) => !again.includes(job));
  const code = rest.filter(({ cause }) => cause === 'code');
  return {
    again,
    work: code.filter(({ name }) => (review.redRounds[name] ?? 0) < mostRounds),
    stays: code.filter(({ name }) => (review.redRounds[name] ?? 0) >= mostRounds),
    told: rest.filter((job) => job.cause !== 'code' && !review.told.includes(tellingOf(ci.sha, job))),
  };
}

function rerunOf({ reruns }: ReviewRecord, sha: string, { name }: RedJob): ReviewRecord['reruns'][number] | undefined {
  return reruns.find((each) => each.sha === sha && each.job === name);
}

/** By what it is remembered that people were told of a job. */
export function tellingOf(sha: string, { name }: RedJob): string {
  return `job ${sha} ${name}`;
}
