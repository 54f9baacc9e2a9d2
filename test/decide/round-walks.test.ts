import { expect, it } from 'vitest';
import { unanswered } from '../../src/decide/ledger.js';
import { decide } from '../../src/decide/decide.js';
import type { Command } from '../../src/domain/command.js';
import type { Effect, EffectType } from '../../src/domain/effect.js';
import type { PeopleEvent, RunEvent, WorkEvent } from '../../src/domain/event.js';
import { receiptsMissing } from '../../src/domain/receipts.js';
import { isEnded, type Lane, type Phase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import { aPerson, aRun, startMs } from '../support/builders.js';
import { dice, Outside, type Dice } from './outside.js';

const by = aPerson();

const awaitedBy: Partial<Record<string, EffectType>> = {
  'queued preparing': 'prepareWorkspace',
  triaging: 'runAgent',
  awaitingAnswer: 'wake',
  awaitingAgent: 'wake',
  researching: 'runAgent',
  planning: 'runAgent',
  'verifying integrate': 'integrate',
  'verifying gates': 'runChecks',
  'verifying crossing': 'crossTests',
  'verifying inspecting': 'runAgent',
  'delivering pushing': 'pushBranch',
  'delivering opening': 'openMergeRequest',
  'delivering answering': 'answerThreads',
};

/** What the steps of a task wait for; `waiting` for another task, `stuck` and `parked` for all others. */
const awaitedByLane: Partial<Record<Lane['step'], EffectType>> = {
  integrate: 'integrate',
  agent: 'runAgent',
  replay: 'replay',
  checks: 'runChecks',
  baseline: 'runChecks',
  commit: 'commitWork',
};

/** Steps at which nothing is put on the branch. */
const resting: readonly Lane['step'][] = ['agent', 'waiting', 'stuck', 'parked'];

/** What a phase waits for; nothing where it waits for people, or for a slot. */
function awaited(phase: Phase): readonly { readonly type: EffectType; readonly task?: string }[] {
  if (phase.name !== 'working')
    return [awaitedBy[nameOf(phase)]].flatMap((type) => (type === undefined ? [] : [{ type }]));
  return phase.lanes.flatMap(({ step, task }) => {
    const type = awaitedByLane[step];
    return type === undefined ? [] : [{ type, task }];
  });
}

/** True when the effect is what somebody waits for. */
function isFor(effect: Effect, { type, task }: ReturnType<typeof awaited>[number]): boolean {
  const of = effect.type === 'runAgent' ? effect.assignment.task : 'task' in effect ? effect.task : task;
  return effect.type === type && of === task;
}

/** An effect of the outbox; `event`: it was performed, and what came of it is on its way. */
interface Ordered {
  readonly effect: Effect;
  event?: WorkEvent;
}

/** A run, its outbox, and an outside in which everything may happen at any time. */
class Walk {
  run: Run = aRun();
  nowMs = startMs;
  readonly broken: string[] = [];
  readonly reached = new Set<string>();
  readonly outside: Outside;
  readonly #dice: Dice;
  #outbox: Ordered[] = [];
  readonly #hints: PeopleEvent[] = [];
  readonly #past: WorkEvent[] = [];
  readonly #takenUp = new Set<string>();
  #comments = 0;

  constructor(thrown: Dice) {
    this.#dice = thrown;
    this.outside = new Outside(thrown);
  }

  step(): void {
    const { is } = this.#dice;
    this.nowMs += 1 + Math.floor(this.#dice.roll() * 20_000);
    if (this.run.mergeRequest !== undefined && is(0.25)) return this.#people();
    if (is(0.1)) return this.#replay();
    const { name } = this.run.phase;
    if (name === 'blocked' && is(0.2)) return this.#command({ name: 'retry' });
    if (name === 'awaitingApproval' && is(0.5)) return this.#command({ name: this.#dice.pick(['approve', 'replan']) });
    if (name === 'awaitingAnswer' && is(0.3)) {
      return this.#decide({ type: 'answered', by, text: 'The second.', atMs: this.nowMs });
    }
    if (this.run.mergeRequest === undefined && is(0.02)) return this.#command({ name: 'text', text: 'otherwise' });
    this.#goOn();
  }

  /** Lets everything come to rest: nobody says anything new, and what asks is told to go on. */
  rest(): void {
    this.outside.trouble = 0;
    for (let steps = 0; steps < 3_000 && !isEnded(this.run.phase); steps += 1) {
      this.nowMs += 1_000;
      if (this.#goOn()) continue;
      const { name } = this.run.phase;
      if (name !== 'blocked' && name !== 'awaitingApproval') break;
      this.#command({ name: name === 'blocked' ? 'retry' : 'approve' });
    }
  }

  /** One thing that waits happens; false when nothing does. */
  #goOn(): boolean {
    const { phase } = this.run;
    if (phase.name === 'queued' && phase.step === 'waiting' && this.#dice.is(0.5)) {
      this.#decide({ type: 'slotGranted', atMs: this.nowMs });
      return true;
    }
    const hint = this.#dice.is(0.5) || this.#outbox.length === 0 ? this.#hints.shift() : undefined;
    if (hint !== undefined) {
      this.#decide({ ...hint, atMs: this.nowMs });
      return true;
    }
    const at = Math.floor(this.#dice.roll() * this.#outbox.length);
    const ordered = this.#outbox[at];
    if (ordered === undefined) return phase.name === 'queued' || this.#hints.length > 0;
    if (ordered.event === undefined) this.#perform(ordered);
    else this.#settle(ordered, ordered.event);
    return true;
  }

  #perform(ordered: Ordered): void {
    const { effect } = ordered;
    if ('dueAtMs' in effect) this.nowMs = Math.max(this.nowMs, effect.dueAtMs);
    const event = this.outside.perform(effect, this.run, this.nowMs);
    if (event === undefined) this.#outbox = this.#outbox.filter((each) => each !== ordered);
    else ordered.event = event;
  }

  #settle(ordered: Ordered, event: WorkEvent): void {
    this.#outbox = this.#outbox.filter((each) => each !== ordered);
    this.#past.push(event);
    // What could not be read is found by the next look.
    if (event.type === 'effectFailed' && event.effect === 'readFeedback') this.#hint('look');
    this.#decide(event);
  }

  #people(): void {
    const { outside } = this;
    const what = this.#dice.roll();
    if (what < 0.5) {
      outside.comment();
      this.#hint(this.#dice.pick(['review', 'comment']));
    } else if (what < 0.6) {
      const [, there] = [...outside.threads][0] ?? [];
      if (there !== undefined) there.isResolved = true;
    } else if (what < 0.65) {
      const [thread] = outside.threads.keys();
      if (thread !== undefined) outside.threads.delete(thread);
    } else if (what < 0.8) {
      outside.ci = this.#dice.pick(['red', 'red', 'green', 'unknown']);
      this.#hint('ci');
    } else if (what < 0.85) {
      outside.isConflicting = true;
      this.#hint('look');
    } else if (what < 0.99) {
      this.#command(
        this.#dice.pick<Command>([
          { name: 'retry' },
          { name: 'update' },
          { name: 'text', text: 'more' },
          { name: 'status' },
        ]),
      );
    } else {
      this.#decide({ type: 'mergeRequestEnded', merged: true, atMs: this.nowMs });
    }
  }

  #hint(why: Extract<PeopleEvent, { type: 'feedbackHinted' }>['why']): void {
    this.#hints.push({ type: 'feedbackHinted', why, atMs: this.nowMs });
  }

  #command(command: Command): void {
    const commentId = `c${(this.#comments += 1)}`;
    this.#decide({ type: 'commanded', by, command, commentId, place: 'issue', atMs: this.nowMs });
  }

  /** An event that was decided long ago comes again: nothing but what it cost may change. */
  #replay(): void {
    const event = this.#past[Math.floor(this.#dice.roll() * this.#past.length)];
    if (event === undefined || isAwaited(this.run, event)) return;
    const unpaid = { attempts: [] };
    const after = still({ ...decide(this.run, event).run, ...unpaid });
    this.#claim(after === still({ ...this.run, ...unpaid }), `replayed ${event.type}`);
    this.#claim(decide(this.run, event).effects.length === 0, `replayed ${event.type} has effects`);
  }

  #decide(event: RunEvent): void {
    const before = this.run;
    const decision = decide(before, event);
    this.#claim(JSON.stringify(decide(before, event)) === JSON.stringify(decision), 'decided differently');
    this.run = decision.run;
    if (decision.effects.some(({ type }) => type === 'stopWork')) this.#outbox = this.#outbox.filter(tells);
    this.#outbox.push(...decision.effects.filter(({ type }) => type !== 'stopWork').map((effect) => ({ effect })));
    this.#holds(before, event);
  }

  #holds(before: Run, event: RunEvent): void {
    const { run } = this;
    const { phase } = run;
    const about = `${event.type} while ${nameOf(before.phase)}`;
    this.reached.add(nameOf(phase));
    this.#claim(
      !isEnded(before.phase) || JSON.stringify(phase) === JSON.stringify(before.phase),
      `left an end: ${about}`,
    );
    const needed = awaited(phase);
    for (const one of needed) {
      const waiting = this.#outbox.filter(({ effect }) => isFor(effect, one)).length;
      // A wake may be left of an earlier wait.
      const isRight = one.type === 'wake' ? waiting >= 1 : waiting === 1;
      this.#claim(isRight, `${waiting} of ${one.type} on their way: ${about}`);
    }
    if (phase.name === 'working') {
      this.#claim(needed.length > 0, `nobody works: ${about}`);
      this.#claim(phase.lanes.length <= 2, `too much at once: ${about}`);
      const landing = phase.lanes.filter(({ step }) => !resting.includes(step));
      this.#claim(landing.length <= 1, `two are put on the branch: ${about}`);
      const worktrees = phase.lanes.map(({ assignment }) => assignment.lane ?? 0);
      this.#claim(new Set(worktrees).size === worktrees.length, `two in one worktree: ${about}`);
    }
    this.#roundsHold(before, about);
    const shown = this.#outbox.filter(({ effect }) => effect.type === 'showStatus').length;
    this.#claim(shown === (run.status.state === 'shown' ? 0 : 1), `${shown} edits while ${run.status.state}: ${about}`);
    this.#claim(receiptsMissing(run).length === 0, `without a receipt: ${about}`);
    if (run.round > before.round) this.#takesUp();
  }

  #roundsHold(before: Run, about: string): void {
    const { run } = this;
    const cap = (run.prepared?.policy.review.maxRounds ?? 1) + (run.review?.moreRounds ?? 0);
    this.#claim(run.round === before.round || run.round === before.round + 1, `round jumps: ${about}`);
    this.#claim(run.round <= cap, `more than ${cap} rounds: ${about}`);
    const dueAtMs = run.phase.name === 'inReview' ? run.phase.settling?.dueAtMs : undefined;
    const isRead = this.#outbox.some(
      ({ effect }) => effect.type === 'readFeedback' && effect.dueAtMs >= (dueAtMs ?? 0),
    );
    this.#claim(dueAtMs === undefined || isRead, `nothing reads what settles: ${about}`);
  }

  #takesUp(): void {
    const rows = this.run.review?.ledger.filter(({ round }) => round === this.run.round) ?? [];
    for (const { id } of rows.flatMap(({ comments }) => comments)) {
      this.#claim(!this.#takenUp.has(id), `${id} is taken up twice`);
      this.#takenUp.add(id);
    }
  }

  /** What must be so once nothing happens any more. */
  atRest(): void {
    const { run } = this;
    if (isEnded(run.phase)) return;
    this.#claim(run.phase.name === 'inReview' && run.phase.settling === undefined, `rests while ${nameOf(run.phase)}`);
    this.#claim(run.isHinted === undefined && run.cause === undefined, 'rests with something left to do');
    const lost = this.outside.said().filter((id) => !this.#takenUp.has(id));
    this.#claim(lost.length === 0, `never read: ${lost.join()}`);
    const ledger = run.review?.ledger ?? [];
    const open = ledger.filter(({ state }) => state === 'open');
    const cause = { threads: open.map(({ thread }) => thread), redJobs: [], sinceSha: '', source: 'none' } as const;
    this.#claim(unanswered({ ...run, cause }).length === open.length, 'an answer was never posted');
  }

  #claim(holds: boolean, what: string): void {
    if (!holds) this.broken.push(what);
  }
}

/** What tells people is still done after an end. */
function tells({ effect: { type } }: Ordered): boolean {
  return type === 'react' || type === 'showStatus' || type === 'tellPeople';
}

/** The run without what every decision changes, and what only says that it is to be read again. */
function still(run: Run): string {
  return JSON.stringify({ ...run, revision: 0, updatedAtMs: 0, isHinted: undefined });
}

/** An effect of the same kind is on its way: an event of that kind is no late one. */
function isAwaited({ phase, status }: Run, event: WorkEvent): boolean {
  const types: Partial<Record<WorkEvent['type'], readonly EffectType[]>> = {
    ...{
      workspacePrepared: ['prepareWorkspace'],
      triaged: ['runAgent'],
      researched: ['runAgent'],
      inspected: ['runAgent'],
      replayed: ['replay'],
      planned: ['runAgent'],
      attemptFailed: ['runAgent'],
      agentsAway: ['runAgent'],
      worked: ['runAgent'],
    },
    ...{
      crossed: ['crossTests'],
      checked: ['runChecks'],
      committed: ['commitWork'],
      integrated: ['integrate'],
      pushed: ['pushBranch'],
    },
    ...{ branchMoved: ['pushBranch'], mergeRequestOpened: ['openMergeRequest'], threadsAnswered: ['answerThreads'] },
  };
  if (event.type === 'statusShown') return status.state !== 'shown' || status.id === undefined;
  if (event.type === 'effectFailed' || event.type === 'jobsRerun' || event.type === 'rested') return true;
  if (event.type === 'feedbackRead') return phase.name === 'inReview' && phase.settling !== undefined;
  return types[event.type]?.some((type) => awaited(phase).some((one) => one.type === type)) ?? false;
}

function nameOf(phase: Phase): string {
  if (phase.name === 'blocked') return `blocked ${phase.obstacle.kind}`;
  if (phase.name === 'working') return `working ${[...new Set(phase.lanes.map(({ step }) => step))].sort().join('+')}`;
  return `${phase.name}${'step' in phase ? ` ${phase.step}` : ''}`;
}

it('whatever happens, no run is stuck, no comment is lost or taken up twice, and no answer is left unsaid', () => {
  const reached = new Set<string>();
  const broken = new Map<string, number>();
  for (let seed = 0; seed < 250; seed += 1) {
    const walk = new Walk(dice(seed));
    for (let steps = 0; steps < 500; steps += 1) walk.step();
    walk.rest();
    walk.atRest();
    for (const each of walk.reached) reached.add(each);
    for (const each of walk.broken) broken.set(each, broken.get(each) ?? seed);
  }
  expect([...broken]).toEqual([]);
  expect([...reached].sort()).toEqual([
    'awaitingAgent',
    'awaitingAnswer',
    'awaitingApproval',
    'blocked agentFailed',
    'blocked agentsAway',
    'blocked changeRefused',
    'blocked checksRed',
    'blocked ciStaysRed',
    'blocked notProven',
    'blocked planMissing',
    'blocked pushRefused',
    'blocked rejected',
    'blocked roundsSpent',
    'blocked sameDemand',
    'blocked spent',
    'blocked verdictMissing',
    'delivering answering',
    'delivering opening',
    'delivering pushing',
    'inReview',
    'merged',
    'planning',
    'queued preparing',
    'queued waiting',
    'researching',
    'triaging',
    'verifying crossing',
    'verifying gates',
    'verifying inspecting',
    'verifying integrate',
    'working agent',
    'working agent+baseline',
    'working agent+checks',
    'working agent+commit',
    'working agent+parked',
    'working agent+replay',
    'working agent+stuck',
    'working baseline',
    'working baseline+parked',
    'working baseline+stuck',
    'working baseline+waiting',
    'working checks',
    'working checks+parked',
    'working checks+stuck',
    'working checks+waiting',
    'working commit',
    'working commit+parked',
    'working commit+stuck',
    'working commit+waiting',
    'working integrate',
    'working parked+replay',
    'working replay',
    'working replay+stuck',
    'working replay+waiting',
  ]);
}, 60_000);
