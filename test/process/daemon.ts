// Stands for Fleet's daemon in a test that kills it: starts one program that leaves children everywhere, and waits.
import type { Containment } from '../../src/process/containment.js';
import { runContained } from '../../src/process/run-contained.js';
import { anOrder } from './support.js';

const [containment = '', sleep = ''] = process.argv.slice(2);
const line = `(setsid ${sleep} &) ; (setsid sh -c '${sleep} & wait' &) ; trap '' TERM; echo ready; ${sleep}`;
await runContained(JSON.parse(containment) as Containment, {
  ...anOrder(line),
  onStdout: (chunk) => process.stdout.write(chunk),
});
