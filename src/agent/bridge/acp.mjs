// Speaks the Agent Client Protocol, version 1, with an agent CLI: one session, one prompt, which comes on standard input.
// Prints every message of the agent as one line, unchanged; lines with the key `fleet` are the bridge's own: what
// src/agent/dialect/acp.ts could not know from one line alone. Plain JavaScript: it runs from src and dist.
//   acp.mjs [--model NAME] [--session ID] -- argv…
// Ends with 0 when the turn came to its end, 78 when the program does not understand `initialize`, 127 when it could not be
// started, else with 1.
import { client, methods, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ReadableStream, WritableStream } from 'node:stream/web';
import { parseArgs } from 'node:util';
import { notStarted, unsupported, whyNotStarted } from './child.mjs';

const authRequired = -32000;
const sessionNotFound = -32002;
/** Between the end of the turn, SIGTERM and SIGKILL. */
const graceMs = 1000;

const { values, positionals } = parseArgs({
  options: {
    model: { type: 'string' },
    session: { type: 'string' },
    // Some wait for ever for a person to log in.
    patienceMs: { type: 'string', default: '120000' },
  },
  allowPositionals: true,
});
const [program, ...args] = positionals;

let isInitialized = false;
let isLeaving = false;
let isClosed = false;
/** While an old session is loaded, the agent tells it all again: that is what earlier attempts did. */
let isLoading = false;
/** How the agent lets itself be authenticated without a person; undefined once it was tried. */
let authMethod;
/** What codex-acp says on the way, because the end of its turn does not tell that it failed. */
let codex = {};

const parent = process.ppid;
const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const exited = once(child, 'exit').catch(() => undefined);
child.on('error', (error) => void leave(notStarted, whyNotStarted(program, error)));
child.stdin.on('error', () => undefined); // It ended, which is told by its output.
process.on('SIGTERM', () => void leave(143));
process.stdout.on('error', () => void leave(1));
setInterval(() => process.ppid === parent || void leave(1), 1000).unref();
const patience = setTimeout(() => {
  void leave(isInitialized ? 1 : unsupported, `${program} has opened no session in ${values.patienceMs} ms`);
}, Number(values.patienceMs));

const { agent } = client({ name: 'fleet' })
  .onRequest(methods.client.session.requestPermission, ({ params }) => ({ outcome: permit(params.options) }))
  .onNotification(methods.client.session.update, () => undefined)
  .onNotification('*', () => undefined)
  .connect({
    readable: ReadableStream.from(messages()),
    writable: new WritableStream({ write: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`) }),
  });

try {
  await leave(await speak(await text(process.stdin)));
} catch (error) {
  await leave(isInitialized ? 1 : unsupported, whyOf(error));
}

async function speak(prompt) {
  const { protocolVersion, agentCapabilities = {}, authMethods = [] } = await initialize();
  if (protocolVersion !== PROTOCOL_VERSION)
    throw new Error(`${program} speaks version ${protocolVersion} of the protocol`);
  isInitialized = true;
  authMethod = authMethods.find(needsNobody);
  const session = await openSession(agentCapabilities);
  clearTimeout(patience);
  if (values.model !== undefined) await chooseModel(session);
  const { sessionId } = session;
  const turn = await agent.request(methods.agent.session.prompt, {
    sessionId,
    prompt: [{ type: 'text', text: prompt }],
  });
  if (turn.stopReason !== 'end_turn') return 1;
  if (codex.threadStatus?.type !== 'systemError') return 0;
  print({ fleet: 'turnFailed', error: codex.error });
  return 1;
}

function initialize() {
  return agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: 'fleet', version: '1' },
  });
}

/** Undefined for what the agent refused: that stands in its stream. */
function whyOf(error) {
  if (typeof error.code === 'number') return undefined;
  return isClosed ? `${program} ended before its turn did` : error.message;
}

async function openSession(capabilities) {
  try {
    return await startSession(capabilities);
  } catch (error) {
    if (error.code !== authRequired || authMethod === undefined) throw error;
    const { id: methodId } = authMethod;
    authMethod = undefined;
    await agent.request(methods.agent.authenticate, { methodId });
    return startSession(capabilities);
  }
}

async function startSession({ loadSession }) {
  const place = { cwd: process.cwd(), mcpServers: [] };
  const { session: sessionId } = values;
  if (sessionId === undefined || !loadSession) return agent.request(methods.agent.session.new, place);
  isLoading = true;
  try {
    const loaded = await agent.request(methods.agent.session.load, { sessionId, ...place });
    print({ fleet: 'resumed', session: sessionId });
    return { ...loaded, sessionId };
  } catch (error) {
    if (isClosed) await exited;
    if (isUnknownSession(error)) print({ fleet: 'sessionLost' });
    throw error;
  }
}

/** There is no code that all agents use; kiro-cli is said to end by itself, with 0. */
function isUnknownSession({ code, message, data }) {
  if (code === sessionNotFound || child.exitCode === 0) return true;
  const said = `${message} ${JSON.stringify(data)}`;
  return /session/i.test(said) && /not found|no previous|unknown|does not exist|no such/i.test(said);
}

async function chooseModel({ sessionId, configOptions = [], models }) {
  const { model: value } = values;
  const option = configOptions?.find(({ category, id }) => category === 'model' || id === 'model');
  if (option !== undefined) {
    return agent.request(methods.agent.session.setConfigOption, { sessionId, configId: option.id, value });
  }
  if (models) return agent.request('session/set_model', { sessionId, modelId: value });
  throw new Error(`${program} lets no model be chosen: leave out \`model\`, or name it in \`command\``);
}

/** Reads a key of its environment, instead of a browser or a terminal. */
function needsNobody({ type, vars = [], _meta }) {
  if (type === 'env_var') return vars.every(({ name, optional }) => optional || process.env[name]);
  return type !== 'terminal' && _meta?.['api-key'] !== undefined;
}

/** Once rather than always, which some agents write into a person's settings. */
function permit(options) {
  const option =
    options.find(({ kind }) => kind === 'allow_once') ?? options.find(({ kind }) => kind === 'allow_always');
  return option === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option.optionId };
}

async function* messages() {
  let line = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const [end, ...lines] = chunk.split('\n');
    line += end;
    for (const next of lines) {
      const message = read(line);
      if (message !== undefined) yield message;
      line = next;
    }
  }
  isClosed = true;
}

function read(line) {
  const message = parse(line);
  if (message?.jsonrpc !== '2.0') {
    if (line.trim() !== '') process.stderr.write(`${line}\n`);
    return undefined;
  }
  if (!isReplayed(message) && !isMended(message)) process.stdout.write(`${line}\n`);
  if (message.method === undefined) isLoading = false;
  codex = { ...codex, ...message.params?.update?._meta?.codex };
  return message;
}

function isReplayed({ method }) {
  return isLoading && method === methods.client.session.update;
}

/** A demand that is about to be met. */
function isMended({ error }) {
  return error?.code === authRequired && authMethod !== undefined;
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Something else that the program prints.
  }
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function leave(code, why) {
  if (isLeaving) return;
  isLeaving = true;
  if (why !== undefined) process.stderr.write(`${why}\n`);
  child.stdin.end();
  const timers = ['SIGTERM', 'SIGKILL'].map((signal, index) => setTimeout(() => child.kill(signal), graceMs * index));
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await exited;
  timers.forEach(clearTimeout);
  process.stdout.write('', () => process.exit(code));
}
