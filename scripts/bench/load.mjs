// Posts deliveries from a thread of its own, so that what else the benchmark does is not counted as the server's time.
// Each goes to both servers in turn, one after the other on one kept connection per server, at a steady pace until a message says stop.
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { targets, deliveries, secret, everyMs, least } = workerData;
const state = { stopped: false };
parentPort.once('message', () => (state.stopped = true));

const agents = targets.map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
const times = targets.map(() => []);
const signed = deliveries.map(({ event, body }) => ({
  event,
  body,
  hash: createHmac('sha256', secret).update(body).digest('hex'),
}));
const startedMs = performance.now();
for (let count = 0; count < least || !state.stopped; count += 1) {
  await delay(Math.max(0, startedMs + count * everyMs - performance.now()));
  const delivery = signed[count % signed.length];
  for (const index of targets.keys()) times[index].push(await post(index, delivery));
}
for (const agent of agents) agent.destroy();
parentPort.postMessage(times);

/** Resolves to the milliseconds from the first byte sent to the end of the answer. */
function post(index, { event, body, hash }) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${hash}`,
    };
    const sentMs = performance.now();
    const sent = request(targets[index], { method: 'POST', headers, agent: agents[index] }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 202) resolve(performance.now() - sentMs);
        else reject(new Error(`${targets[index]} answered ${response.statusCode} to ${event}`));
      });
    });
    sent.once('error', reject).end(body);
  });
}
