import type { ReviewState } from '../../src/domain/review.js';
import type { Reviews } from '../../src/ports/review.js';
import type { Remark } from '../support/gitlab/people.js';
import { accountOf, addNote, addThread, type ThreadState } from '../support/gitlab/state.js';
import { gitLabWorld, type GitLabWorld, type GitLabWorldOptions } from './gitlab-world.js';

/** GitLab's world with a merge request of Fleet's whose head is known. */
export interface ReviewedGitLab extends GitLabWorld {
  readonly reviews: Reviews;
  readonly thread: ThreadState;
  readonly number: number;
  readonly head: string;
  read(): Promise<ReviewState>;
  /** Remarks of ada's; their discussions. */
  remark(...remarks: readonly Partial<Remark>[]): Promise<readonly string[]>;
  /** A comment below that is no thread yet; its discussion. */
  below(text: string): string;
  /** Method, path below the project and status of calls so far. */
  restCalls(): readonly string[];
}

export const branch = 'fleet/1-digits';

export async function reviewedGitLab(options?: GitLabWorldOptions): Promise<ReviewedGitLab> {
  const world = await gitLabWorld(options);
  const { standIn, project, repository, gitLab } = world;
  const { state, people } = standIn;
  const { reviews } = gitLab;
  await world.person('ada', 'write');
  const head = people.push(project, branch, { by: 'fleet', files: { 'new.txt': 'alpha\nbeta\ngamma\n' } });
  const merge = { source: branch, target: 'trunk', reviewers: [] };
  const thread = addThread(state, project, { title: 'Digits', description: '', author: state.bot, merge });
  return {
    ...world,
    ...{ reviews, thread, number: thread.iid, head },
    read: async () => {
      const read = await reviews.read(repository, thread.iid);
      if (read === undefined) throw new Error('the merge request is gone');
      return read;
    },
    remark: (...remarks) =>
      people.review(project, thread, 'ada', {
        remarks: remarks.map((each) => ({ path: 'new.txt', line: 2, text: 'Why?', ...each })),
      }),
    below: (body) => addNote(state, thread, { author: accountOf(state, 'ada'), body }).discussion,
    restCalls: () =>
      standIn.calls
        .filter(({ kind }) => kind === 'rest')
        .map(({ method, path, status }) => `${method} ${path.replace(`/projects/${project.id}`, '')} ${status}`),
  };
}
