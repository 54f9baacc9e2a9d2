import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { aSleep, containmentsHere, goneAfter, running } from './support.js';

const daemon = fileURLToPath(new URL('daemon.ts', import.meta.url));
const containments = await containmentsHere();

it.each(containments)('kill -9 of the daemon ends all that runs in a %s within 2 s', async (_, containment) => {
  const sleep = aSleep();
  const args = ['--import', 'tsx', daemon, JSON.stringify(containment), sleep];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  // One of the program's own, and one of each child that has left its session.
  await running(sleep, 3);
  child.kill('SIGKILL');
  expect(await goneAfter(sleep, 2000)).toBeDefined();
});
