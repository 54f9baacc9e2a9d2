// A stand-in for the models of four providers on loopback: answers as a script says, and keeps whatever it did not expect.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { chat } from './chat.mjs';
import { fail, refuse } from './faults.mjs';
import { gemini } from './gemini.mjs';
import { messages } from './messages.mjs';
import { responses } from './responses.mjs';

const apis = [messages, responses, gemini, chat];

/** Larger requests than any CLI makes for a small task. */
const maxBytes = 8 * 1024 * 1024;

/**
 * Starts the stand-in. `script(conversation)` gives the content blocks of the next message (`{ type: 'text', text }`,
 * `{ type: 'call', id, name, input }`) or a fault (see `failing`), or throws for a request that it does not expect;
 * `conversation` is { api, model, prompt, system, results, tools }: the user's text, the system text, the tool results so far
 * (id, text, isError), and the names of the tools that the CLI offers.
 * Resolves to { url, turns, refused, unexpected, close }: what was asked and answered, which faults were met (`{ api, kind, atMs }`),
 * and what should not have been asked.
 */
export async function startModel({ key, script }) {
  const seen = { turns: [], refused: [], unexpected: [] };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const asked = { method: request.method, pathname, headers: request.headers };
    const api = apis.find(({ isAsked }) => isAsked(asked));
    answer({ request, response, asked, api, key, script, seen }).catch((error) => {
      seen.unexpected.push(`${request.method} ${request.url}: ${error.message}`);
      // 400: the CLI gives up at once, and the attempt fails.
      refuse(response, (api ?? chat).refusal({ kind: 'unexpected', says: `stand-in: ${error.message}` }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, ...seen, close };
}

async function answer({ request, response, asked, api, key, script, seen }) {
  if (api === undefined) return answerAside(response, asked);
  if (api.keyOf(asked) !== key) throw new Error('not the key that the operator configured');
  const { isStreaming, ...read } = api.read({ body: JSON.parse(await textOf(request)), pathname: asked.pathname });
  const conversation = { api: api.name, ...read };
  // opencode asks for a title of the conversation as well.
  const isTitle = api === chat && read.tools.length === 0;
  const content = isTitle ? [{ type: 'text', text: 'A title' }] : script(conversation);
  if (!Array.isArray(content)) {
    seen.refused.push({ api: api.name, kind: content.kind, atMs: Date.now() });
    const events = api.events(read.model, [{ type: 'text', text: 'A word that is cut off.' }]);
    return void fail(response, { fault: content, api, events });
  }
  if (!isTitle) seen.turns.push({ ...conversation, content });
  if (!isStreaming && api.whole === undefined) throw new Error('expected a streaming request');
  response.writeHead(200, { 'content-type': isStreaming ? 'text/event-stream' : 'application/json' });
  response.end(isStreaming ? api.events(read.model, content).join('') : JSON.stringify(api.whole(read.model, content)));
}

/** What CLIs ask for beside the conversation. */
function answerAside(response, asked) {
  const aside = apis.map((api) => api.aside(asked)).find((found) => found !== undefined);
  if (aside === undefined) throw new Error('no such endpoint');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(aside));
}

async function textOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxBytes) throw new Error(`a request of more than ${maxBytes} bytes`);
  }
  return text;
}
