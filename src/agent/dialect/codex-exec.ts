import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AgentEvent, LimitKind } from '../../domain/agent.js';
import { completed, exhausted, item, used, usageOfThread, windows } from './codex-schema.js';
import { codexSettings } from './codex-settings.js';
import type { AgentCommand, Dialect, Exit, Job } from './dialect.js';
import { count, jsonLines, reader } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

const bridge = fileURLToPath(new URL('../bridge/codex-exec.mjs', import.meta.url));

/** How the CLI's own words for a limit begin: its events have no code, and what a server said stands behind. */
const words: readonly (readonly [RegExp, LimitKind])[] = [
  [/^You[’']ve hit your usage limit\b/, 'plan'],
  [/^Quota exceeded\./, 'quota'],
  [/^Selected model is at capacity\./, 'overload'],
  [/^Codex ran out of room in the model's context window\./, 'context'],
  [/^Missing environment variable: /, 'auth'],
  [/^Your access token could not be refreshed\b/, 'auth'],
];

const status = /^(?:unexpected status|exceeded retry limit, last status:) (\d{3})\b/;
const reconnecting = /^Reconnecting\.\.\. \d+\/\d+(?: \((.*)\))?$/s;

const usage = z.object({ input_tokens: count, cached_input_tokens: count, output_tokens: count });

/** Codex by `codex exec --json`, and the rollout file that alone knows when a plan begins again; facts proven on 0.169.0. */
export const codexExecDialect: Dialect = {
  facts: {
    ...{ tellsEnd: true, tokens: 'session', cost: 'none', resume: 'anywhere' },
    ...{ retries: 'told', limitsTurns: false },
  },
  command,
  parseLine: jsonLines({
    kindIn: 'type',
    kinds: new Map([
      [
        'thread.started',
        reader(z.object({ thread_id: z.string() }), (line) => [{ type: 'started', session: line.thread_id }]),
      ],
      ['item.started', reader(z.object({ item }), (line) => used(line.item))],
      ['item.completed', reader(z.object({ item }), (line) => completed(line.item))],
      ['error', reader(z.object({ message: z.string() }), (line) => fromError(line.message))],
      ['turn.completed', reader(z.object({ usage }), (line) => [usageOf(line.usage), { type: 'finished' }])],
      [
        'turn.failed',
        reader(z.object({ error: z.object({ message: z.string() }) }), (line) => fromFailure(line.error.message)),
      ],
      [
        'event_msg',
        reader(z.object({ payload: z.object({ rate_limits: windows }) }), ({ payload }) =>
          exhausted(payload.rate_limits, 'rollout'),
        ),
      ],
    ]),
    quiet: new Set(['turn.started', 'item.updated']),
  }),
  parseExit: ({ code, stderr }: Exit) =>
    code !== 0 && stderr.includes('no rollout found for thread id') ? [{ type: 'sessionLost' }] : [],
};

function command({ spec, prompt, session }: Job): AgentCommand {
  return {
    argv: [
      ...[process.execPath, bridge, 'codex', 'exec', '--json', '--skip-git-repo-check'],
      ...['--dangerously-bypass-approvals-and-sandbox', ...codexSettings(spec)],
      ...(spec.model === undefined ? [] : ['-m', spec.model]),
      ...(session === undefined ? ['-'] : ['resume', session, '-']),
    ],
    env: {},
    stdin: prompt,
  };
}

function usageOf(total: z.infer<typeof usage>): AgentEvent {
  return usageOfThread(total.input_tokens, total.cached_input_tokens, total.output_tokens);
}

/** Other errors come again as the failure of the turn. */
function fromError(message: string): readonly AgentEvent[] {
  const attempt = reconnecting.exec(message);
  if (attempt === null) return [];
  // How long it waits is not told.
  return [{ type: 'retrying', kind: limitOf(attempt[1] ?? '') ?? 'overload', delayMs: 0, source: 'text' }];
}

/** The time in the text has no date or no zone: when the plan begins again is left to the rollout file. */
function fromFailure(message: string): readonly AgentEvent[] {
  const kind = limitOf(message);
  const limited: readonly AgentEvent[] = kind === undefined ? [] : [{ type: 'limited', kind, source: 'text' }];
  return [...limited, failed(message, kind)];
}

function limitOf(message: string): LimitKind | undefined {
  return words.find(([start]) => start.test(message))?.[1] ?? limitOfStatus(Number(status.exec(message)?.[1] ?? 0));
}
