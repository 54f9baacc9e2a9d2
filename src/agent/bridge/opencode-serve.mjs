// Speaks with `opencode serve` for one turn: `opencode-serve.mjs [--model <provider/model>] [--session <id>] -- opencode serve …`, with the
// prompt on standard input. Prints the events of its session and of those below it, one a line, with the time when they came.
// Exit codes: 0 the session came to rest, 1 it failed, 78 the CLI has no server, else the CLI's own.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { notStarted, onLines, parseLine, startChild, textOf, unsupported } from './child.mjs';

/** Its start takes seconds; a CLI that has no server prints its help and ends. */
const startMs = 60_000;

/** Between the end of a connection and the end of who was at its other end. */
const lastWordMs = 500;

const options = { model: { type: 'string' }, session: { type: 'string' } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const prompt = await textOf(process.stdin);
const password = randomBytes(24).toString('hex');
const headers = {
  authorization: `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`,
  'content-type': 'application/json',
};
/** The session, and those that it has started. */
const sessions = new Set();
let session;
let isBusy = false;
let hasFailed = false;
const { child, end } = startChild(positionals, {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, OPENCODE_SERVER_PASSWORD: password },
  exitCode: (code) => (session !== undefined || code === notStarted ? code || 1 : unsupported),
});

try {
  const url = await listening();
  await takeTurn(url);
} catch (error) {
  process.stderr.write(
    `opencode serve: ${error.message}${error.cause === undefined ? '' : `: ${error.cause.message}`}\n`,
  );
  // Where the server has died, its own exit code says more.
  setTimeout(() => void end(1), lastWordMs);
}

function listening() {
  return new Promise((resolve) => {
    const timer = setTimeout(() => void end(unsupported), startMs);
    onLines(child.stdout, (line) => {
      const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function takeTurn(url) {
  const events = await fetch(`${url}/event`, { headers });
  const call = async (path, body, method = 'POST') => {
    const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (response.ok) return parseLine(text);
    process.stdout.write(`${JSON.stringify(parseLine(text) ?? { name: `HTTP ${response.status}` })}\n`);
    return end(1);
  };
  const { id } = await (values.session === undefined
    ? // Without a title it asks the model for one.
      call('/session', { title: 'Fleet' })
    : call(`/session/${values.session}`, undefined, 'GET'));
  session = id;
  sessions.add(id);
  const [providerID, ...model] = values.model?.split('/') ?? [];
  await call(`/session/${id}/prompt_async`, {
    ...(providerID === undefined ? {} : { model: { providerID, modelID: model.join('/') } }),
    parts: [{ type: 'text', text: prompt }],
  });
  for await (const event of eventsOf(events.body)) await receive(event, call);
  await call(`/session/${id}/abort`, {});
  throw new Error('its event stream ended before the turn');
}

/** Server-sent events, each of which is one line of data here. */
async function* eventsOf(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const event = line.startsWith('data:') ? parseLine(line.slice('data:'.length)) : undefined;
      if (event !== undefined) yield event;
    }
  }
}

async function receive(event, call) {
  const { type, properties = {} } = event;
  const of = sessionOf(properties);
  if (!sessions.has(of)) return;
  process.stdout.write(`${JSON.stringify({ ...event, receivedAtMs: Date.now() })}\n`);
  // Fleet contains the agent, so whatever it asks for is granted; nobody is there to answer a question.
  if (type === 'permission.asked') await call(`/permission/${properties.id}/reply`, { reply: 'once' });
  if (type === 'question.asked') await call(`/question/${properties.id}/reject`, {});
  if (of !== session) return;
  if (type === 'session.error') hasFailed = true;
  if (type === 'session.status') await follow(properties.status);
}

/** Whose event it is; a session that one of ours has started is ours, too. */
function sessionOf({ info, part, sessionID = info?.sessionID ?? part?.sessionID ?? info?.id }) {
  if (sessions.has(info?.parentID)) sessions.add(info.id);
  return sessionID;
}

async function follow(status) {
  // It goes on after a failure that it can mend, as one of too much context.
  if (status.type === 'busy') [isBusy, hasFailed] = [true, false];
  if (status.type === 'idle' && isBusy) await end(hasFailed ? 1 : 0);
}
