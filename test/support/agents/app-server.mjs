// A stand-in for `codex app-server`: `app-server.mjs <case> [<file>]`. Strict: what it does not expect ends it with exit code 3.
// Cases: ok (with an approval, which it asks for), failed, lost (no such thread), other (a second thread talks), old (no such program),
// dies (in the middle of a turn), forever (a turn that never ends). Writes its process id to <file>.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [kind, pidFile] = process.argv.slice(2);
if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
if (kind === 'old') {
  process.stderr.write('error: unrecognized subcommand app-server\n');
  process.exit(2);
}
const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const turn = (status, error) => {
  const params = { threadId: 't1', turn: { id: 'u1', status, ...(error && { error }) } };
  send({ method: 'turn/completed', params });
};
const approval = 'item/commandExecution/requestApproval';
const turns = {
  ok: () => send({ method: approval, id: 0, params: { threadId: 't1', itemId: 'i1' } }),
  failed: () => turn('failed', { message: 'no', codexErrorInfo: 'serverOverloaded' }),
  other: () => {
    send({ method: 'thread/started', params: { thread: { id: 't2' } } });
    send({ method: 'turn/completed', params: { threadId: 't2', turn: { status: 'failed' } } });
    send({ method: 'some/request', id: 9, params: { threadId: 't2' } });
  },
  dies: () => process.exit(9),
  forever: () => send({ method: 'turn/started', params: { threadId: 't1', turn: { id: 'u1' } } }),
};

/** What is expected next, in its order. */
const steps = [
  ({ id, method, params }) => {
    if (method !== 'initialize' || params.clientInfo.name !== 'fleet') return false;
    send({ id, result: { userAgent: 'stand-in' } });
  },
  ({ id, method }) => method === 'initialized' && id === undefined,
  ({ id, method, params }) => {
    const { cwd, approvalPolicy, sandbox, model, threadId } = params;
    if (cwd !== process.cwd() || approvalPolicy !== 'never' || sandbox !== 'danger-full-access') return false;
    if (kind === 'lost' && threadId === 'gone') send({ id, error: { code: -32600, message: 'no rollout found' } });
    else if (method === 'thread/resume' ? threadId !== 't1' : model !== 'model-1') return false;
    else send({ id, result: { thread: { id: 't1' } } });
  },
  ({ id, method, params }) => {
    const [{ text }] = params.input;
    if (method !== 'turn/start' || params.threadId !== 't1' || text !== 'Do “it”.\n\u2028Now.\n') return false;
    send({ id, result: { turn: { id: 'u1', status: 'inProgress' } } });
    turns[kind]();
  },
  ({ id, result, error }) => {
    if (kind === 'ok' ? id !== 0 || result?.decision !== 'accept' : id !== 9 || error?.code !== -32601) return false;
    turn('completed');
  },
];

for await (const line of createInterface({ input: process.stdin })) {
  if (steps.shift()?.(JSON.parse(line)) === false) {
    process.stderr.write(`unexpected: ${line}\n`);
    process.exit(3);
  }
}
