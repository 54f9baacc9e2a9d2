import { World } from './world.js';
import { enginesIn } from './engine.js';
import { connectControl } from '../../src/control/socket.js';
import { writeFileSync } from 'node:fs';
const n = Number(process.argv[2] ?? 1); const which = Number(process.argv[3] ?? 0);
const world = await World.make(enginesIn(process.env)[which]!, n);
try {
  await world.start();
  await world.work(world.repositories);
  await world.work(world.repositories);
  writeFileSync('/tmp/spawns.log', '');
  const t0 = performance.timeOrigin + performance.now();
  const done = await world.work(world.repositories);
  for (const d of done) console.log('started', (d.agentStartedAtMs - d.labelledAtMs).toFixed(0), 'pushed', (d.pushedAtMs - d.labelledAtMs).toFixed(0), 'attempts', d.run.attempts.map(a => a.endedAtMs - a.startedAtMs).join(','), 'checks', d.run.evidence.map(e=>e.durationMs).join(','));
  const control = (await connectControl(world.dataFolder))!;
  const { entries } = await control({ op: 'log', run: done[0]!.run.id, after: 0, waitMs: 0 });
  for (const e of entries) console.log((e.atMs - done[0]!.labelledAtMs).toFixed(0).padStart(6), e.kind, e.text, e.fields.effects ?? '');
  console.log('t0', t0);
  (await import('node:fs')).copyFileSync('/tmp/spawns.log', '/tmp/spawns-'+n+'.log');
  writeFileSync('/tmp/t0', String(t0));
} finally { await world.close(); }
