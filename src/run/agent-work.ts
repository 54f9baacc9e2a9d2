import type { AttemptRecord, Usage } from '../domain/agent.js';
import type { WorkEvent } from '../domain/event.js';
import { tasksBorne } from '../domain/spent.js';
import { laneOf } from '../decide/lanes.js';
import type { Assignment, Snapshot } from '../domain/work.js';
import type { AttemptReport, Reading } from '../ports/agent.js';
import type { KeepOrder, Workspace } from '../ports/workspace.js';
import type { Run } from '../domain/run.js';
import type { Taken } from './pool.js';
import { promptOf } from './brief.js';
import type { Job } from './job.js';
import { setUpLane, workspaceOf } from './prepare.js';

/** One attempt of an agent, from the snapshot of its assignment to what it left. */
export async function workAsAgent(job: Job, assignment: Assignment): Promise<WorkEvent> {
  const { loop, run } = job;
  const { lane = 0 } = assignment;
  // An attempt that was stopped may still be coming to its end in this worktree.
  return loop.inOrder(`lane ${run.id} ${lane}`, () => attempt(job, assignment));
}

async function attempt(job: Job, assignment: Assignment): Promise<WorkEvent> {
  const { loop, run, signal } = job;
  signal.throwIfAborted();
  const { role, task } = assignment;
  const taken = await loop.pool.take({ run, assignment, signal });
  if (taken.kind === 'stopped') throw new Error('stopped while it waited for an agent');
  if (taken.kind === 'away') {
    const { kind: _, ...away } = taken;
    const of = task === undefined ? {} : { task };
    await note(job, 'no agent is to be had', { role, reasons: away.reasons.join('; ') });
    return { type: 'agentsAway', role, ...of, ...away, atMs: loop.ports.clock.nowMs() };
  }
  try {
    return await attemptBy(job, assignment, taken);
  } finally {
    taken.release();
  }
}

async function attemptBy(job: Job, assignment: Assignment, taken: Taken): Promise<WorkEvent> {
  const { loop, run, claim, signal } = job;
  const { role, task } = assignment;
  const { agent, account, session, because } = taken;
  const workspace = await bringThere(job, assignment);
  const id = `${claim.effectId}.${claim.tries}`;
  if (because !== undefined) await note(job, 'agent chosen', { attempt: id, agent, because });
  const report = await loop.ports.agents.run({
    ...{ id, run: run.id, role, agent, workspace, signal },
    prompt: await promptOf(job, { ...assignment, agent }),
    changes: () => loop.ports.workspaces.fingerprint(run.id, assignment.lane),
    heartbeat: (fields) => void note(job, 'agent works', { attempt: id, role, ...fields }),
    ...(task === undefined ? {} : { task }),
    ...(session === undefined ? {} : { session, usedInSession: usedIn(run, session) }),
  });
  const record = recordOf(id, assignment, { agent, account }, report);
  await note(job, `agent ${report.outcome.kind}`, { ...fieldsOf(record), ...unknownOf(report) });
  const event =
    record.outcome.kind === 'finished'
      ? await brought(job, { assignment, attempt: record, report })
      : await failed(job, assignment, record);
  await keepFigures(job, record, event);
  return event;
}

/**
 * What the attempt says about its account, what it has cost, and whether its work was taken; a developer's is once it is committed. A store that
 * is away does not undo the attempt.
 */
async function keepFigures({ loop, run, log }: Job, record: AttemptRecord, event: WorkEvent): Promise<void> {
  const { forge, id: repositoryId } = run.repository;
  const kind = run.triage?.kind;
  const { account = record.agent } = record;
  const place = { run: run.id, forge, repositoryId, account, ...(kind === undefined ? {} : { kind }) };
  try {
    await loop.health.ended(account, record.outcome);
    await loop.ports.store.attempts.record(record, place, event.type !== 'attemptFailed' && event.type !== 'worked');
  } catch (error) {
    log.warn({ account, attempt: record.id, error }, 'what an attempt says about its account was lost');
  }
}

/** Kinds of lines that Fleet does not know, where there were some: the CLI may be newer than its dialect. */
function unknownOf({ unknown }: AttemptReport): Fields {
  const kinds = Object.entries(unknown).map(([name, count]) => `${name} ×${count}`);
  return kinds.length === 0 ? {} : { unknown: kinds.join(', ') };
}

/** What the attempts of a session have used so far. */
function usedIn({ attempts }: Run, session: string): Usage {
  const usages = attempts.filter((attempt) => attempt.session === session).map(({ usage }) => usage);
  const sum = (of: (usage: Usage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    costUsd: sum(({ costUsd }) => costUsd),
  };
}

/** The worktree of the attempt, as the assignment wants it. */
async function bringThere(job: Job, { from, lane = 0 }: Assignment): Promise<Workspace> {
  const { workspaces } = job.loop.ports;
  if (lane === 0) await workspaceOf(job);
  const isNew = lane > 0 && (await workspaces.find(job.run.id, lane)) === undefined;
  await workspaces.restore(job.run.id, from, lane);
  // A worker that died here has left the worktree without its dependencies.
  if (isNew || (lane > 0 && job.claim.tries > 1)) {
    await setUpLane(job, lane);
    await workspaces.restore(job.run.id, from, lane);
  }
  return workspaceOf(job, lane);
}

/** An attempt that came to its end. */
interface Ended {
  readonly assignment: Assignment;
  readonly attempt: AttemptRecord;
  readonly report: AttemptReport;
}

async function brought(job: Job, ended: Ended): Promise<WorkEvent> {
  const { agents, clock } = job.loop.ports;
  const { assignment, attempt, report } = ended;
  const { artifacts } = report;
  const read = <T>(reading: Reading<T>, made: (value: T) => WorkEvent): WorkEvent =>
    'value' in reading
      ? made(reading.value)
      : { type: 'attemptFailed', attempt, problems: reading.problems, atMs: clock.nowMs() };
  switch (assignment.role) {
    case 'triager':
      return read(await agents.readTriage(artifacts), (triage) => ({
        ...{ type: 'triaged', attempt, triage, atMs: clock.nowMs() },
      }));
    case 'researcher':
      return read(await agents.readResearch(artifacts), (research) => ({
        ...{ type: 'researched', attempt, research, atMs: clock.nowMs() },
      }));
    case 'planner':
      return read(await agents.readPlan(artifacts, await groundOf(job, assignment)), (plan) => ({
        ...{ type: 'planned', attempt, plan, atMs: clock.nowMs() },
      }));
    case 'critic':
    case 'verifier':
      return read(await agents.readVerdict(artifacts), (verdict) => ({
        ...{ type: 'inspected', attempt, verdict, atMs: clock.nowMs() },
      }));
    case 'developer':
    case 'auditor':
      return worked(job, ended);
    default:
      return assignment.role satisfies never;
  }
}

async function groundOf(
  job: Job,
  { from }: Assignment,
): Promise<Parameters<Job['loop']['ports']['agents']['readPlan']>[1]> {
  const { repository, cause, plan } = job.run;
  const files = await job.loop.ports.workspaces.filesOf(repository, { commit: from.commit });
  return {
    paths: await files.list(),
    answersFeedback: cause !== undefined,
    done: plan?.tasks ?? [],
    mostTasks: tasksBorne(job.run),
  };
}

async function worked(job: Job, { assignment, attempt, report }: Ended): Promise<WorkEvent> {
  const { workspaces, agents, clock } = job.loop.ports;
  const { threads } = assignment;
  const { snapshot, change } = await workspaces.keep(job.run.id, keepOrder(job.run, assignment));
  const reading = threads.length === 0 ? { value: [] } : await agents.readReplies(report.artifacts, threads);
  const replies = 'value' in reading ? reading.value : [];
  const replyProblems = 'problems' in reading ? reading.problems : [];
  return { type: 'worked', attempt, snapshot, change, replies, replyProblems, atMs: clock.nowMs() };
}

/** What a task's work is held against: what it was made on. */
function keepOrder({ phase, prepared }: Run, { from, lane: index, task }: Assignment): KeepOrder {
  const lane = phase.name === 'working' ? laneOf(phase, task) : undefined;
  const { merges, isConflicted } = lane ?? {};
  return {
    head: lane?.head ?? from,
    protectedPaths: prepared?.policy.protectedPaths ?? [],
    ...(merges === undefined ? {} : { merges }),
    ...(isConflicted === undefined ? {} : { isConflicted }),
    ...(index === undefined ? {} : { lane: index }),
  };
}

/** Whatever a developer has done until then is kept, on a ref of its own: whoever goes on goes on from there. */
async function failed(job: Job, assignment: Assignment, attempt: AttemptRecord): Promise<WorkEvent> {
  const { outcome } = attempt;
  const said = outcome.kind === 'failed' ? `${outcome.failure}: ${outcome.reason}` : outcome.kind;
  const left = outcome.kind === 'failed' ? await leftBehind(job, assignment, attempt) : undefined;
  return {
    type: 'attemptFailed',
    attempt,
    problems: [`${attempt.agent} (${attempt.role}) ${said}`],
    ...(left === undefined ? {} : { left }),
    atMs: job.loop.ports.clock.nowMs(),
  };
}

/** Undefined where nothing was changed, or what may not be built upon. */
async function leftBehind(job: Job, assignment: Assignment, { id }: AttemptRecord): Promise<Snapshot | undefined> {
  const { run, loop } = job;
  if (assignment.role !== 'developer') return undefined;
  const { snapshot, change } = await loop.ports.workspaces.keep(run.id, {
    ...keepOrder(run, assignment),
    archive: id,
  });
  const isNew = snapshot.tree !== assignment.from.tree;
  return isNew && change.problems.length === 0 ? snapshot : undefined;
}

function recordOf(
  id: string,
  { role, task }: Assignment,
  by: { readonly agent: string; readonly account: string },
  report: AttemptReport,
): AttemptRecord {
  const { outcome, usage, startedAtMs, endedAtMs, session } = report;
  return {
    ...{ id, role, ...by },
    outcome,
    usage,
    startedAtMs,
    endedAtMs,
    ...(task === undefined ? {} : { task }),
    ...(session === undefined ? {} : { session }),
  };
}

type Fields = Readonly<Record<string, string | number | boolean>>;

function fieldsOf({ id, role, agent, outcome, usage, startedAtMs, endedAtMs, task }: AttemptRecord): Fields {
  return {
    attempt: id,
    role,
    agent,
    ...(task === undefined ? {} : { task }),
    ...(outcome.kind === 'failed' ? { failure: outcome.failure, reason: outcome.reason } : {}),
    durationMs: endedAtMs - startedAtMs,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd: usage.costUsd,
  };
}

/** A line in the journal; the journal of an attempt is a record, not a gate, so a store that is away does not end the attempt. */
async function note(job: Job, text: string, fields: Fields): Promise<void> {
  try {
    await job.loop.ports.store.journal.append([
      { run: job.run.id, atMs: job.loop.ports.clock.nowMs(), kind: 'attempt', text, fields },
    ]);
  } catch (error) {
    job.log.warn({ error }, 'journal entry was lost');
  }
}
