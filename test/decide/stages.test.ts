import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import type { Phase } from '../../src/domain/phase.js';
import type { RunPolicy } from '../../src/domain/policy.js';
import type { Triage } from '../../src/domain/triage.js';
import type { Verdict } from '../../src/domain/verdict.js';
import {
  anAssignment,
  anAttempt,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const dueAtMs = atMs + 86_400_000;
const start = aPrepared().start;
const roles = { triager: ['haiku'], researcher: ['opus'], critic: ['opus', 'codex'] };
const policy = aPolicy({
  agents: { ...aPolicy().agents, ...roles },
  vendors: { opus: 'anthropic', haiku: 'anthropic', codex: 'openai' },
});
const prepared = aPrepared({ policy });
const preparing: Phase = { name: 'queued', step: 'preparing', resume: { to: 'planning' } };
const waiting: Phase = { name: 'queued', step: 'waiting', resume: { to: 'planning' } };
const triager = anAssignment({ role: 'triager', agent: 'haiku' });
const researcher = anAssignment({ role: 'researcher' });
const planner = anAssignment();
const triaging: Phase = { name: 'triaging', failures: 0, assignment: triager };
const researching: Phase = { name: 'researching', failures: 0, assignment: researcher };
const triage: Triage = { kind: 'bug', size: 'medium', intents: [], assumptions: [], questions: [] };
const small: Triage = { ...triage, size: 'small' };
const questions = [{ text: 'Which digits?', assumption: '0 to 9' }, { text: 'Since when?' }];
const by = (role: 'triager' | 'researcher' | 'planner' | 'critic', change = {}) => anAttempt({ role, ...change });
const crash = { kind: 'failed', failure: 'crash', reason: 'exit 1' } as const;
const runs = (assignment: unknown) => ({ type: 'runAgent', assignment });
const showStatus = { type: 'showStatus' };
const asked = { type: 'tellPeople', notice: { kind: 'question', questions, dueAtMs } };
const waits: Phase = { name: 'awaitingAnswer', questions, dueAtMs };

describe('triage and research', () => {
  table([
    {
      name: 'prepared → the triager looks first',
      run: aRun({ phase: preparing }),
      event: { type: 'workspacePrepared', prepared, atMs },
      phase: triaging,
      effects: [runs(triager)],
      because: 'the workspace is ready',
      change: { prepared },
    },
    {
      name: 'a small issue → planned at once',
      run: aRun({ phase: triaging, prepared }),
      event: { type: 'triaged', attempt: by('triager'), triage: small, atMs },
      phase: aPlanningPhase({ assignment: planner }),
      effects: [runs(planner), showStatus],
      because: 'triaged: small bug',
      change: { triage: small, attempts: [by('triager')], status: showing },
    },
    {
      name: 'a larger one → research',
      run: aRun({ phase: triaging, prepared }),
      event: { type: 'triaged', attempt: by('triager'), triage, atMs },
      phase: researching,
      effects: [runs(researcher), showStatus],
      because: 'triaged: medium bug',
      change: { triage, attempts: [by('triager')], status: showing },
    },
    {
      name: 'what only people know → asked once, and parked until they say it',
      run: aRun({ phase: triaging, prepared }),
      event: { type: 'triaged', attempt: by('triager'), triage: { ...triage, questions }, atMs },
      phase: waits,
      effects: [asked, { type: 'wake', dueAtMs }, showStatus],
      because: 'triaged: medium bug; 2 questions asked',
      change: { triage: { ...triage, questions }, attempts: [by('triager')], status: showing },
    },
    {
      name: 'a triager that hands in nothing → the same session with the problems',
      run: aRun({ phase: triaging, prepared }),
      event: {
        ...{ type: 'attemptFailed', problems: ['none'], atMs },
        attempt: by('triager', { agent: 'haiku', session: 's1' }),
      },
      phase: {
        ...{ name: 'triaging', failures: 1 },
        assignment: { ...triager, feedback: { kind: 'artifactProblems', problems: ['none'] }, session: 's1' },
      },
      effects: [runs({ ...triager, feedback: { kind: 'artifactProblems', problems: ['none'] }, session: 's1' })],
      because: 'the triager left no valid artifact; its problems go back',
      change: { attempts: [by('triager', { agent: 'haiku', session: 's1' })] },
    },
    {
      name: 'a triager that never does → the run goes on without',
      run: aRun({ phase: { ...triaging, failures: 1 }, prepared }),
      event: { type: 'attemptFailed', attempt: by('triager', { outcome: crash }), problems: ['crash'], atMs },
      phase: aPlanningPhase({ assignment: planner }),
      effects: [runs(planner), showStatus],
      because: 'the triager brought nothing; it goes on without',
      change: { attempts: [by('triager', { outcome: crash })], status: showing },
    },
    {
      name: 'researched → planned with it',
      run: aRun({ phase: researching, prepared, triage }),
      event: { type: 'researched', attempt: by('researcher'), research: 'slug.js', atMs },
      phase: aPlanningPhase({ assignment: planner }),
      effects: [runs(planner), showStatus],
      because: 'researched',
      change: { research: 'slug.js', attempts: [by('researcher')], status: showing },
    },
    {
      name: 'late: an artifact of a stage that is over',
      run: aRun({ phase: researching, prepared, triage }),
      event: { type: 'triaged', attempt: by('triager'), triage: small, atMs },
      phase: researching,
      effects: [],
      because: 'late: triaged while researching',
      change: { attempts: [by('triager')] },
    },
    {
      name: 'Fleet has ended the attempt itself → counted, and nothing else',
      run: aRun({ phase: researching, prepared, triage }),
      event: { type: 'attemptFailed', attempt: by('researcher', { outcome: { kind: 'stopped' } }), problems: [], atMs },
      phase: researching,
      effects: [],
      because: 'late: the attempt was stopped',
      change: { attempts: [by('researcher', { outcome: { kind: 'stopped' } })] },
    },
  ]);
});

describe('a question', () => {
  const run = aRun({ phase: waits, prepared, triage: { ...triage, questions } });
  table([
    {
      name: 'answered → it waits for a place, with the answer',
      run,
      event: { type: 'answered', by: run.issue.author, text: 'Arabic ones, too', atMs },
      phase: waiting,
      effects: [showStatus],
      because: 'answered by olga',
      change: { answers: [{ by: 'olga', text: 'Arabic ones, too' }], status: showing },
    },
    {
      name: 'the time is over → it goes on with what it assumes',
      run,
      event: { type: 'rested', atMs: dueAtMs },
      phase: waiting,
      effects: [showStatus],
      because: 'nobody has answered; it goes on with its assumptions',
      change: { status: showing },
    },
    {
      name: 'the time is not over yet',
      run,
      event: { type: 'rested', atMs: dueAtMs - 1 },
      phase: waits,
      effects: [],
      because: 'late: rested while awaitingAnswer',
    },
    {
      name: 'an answer that nobody waits for',
      run: aRun({ phase: researching, prepared, triage }),
      event: { type: 'answered', by: run.issue.author, text: 'Arabic ones, too', atMs },
      phase: researching,
      effects: [],
      because: 'late: answered while researching',
    },
    {
      name: 'with a place again → not asked a second time',
      run: { ...run, phase: preparing },
      event: { type: 'workspacePrepared', prepared, atMs },
      phase: researching,
      effects: [runs(researcher)],
      because: 'the workspace is ready',
    },
  ]);
});

describe('the critic', () => {
  const critic = anAssignment({ role: 'critic', agent: 'codex' });
  const drafted = aPlanningPhase({
    ...{ assignment: critic, draft: aPlan(), planner: { agent: 'opus', session: 's1' } },
  });
  const planned = by('planner', { session: 's1' });
  const run = aRun({ phase: aPlanningPhase(), prepared, triage });
  const criticised = { ...run, phase: drafted, attempts: [planned] };
  const said = by('critic', { agent: 'codex' });
  const verdict = (change: Partial<Verdict>): Verdict => ({ criteria: [], findings: [], ...change });
  const blocker = { severity: 'blocker', file: 'plan.json', line: 1, text: 'AC1 passes already' } as const;
  const problems = ['plan.json:1: AC1 passes already', 'AC2 would not be met: no task touches the README'];
  const corrected = anAssignment({ feedback: { kind: 'rejected', problems }, session: 's1' });
  const developer = anAssignment({ role: 'developer', task: 'T1' });
  table([
    {
      name: 'a plan → an agent of another vendor criticises it before anything is written',
      run,
      event: { type: 'planned', attempt: planned, plan: aPlan(), atMs },
      phase: drafted,
      effects: [runs(critic)],
      because: 'planned: 2 tasks, 2 criteria; codex criticises it',
      change: { attempts: [planned] },
    },
    {
      name: 'of a small issue nobody does',
      run: { ...run, triage: small },
      event: { type: 'planned', attempt: planned, plan: aPlan(), atMs },
      phase: aWorkingPhase({ assignment: developer }),
      effects: [runs(developer), showStatus],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [planned], plan: aPlan(), status: showing },
    },
    {
      name: 'blockers, and criteria that would not be met → the planner corrects it, in its own session',
      run: criticised,
      event: {
        ...{ type: 'inspected', attempt: said, atMs },
        verdict: verdict({
          findings: [blocker],
          criteria: [
            { id: 'AC2', met: false, evidence: 'no task touches the README' },
            { id: 'AC9', met: false, evidence: 'there is none' },
          ],
        }),
      },
      phase: aPlanningPhase({ assignment: corrected, draft: aPlan(), isCriticised: true }),
      effects: [runs(corrected)],
      because: '2 objections of the critic; the plan is corrected',
      change: { attempts: [planned, said] },
    },
    {
      name: 'the corrected plan counts, whatever it is',
      run: { ...run, phase: aPlanningPhase({ assignment: corrected, draft: aPlan(), isCriticised: true }) },
      event: { type: 'planned', attempt: planned, plan: aPlan(), atMs },
      phase: aWorkingPhase({ assignment: developer }),
      effects: [runs(developer), showStatus],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [planned], plan: aPlan(), status: showing },
    },
    {
      name: 'nothing but trifles → they go with the plan as risks',
      run: criticised,
      event: {
        ...{ type: 'inspected', attempt: said, atMs },
        verdict: verdict({ findings: [{ severity: 'minor', text: 'names are long' }] }),
      },
      phase: aWorkingPhase({ assignment: developer }),
      effects: [runs(developer), showStatus],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [planned, said], plan: aPlan({ risks: ['names are long'] }), status: showing },
    },
    {
      name: 'a critic that never says anything → the plan stands',
      run: { ...criticised, phase: { ...drafted, failures: 1 } },
      event: { type: 'attemptFailed', attempt: said, problems: ['none'], atMs },
      phase: aWorkingPhase({ assignment: developer }),
      effects: [runs(developer), showStatus],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [planned, said], plan: aPlan(), status: showing },
    },
  ]);
});

describe('what the issue is about', () => {
  const intents: RunPolicy['intents'] = { database: { roles: { planner: ['codex'] }, skills: ['sql'] } };
  const plannerOf = (names: readonly string[]): string | undefined => {
    const run = aRun({ phase: triaging, prepared: aPrepared({ policy: { ...policy, intents } }) });
    const { run: next } = decide(run, {
      ...{ type: 'triaged', attempt: by('triager'), triage: { ...small, intents: names }, atMs },
    });
    return next.phase.name === 'planning' ? next.phase.assignment.agent : undefined;
  };
  it.each([
    [['database'], 'codex'],
    [['colours', 'database'], 'codex'],
    [[], 'opus'],
    [['colours'], 'opus'],
    [['constructor', '__proto__'], 'opus'],
  ])('%j calls for %s', (names, agent) => {
    expect(plannerOf(names)).toBe(agent);
  });
});

describe('plan first', () => {
  const first = aRun({ phase: aPlanningPhase(), prepared, triage: small });
  const planned = by('planner');
  const approval: Phase = { name: 'awaitingApproval', task: 'T1', head: start, sinceMs: atMs };
  const asks = { type: 'tellPeople', notice: { kind: 'approval' } };
  const because = 'planned: 2 tasks, 2 criteria; waits for approval';
  table([
    {
      name: 'by configuration → the plan waits for a word',
      run: { ...first, prepared: aPrepared({ policy: { ...policy, planApproval: true } }) },
      event: { type: 'planned', attempt: planned, plan: aPlan(), atMs },
      phase: approval,
      effects: [asks, showStatus],
      because,
      change: { attempts: [planned], plan: aPlan(), status: showing },
    },
    {
      name: 'by label → the same',
      run: { ...first, isPlanFirst: true },
      event: { type: 'planned', attempt: planned, plan: aPlan(), atMs },
      phase: approval,
      effects: [asks, showStatus],
      because,
      change: { attempts: [planned], plan: aPlan(), status: showing },
    },
    {
      name: 'the label is put on before there is a plan',
      run: first,
      event: { type: 'planFirstAsked', by: first.requester, atMs },
      phase: first.phase,
      effects: [],
      because: 'mona wants to see the plan first',
      change: { isPlanFirst: true },
    },
    {
      name: 'the label is put on too late',
      run: { ...first, phase: aWorkingPhase(), plan: aPlan() },
      event: { type: 'planFirstAsked', by: first.requester, atMs },
      phase: aWorkingPhase(),
      effects: [],
      because: 'late: plan first while working',
    },
    {
      name: 'approved, and with a place again → work begins',
      run: {
        ...first,
        phase: { name: 'queued', step: 'preparing', resume: { to: 'working', task: 'T1', head: aSnapshot('b0') } },
        plan: aPlan(),
      },
      event: { type: 'workspacePrepared', prepared, atMs },
      phase: aWorkingPhase({ assignment: anAssignment({ role: 'developer', task: 'T1' }) }),
      effects: [runs(anAssignment({ role: 'developer', task: 'T1' }))],
      because: 'the workspace is ready again',
    },
  ]);
});
