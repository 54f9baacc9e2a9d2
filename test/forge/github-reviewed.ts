import type { MergeRequest, Person } from '../../src/domain/forge.js';
import type { ReviewState, Thread } from '../../src/domain/review.js';
import type { ThreadAnswer } from '../../src/ports/review.js';
import type { GitHubWorldOptions } from './github-world.js';
import { gitHubReviewsWorld, type GitHubReviewsWorld } from './github-reviews-world.js';
import type { Remark } from './reviews-world.js';

/** A merge request of Fleet's on GitHub that ada reviews. */
export interface Reviewed extends GitHubReviewsWorld {
  readonly ada: Person;
  readonly mergeRequest: MergeRequest;
  readonly head: string;
  readState(): Promise<ReviewState>;
  /** The threads of one review. */
  remark(...remarks: readonly Partial<Remark>[]): Promise<readonly Thread[]>;
  answerTo(thread: string, more?: Partial<ThreadAnswer>): Promise<'answered' | 'gone'>;
  /** Calls since the last time, without the minting of tokens. */
  callsSince(): readonly string[];
}

const branch = 'fleet/1-keep-digits';

export async function reviewed(options?: GitHubWorldOptions): Promise<Reviewed> {
  const world = await gitHubReviewsWorld(options);
  const { reviews, repository, forge, gitHub } = world;
  const ada = await world.person('ada', 'write');
  const head = await world.push(branch, { 'src/new.txt': 'alpha\nbeta\ngamma\ndelta\n' });
  const mergeRequest = await forge.ensureMergeRequest(repository, {
    ...{ branch, base: 'trunk', title: 'Keep digits', body: 'Closes #1', draft: false, reviewers: [] },
  });
  const { number } = mergeRequest;
  let seen = 0;
  const readState = async (): Promise<ReviewState> => {
    const state = await reviews.read(repository, number);
    if (state === undefined) throw new Error('the merge request is gone');
    return state;
  };
  return {
    ...{ ...world, ada, mergeRequest, head, readState },
    remark: async (...remarks) => {
      const given = remarks.map((each) => ({ path: 'src/new.txt', line: 3, text: 'Why?', ...each }));
      await world.review(number, ada, { remarks: given });
      return (await readState()).threads;
    },
    answerTo: (thread, more = {}) =>
      reviews.answer(repository, number, {
        ...{ thread, marker: `<!-- fleet:v1 kind=reply thread=${thread} -->`, body: 'Done.', mayExist: false, ...more },
      }),
    callsSince: () => {
      const { calls } = gitHub.standIn;
      const since = calls.slice(seen).filter(({ kind }) => kind === 'rest');
      seen = calls.length;
      return since.map(({ method, path, status }) => `${method} ${path.replace('/repos/acme/sample', '')} ${status}`);
    },
  };
}
