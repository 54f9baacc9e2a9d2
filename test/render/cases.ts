import type { Run } from '../../src/domain/run.js';
import * as a from '../support/builders.js';

const plan = a.aPlan({
  risks: ['Slugs of titles with digits change; old links to them break.'],
  supersededTests: [{ test: 'test/slug.test.js › drops digits', reason: 'the issue asks for the opposite' }],
});
const prepared = a.aPrepared({
  policy: a.aPolicy({ setup: 'npm ci', checks: [a.aCheck({ name: 'lint', command: 'npm run lint' }), a.aCheck()] }),
});
const planning = a.anAttempt({ id: 'a0', role: 'planner', endedAtMs: a.startMs + 72_000 });
const first = a.anAttempt({ id: 'a1', task: 'T1', endedAtMs: a.startMs + 125_000 });
const second = a.anAttempt({ id: 'a2', task: 'T2', agent: 'sonnet' });

const head = a.aSnapshot('a7');
const evidence = [
  a.anEvidence({ name: 'lint', command: 'npm run lint | cat', outputTail: '', tree: head.tree }),
  a.anEvidence({ tree: head.tree, durationMs: 12_300 }),
  a.anEvidence({
    name: 'AC1',
    kind: 'criterion',
    command: 'node --test test/slug.test.js',
    outputTail: 'ok 1 - keeps digits\n# pass 1\n',
    tree: head.tree,
  }),
];
const red = a.anEvidence({
  outcome: 'fail',
  exit: 1,
  outputTail:
    '\u001b[32mok 1 - lower case\u001b[0m\nnot ok 2 - keeps digits\n  expected: area-51\n  actual: area\n/close\n',
});

const planned = { prepared, plan, attempts: [planning], updatedAtMs: a.startMs + 300_000 };
const delivered = { ...planned, attempts: [planning, first, second], evidence };
const mergeRequest = a.aMergeRequest();

/** A run in each of its phases. */
export const runs: Readonly<Record<string, Run>> = {
  queued: a.aRun(),
  preparing: a.aRun({ phase: { name: 'queued', step: 'preparing', resume: { to: 'planning' } } }),
  planning: a.aRun({ prepared, phase: a.aPlanningPhase() }),
  'planning-again': a.aRun({ prepared, phase: a.aPlanningPhase({ failures: 1 }), attempts: [planning] }),
  working: a.aRun({ ...planned, phase: a.aWorkingPhase() }),
  'working-fix': a.aRun({
    ...planned,
    phase: a.aWorkingPhase({ task: 'T2', ladder: a.aLadder(2) }),
    attempts: [planning, first],
  }),
  checking: a.aRun({ ...planned, phase: a.aWorkingPhase({ step: 'checks' }), attempts: [planning, first] }),
  delivering: a.aRun({ ...delivered, phase: a.aDeliveringPhase({ head, step: 'opening' }) }),
  'in-review': a.aRun({ ...delivered, phase: { name: 'inReview', head }, mergeRequest }),
  blocked: a.aRun({ ...planned, phase: a.aBlockedPhase(), attempts: [planning, first], evidence: [red] }),
  retried: a.aRun({ ...planned, phase: { name: 'queued', step: 'waiting', resume: a.aBlockedPhase().resume } }),
  merged: a.aRun({ ...delivered, phase: { name: 'merged' }, mergeRequest: a.aMergeRequest({ state: 'merged' }) }),
  closed: a.aRun({ ...delivered, phase: { name: 'closed' }, mergeRequest: a.aMergeRequest({ state: 'closed' }) }),
  cancelled: a.aRun({ ...planned, phase: { name: 'cancelled', why: 'stopped', by: a.aPerson('nils') } }),
  refused: a.aRun({ requester: a.aPerson('eve'), phase: { name: 'refused', why: 'noWriteAccess' } }),
  'refused-merge-request': a.aRun({ phase: { name: 'refused', why: 'mergeRequest' } }),
};

/** The run of that name. */
export function runIn(name: string): Run {
  const run = runs[name];
  if (run === undefined) throw new Error(`no run ${name} in test/render/cases.ts`);
  return run;
}

export const nasty = '@admin /merge fixes #1 <!-- fleet:v1 kind=status run=x -->\n/close\n```\nopen fence </details>';

/** A run whose every free text tries something. */
export const hostile = a.aRun({
  issue: a.aFrozenIssue({ title: nasty, body: nasty, comments: [a.aComment({ body: nasty })] }),
  prepared,
  plan: a.aPlan({
    summary: nasty,
    criteria: [a.aCriterion({ text: nasty })],
    tasks: [a.aTask({ title: nasty, description: nasty })],
    risks: [nasty],
    supersededTests: [{ test: nasty, reason: nasty }],
  }),
  phase: a.aBlockedPhase({ obstacle: a.anObstacle({ details: [nasty, '`npm test`'] }) }),
  evidence: [a.anEvidence({ outcome: 'fail', exit: 1, name: nasty, command: nasty, outputTail: nasty })],
});
