// The scripted agent behind a provider: what `<AGENT>.json` in GATES says happens to the developer, once half of its work is in `half.txt`.
//   { "kind": "plan", "resetsAtMs": 0 }  its account has hit a limit (until then, if it is told)
//   { "kind": "silence" }                it says nothing any more
// Whoever finds `half.txt` there does the other half, as the scripted agent does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { AGENT: agent, FLEET_ROLE: role, GATES: gates } = process.env;
const file = join(gates, `${agent}.json`);
const fate = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
const isOver = fate?.resetsAtMs !== undefined && fate.resetsAtMs <= Date.now();

if (fate === undefined || isOver || (role !== 'developer' && fate.always !== true)) {
  await import('./scripted.mjs');
} else {
  if (role === 'developer' && !existsSync('half.txt')) writeFileSync('half.txt', `by ${agent}\n`);
  if (fate.kind === 'silence') setInterval(() => undefined, 1_000);
  else {
    const resetsAt = fate.resetsAtMs === undefined ? {} : { resetsAt: new Date(fate.resetsAtMs).toISOString() };
    process.stdout.write(`${JSON.stringify({ type: 'limited', kind: fate.kind, ...resetsAt })}\n`);
    process.exitCode = 1;
  }
}
