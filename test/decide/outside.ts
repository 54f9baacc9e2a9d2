import { roundRows, unanswered } from '../../src/decide/ledger.js';
import type { AttemptOutcome, AttemptRecord } from '../../src/domain/agent.js';
import type { Effect } from '../../src/domain/effect.js';
import type { ThreadOutcome, WorkEvent } from '../../src/domain/event.js';
import type { Plan, Task } from '../../src/domain/plan.js';
import type { Triage } from '../../src/domain/triage.js';
import type { Verdict } from '../../src/domain/verdict.js';
import type { Demand, ReadFeedback, RedJob, Reply } from '../../src/domain/review.js';
import type { Run } from '../../src/domain/run.js';
import type { Assignment, Snapshot } from '../../src/domain/work.js';
import {
  aDemand,
  aDemandComment,
  aFeedback,
  aMergeRequest,
  anAttempt,
  anEvidence,
  aPlan,
  aPolicy,
  aPrepared,
  aRedJob,
  aSnapshot,
  aTask,
} from '../support/builders.js';

/** What a walk throws: numbers from 0 to 1, the same for the same seed. */
export interface Dice {
  readonly roll: () => number;
  /** True that often. */
  readonly is: (chance: number) => boolean;
  readonly pick: <T>(of: readonly [T, ...T[]]) => T;
}

/** mulberry32: property tests must fail the same way twice. */
export function dice(seed: number): Dice {
  let state = seed;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(roll() * of.length)] ?? of[0];
  return { roll, is: (chance) => roll() < chance, pick };
}

const one = ['opus'];

interface ThreadThere {
  comments: string[];
  isResolved: boolean;
  readonly suggests: boolean;
}

/** A forge, its people, agents and git, as far as the brain can tell: all that happens there is thrown. */
export class Outside {
  readonly threads = new Map<string, ThreadThere>();
  isConflicting = false;
  ci: 'none' | 'pending' | 'green' | 'red' | 'unknown' = 'none';
  /** How often what must not fail fails. */
  trouble = 0.04;
  readonly #dice: Dice;
  #made = 0;

  constructor(thrown: Dice) {
    this.#dice = thrown;
  }

  /** Somebody says something: in a new thread, or in one that is there. */
  comment(): void {
    const { is, roll } = this.#dice;
    const there = [...this.threads.values()][Math.floor(roll() * this.threads.size)];
    const id = `d${(this.#made += 1)}`;
    if (there === undefined || is(0.5)) {
      this.threads.set(`t${this.#made}`, { comments: [id], isResolved: false, suggests: is(0.3) });
    } else {
      there.comments.push(id);
      there.isResolved = false;
    }
  }

  /** Ids of what was said in threads that are open. */
  said(): readonly string[] {
    return [...this.threads.values()].flatMap(({ comments, isResolved }) => (isResolved ? [] : comments));
  }

  /** The event that performing the effect brings, with the outside as it is now; undefined where it brings none. */
  perform(effect: Effect, run: Run, atMs: number): WorkEvent | undefined {
    const { type } = effect;
    if (type !== 'react' && type !== 'removeWorkspace' && type !== 'wake' && this.#dice.is(this.trouble)) {
      return { type: 'effectFailed', effect: type, obstacle: { kind: 'spent', details: [] }, atMs };
    }
    if (type === 'wake') return { type: 'rested', atMs };
    return this.#ofWork(effect, run, atMs) ?? this.#ofForge(effect, run, atMs);
  }

  #ofWork(effect: Effect, run: Run, atMs: number): WorkEvent | undefined {
    if (effect.type === 'prepareWorkspace') return { type: 'workspacePrepared', prepared: this.#prepared(run), atMs };
    if (effect.type === 'runAgent') return this.#attempt(effect.assignment, run, atMs);
    if (effect.type === 'commitWork') return { type: 'committed', task: effect.task, head: this.#snapshot(), atMs };
    if (effect.type === 'integrate') return this.#integrate(effect, run, atMs);
    if (effect.type === 'replay') return this.#replay(effect, atMs);
    return this.#ofChecks(effect, atMs);
  }

  #ofChecks(effect: Effect, atMs: number): WorkEvent | undefined {
    if (effect.type === 'crossTests') {
      const problems = this.#dice.is(this.trouble === 0 ? 0 : 0.3) ? ['the new tests prove nothing'] : [];
      return { type: 'crossed', head: effect.head, problems, notes: [], atMs };
    }
    if (effect.type !== 'runChecks') return undefined;
    const isGreen = this.#dice.is(this.trouble === 0 ? 0.95 : 0.8);
    const { tree } = effect.snapshot;
    const evidence = [isGreen ? anEvidence({ tree }) : anEvidence({ tree, outcome: 'fail', exit: 1 })];
    const of = effect.task === undefined ? {} : { task: effect.task };
    return { type: 'checked', ...of, snapshot: effect.snapshot, evidence, atMs };
  }

  #ofForge(effect: Effect, run: Run, atMs: number): WorkEvent | undefined {
    if (effect.type === 'showStatus') return { type: 'statusShown', commentId: 's1', atMs };
    if (effect.type === 'openMergeRequest') {
      return { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs };
    }
    if (effect.type === 'answerThreads') return { type: 'threadsAnswered', answers: this.#answers(run), atMs };
    if (effect.type === 'pushBranch') {
      if (this.#dice.is(0.2)) return { type: 'branchMoved', atMs };
      this.ci = 'pending';
      return { type: 'pushed', sha: effect.head.commit, atMs };
    }
    if (effect.type === 'rerunJobs') {
      const isStarted = this.#dice.is(0.6);
      if (isStarted) this.ci = 'pending';
      return { type: 'jobsRerun', sha: effect.sha, jobs: effect.jobs.map(({ name }) => name), isStarted, atMs };
    }
    const { phase } = run;
    if (effect.type !== 'readFeedback' || phase.name !== 'inReview') return undefined;
    if (phase.settling === undefined || effect.dueAtMs < phase.settling.dueAtMs) return undefined;
    return { type: 'feedbackRead', feedback: this.#feedback(phase.head), atMs };
  }

  #snapshot(): Snapshot {
    return aSnapshot((this.#made += 1).toString(16));
  }

  #prepared(run: Run) {
    const review = { ...aPolicy().review, maxRounds: 4 };
    const policy = aPolicy({
      review,
      failures: 2,
      budgets: { ...aPolicy().budgets, attemptsPerTask: 2, replans: 1 },
      retryBlocked: { afterMs: 60_000, times: 2 },
      parallelTasks: 2,
      planApproval: this.#dice.is(0.2),
      agents: { ...aPolicy().agents, triager: one, researcher: one, critic: one, verifier: one },
    });
    const isThere = run.mergeRequest !== undefined && this.#dice.is(0.8);
    return aPrepared({ policy, ...(isThere ? { branchHead: this.#snapshot() } : {}) });
  }

  #attempt(assignment: Assignment, run: Run, atMs: number): WorkEvent {
    return this.#failure(assignment, atMs) ?? this.#success(assignment, run, atMs);
  }

  #record({ role, task }: Assignment): AttemptRecord {
    return anAttempt({ id: `a${(this.#made += 1)}`, role, ...(task === undefined ? {} : { task }) });
  }

  #failure(assignment: Assignment, atMs: number): WorkEvent | undefined {
    const { is, pick } = this.#dice;
    const { role, task } = assignment;
    const of = task === undefined ? {} : { task };
    if (is(this.trouble)) {
      const until = is(0.7) ? { untilMs: atMs + 60_000 } : {};
      return { type: 'agentsAway', role, ...of, reasons: ['opus: limit'], ...until, atMs };
    }
    if (!is(this.trouble === 0 ? 0.02 : 0.1)) return undefined;
    const attempt = this.#record(assignment);
    const crash = { kind: 'failed', failure: 'crash', reason: 'exit 1' } as const;
    const broken = role === 'developer' ? crash : pick<AttemptOutcome>([crash, attempt.outcome]);
    const outcome = is(0.25) ? this.#cutOff() : broken;
    return { type: 'attemptFailed', attempt: { ...attempt, outcome }, problems: ['none'], atMs };
  }

  #success(assignment: Assignment, run: Run, atMs: number): WorkEvent {
    const { is, pick } = this.#dice;
    const { role } = assignment;
    const attempt = this.#record(assignment);
    if (role === 'triager') return { type: 'triaged', attempt, triage: this.#triage(), atMs };
    if (role === 'researcher') return { type: 'researched', attempt, research: 'It is in slug.js.', atMs };
    if (role === 'critic' || role === 'verifier') return { type: 'inspected', attempt, verdict: this.#verdict(), atMs };
    if (role === 'planner') return { type: 'planned', attempt, plan: this.#plan(run), atMs };
    const kinds = ['fix', 'fix', 'question', 'nit', 'disagree', 'outOfScope'] as const;
    const replies = assignment.threads.flatMap((thread): readonly Reply[] =>
      is(0.7) ? [{ thread, kind: pick(kinds), text: 'So it is.' }] : [],
    );
    const snapshot = is(0.7) ? this.#snapshot() : assignment.from;
    const change = { changedFiles: 1, deletedFiles: 0, files: 9, problems: is(0.1) ? ['no'] : [] };
    return { type: 'worked', attempt, snapshot, change, replies, replyProblems: [], atMs };
  }

  /** What is no fault of the task. */
  #cutOff(): AttemptOutcome {
    const limit = { kind: this.#dice.pick(['plan', 'rate', 'auth', 'context'] as const), source: 'event' } as const;
    const failed = { kind: 'failed', failure: 'limit', reason: 'limit' } as const;
    return this.#dice.is(0.8) ? { ...failed, limit } : { ...failed, isSessionLost: true };
  }

  #triage(): Triage {
    const { is, pick } = this.#dice;
    const questions = is(0.3) ? [{ text: 'Which of the two?', assumption: 'the first' }] : [];
    return { kind: 'bug', size: pick(['small', 'medium']), intents: [], assumptions: [], questions };
  }

  #verdict(): Verdict {
    const isFine = this.#dice.is(this.trouble === 0 ? 1 : 0.7);
    return { criteria: [], findings: isFine ? [] : [{ severity: 'blocker', file: 'a', line: 1, text: 'wrong' }] };
  }

  /** Some of the tasks depend on others. */
  #plan({ cause }: Run): Plan {
    const { is, pick } = this.#dice;
    const ids = ['R1', 'R2', 'R3', 'R4']
      .slice(0, pick(cause === undefined ? [1, 2, 3, 4] : [0, 1, 2, 3]))
      .map((name) => `${name}-${(this.#made += 1)}`);
    const threads = cause?.threads ?? [];
    const tasks = ids.map((id, index): Task => {
      const dependsOn = ids.slice(0, index).filter(() => is(0.3));
      return aTask({ id, dependsOn, criteria: [], threads: threads.filter(() => is(0.4)) });
    });
    return aPlan({ criteria: [], tasks });
  }

  #replay({ task, onto, work }: Extract<Effect, { type: 'replay' }>, atMs: number): WorkEvent {
    if (this.#dice.is(0.7)) return { type: 'replayed', task, snapshot: this.#snapshot(), atMs };
    const sides = { oursLog: [], theirsLog: [], details: [], files: ['a'] };
    const conflict = { theirs: work.commit, name: task, marked: this.#snapshot(), ...sides };
    return { type: 'replayed', task, snapshot: onto, conflict, atMs };
  }

  #integrate({ head, suggestions, source }: Extract<Effect, { type: 'integrate' }>, run: Run, atMs: number): WorkEvent {
    const { is } = this.#dice;
    const isLast = run.phase.name === 'verifying';
    // A base that always moves would keep every run from its end.
    if (isLast && is(0.8)) return { type: 'integrated', head, applied: [], atMs };
    if (source === 'base') this.isConflicting = false;
    const applied = suggestions
      .filter(() => is(0.7))
      .map(({ thread }) => ({ thread, commit: this.#snapshot().commit }));
    const next = applied.length > 0 || is(0.6) ? this.#snapshot() : head;
    const sides = { oursLog: [], theirsLog: [], details: [], files: ['a'] };
    const conflict = { theirs: '9'.repeat(40), name: 'main', marked: this.#snapshot(), ...sides };
    const isReal = source !== 'none' && is(0.4);
    const onto = source === 'base' && !isReal && next !== head ? { onto: this.#snapshot() } : {};
    return { type: 'integrated', head: next, applied, atMs, ...onto, ...(isReal ? { conflict } : {}) };
  }

  #feedback(head: Snapshot): ReadFeedback {
    const { ci, isConflicting } = this;
    const sha = head.commit;
    const red: readonly RedJob[] = ci === 'red' ? [aRedJob({ canRerun: this.#dice.is(0.5) })] : [];
    return aFeedback({
      ...{ updatedAtMs: this.#made, headSha: sha, isConflicting, ci: { sha, verdict: ci, red } },
      demands: [...this.threads].flatMap(([thread, there]) => demandOf(thread, there)),
      resolved: [...this.threads].flatMap(([thread, { isResolved }]) => (isResolved ? [thread] : [])),
    });
  }

  #answers(run: Run): readonly ThreadOutcome[] {
    const left = new Set(unanswered(run).map(({ thread }) => thread));
    return roundRows(run).flatMap(({ thread, state, kind }): readonly ThreadOutcome[] => {
      if (state !== 'open') return [];
      const there = this.threads.get(thread);
      if (there === undefined && kind !== 'issue') return [{ thread, state: 'gone' }];
      if (left.has(thread)) return [];
      if (there !== undefined && this.#dice.is(0.5)) {
        there.isResolved = true;
        return [{ thread, state: 'resolved' }];
      }
      return [{ thread, state: 'answered' }];
    });
  }
}

function demandOf(thread: string, { comments, isResolved, suggests }: ThreadThere): readonly Demand[] {
  if (isResolved) return [];
  const suggestions = suggests ? [{ path: 'a', fromLine: 1, toLine: 1, text: '' }] : [];
  const text = suggests ? '```suggestion\n```' : 'Change it.';
  return [aDemand({ thread, comments: comments.map((id) => aDemandComment({ id, text, suggestions })) })];
}
