// Plays the agent's side of a recorded ACP session; waits for the client wherever it had something to say, and ends with 9 when
// the client says something else. argv: the recording.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const entries = readFileSync(process.argv[2], 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const heard = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

for (const { dir, msg } of entries) {
  if (dir === 'agent->client') process.stdout.write(`${JSON.stringify(msg)}\n`);
  else await hear(msg);
}

async function hear({ method, id }) {
  const { value, done } = await heard.next();
  const said = done ? {} : JSON.parse(value);
  if (said.method === method && said.id === id) return;
  process.stderr.write(`expected ${method ?? 'an answer'} ${id}, heard ${value}\n`);
  process.exit(9);
}
