// A small agent of Fleet's own on an OpenAI-compatible endpoint, for free and local models. Its prompt comes on standard input,
// its work is done in the current folder and in $FLEET_ARTIFACTS, and it tells what it does in Fleet's event lines. It runs in
// the agent's containment, never in the daemon. Plain JavaScript: it runs from src and dist.
//   agent.mjs --model NAME [--retryMs 2000] [--requestMs 180000]
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { findEndpoint } from './endpoint.mjs';
import { Failed } from './failed.mjs';
import { createRepeats } from './repeats.mjs';
import { ask } from './request.mjs';
import { callTool, toolDefinitions } from './tools.mjs';

const mostSteps = 200;
/** Of one text in an event line; the whole of it stands in the file or in the conversation. */
const shownCharacters = 4000;

const system = `You are a coding agent. You work alone in a git worktree, the current folder, with the tools that you are given.
Do what the prompt asks, check it with commands where that is possible, and then answer with a short summary and no tool call.
Never commit: that is done for you. Files that the prompt wants in the artifacts folder go to ${process.env.FLEET_ARTIFACTS ?? 'it'}.`;

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    retryMs: { type: 'string', default: '2000' },
    requestMs: { type: 'string', default: '180000' },
  },
});

try {
  await work(await text(process.stdin));
  tell({ type: 'finished' });
} catch (error) {
  process.exitCode = 1;
  fail(error);
}

async function work(prompt) {
  const model = values.model ?? process.env.FLEET_MODEL;
  if (!model) throw new Failed('other', 'no model is named: set `model` of the agent');
  const endpoint = { ...findEndpoint(process.env), retryMs: +values.retryMs, requestMs: +values.requestMs };
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: prompt },
  ];
  const repeats = createRepeats();
  tell({ type: 'started', session: randomUUID() });
  for (let step = 1; step <= mostSteps; step += 1) {
    const answer = await ask(endpoint, { model, messages, tools: toolDefinitions }, tell);
    tell({ type: 'usage', ...answer.usage });
    if (answer.text !== '') tell({ type: 'said', text: answer.text });
    if (answer.calls.length === 0) return void mustBeAnEnd(answer, step);
    messages.push(answer.message);
    for (const call of answer.calls) messages.push(await answerCall(call, repeats));
  }
  throw new Failed('loop', `was not done after ${mostSteps} steps`);
}

/** An empty answer after work is how some models say that they are done. */
function mustBeAnEnd({ text, finish }, step) {
  if (finish === 'length') throw new Failed('other', "the answer was cut at the model's own limit of output");
  if (finish === 'content_filter') throw new Failed('refused', 'the answer was held back by a content filter');
  if (text === '' && step === 1) throw new Failed('other', 'the model answered with nothing');
}

async function answerCall(call, repeats) {
  const { id, name, input } = call;
  tell({ type: 'used', tool: name, input: shown(input), id });
  const result = await callTool(call);
  tell({ type: 'returned', id });
  const hint = repeats.saw({ name, input, result });
  return { role: 'tool', tool_call_id: id, content: hint === undefined ? result.text : `${result.text}\n\n${hint}` };
}

function shown(input) {
  if (typeof input === 'string') return cut(input);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, typeof value === 'string' ? cut(value) : value]),
  );
}

function cut(value) {
  return value.length <= shownCharacters ? value : `${value.slice(0, shownCharacters)}… (${value.length} characters)`;
}

/** A bug of this program is told like a failure: its stack is on standard error. */
function fail(error) {
  const { kind = 'crash', limit, message } = error;
  if (limit !== undefined) tell({ type: 'limited', ...limit });
  tell({ type: 'failed', kind, reason: message });
  if (!(error instanceof Failed)) process.stderr.write(`${error.stack}\n`);
}

function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
