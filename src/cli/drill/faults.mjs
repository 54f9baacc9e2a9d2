// What befalls agents and their accounts while they work.
import { setTimeout as delay } from 'node:timers/promises';
import { slug } from './plans.mjs';
import { digits, honest } from './texts.mjs';

/** Calls one tool with the same words for ever. */
export async function callsInCircle(tell) {
  for (;;) {
    tell({ type: 'used', tool: 'shell', input: { command: 'npm test' } });
    await delay(20);
  }
}

/** Prints more than anybody can read, for ever. */
export async function floods() {
  for (;;) {
    process.stdout.write('Still nothing new.\n'.repeat(5_000));
    await delay(10);
  }
}

/** Its account has hit a limit that is over in a moment: the source is changed, and its test is not there yet. */
export function hitsLimit(write, tell) {
  write({ [slug]: honest[slug] });
  tell({ type: 'limited', kind: 'plan', resetsAt: new Date(Date.now() + 2_000).toISOString() });
  process.exitCode = 1;
  process.stdout.write('', () => process.exit());
  return delay(60_000);
}

/** What is left is half a file, and one that nobody asked for. */
export function diesMidEdit(write) {
  write({ [slug]: digits.slice(0, 120), 'src/half.js': '/** Half done. */\nexport const half = 1;\n' });
  process.kill(process.pid, 'SIGKILL');
  return delay(60_000);
}
