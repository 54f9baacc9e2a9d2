import type { AgentEvent } from '../../domain/agent.js';
import { fromSystem, returned, saidAndUsed } from './claude.js';
import {
  type AssistantLine,
  assistantLine,
  type ResultLine,
  resultLine,
  systemLine,
  userLine,
} from './claude-schema.js';
import type { AgentCommand, Dialect, Exit, Job } from './dialect.js';
import { jsonLines, reader } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

const ofJson = jsonLines({
  kindIn: 'type',
  kinds: new Map([
    ['system', reader(systemLine, fromSystem)],
    ['assistant', reader(assistantLine, (line) => [...saidAndUsed(line), ...usageOf(line)])],
    ['user', reader(userLine, returned)],
    ['result', reader(resultLine, fromResult)],
  ]),
  quiet: new Set(),
});

/**
 * Amp on its stream-json output. From its documentation (ampcode.com/manual, ampcode.com/news/streaming-json): its loop runs behind
 * Amp's own service, so that only its start and its errors could be tried (0.0.1790142911). It tells no limits and no reset times.
 */
export const ampDialect: Dialect = {
  facts: { tellsEnd: true, tokens: 'step', cost: 'none', resume: 'sameFolder', retries: 'hidden', limitsTurns: false },
  command,
  // Without a key it shows where to log in and waits for ever. A model's words stand inside of JSON only.
  parseLine: (line) =>
    line.startsWith('No API key found.') ? [{ type: 'limited', kind: 'auth', source: 'text' }] : ofJson(line),
  parseExit,
};

function command({ spec, prompt, session, home }: Job): AgentCommand {
  const settings = `${home}/.config/amp/settings.json`;
  return {
    argv: [
      'amp',
      ...(session === undefined ? [] : ['threads', 'continue', session]),
      ...['-x', '--stream-json', '--no-ide', '--no-color', '--settings-file', settings],
      // It knows no models by name, but levels: low, medium, high, ultra.
      ...(spec.model === undefined ? [] : ['-m', spec.model]),
    ],
    env: {},
    stdin: prompt,
    files: { [settings]: JSON.stringify({ 'amp.dangerouslyAllowAll': true, 'amp.updates.mode': 'disabled' }) },
  };
}

/** Its `input_tokens` hold the cached ones, unlike those of Claude Code. */
function usageOf({ message: { usage } }: AssistantLine): readonly AgentEvent[] {
  if (usage === undefined) return [];
  return [
    {
      type: 'usage',
      inputTokens: Math.max(0, usage.input_tokens - usage.cache_read_input_tokens),
      outputTokens: usage.output_tokens,
      cachedTokens: usage.cache_read_input_tokens,
      costUsd: 0,
    },
  ];
}

function fromResult(line: ResultLine): readonly AgentEvent[] {
  if (!line.is_error) return [{ type: 'finished' }];
  return [failed(line.error ?? line.result ?? line.subtype ?? 'no reason given')];
}

/** Its own words on standard error name the HTTP status of its service. */
function parseExit({ code, stderr }: Exit): readonly AgentEvent[] {
  const status = /^Error: API request for \w+ failed: (\d{3})$/m.exec(stderr)?.[1];
  const kind = code === 0 || status === undefined ? undefined : limitOfStatus(Number(status));
  return kind === undefined ? [] : [{ type: 'limited', kind, source: 'text' }];
}
