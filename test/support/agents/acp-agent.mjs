// A strict agent on the Agent Client Protocol, on the agent's side of the SDK, which checks every message against its schema.
// argv: what it does. What a client must not do ends it with an error on standard error.
import { agent, ndJsonStream, RequestError } from '@agentclientprotocol/sdk';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';

const [scenario, note] = process.argv.slice(2);
const is = (...names) => names.includes(scenario);
if (note !== undefined) writeFileSync(note, String(process.pid));
if (is('silent')) setInterval(() => undefined, 1000);
if (is('text')) {
  process.stdout.write('Usage: agent <prompt>\n');
  process.exit(2);
}
// Ignores that its input ends, as an agent that hangs does.
if (is('stubborn')) process.on('SIGTERM', () => undefined) && setInterval(() => undefined, 1000);
if (is('forks')) spawn('sleep', ['99'], { stdio: 'ignore' }).unref();

let isAuthenticated = !is('demands', 'demands-person', 'waits-at-login');
const asks = (kinds) => kinds.map((kind) => ({ optionId: `${kind}-id`, name: kind, kind }));
const option = {
  ...{ id: 'llm', name: 'Model', category: 'model', type: 'select', currentValue: 'small' },
  options: [{ value: 'large', name: 'Large' }],
};
const person = { id: 'login', name: 'Log in with a browser' };
const key = { id: 'key', name: 'Key', type: 'env_var', vars: [{ name: 'AGENT_KEY' }] };

const app = agent({ name: 'strict' })
  .onRequest('initialize', ({ params }) => {
    const { fs, terminal } = params.clientCapabilities;
    must(() => assert.deepEqual([fs, terminal], [{ readTextFile: false, writeTextFile: false }, false]));
    return {
      protocolVersion: is('version') ? 7 : 1,
      agentCapabilities: { loadSession: !is('no-load') },
      authMethods: is('demands-person') ? [person] : [person, key],
    };
  })
  .onRequest('authenticate', ({ params }) => {
    must(() => assert.equal(params.methodId, 'key'));
    if (is('waits-at-login')) return new Promise(() => undefined);
    isAuthenticated = true;
    return {};
  })
  .onRequest('session/new', ({ params }) => {
    if (!isAuthenticated) throw RequestError.authRequired();
    must(() => assert.deepEqual(params, { cwd: process.cwd(), mcpServers: [] }));
    return { sessionId: 'new-1', configOptions: [option] };
  })
  .onRequest('session/load', async ({ params, client }) => {
    must(() => assert.equal(params.sessionId, 'old-1'));
    if (is('lost')) throw RequestError.resourceNotFound('old-1');
    if (is('dies')) process.exit(0);
    if (is('load-fails')) throw RequestError.internalError({ details: 'the disk is full' });
    await say(client, 'old-1', 'What I said before.');
    return {};
  })
  .onRequest('session/set_config_option', ({ params }) => {
    must(() => assert.deepEqual([params.configId, params.value], ['llm', 'large']));
    return { configOptions: [{ ...option, currentValue: 'large' }] };
  })
  .onRequest('session/prompt', async ({ params, client }) => {
    const { sessionId, prompt } = params;
    must(() => assert.deepEqual(prompt, [{ type: 'text', text: 'Do it.\u2028Now.' }]));
    if (is('quits')) process.exit(0);
    if (is('noisy')) process.stdout.write('a line of another program\n[1]\n{"a":1}\n');
    if (is('megabyte')) await say(client, sessionId, 'x'.repeat(3 * 1024 * 1024));
    if (is('asks')) {
      const answers = [];
      for (const kinds of [['allow_always', 'allow_once', 'reject_once'], ['allow_always'], ['reject_once']]) {
        const request = { sessionId, toolCall: { toolCallId: 't1' }, options: asks(kinds) };
        answers.push((await client.request('session/request_permission', request)).outcome);
      }
      await say(client, sessionId, JSON.stringify(answers));
      const file = { sessionId, path: '/x', content: '' };
      const error = await client.request('fs/write_text_file', file).catch(({ code }) => code);
      await say(client, sessionId, JSON.stringify(error));
    }
    if (is('codex-429')) {
      await codex(client, sessionId, {
        error: { message: 'Reconnecting... 5/5', codexErrorInfo: { a: { httpStatusCode: 429 } }, willRetry: true },
      });
      await codex(client, sessionId, { threadStatus: { type: 'systemError' } });
    }
    if (is('hangs')) return new Promise(() => undefined);
    return { stopReason: is('refuses') ? 'refusal' : 'end_turn' };
  });

app.connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));

function say(client, sessionId, text) {
  const content = { type: 'text', text };
  return client.notify('session/update', { sessionId, update: { sessionUpdate: 'agent_message_chunk', content } });
}

function codex(client, sessionId, codex) {
  return client.notify('session/update', {
    sessionId,
    update: { sessionUpdate: 'session_info_update', _meta: { codex } },
  });
}

function must(check) {
  try {
    check();
  } catch (error) {
    process.stderr.write(`the client is wrong: ${error.message}\n`);
    process.exit(9);
  }
}
