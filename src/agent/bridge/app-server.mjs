// Speaks with `codex app-server` for one turn: `app-server.mjs [--model <name>] [--thread <id>] -- codex app-server …`, with the prompt
// on standard input. Prints what it receives, a message a line, apart from what is said of other threads.
// Exit codes: 0 the turn is completed, 1 it is not, 78 the CLI has no app-server, else the CLI's own.
import { parseArgs } from 'node:util';
import { notStarted, onLines, parseLine, startChild, textOf, unsupported } from './child.mjs';

/** Fleet contains the agent, so whatever it asks for is granted; by method, in its own words. */
const grants = {
  'item/commandExecution/requestApproval': () => ({ decision: 'accept' }),
  'item/fileChange/requestApproval': () => ({ decision: 'accept' }),
  'item/permissions/requestApproval': ({ permissions }) => ({ permissions, scope: 'turn' }),
  execCommandApproval: () => ({ decision: 'approved' }),
  applyPatchApproval: () => ({ decision: 'approved' }),
  // Nobody is there to answer.
  'item/tool/requestUserInput': () => ({ answers: {} }),
  'mcpServer/elicitation/request': () => ({ action: 'decline', content: null, _meta: null }),
};

const methodNotFound = -32601;

const options = { model: { type: 'string' }, thread: { type: 'string' } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const prompt = await textOf(process.stdin);
const pending = new Map();
let lastId = 0;
let thread;
let isSpoken = false;
const { child, end } = startChild(positionals, {
  stdio: ['pipe', 'pipe', 'inherit'],
  exitCode: (code) => (isSpoken || code === notStarted ? code || 1 : unsupported),
});

child.stdin.on('error', () => undefined); // It ended; its exit is what counts.
onLines(child.stdout, receive);
await takeTurn();

async function takeTurn() {
  await request('initialize', { clientInfo: { name: 'fleet', title: 'Fleet', version: '1' } });
  isSpoken = true;
  send({ method: 'initialized' });
  const settings = {
    ...{ cwd: process.cwd(), approvalPolicy: 'never', sandbox: 'danger-full-access' },
    ...(values.model === undefined ? {} : { model: values.model }),
  };
  const started =
    values.thread === undefined
      ? await request('thread/start', settings)
      : await request('thread/resume', { ...settings, threadId: values.thread, excludeTurns: true });
  thread = started.thread.id;
  await request('turn/start', { threadId: thread, input: [{ type: 'text', text: prompt }] });
}

function request(method, params) {
  lastId += 1;
  send({ id: lastId, method, params });
  return new Promise((resolve) => pending.set(lastId, { method, resolve }));
}

function send(message) {
  child.stdin.write(`${JSON.stringify(message)}\n`);
}

function receive(line) {
  const message = parseLine(line) ?? {};
  if (isOfOther(message)) return;
  process.stdout.write(`${line}\n`);
  const { method, id, params } = message;
  if (method === undefined) answered(message);
  else if (id !== undefined) grant(method, id, params);
  else if (method === 'turn/completed') void end(params.turn.status === 'completed' ? 0 : 1);
}

/** What is told of another thread; what is asked on its behalf must be answered. */
function isOfOther({ id, params }) {
  return id === undefined && thread !== undefined && (params?.threadId ?? thread) !== thread;
}

function answered({ id, result, error }) {
  const asked = pending.get(id);
  pending.delete(id);
  if (asked === undefined) return;
  if (error === undefined) asked.resolve(result);
  // Nothing was done yet when it does not know how to begin.
  else void end(asked.method === 'initialize' || error.code === methodNotFound ? unsupported : 1);
}

function grant(method, id, params) {
  const granted = grants[method]?.(params);
  if (granted !== undefined) send({ id, result: granted });
  else send({ id, error: { code: methodNotFound, message: `${method} is not something that Fleet does` } });
}
