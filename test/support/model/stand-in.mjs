// A stand-in for the Anthropic Messages API on loopback: answers as a script says, and keeps whatever it did not expect.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { messageEvents } from './sse.mjs';

/** Larger requests than any CLI makes for a small task. */
const maxBytes = 8 * 1024 * 1024;

/**
 * Starts the stand-in. `script(conversation)` gives the content blocks of the next message, or throws for a request that it
 * does not expect; `conversation` is { prompt, system, results, tools }: the first user text, the system text, the tool results so far
 * (id, text, isError), and the names of the tools that the CLI offers.
 * Resolves to { url, turns, unexpected, close }: what was asked and answered, and what should not have been asked.
 */
export async function startModel({ key, script }) {
  const turns = [];
  const unexpected = [];
  const server = createServer((request, response) => {
    answer({ request, response, key, script, turns }).catch((error) => {
      unexpected.push(`${request.method} ${request.url}: ${error.message}`);
      // 400: the CLI gives up at once, and the attempt fails.
      send(response, 400, {
        type: 'error',
        error: { type: 'invalid_request_error', message: `stand-in: ${error.message}` },
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, turns, unexpected, close };
}

async function answer({ request, response, key, script, turns }) {
  const { pathname } = new URL(request.url, 'http://localhost');
  // It looks whether the address answers at all.
  if (request.method === 'HEAD' && pathname === '/') return void response.writeHead(200).end();
  if (request.method !== 'POST' || pathname !== '/v1/messages') throw new Error('no such endpoint');
  if (request.headers['x-api-key'] !== key) throw new Error('not the key that the operator configured');
  const body = JSON.parse(await textOf(request));
  if (body.stream !== true) throw new Error('expected a streaming request');
  const conversation = readConversation(body);
  const content = script(conversation);
  turns.push({ ...conversation, content });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${turns.length}` });
  response.end(messageEvents(body.model, content));
}

async function textOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxBytes) throw new Error(`a request of more than ${maxBytes} bytes`);
  }
  return text;
}

function readConversation({ system, messages, tools }) {
  const blocks = messages.filter(({ role }) => role === 'user').flatMap(({ content }) => blocksOf(content));
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map((block) => ({
      id: block.tool_use_id,
      isError: block.is_error === true,
      text: textIn(blocksOf(block.content)),
    }));
  return {
    prompt: textIn(blocks),
    system: textIn(blocksOf(system)),
    results,
    tools: (tools ?? []).map(({ name }) => name),
  };
}

function blocksOf(content) {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

function textIn(blocks) {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

function send(response, status, body) {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
