import { describe } from 'vitest';
import type { WorkEvent } from '../../src/domain/event.js';
import type { Task } from '../../src/domain/plan.js';
import type { LedgerReply, LedgerRow, ReviewRecord, RoundCause, Suggestion } from '../../src/domain/review.js';
import type { Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { Assignment, Conflict } from '../../src/domain/work.js';
import {
  aDemandComment,
  aLedgerRow,
  aLadder,
  anAssignment,
  anAttempt,
  anEvidence,
  aPerson,
  aPlan,
  aPlanningPhase,
  aPrepared,
  aRedJob,
  aReviewRecord,
  aRoundCause,
  aRunInReview,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { inLane, showing, table } from './table.js';

const atMs = startMs + 1_000_000;
const head = aSnapshot('a7');
const showStatus = { type: 'showStatus' };
const [one, two] = [aLedgerRow(), aLedgerRow({ thread: 'PRRT_2' })];
const record = (...ledger: readonly LedgerRow[]): ReviewRecord => aReviewRecord({ ledger });
const begunAt = (from: { readonly commit: string }, change: Partial<RoundCause> = {}): RoundCause =>
  aRoundCause({ threads: ['PRRT_1', 'PRRT_2'], fromSha: from.commit, ...change });
const tasksOf = (...tasks: readonly Task[]) => aPlan({ tasks });
const fleets = (id: string, title: string): Task =>
  aTask({ id, title, description: '', files: [], criteria: [], threads: [] });
const mergeTask = fleets('MERGE', 'Bring main into the branch');
const takeTask = fleets('MERGE', 'Take over the suggested changes');
const answerTask = fleets('ANSWER', 'Answer the reviewers');
const planner = (from = head): Assignment => anAssignment({ from });
const developer = (task: string, from = head, change: Partial<Assignment> = {}): Assignment =>
  anAssignment({ role: 'developer', task, from, ...change });
const inRound = (change: Partial<Run>): Run =>
  aRunInReview({ round: 2, cause: begunAt(head), review: record(one, two), plan: tasksOf(), ...change });
const suggestion: Suggestion = { path: 'src/slug.js', fromLine: 3, toLine: 3, text: 'x' };
const fence = '```suggestion\nx\n```';
const suggesting = (text: string, change: Partial<LedgerRow> = {}): LedgerRow =>
  aLedgerRow({ comments: [aDemandComment({ text, suggestions: [suggestion] })], ...change });
const suggested = { thread: 'PRRT_1', by: aPerson('nils'), suggestions: [suggestion] };

describe('a round begins', () => {
  const preparing: Phase = { name: 'queued', step: 'preparing', resume: { to: 'round', head } };
  const queued = (change: Partial<Run> = {}): Run =>
    inRound({ phase: preparing, cause: aRoundCause({ threads: ['PRRT_1', 'PRRT_2'] }), ...change });
  const pushed = aSnapshot('d4');
  const prepared = (branchHead = head) =>
    ({ type: 'workspacePrepared', prepared: aPrepared({ branchHead, start: aSnapshot('ff') }), atMs }) as const;
  const merging = (from = head): WorkingPhase =>
    aWorkingPhase({ task: 'MERGE', step: 'integrate', head: from, assignment: developer('MERGE', from) });
  const planning = (from = head): Phase => aPlanningPhase({ assignment: planner(from) });
  table([
    {
      name: 'a slot → the workspace is prepared',
      run: queued({ phase: { ...preparing, step: 'waiting' } }),
      event: { type: 'slotGranted', atMs },
      phase: preparing,
      effects: [{ type: 'prepareWorkspace' }],
      because: 'a slot is free',
    },
    {
      name: 'what was prepared for an earlier round changes nothing',
      run: queued({ phase: { ...preparing, step: 'waiting' } }),
      event: prepared(),
      phase: { ...preparing, step: 'waiting' },
      effects: [],
      because: 'late: workspacePrepared while waiting',
    },
    {
      name: 'prepared → planned on what is on the branch, people’s commits with it; the base stays the old one',
      run: queued(),
      event: prepared(pushed),
      phase: planning(pushed),
      effects: [{ type: 'runAgent', assignment: planner(pushed) }, showStatus],
      because: 'the workspace is ready',
      change: { prepared: aPrepared({ branchHead: pushed }), cause: begunAt(pushed), status: showing },
    },
    {
      name: 'the branch is gone from the forge → on the head as Fleet knows it',
      run: queued(),
      event: { type: 'workspacePrepared', prepared: aPrepared(), atMs },
      phase: planning(),
      effects: [{ type: 'runAgent', assignment: planner() }, showStatus],
      because: 'the workspace is ready',
      change: { cause: begunAt(head), status: showing },
    },
    {
      name: 'the base is wanted → Fleet brings it in first',
      run: queued({ cause: aRoundCause({ integrates: 'conflict', source: 'base' }) }),
      event: prepared(pushed),
      phase: merging(pushed),
      effects: [{ type: 'integrate', head: pushed, source: 'base', suggestions: [] }, showStatus],
      because: 'the workspace is ready',
      change: {
        prepared: aPrepared({ branchHead: pushed }),
        cause: aRoundCause({ integrates: 'conflict', source: 'base', fromSha: pushed.commit }),
        ...{ plan: tasksOf(mergeTask), status: showing },
      },
    },
    {
      name: 'suggestions → Fleet takes them over first',
      run: queued({ review: record(suggesting(fence), two) }),
      event: prepared(),
      phase: merging(),
      effects: [{ type: 'integrate', head, source: 'none', suggestions: [suggested] }, showStatus],
      because: 'the workspace is ready',
      change: {
        prepared: aPrepared({ branchHead: head }),
        ...{ cause: begunAt(head), plan: tasksOf(takeTask), status: showing },
      },
    },
    {
      name: 'again, after it was blocked → suggestions are taken over anew, for their commits may be lost',
      run: queued({
        review: record(suggesting(fence, { reply: reply({ commit: 'f'.repeat(40), isSuggestion: true }) }), two),
        plan: tasksOf(takeTask),
      }),
      event: prepared(),
      phase: merging(),
      effects: [{ type: 'integrate', head, source: 'none', suggestions: [suggested] }, showStatus],
      because: 'the workspace is ready',
      change: {
        ...{ prepared: aPrepared({ branchHead: head }), review: record(suggesting(fence), two) },
        ...{ cause: begunAt(head), status: showing },
      },
    },
  ]);
});

function reply(change: Partial<LedgerReply> = {}): LedgerReply {
  return { kind: 'fix', text: '', ...change };
}

describe('Fleet brings in what people gave', () => {
  const phase = aWorkingPhase({ task: 'MERGE', step: 'integrate', head, assignment: developer('MERGE') });
  const merging = (change: Partial<Run> = {}): Run => inRound({ phase, plan: tasksOf(mergeTask), ...change });
  const brought = aSnapshot('e5');
  const integrated = (change: Partial<Extract<WorkEvent, { type: 'integrated' }>> = {}) =>
    ({ type: 'integrated', head: brought, applied: [], atMs, ...change }) as const;
  const conflict: Conflict = {
    ...{ theirs: '9'.repeat(40), name: 'main', files: ['src/slug.js'], details: [], marked: aSnapshot('77') },
    ...{ oursLog: ['Keep digits'], theirsLog: ['Use classes'] },
  };
  const onConflict = developer('MERGE', conflict.marked, { feedback: { kind: 'conflict', conflict } });
  const atAgent: WorkingPhase = inLane(phase, {
    step: 'agent',
    head: brought,
    assignment: onConflict,
    merges: conflict.theirs,
  });
  const resolved = aSnapshot('88');
  const atChecks: WorkingPhase = inLane(atAgent, {
    step: 'checks',
    assignment: { ...onConflict, from: resolved, session: 's1' },
  });
  const change = { changedFiles: 1, deletedFiles: 0, files: 300, problems: [] };
  const worked = { type: 'worked', attempt: anAttempt({ session: 's1' }), snapshot: resolved, change, atMs } as const;
  const criteria = ['AC1', 'AC2'];
  const updates = begunAt(head, { threads: [], integrates: 'update', source: 'base' });
  table([
    {
      name: 'without a conflict → checked, with all criteria',
      ...{ run: merging(), event: integrated() },
      phase: inLane(phase, { step: 'checks', head: brought, assignment: developer('MERGE', brought) }),
      effects: [{ type: 'runChecks', task: 'MERGE', snapshot: brought, criteria }],
      because: 'brought in without a conflict; checking',
    },
    {
      name: 'green → planned on it',
      run: merging({ phase: inLane(phase, { step: 'checks', head: brought }) }),
      event: { type: 'checked', snapshot: brought, evidence: [anEvidence()], atMs },
      phase: aPlanningPhase({ assignment: planner(brought) }),
      effects: [{ type: 'runAgent', assignment: planner(brought) }, showStatus],
      because: 'brought in, and green; all tasks are done',
      change: { evidence: [anEvidence()], status: showing },
    },
    {
      name: 'green, and nothing else was asked for → verified',
      run: merging({ phase: inLane(phase, { step: 'checks', head: brought }), cause: updates, review: record() }),
      event: { type: 'checked', snapshot: brought, evidence: [anEvidence()], atMs },
      phase: { name: 'verifying', step: 'integrate', head: brought },
      effects: [{ type: 'integrate', head: brought, source: 'base', suggestions: [] }, showStatus],
      because: 'brought in, and green; all tasks are done',
      change: { evidence: [anEvidence()], status: showing },
    },
    {
      name: 'nothing to bring in → planned',
      ...{ run: merging(), event: integrated({ head }) },
      phase: aPlanningPhase({ assignment: planner() }),
      effects: [{ type: 'runAgent', assignment: planner() }, showStatus],
      because: 'there was nothing to bring in; all tasks are done',
      change: { status: showing },
    },
    {
      name: 'nothing to bring in, and nothing else was asked for → the round is over without a push',
      run: merging({ cause: updates, review: record() }),
      event: integrated({ head }),
      phase: { name: 'delivering', step: 'opening', head },
      effects: [{ type: 'openMergeRequest', head }],
      because: 'there was nothing to bring in; all tasks are done; nothing to push',
    },
    {
      name: 'a suggestion as it stands is answered by its commit',
      run: merging({ review: record(suggesting(`${fence}\n`), two) }),
      event: integrated({ applied: [{ thread: 'PRRT_1', commit: brought.commit }] }),
      phase: inLane(phase, { step: 'checks', head: brought, assignment: developer('MERGE', brought) }),
      effects: [{ type: 'runChecks', task: 'MERGE', snapshot: brought, criteria }],
      because: 'brought in without a conflict; checking',
      change: {
        review: record(suggesting(`${fence}\n`, { reply: reply({ commit: brought.commit, isSuggestion: true }) }), two),
      },
    },
    {
      name: 'a suggestion with more words is taken over, and still to be answered',
      run: merging({ review: record(suggesting(`Why not?\n${fence}`), two) }),
      event: integrated({ applied: [{ thread: 'PRRT_1', commit: brought.commit }] }),
      phase: inLane(phase, { step: 'checks', head: brought, assignment: developer('MERGE', brought) }),
      effects: [{ type: 'runChecks', task: 'MERGE', snapshot: brought, criteria }],
      because: 'brought in without a conflict; checking',
    },
    {
      name: 'a conflict → the agent, on the tree with the markers',
      ...{ run: merging(), event: integrated({ conflict }), phase: atAgent },
      effects: [{ type: 'runAgent', assignment: onConflict }],
      because: 'main conflicts in 1 file',
    },
    {
      name: 'resolved → checked',
      run: merging({ phase: atAgent }),
      event: { ...worked, replies: [], replyProblems: [] },
      phase: atChecks,
      effects: [{ type: 'runChecks', task: 'MERGE', snapshot: resolved, criteria }],
      because: '1 file changed; checking',
      change: { attempts: [anAttempt({ session: 's1' })] },
    },
    {
      name: 'markers left → goes back, on what it left',
      run: merging({ phase: atAgent }),
      event: { ...worked, change: { ...change, problems: ['src/slug.js: a marker'] }, replies: [], replyProblems: [] },
      phase: inLane(atAgent, {
        ladder: aLadder(1, { frontiers: [{ tree: resolved.tree, failing: ['src/slug.js: a marker'] }] }),
        assignment: {
          ...{ ...onConflict, from: resolved },
          feedback: { kind: 'changeRefused', problems: ['src/slug.js: a marker'] },
        },
      }),
      effects: [
        {
          type: 'runAgent',
          assignment: {
            ...{ ...onConflict, from: resolved },
            feedback: { kind: 'changeRefused', problems: ['src/slug.js: a marker'] },
          },
        },
      ],
      because: 'the change is refused; goes back to the agent',
      change: { attempts: [anAttempt({ session: 's1' })] },
    },
    {
      name: 'green → a commit with both parents, also where the tree is the one before',
      run: merging({ phase: inLane(atChecks, { head: { ...brought, tree: resolved.tree } }) }),
      event: { type: 'checked', snapshot: resolved, evidence: [anEvidence()], atMs },
      phase: inLane(atChecks, { head: { ...brought, tree: resolved.tree }, step: 'commit' }),
      effects: [
        {
          ...{ type: 'commitWork', task: 'MERGE', snapshot: resolved, merges: conflict.theirs },
          parent: { ...brought, tree: resolved.tree },
        },
      ],
      because: '1 check passed',
      change: { evidence: [anEvidence()] },
    },
    {
      name: 'late: what was brought in before changes nothing',
      ...{ run: merging({ phase: atAgent }), event: integrated({ conflict }), phase: atAgent, effects: [] },
      because: 'late: integrated during agent',
    },
  ]);
});

describe('a round is planned', () => {
  const planning = (change: Partial<Run> = {}): Run =>
    inRound({ phase: aPlanningPhase({ assignment: planner() }), ...change });
  const attempt = anAttempt({ role: 'planner' });
  const first = aTask({ id: 'R1', criteria: [], threads: ['PRRT_2'] });
  const plan = aPlan({ summary: 'One pattern.', criteria: [], tasks: [first, aTask({ id: 'R2', criteria: [] })] });
  const answering = developer('ANSWER', head, { threads: ['PRRT_1', 'PRRT_2'] });
  const summary = 'One pattern.';
  const failed = anAttempt({ role: 'planner', outcome: { kind: 'failed', failure: 'crash', reason: 'exit 1' } });
  const obstacle = { kind: 'agentFailed', details: ['crash'] } as const;
  table([
    {
      name: 'tasks → the first one, with its own threads; criteria of before stay',
      ...{ run: planning({ plan: tasksOf(mergeTask) }), event: { type: 'planned', attempt, plan, atMs } },
      phase: aWorkingPhase({ task: 'R1', head, assignment: developer('R1', head, { threads: ['PRRT_2'] }) }),
      effects: [{ type: 'runAgent', assignment: developer('R1', head, { threads: ['PRRT_2'] }) }, showStatus],
      because: 'planned: 2 tasks, 0 criteria',
      change: {
        plan: tasksOf(mergeTask, ...plan.tasks),
        ...{ cause: begunAt(head, { summary }), attempts: [attempt], status: showing },
      },
    },
    {
      name: 'answers are enough → they are written',
      run: planning(),
      event: { type: 'planned', attempt, plan: { ...plan, tasks: [] }, atMs },
      phase: aWorkingPhase({ task: 'ANSWER', head, assignment: answering }),
      effects: [{ type: 'runAgent', assignment: answering }, showStatus],
      because: 'planned: answers are enough',
      change: {
        plan: tasksOf(answerTask),
        ...{ cause: begunAt(head, { summary }), attempts: [attempt], status: showing },
      },
    },
    {
      name: 'a red job, and no task for it → the round goes on to its end, which asks',
      run: planning({ cause: begunAt(head, { threads: [], redJobs: [aRedJob()] }), review: record() }),
      event: { type: 'planned', attempt, plan: { ...plan, tasks: [] }, atMs },
      phase: { name: 'delivering', step: 'opening', head },
      effects: [{ type: 'openMergeRequest', head }, showStatus],
      because: 'planned: answers are enough; nothing to push',
      change: {
        cause: begunAt(head, { threads: [], redJobs: [aRedJob()], summary }),
        ...{ attempts: [attempt], status: showing },
      },
    },
    {
      name: 'no plan for good → blocked; the round begins again',
      run: planning({ phase: aPlanningPhase({ failures: 1, assignment: planner() }) }),
      event: { type: 'attemptFailed', attempt: failed, problems: ['crash'], atMs },
      phase: { name: 'blocked', obstacle, resume: { to: 'round', head } },
      effects: [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus],
      because: 'blocked: agentFailed',
      change: { attempts: [failed], status: showing },
    },
  ]);
});
