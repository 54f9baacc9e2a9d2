import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const call = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: z.string().min(1) }),
  z.strictObject({ role: z.literal('assistant'), content: z.string(), tool_calls: z.array(call).min(1).optional() }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
]);

const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string(),
    parameters: z.strictObject({
      type: z.literal('object'),
      properties: z.record(z.string(), z.looseObject({ type: z.enum(['string', 'integer']) })),
      required: z.array(z.string()),
      additionalProperties: z.literal(false),
    }),
  }),
});

/** What `POST /chat/completions` takes of what Fleet's agent may send; every other key is refused. */
const request = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(2),
  tools: z.array(tool).min(1),
  /** OpenRouter's own. */
  usage: z.strictObject({ include: z.literal(true) }).optional(),
});

export type CompletionRequest = z.infer<typeof request>;

/** A turn of the model, or a whole answer of the server. */
export type Turn =
  | {
      readonly text?: string | null;
      readonly calls?: readonly (readonly [name: string, input: unknown])[];
      readonly finish?: string;
      readonly usage?: unknown;
    }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

export interface Completions {
  /** With `/v1`. */
  readonly url: string;
  readonly requests: readonly CompletionRequest[];
  readonly headers: readonly IncomingMessage['headers'][];
}

const usage = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  prompt_tokens_details: { cached_tokens: 40 },
};

/** An endpoint on loopback that keeps to the schema of OpenAI's chat completions, and plays these turns; the last one again and again. */
export async function startCompletions(turns: readonly Turn[]): Promise<Completions> {
  const requests: CompletionRequest[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((incoming, response) => {
    void textOf(incoming).then((body) => {
      const problem = problemOf(incoming, body);
      if (problem !== undefined) {
        send(response, { status: 418, body: JSON.stringify({ error: { message: `strict: ${problem}` } }) });
        return;
      }
      headers.push(incoming.headers);
      requests.push(request.parse(JSON.parse(body)));
      const turn = turns[Math.min(requests.length, turns.length) - 1] ?? {};
      send(
        response,
        'status' in turn ? turn : { status: 200, body: JSON.stringify(completion(turn, requests.length)) },
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, headers };
}

function completion(turn: Exclude<Turn, { status: number }>, number: number): unknown {
  const { text = null, calls = [], finish = calls.length > 0 ? 'tool_calls' : 'stop' } = turn;
  const tool_calls = calls.map(([name, input], index) => ({
    ...{ id: `call_${number}_${index}`, type: 'function' },
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  }));
  return {
    ...{ id: `chatcmpl-${number}`, object: 'chat.completion', created: 1, model: 'small-1' },
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null, ...(calls.length > 0 ? { tool_calls } : {}) },
        finish_reason: finish,
        logprobs: null,
      },
    ],
    usage: 'usage' in turn ? turn.usage : usage,
  };
}

function problemOf({ method, url, headers }: IncomingMessage, body: string): string | undefined {
  if (method !== 'POST' || url !== '/v1/chat/completions') return `no such endpoint: ${method ?? ''} ${url ?? ''}`;
  if (headers['content-type'] !== 'application/json') return 'the body must be application/json';
  const read = request.safeParse(JSON.parse(body));
  return read.success ? orderProblem(read.data.messages) : z.prettifyError(read.error);
}

/** Each call must be answered, in a message of its own, before anything else is said. */
function orderProblem(messages: CompletionRequest['messages']): string | undefined {
  let open: readonly string[] = [];
  for (const each of messages) {
    if (each.role === 'tool') {
      if (!open.includes(each.tool_call_id)) return `no call ${each.tool_call_id} is open`;
      open = open.filter((id) => id !== each.tool_call_id);
    } else if (open.length > 0) return `calls without an answer: ${open.join(', ')}`;
    if (each.role === 'assistant') open = (each.tool_calls ?? []).map(({ id }) => id);
  }
  return open.length > 0 ? `calls without an answer: ${open.join(', ')}` : undefined;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, turn: Extract<Turn, { status: number }>): void {
  response.writeHead(turn.status, { 'content-type': 'application/json', ...turn.headers });
  response.end(turn.body);
}
