import { developerPrompt } from '../render/developer-prompt.js';
import { plannerPrompt } from '../render/planner-prompt.js';
import type { AttemptRecord } from '../domain/agent.js';
import type { WorkEvent } from '../domain/event.js';
import type { Assignment } from '../domain/run.js';
import type { AttemptOrder, AttemptReport } from '../ports/agent.js';
import type { Job } from './job.js';
import { workspaceOf } from './prepare.js';

/** One attempt of an agent, from the snapshot of its assignment to what it left. */
export async function workAsAgent(job: Job, assignment: Assignment): Promise<WorkEvent> {
  const { loop, run, claim } = job;
  const workspace = await workspaceOf(job);
  await loop.ports.workspaces.restore(run.id, assignment.from);
  const id = `${claim.effectId}.${claim.tries}`;
  const report = await loop.ports.agents.run({
    id,
    run: run.id,
    role: assignment.role,
    agent: assignment.agent,
    workspace,
    prompt: promptOf(job, assignment),
    signal: job.signal,
    heartbeat: (fields) => void note(job, 'agent works', { attempt: id, role: assignment.role, ...fields }),
    ...(assignment.task === undefined ? {} : { task: assignment.task }),
    ...(assignment.session === undefined ? {} : { session: assignment.session }),
  });
  const attempt = recordOf(id, assignment, report);
  await note(job, `agent ${report.outcome.kind}`, fieldsOf(attempt));
  return assignment.role === 'planner'
    ? planned(job, { assignment, attempt, report })
    : worked(job, { assignment, attempt, report });
}

function promptOf(job: Job, assignment: Assignment): AttemptOrder['prompt'] {
  const { run } = job;
  const { feedback, task } = assignment;
  if (assignment.role === 'planner')
    return ({ artifacts, schema }) => plannerPrompt({ run, feedback, artifacts, schema: schema('plan') });
  const { threads, tried = [] } = assignment;
  return ({ artifacts, schema }) =>
    developerPrompt({ run, feedback, artifacts, task: task ?? '', threads, tried, schema: schema('replies') });
}

/** An attempt that came to its end. */
interface Ended {
  readonly assignment: Assignment;
  readonly attempt: AttemptRecord;
  readonly report: AttemptReport;
}

async function planned(job: Job, { assignment, attempt, report }: Ended): Promise<WorkEvent> {
  const { agents, workspaces, clock } = job.loop.ports;
  if (attempt.outcome.kind !== 'finished') return failed(job, attempt);
  const { repository, cause, plan } = job.run;
  const files = await workspaces.filesOf(repository, { commit: assignment.from.commit });
  const ground = { paths: await files.list(), answersFeedback: cause !== undefined, done: plan?.tasks ?? [] };
  const reading = await agents.readPlan(report.artifacts, ground);
  if ('value' in reading) return { type: 'planned', attempt, plan: reading.value, atMs: clock.nowMs() };
  return { type: 'attemptFailed', attempt, problems: reading.problems, atMs: clock.nowMs() };
}

async function worked(job: Job, { assignment, attempt, report }: Ended): Promise<WorkEvent> {
  const { workspaces, agents, clock } = job.loop.ports;
  const { phase, id, prepared } = job.run;
  if (attempt.outcome.kind !== 'finished') return failed(job, attempt);
  const { threads, from } = assignment;
  const { snapshot, change } = await workspaces.keep(id, {
    head: phase.name === 'working' ? phase.head : from,
    protectedPaths: prepared?.policy.protectedPaths ?? [],
    ...(phase.name === 'working' && phase.merges !== undefined ? { merges: phase.merges } : {}),
  });
  const reading = threads.length === 0 ? { value: [] } : await agents.readReplies(report.artifacts, threads);
  const replies = 'value' in reading ? reading.value : [];
  const replyProblems = 'problems' in reading ? reading.problems : [];
  return { type: 'worked', attempt, snapshot, change, replies, replyProblems, atMs: clock.nowMs() };
}

function failed(job: Job, attempt: AttemptRecord): WorkEvent {
  const { outcome } = attempt;
  const said = outcome.kind === 'failed' ? `${outcome.failure}: ${outcome.reason}` : outcome.kind;
  return {
    type: 'attemptFailed',
    attempt,
    problems: [`${attempt.agent} (${attempt.role}) ${said}`],
    atMs: job.loop.ports.clock.nowMs(),
  };
}

function recordOf(id: string, assignment: Assignment, report: AttemptReport): AttemptRecord {
  const { outcome, usage, startedAtMs, endedAtMs, session } = report;
  const { role, agent, task } = assignment;
  return {
    id,
    role,
    agent,
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
