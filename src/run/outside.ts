import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { workAsAgent } from './agent-work.js';
import { runChecks } from './check-work.js';
import { crossTests } from './cross.js';
import { commitWork, integrate, openMergeRequest, pushBranch, replay } from './deliver.js';
import type { Job } from './job.js';
import { prepareWorkspace, removeWorkspace } from './prepare.js';
import { answerThreads, readFeedback, rerunJobs } from './review.js';
import { react, showStatus, tellPeople } from './tell.js';

type Performers = {
  readonly [T in Effect['type']]: (
    job: Job,
    effect: Extract<Effect, { readonly type: T }>,
  ) => Promise<WorkEvent | undefined>;
};

/** Who does what; the compiler holds the table complete. */
const performers: Performers = {
  react: (job, { target }) => react(job, target),
  showStatus,
  tellPeople: (job, { notice }) => tellPeople(job, notice),
  prepareWorkspace,
  runAgent: (job, { assignment }) => workAsAgent(job, assignment),
  runChecks,
  replay,
  crossTests,
  wake: (job) => Promise.resolve({ type: 'rested', atMs: job.loop.ports.clock.nowMs() }),
  commitWork,
  pushBranch: (job, { head }) => pushBranch(job, head),
  openMergeRequest,
  readFeedback,
  integrate,
  answerThreads,
  rerunJobs,
  removeWorkspace,
  stopWork: () => Promise.resolve(undefined),
};

/** Does what the effect says, at least once in all; the event says what came of it, where anybody must know. */
export async function outside(job: Job): Promise<WorkEvent | undefined> {
  const { effect } = job.claim;
  // The effect's own type picks its performer; the compiler does not see that the two belong together.
  const perform = performers[effect.type] as (job: Job, effect: Effect) => Promise<WorkEvent | undefined>;
  return perform(job, effect);
}
