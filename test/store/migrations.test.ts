import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import { migrate } from '../../src/store/migrate.js';
import { storeOn } from '../../src/store/store.js';
import { anAssignment, anEvidence, aPlan, aPolicy, aPrepared, aRun, aSnapshot, startMs } from '../support/builders.js';
import { embeddedDatabase } from '../support/databases.js';

it('a run that worked on one task before there were lanes goes on with it', async () => {
  const database = await embeddedDatabase();
  const store = storeOn(database);
  const { id } = aRun();
  const [head, snapshot] = [aSnapshot('b0'), aSnapshot('a2')];
  const prepared = aPrepared();
  const run = aRun({ prepared, plan: aPlan(), baseline: [anEvidence()] });
  await store.runs.commit({ fromRevision: 0, run, effects: [], journal: [], read: [], cancelsWork: false });
  // As the version before wrote it.
  const ladder = { rung: 'fix', onRung: 1, frontiers: [{ tree: head.tree, failing: ['test'] }] };
  const assignment = anAssignment({ role: 'developer', task: 'T1', from: snapshot });
  const lane = { task: 'T1', step: 'checks', failures: 0, ladder, assignment, head };
  const { parallelTasks, planApproval, questionDeadlineMs, vendors, intents, ...before } = aPolicy();
  const stored = { ...run, phase: { name: 'working', ...lane }, prepared: { ...prepared, policy: before } };
  await sql`update fleet.runs set run = ${JSON.stringify(stored)}::jsonb`.execute(database.kysely);
  await sql`delete from fleet.migrations where name = 'fleet-004-lanes'`.execute(database.kysely);

  await migrate(database);

  const loaded = await store.runs.load(id);
  const defaults = { parallelTasks, planApproval, questionDeadlineMs, vendors: {}, intents };
  expect([loaded?.run.phase, loaded?.run.prepared?.policy]).toEqual([
    { name: 'working', head, lanes: [lane] },
    { ...before, ...defaults },
  ]);
  // What its checks saw, told by the version before, names no task.
  const evidence = [
    anEvidence({ tree: snapshot.tree }),
    anEvidence({ name: 'AC1', kind: 'criterion', tree: snapshot.tree }),
  ];
  const { effects } = decide(loaded!.run, { type: 'checked', snapshot, evidence, atMs: startMs });
  expect(effects).toEqual([{ type: 'commitWork', task: 'T1', snapshot, parent: head }]);
  expect(vendors).not.toEqual({});
});
