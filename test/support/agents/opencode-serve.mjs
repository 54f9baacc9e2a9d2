// A stand-in for `opencode serve`: `opencode-serve.mjs <case> [<file>]`. Strict: what it does not expect ends it with exit code 3.
// Cases: ok (with a permission and a question), failed, mended (a failure that it goes on after), child (a session below works and fails),
// lost (no such session), refused (the prompt is), old (no such program), dies (in the middle), forever. Writes its process id to <file>.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [kind, pidFile] = process.argv.slice(2);
if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
if (kind === 'old') {
  process.stdout.write('opencode\n\nCommands:\n  opencode run\n');
  process.exit(1);
}
const authorization = `Basic ${Buffer.from(`opencode:${process.env.OPENCODE_SERVER_PASSWORD}`).toString('base64')}`;
let events;
const emit = (type, properties) =>
  events.write(`data: ${JSON.stringify({ id: `evt_${type.length}`, type, properties })}\n\n`);
const status = (type, sessionID = 'ses_1') => emit('session.status', { sessionID, status: { type } });
const error = (sessionID) =>
  emit('session.error', { sessionID, error: { name: 'APIError', data: { message: 'no', statusCode: 429 } } });

const turns = {
  ok: () => {
    emit('plugin.added', { id: 'noise' });
    emit('server.heartbeat', {});
    emit('permission.asked', { id: 'per_1', sessionID: 'ses_1' });
  },
  failed: () => [error('ses_1'), status('idle')],
  mended: () => [error('ses_1'), status('busy'), status('idle')],
  child: () => {
    emit('session.created', { sessionID: 'ses_2', info: { id: 'ses_2', parentID: 'ses_1' } });
    emit('session.created', { sessionID: 'ses_9', info: { id: 'ses_9' } });
    [status('busy', 'ses_2'), error('ses_2'), error('ses_9'), status('idle', 'ses_2'), status('idle')];
  },
  dies: () => process.exit(9),
  forever: () => undefined,
};

const missing = { name: 'NotFoundError', data: { message: 'Session not found: gone' } };
const routes = {
  'GET /event': (_, response) => {
    events = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    emit('server.connected', {});
  },
  'POST /session': ({ title }, response) => {
    if (title !== 'Fleet') return false;
    emit('session.created', { sessionID: 'ses_1', info: { id: 'ses_1' } });
    answer(response, 200, { id: 'ses_1' });
  },
  'GET /session/ses_1': (_, response) => answer(response, 200, { id: 'ses_1' }),
  'GET /session/gone': (_, response) => answer(response, 404, missing),
  'POST /session/ses_1/prompt_async': ({ model, parts: [{ text }] }, response) => {
    if (text !== 'Do “it”.\n\u2028Now.\n' || (model && `${model.providerID} ${model.modelID}` !== 'p m/1'))
      return false;
    if (kind === 'refused') return answer(response, 400, { name: 'BadRequest', data: { message: 'no such model' } });
    response.writeHead(204).end();
    // At rest before it begins: that is not the end.
    status('idle');
    status('busy');
    turns[kind]();
  },
  'POST /permission/per_1/reply': ({ reply }, response) => {
    if (kind !== 'ok' || reply !== 'once') return false;
    answer(response, 200, true);
    emit('question.asked', { id: 'que_1', sessionID: 'ses_1' });
  },
  'POST /question/que_1/reject': (_, response) => {
    answer(response, 200, true);
    status('idle');
  },
};

function answer(response, code, body) {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const isKnown = request.headers.authorization === authorization;
  const route = routes[`${request.method} ${request.url}`];
  if (isKnown && route !== undefined && route(text === '' ? {} : JSON.parse(text), response) !== false) return;
  process.stderr.write(`unexpected: ${request.method} ${request.url} ${text}\n`);
  process.exit(3);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`opencode server listening on http://127.0.0.1:${server.address().port}\n`);
});
