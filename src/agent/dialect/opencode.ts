import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AgentEvent } from '../../domain/agent.js';
import { type AgentCommand, type Dialect, type Job, notStartedAtExit } from './dialect.js';
import { jsonLines, number, reader, text } from './json-lines.js';
import { limitInText } from './limit-text.js';
import { failed } from './limits.js';
import { opencodeRunDialect } from './opencode-run.js';
import { failure, fromFailure, part, type Part, returnedTool, saidOrStepped, usedTool } from './opencode-schema.js';
import { modelOf, opencodeEnvironment } from './opencode-settings.js';

const bridge = fileURLToPath(new URL('../bridge/opencode-serve.mjs', import.meta.url));

const sessionLine = z.object({ properties: z.object({ info: z.object({ id: z.string(), parentID: text }) }) });
const statusLine = z.object({
  properties: z.object({ status: z.object({ type: z.string(), message: text, next: number }) }),
  receivedAtMs: number,
});

/** opencode by `opencode serve` over a bridge; facts proven on 1.18.33. */
export const opencodeDialect: Dialect = {
  facts: {
    ...{ tellsEnd: true, tokens: 'step', cost: 'step', resume: 'sameFolder' },
    ...{ retries: 'told', limitsTurns: false },
  },
  command,
  parseExit: notStartedAtExit,
  parseLine: jsonLines({
    kindIn: 'type',
    kinds: new Map([
      ['session.created', reader(sessionLine, fromSession)],
      ['session.updated', reader(sessionLine, fromSession)],
      ['session.status', reader(statusLine, fromStatus)],
      [
        'session.error',
        reader(z.object({ properties: z.object({ error: failure }), receivedAtMs: number }), (line) =>
          fromFailure(line.properties.error, line.receivedAtMs),
        ),
      ],
      [
        'message.part.updated',
        reader(z.object({ properties: z.object({ part }) }), (line) => fromPart(line.properties.part)),
      ],
    ]),
    quiet: new Set([
      ...['message.part.delta', 'message.part.removed', 'message.updated', 'message.removed', 'session.idle'],
      ...['session.diff', 'session.deleted', 'session.compacted', 'todo.updated', 'command.executed'],
      ...['permission.asked', 'permission.replied', 'question.asked', 'question.replied', 'question.rejected'],
    ]),
    // What the server answers to a request that fails.
    withoutKind: reader(failure, ({ name, data }) => [
      ...(name === 'NotFoundError' ? [{ type: 'sessionLost' } as const] : []),
      failed(data?.message ?? name),
    ]),
  }),
  fallback: opencodeRunDialect,
};

function command(job: Job): AgentCommand {
  const model = modelOf(job.spec);
  return {
    argv: [
      ...[process.execPath, bridge],
      ...(model === undefined ? [] : ['--model', model]),
      ...(job.session === undefined ? [] : ['--session', job.session]),
      ...['--', 'opencode', 'serve', '--port', '0', '--hostname', '127.0.0.1'],
    ],
    env: opencodeEnvironment(job),
    stdin: job.prompt,
  };
}

/** A session with a parent is a part of the work, and cannot be gone on with. */
function fromSession({ properties: { info } }: z.infer<typeof sessionLine>): readonly AgentEvent[] {
  return info.parentID === undefined ? [{ type: 'started', session: info.id }] : [];
}

function fromStatus({ properties: { status }, receivedAtMs }: z.infer<typeof statusLine>): readonly AgentEvent[] {
  if (status.type !== 'retry') return [];
  const { message = '', next = 0 } = status;
  const delayMs = Math.max(0, next - (receivedAtMs ?? next));
  // It tells no status while it retries: the message is the API's, or its own about answers that broke off or made no sense.
  const kind = limitInText(message);
  return [
    kind === undefined
      ? { type: 'retrying', kind: 'overload', delayMs }
      : { type: 'retrying', kind, delayMs, source: 'text' },
  ];
}

/** A running call is told again for as long as it runs: the id tells that it is one. A quick one has metadata from the first. */
function fromPart(part: Part): readonly AgentEvent[] {
  if (part.type !== 'tool') return saidOrStepped(part);
  if (part.state?.status === 'running') return [usedTool(part)];
  return part.state?.status === 'pending' ? [] : returnedTool(part);
}
