import { describe } from 'vitest';
import type { Task } from '../../src/domain/plan.js';
import type { LedgerReply, LedgerRow, Reply, RoundCause } from '../../src/domain/review.js';
import type { Lane, Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { Assignment, Snapshot } from '../../src/domain/work.js';
import {
  aLedgerRow,
  aLadder,
  anAssignment,
  anAttempt,
  anEvidence,
  aPlan,
  aPrepared,
  aReviewRecord,
  aRoundCause,
  aRunInReview,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { inLane, only, showing, table } from './table.js';

const atMs = startMs + 1_000_000;
const head = aSnapshot('a7');
const made = aSnapshot('e5');
const showStatus = { type: 'showStatus' };
const done = anAttempt({ session: 's2' });
const crashed = anAttempt({ outcome: { kind: 'failed', failure: 'crash', reason: 'exit 1' } });
const change = { changedFiles: 1, deletedFiles: 0, files: 300, problems: [] };
const first = aTask({ id: 'R1', criteria: [], threads: ['PRRT_1'] });
const last = aTask({ id: 'R2', title: 'Words', criteria: [], threads: [] });
const answers = aTask({
  ...{ id: 'ANSWER', title: 'Answer the reviewers', description: '', files: [], criteria: [], threads: [] },
});
const merge = { ...answers, id: 'MERGE', title: 'Bring in what was pushed meanwhile' };
const planned = (...tasks: readonly Task[]) => aPlan({ tasks });
const begun = (more: Partial<RoundCause> = {}): RoundCause =>
  aRoundCause({ threads: ['PRRT_1', 'PRRT_2'], fromSha: head.commit, summary: 'One pattern.', ...more });
const rowsOf = (one?: LedgerReply, two?: LedgerReply): Pick<Run, 'review'> => {
  const row = (thread: string, reply?: LedgerReply): LedgerRow =>
    aLedgerRow({ thread, ...(reply === undefined ? {} : { reply }) });
  return { review: aReviewRecord({ ledger: [row('PRRT_1', one), row('PRRT_2', two)] }) };
};
const inRound = (more: Partial<Run>): Run =>
  aRunInReview({ round: 2, cause: begun(), plan: planned(first, last), ...rowsOf(), ...more });
const developer = (
  task: string,
  from: Snapshot,
  threads: readonly string[],
  more: Partial<Assignment> = {},
): Assignment => anAssignment({ role: 'developer', task, from, threads, ...more });
const verifying = (at: Snapshot): Phase => ({ name: 'verifying', step: 'integrate', head: at });
const bringsIn = (at: Snapshot) => ({ type: 'integrate', head: at, source: 'base', suggestions: [] }) as const;

const said = (thread: string, kind: Reply['kind'] = 'fix'): Reply => ({ thread, kind, text: `${kind} it is` });
const kept = (kind: Reply['kind'] = 'fix', commit?: string): LedgerReply => ({
  ...{ kind, text: `${kind} it is` },
  ...(commit === undefined ? {} : { commit }),
});
const worked = (snapshot: Snapshot, replies: readonly Reply[], replyProblems: readonly string[] = []) =>
  ({ type: 'worked', attempt: done, snapshot, change, replies, replyProblems, atMs }) as const;

describe('a task of a round', () => {
  const phase = aWorkingPhase({ task: 'R1', head, assignment: developer('R1', head, ['PRRT_1']) });
  const atChecks: WorkingPhase = inLane(phase, {
    step: 'checks',
    assignment: developer('R1', made, ['PRRT_1'], { session: 's2' }),
  });
  const atCommit: WorkingPhase = inLane(atChecks, { step: 'commit' });
  const toLast = developer('R2', made, ['PRRT_2']);
  const lastPhase = aWorkingPhase({ task: 'R2', head: made, assignment: toLast });
  const owed = developer('ANSWER', made, ['PRRT_2']);
  const green = [anEvidence()];
  table([
    {
      name: 'a change with its answer → the answer waits for the commit',
      run: inRound({ phase }),
      event: worked(made, [said('PRRT_1')]),
      phase: atChecks,
      effects: [{ type: 'runChecks', task: 'R1', snapshot: made, criteria: [] }],
      because: '1 file changed; checking',
      change: { ...rowsOf(kept()), attempts: [done] },
    },
    {
      name: 'nothing changed is no reason to send it back: answers may be enough',
      run: inRound({ phase: lastPhase, prepared: aPrepared({ start: made }) }),
      event: worked(made, []),
      phase: inLane(lastPhase, { step: 'checks', assignment: { ...toLast, session: 's2' } }),
      effects: [{ type: 'runChecks', task: 'R2', snapshot: made, criteria: ['AC1', 'AC2'] }],
      because: '1 file changed; checking',
      change: { attempts: [done] },
    },
    {
      name: 'committed → the commit stands for its fixes; the last task answers all that is left',
      run: inRound({ phase: atCommit, ...rowsOf(kept(), kept('question')) }),
      event: { type: 'committed', task: 'R1', head: made, atMs },
      phase: aWorkingPhase({ task: 'R2', head: made, assignment: developer('R2', made, []) }),
      effects: [{ type: 'runAgent', assignment: developer('R2', made, []) }, showStatus],
      because: 'committed; next task R2',
      change: { ...rowsOf(kept('fix', made.commit), kept('question')), status: showing },
    },
    {
      name: '– and only for what the task had to answer',
      run: inRound({ phase: atCommit, ...rowsOf(kept('nit'), kept()) }),
      event: { type: 'committed', task: 'R1', head: made, atMs },
      phase: lastPhase,
      effects: [{ type: 'runAgent', assignment: toLast }, showStatus],
      because: 'committed; next task R2',
      change: { ...rowsOf(kept('nit', made.commit), kept()), status: showing },
    },
    {
      name: 'an answer that has its proof stays as it is',
      run: inRound({ phase: lastPhase, ...rowsOf(kept('fix', made.commit)) }),
      event: worked(made, [said('PRRT_1', 'disagree'), said('PRRT_2', 'disagree'), said('PRRT_9')]),
      phase: inLane(lastPhase, { step: 'checks', assignment: { ...toLast, session: 's2' } }),
      effects: [{ type: 'runChecks', task: 'R2', snapshot: made, criteria: ['AC1', 'AC2'] }],
      because: '1 file changed; checking',
      change: { ...rowsOf(kept('fix', made.commit), kept('disagree')), attempts: [done] },
    },
    {
      name: 'all tasks are done and all threads answered → verified',
      run: inRound({
        phase: inLane(lastPhase, { step: 'checks' }),
        ...rowsOf(kept('fix', made.commit), kept('question')),
      }),
      event: { type: 'checked', snapshot: made, evidence: green, atMs },
      phase: verifying(made),
      effects: [bringsIn(made), showStatus],
      because: 'nothing was left to change; all tasks are done',
      change: { evidence: green, status: showing },
    },
    {
      name: 'a thread without an answer → answers are asked for',
      run: inRound({ phase: inLane(lastPhase, { step: 'checks' }), ...rowsOf(kept('fix', made.commit)) }),
      event: { type: 'checked', snapshot: made, evidence: green, atMs },
      phase: aWorkingPhase({ task: 'ANSWER', head: made, assignment: owed }),
      effects: [{ type: 'runAgent', assignment: owed }, showStatus],
      because: 'nothing was left to change; all tasks are done',
      change: { plan: planned(first, last, answers), evidence: green, status: showing },
    },
    {
      name: 'once more after a merge of what others pushed: the task stands there once, at the end',
      run: inRound({
        phase: aWorkingPhase({ task: 'MERGE', step: 'checks', head: made, assignment: developer('MERGE', made, []) }),
        plan: planned(first, answers, merge),
        ...rowsOf(kept('fix', made.commit)),
      }),
      event: { type: 'checked', snapshot: made, evidence: green, atMs },
      phase: aWorkingPhase({ task: 'ANSWER', head: made, assignment: owed }),
      effects: [{ type: 'runAgent', assignment: owed }, showStatus],
      because: 'brought in, and green; all tasks are done',
      change: { plan: planned(first, merge, answers), evidence: green, status: showing },
    },
  ]);
});

describe('answers alone', () => {
  const threads = ['PRRT_1', 'PRRT_2'];
  const answering = (at: Snapshot, more: Partial<Lane> = {}): WorkingPhase =>
    aWorkingPhase({ task: 'ANSWER', head: at, assignment: developer('ANSWER', at, threads), ...more });
  const given = (more: Partial<Run> = {}): Run => inRound({ phase: answering(head), plan: planned(answers), ...more });
  const opening: Phase = { name: 'delivering', step: 'opening', head };
  const back = (problems: readonly string[], left: readonly string[], at = head): WorkingPhase =>
    answering(at, {
      ladder: aLadder(0, { frontiers: [{ tree: at.tree, failing: left }] }),
      assignment: developer('ANSWER', at, left, {
        ...{ feedback: { kind: 'artifactProblems', problems }, session: 's2' },
      }),
    });
  const noFix = 'thread PRRT_2: nothing was changed in this round, so its reply cannot be a fix; say what is so';
  table([
    {
      name: 'all there → delivered without a push; whatever became of the files is left aside',
      run: given(),
      event: worked(made, [said('PRRT_1', 'question'), said('PRRT_2', 'outOfScope')]),
      phase: opening,
      effects: [{ type: 'openMergeRequest', head }],
      because: 'every thread has its answer; all tasks are done; nothing to push',
      change: { ...rowsOf(kept('question'), kept('outOfScope')), attempts: [done] },
    },
    {
      name: 'a fix is proven by what was committed in the round',
      run: given({ phase: answering(made) }),
      event: worked(made, [said('PRRT_1'), said('PRRT_2', 'question')]),
      phase: verifying(made),
      effects: [bringsIn(made), showStatus],
      because: 'every thread has its answer; all tasks are done',
      change: { ...rowsOf(kept('fix', made.commit), kept('question')), attempts: [done], status: showing },
    },
    {
      name: 'a fix without a commit is no answer, nor is none → goes back',
      run: given(),
      event: worked(head, [said('PRRT_2')], ['replies.json: no reply']),
      phase: back(['replies.json: no reply', 'thread PRRT_1 has no reply', noFix], threads),
      effects: [
        {
          type: 'runAgent',
          assignment: only(back(['replies.json: no reply', 'thread PRRT_1 has no reply', noFix], threads)).assignment,
        },
      ],
      because: 'answers are missing; goes back to the agent',
      change: { ...rowsOf(undefined, kept()), attempts: [done] },
    },
    {
      name: 'only what is missing is asked for again',
      run: given(),
      event: worked(head, [said('PRRT_1', 'nit')]),
      phase: back(['thread PRRT_2 has no reply'], ['PRRT_2']),
      effects: [{ type: 'runAgent', assignment: only(back(['thread PRRT_2 has no reply'], ['PRRT_2'])).assignment }],
      because: 'answers are missing; goes back to the agent',
      change: { ...rowsOf(kept('nit')), attempts: [done] },
    },
    {
      name: 'an agent that never answers → the round goes on, the thread stays open',
      run: given({ phase: answering(head, { ladder: aLadder(3) }) }),
      event: worked(head, [said('PRRT_1', 'disagree')]),
      phase: opening,
      effects: [{ type: 'openMergeRequest', head }],
      because: '1 thread left without an answer; all tasks are done; nothing to push',
      change: { ...rowsOf(kept('disagree')), attempts: [done] },
    },
    {
      name: 'an agent that fails for good → blocked, what is committed stays',
      run: given({ phase: answering(head, { failures: 1 }) }),
      event: { type: 'attemptFailed', attempt: crashed, problems: ['crash'], atMs },
      phase: {
        name: 'blocked',
        obstacle: { kind: 'agentFailed', details: ['crash'] },
        resume: { to: 'working', task: 'ANSWER', head },
      },
      effects: [
        { type: 'tellPeople', notice: { kind: 'blocked', obstacle: { kind: 'agentFailed', details: ['crash'] } } },
        showStatus,
      ],
      because: 'blocked: agentFailed',
      change: { attempts: [crashed], status: showing },
    },
  ]);
});
