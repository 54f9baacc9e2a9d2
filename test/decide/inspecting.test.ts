import { describe } from 'vitest';
import { proveTaskId } from '../../src/domain/plan.js';
import type { VerifyingPhase } from '../../src/domain/phase.js';
import type { Verdict } from '../../src/domain/verdict.js';
import type { Conflict } from '../../src/domain/work.js';
import {
  anAssignment,
  anAttempt,
  anEvidence,
  aPlan,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const head = aSnapshot('a5');
const policy = aPolicy({
  agents: { planner: ['opus'], developer: ['opus'], verifier: ['opus', 'sonnet', 'codex'] },
  vendors: { opus: 'anthropic', sonnet: 'anthropic', codex: 'openai' },
});
const prepared = aPrepared({ policy });
const wrote = anAttempt({ agent: 'opus' });
const looked = anAttempt({ id: 'a2', role: 'verifier', agent: 'codex' });
const verifier = anAssignment({ role: 'verifier', agent: 'codex', from: head });
const inspecting: VerifyingPhase = { name: 'verifying', step: 'inspecting', head, failures: 0, assignment: verifier };
const run = aRun({ phase: inspecting, prepared, plan: aPlan(), attempts: [wrote] });
const attempts = [wrote, looked];
const runs = (assignment: unknown) => ({ type: 'runAgent', assignment });
const showStatus = { type: 'showStatus' };
const saw = { id: 'AC2', met: true, evidence: 'README.md:12' };
const blocker = { severity: 'blocker', file: 'src/slug.js', line: 3, text: 'drops accents' } as const;
const said = (verdict: Partial<Verdict>) =>
  ({ type: 'inspected', attempt: looked, verdict: { criteria: [], findings: [], ...verdict }, atMs }) as const;
const inspection = (verdict: Partial<Verdict>) => ({
  inspection: { criteria: [], findings: [], ...verdict, agent: 'codex', tree: head.tree },
});
const mends = (problems: readonly string[]) =>
  anAssignment({ role: 'developer', task: proveTaskId, from: head, feedback: { kind: 'rejected', problems } });
const nothing = { dependsOn: [], files: [], creates: [], criteria: [], threads: [] };
const mending = aTask({ ...nothing, id: proveTaskId, title: 'Mend what the verifier found', description: '' });

describe('the base is brought in before anything is judged', () => {
  const integrating = { ...run, phase: { name: 'verifying', step: 'integrate', head } as const };
  const onto = aSnapshot('b7');
  const conflict: Conflict = {
    ...{ theirs: onto.commit, name: 'main', files: ['a', 'b'], details: [], marked: aSnapshot('e1') },
    ...{ oursLog: [], theirsLog: [] },
  };
  const resolves = {
    ...anAssignment({ role: 'developer', task: 'MERGE', from: conflict.marked }),
    feedback: { kind: 'conflict', conflict },
  } as const;
  const merge = aTask({ ...nothing, id: 'MERGE', title: 'Bring main into the branch', description: '' });
  table([
    {
      name: 'it has not moved → every gate that has no receipt',
      run: integrating,
      event: { type: 'integrated', head, applied: [], onto: prepared.start, atMs },
      phase: { name: 'verifying', step: 'gates', head },
      effects: [{ type: 'runChecks', snapshot: head, criteria: ['AC1', 'AC2'] }],
      because: 'it stands on the base',
    },
    {
      name: 'it has → judged on it, and what was red on the one before says nothing any more',
      run: { ...integrating, baseline: [anEvidence({ outcome: 'fail' })] },
      event: { type: 'integrated', head: aSnapshot('a6'), applied: [], onto, atMs },
      phase: { name: 'verifying', step: 'gates', head: aSnapshot('a6') },
      effects: [{ type: 'runChecks', snapshot: aSnapshot('a6'), criteria: ['AC1', 'AC2'] }],
      because: 'it stands on the base',
      change: { prepared: { ...prepared, baseSha: onto.commit, start: onto } },
      gone: ['baseline'],
    },
    {
      name: 'it conflicts → the agent resolves it, and then it is judged',
      run: integrating,
      event: { type: 'integrated', head, applied: [], conflict, atMs },
      phase: aWorkingPhase({ task: 'MERGE', head, assignment: resolves, merges: conflict.theirs }),
      effects: [runs(resolves), showStatus],
      because: 'main conflicts in 2 files',
      change: { plan: aPlan({ tasks: [...aPlan().tasks, merge] }), status: showing },
    },
  ]);
});

describe('the verifier', () => {
  const crossing = { ...run, phase: { name: 'verifying', step: 'crossing', head } as const };
  const unmet = 'AC2 (the README shows it) is not met: the verifier did not see that it is';
  const delivering = { name: 'delivering', step: 'pushing', head } as const;
  const again = { ...verifier, feedback: { kind: 'artifactProblems', problems: ['none'] } } as const;
  const obstacle = { kind: 'verdictMissing', details: ['none'] } as const;
  table([
    {
      name: 'the tests hold → an agent of another vendor than the developer looks at it',
      run: crossing,
      event: { type: 'crossed', head, problems: [], notes: [], atMs },
      phase: inspecting,
      effects: [runs(verifier)],
      because: 'the tests hold against the base; codex looks at it',
    },
    {
      name: 'it has looked at this very tree, and only the forge was in the way → delivered',
      run: { ...crossing, ...inspection({ criteria: [saw] }) },
      event: { type: 'crossed', head, problems: [], notes: [], atMs },
      phase: delivering,
      effects: [{ type: 'pushBranch', head }],
      because: 'the tests hold against the base',
    },
    {
      name: 'what it found in this very tree is looked at again',
      run: { ...crossing, ...inspection({ criteria: [saw], findings: [blocker] }) },
      event: { type: 'crossed', head, problems: [], notes: [], atMs },
      phase: inspecting,
      effects: [runs(verifier)],
      because: 'the tests hold against the base; codex looks at it',
    },
    {
      name: 'nothing in the way → delivered, with what it saw',
      run,
      event: said({ criteria: [saw] }),
      phase: delivering,
      effects: [{ type: 'pushBranch', head }],
      because: 'codex found nothing that is in the way',
      change: { ...inspection({ criteria: [saw] }), attempts },
    },
    {
      name: 'what a receipt has proven is proven, whatever it says of that; a trifle is in nobody’s way',
      run,
      event: said({
        criteria: [saw, { id: 'AC1', met: false, evidence: 'not sure' }],
        findings: [{ severity: 'minor', text: 'long' }],
      }),
      phase: delivering,
      effects: [{ type: 'pushBranch', head }],
      because: 'codex found nothing that is in the way',
      change: {
        ...inspection({
          criteria: [saw, { id: 'AC1', met: false, evidence: 'not sure' }],
          findings: [{ severity: 'minor', text: 'long' }],
        }),
        attempts,
      },
    },
    {
      name: 'a blocker, and a criterion that it did not see met → a task of its own',
      run,
      event: said({ findings: [blocker] }),
      phase: aWorkingPhase({ task: proveTaskId, head, assignment: mends(['src/slug.js:3: drops accents', unmet]) }),
      effects: [runs(mends(['src/slug.js:3: drops accents', unmet])), showStatus],
      because: 'codex found 2 things to be mended',
      change: {
        ...inspection({ findings: [blocker] }),
        ...{ attempts, proofs: 1, status: showing },
        plan: aPlan({ tasks: [...aPlan().tasks, mending] }),
      },
    },
    {
      name: 'again and again → a person is asked, who reads what it found',
      run: { ...run, proofs: 2, replans: 2 },
      event: said({ criteria: [saw], findings: [blocker] }),
      phase: {
        name: 'blocked',
        obstacle: { kind: 'rejected', details: ['src/slug.js:3: drops accents'] },
        resume: { to: 'verifying', head },
      },
      effects: [
        {
          type: 'tellPeople',
          notice: { kind: 'blocked', obstacle: { kind: 'rejected', details: ['src/slug.js:3: drops accents'] } },
        },
        showStatus,
      ],
      because: 'codex found 1 thing to be mended; it was sent back 2 times; a person is asked',
      change: { ...inspection({ criteria: [saw], findings: [blocker] }), attempts, status: showing },
    },
    {
      name: 'no verdict → asked again',
      run,
      event: { type: 'attemptFailed', attempt: looked, problems: ['none'], atMs },
      phase: { ...inspecting, failures: 1, assignment: again },
      effects: [runs(again)],
      because: 'the verifier left no valid artifact; its problems go back',
      change: { attempts },
    },
    {
      name: 'never one → blocked: nothing is delivered that nobody looked at',
      run: { ...run, phase: { ...inspecting, failures: 1 } },
      event: { type: 'attemptFailed', attempt: looked, problems: ['none'], atMs },
      phase: { name: 'blocked', obstacle, resume: { to: 'verifying', head } },
      effects: [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus],
      because: 'blocked: verdictMissing',
      change: { attempts, status: showing },
    },
    {
      name: 'late: a verdict on what is delivered already',
      run: { ...run, phase: delivering },
      event: said({ findings: [blocker] }),
      phase: delivering,
      effects: [],
      because: 'late: inspected while delivering',
      change: { attempts },
    },
  ]);
});
