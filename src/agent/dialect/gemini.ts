import { z } from 'zod';
import type { AgentEvent, LimitHit } from '../../domain/agent.js';
import type { AgentCommand, Dialect, Exit, Job } from './dialect.js';
import { count, jsonLines, number, parseObject, reader, text } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

/** Far above what a task needs; time and tokens are bounded elsewhere. */
const maxTurns = 200;

/** The CLI's own exit codes; above those it exits with an HTTP status modulo 256. */
const noLogin = 41;
const badInput = 42;
const firstOfHttp = 400 - 256;

const resultLine = z.object({
  timestamp: text,
  status: z.string(),
  error: z.object({ type: text, message: text }).optional(),
  stats: z.object({ input_tokens: count, output_tokens: count, cached: count }).optional().catch(undefined),
});

/** The body of Google's errors, which the CLI prints inside its message. */
const errorBody = z.object({
  error: z.object({
    code: number,
    message: text,
    details: z
      .array(
        z.object({
          reason: text,
          violations: z
            .array(z.object({ quotaId: text }))
            .optional()
            .catch(undefined),
        }),
      )
      .optional()
      .catch(undefined),
  }),
});

/** Gemini CLI on its stream-json output; facts proven on 0.61.0. */
export const geminiDialect: Dialect = {
  facts: { tellsEnd: true, tokens: 'run', cost: 'none', resume: 'sameFolder', retries: 'hidden', limitsTurns: true },
  command,
  parseLine: jsonLines({
    kindIn: 'type',
    kinds: new Map([
      ['init', reader(z.object({ session_id: z.string() }), (line) => [{ type: 'started', session: line.session_id }])],
      [
        'message',
        reader(z.object({ role: z.string(), content: z.string() }), ({ role, content }) =>
          role === 'assistant' ? [{ type: 'said', text: content }] : [],
        ),
      ],
      [
        'tool_use',
        reader(z.object({ tool_name: z.string(), tool_id: z.string(), parameters: z.unknown() }), (line) => [
          { type: 'used', tool: line.tool_name, input: line.parameters, id: line.tool_id },
        ]),
      ],
      ['tool_result', reader(z.object({ tool_id: z.string() }), (line) => [{ type: 'returned', id: line.tool_id }])],
      ['result', reader(resultLine, fromResult)],
    ]),
    // An `error` is a warning: what ends a run stands in its result.
    quiet: new Set(['error']),
  }),
  parseExit,
};

function command({ spec, prompt, session, home, artifacts }: Job): AgentCommand {
  const file = spec.env['HOME'] === undefined ? `${home}/.gemini/settings.json` : `${artifacts}/gemini-settings.json`;
  return {
    argv: [
      ...['gemini', '-o', 'stream-json', '--approval-mode', 'yolo', '--skip-trust'],
      ...(spec.model === undefined ? [] : ['-m', spec.model]),
      ...(session === undefined ? [] : ['--resume', session]),
    ],
    // The settings of the system win over those in a HOME that the operator names, which are not touched. The CLI ignores a file
    // below a folder that everybody can write.
    env: spec.env['HOME'] === undefined ? {} : { GEMINI_CLI_SYSTEM_SETTINGS_PATH: file },
    stdin: prompt,
    files: { [file]: settings(spec.env) },
  };
}

function settings(env: Job['spec']['env']): string {
  // With an address of its own it picks a way to log in that it then refuses; in the operator's HOME the choice is made already.
  const hasKey = env['GOOGLE_GEMINI_BASE_URL'] !== undefined || env['GEMINI_API_KEY'] !== undefined;
  const withKey = hasKey && env['HOME'] === undefined;
  return JSON.stringify({
    ...(withKey ? { security: { auth: { selectedType: 'gemini-api-key' } } } : {}),
    // By default it tries ten times, silently, over minutes in which another agent could work.
    general: { enableAutoUpdate: false, maxAttempts: 2 },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    // When it sees a loop itself, it ends with `success`: the watchdog sees it, too.
    model: { maxSessionTurns: maxTurns, disableLoopDetection: true },
  });
}

function fromResult({ timestamp, status, error, stats }: z.infer<typeof resultLine>): readonly AgentEvent[] {
  const usage: readonly AgentEvent[] = stats === undefined ? [] : [usageOf(stats)];
  if (status === 'success') return [...usage, { type: 'finished' }];
  const message = error?.message ?? error?.type ?? 'no reason given';
  const hit = limitIn(message, Date.parse(timestamp ?? ''));
  const limited: readonly AgentEvent[] = hit === undefined ? [] : [{ type: 'limited', ...hit }];
  return [...usage, ...limited, failed(message, hit?.kind)];
}

function usageOf(stats: NonNullable<z.infer<typeof resultLine>['stats']>): AgentEvent {
  return {
    type: 'usage',
    inputTokens: Math.max(0, stats.input_tokens - stats.cached),
    outputTokens: stats.output_tokens,
    cachedTokens: stats.cached,
    costUsd: 0,
  };
}

/** Its errors have no code, but a message that only the CLI writes: its own words, or the body of Google's answer. */
function limitIn(message: string, atMs: number): LimitHit | undefined {
  const [, said = ''] = /^\[API Error: (.*)\]/s.exec(message) ?? [];
  const body = errorBody.safeParse(parseObject(said)).data?.error;
  if (body !== undefined) return limitInBody(body);
  if (said.startsWith('You have exhausted your daily quota')) return { kind: 'quota', source: 'text' };
  const seconds = /\nSuggested retry after (\d+(?:\.\d+)?)s/.exec(said)?.[1];
  if (seconds !== undefined && !Number.isNaN(atMs))
    return { kind: 'rate', resetsAtMs: atMs + Number(seconds) * 1000, source: 'text' };
  return said.startsWith('You exceeded your current quota') ? { kind: 'rate', source: 'text' } : undefined;
}

function limitInBody({ code, message, details = [] }: z.infer<typeof errorBody>['error']): LimitHit | undefined {
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return { kind: 'auth', source: 'event' };
  const isOfTheDay = details.some(({ violations }) => violations?.some(({ quotaId }) => quotaId?.includes('PerDay')));
  if (code === 429 && isOfTheDay) return { kind: 'quota', source: 'event' };
  const kind = limitOfStatus(code);
  if (kind !== undefined) return { kind, source: 'event' };
  const isTooLong = /^The input token count \(\d+\) exceeds the maximum number of tokens/.test(message ?? '');
  return isTooLong ? { kind: 'context', source: 'text' } : undefined;
}

function parseExit({ code, stderr }: Exit): readonly AgentEvent[] {
  if (code === badInput) return stderr.includes('Error resuming session') ? [{ type: 'sessionLost' }] : [];
  const kind = code === noLogin ? 'auth' : limitOfStatus(code < firstOfHttp ? undefined : code + 256);
  return kind === undefined ? [] : [{ type: 'limited', kind, source: 'status' }];
}
