import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AgentEvent, LimitKind } from '../../domain/agent.js';
import { codexExecDialect } from './codex-exec.js';
import { completed, exhausted, item, used, usageOfThread, windows } from './codex-schema.js';
import { codexSettings } from './codex-settings.js';
import type { AgentCommand, Dialect, Job } from './dialect.js';
import { count, jsonLines, number, reader, text } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

const bridge = fileURLToPath(new URL('../bridge/app-server.mjs', import.meta.url));

/** What the name in `codexErrorInfo` says of limits. */
const limits: ReadonlyMap<string, LimitKind> = new Map([
  ['usageLimitExceeded', 'plan'],
  ['rateLimitExceeded', 'rate'],
  ['serverOverloaded', 'overload'],
  ['flexUnavailable', 'overload'],
  ['policyCapacityUnavailable', 'overload'],
  ['internalServerError', 'overload'],
  ['unauthorized', 'auth'],
  ['contextWindowExceeded', 'context'],
]);

const turnError = z.object({ message: z.string(), codexErrorInfo: z.unknown() });

const total = z.object({ inputTokens: count, cachedInputTokens: count, outputTokens: count });

const statuses = z
  .record(z.string(), z.object({ httpStatusCode: number }))
  .transform(Object.values<{ httpStatusCode: number | undefined }>);

const response = z.object({
  result: z
    .object({ thread: z.object({ id: z.string() }) })
    .optional()
    .catch(undefined),
  error: z.object({ message: text }).optional(),
});

/** Codex by `codex app-server` over a bridge; facts proven on 0.169.0. */
export const codexDialect: Dialect = {
  facts: {
    ...{ tellsEnd: true, tokens: 'session', cost: 'none', resume: 'anywhere' },
    ...{ retries: 'told', limitsTurns: false },
  },
  command,
  parseLine: jsonLines({
    kindIn: 'method',
    kinds: new Map([
      ['item/started', reader(z.object({ params: z.object({ item }) }), ({ params }) => used(params.item))],
      ['item/completed', reader(z.object({ params: z.object({ item }) }), ({ params }) => completed(params.item))],
      [
        'thread/tokenUsage/updated',
        reader(z.object({ params: z.object({ tokenUsage: z.object({ total }) }) }), ({ params: { tokenUsage } }) => [
          usageOfThread(
            tokenUsage.total.inputTokens,
            tokenUsage.total.cachedInputTokens,
            tokenUsage.total.outputTokens,
          ),
        ]),
      ],
      [
        'account/rateLimits/updated',
        reader(z.object({ params: z.object({ rateLimits: windows }) }), ({ params }) =>
          exhausted(params.rateLimits, 'event'),
        ),
      ],
      [
        'error',
        reader(z.object({ params: z.object({ error: turnError, willRetry: z.boolean() }) }), ({ params }) =>
          fromError(params),
        ),
      ],
      [
        'turn/completed',
        reader(
          z.object({ params: z.object({ turn: z.object({ status: z.string(), error: turnError.nullish() }) }) }),
          ({ params: { turn } }) => [
            turn.status === 'completed'
              ? { type: 'finished' }
              : failed(turn.error?.message ?? `turn ${turn.status}`, turn.error ? limitOf(turn.error) : undefined),
          ],
        ),
      ],
    ]),
    quiet: quietMethods(),
    withoutKind: reader(response, fromResponse),
  }),
  fallback: codexExecDialect,
};

function command({ spec, prompt, session }: Job): AgentCommand {
  return {
    argv: [
      ...[process.execPath, bridge],
      ...(spec.model === undefined ? [] : ['--model', spec.model]),
      ...(session === undefined ? [] : ['--thread', session]),
      ...['--', 'codex', 'app-server', ...codexSettings(spec)],
    ],
    env: {},
    stdin: prompt,
  };
}

/** `thread/started` also tells of threads that are not this one; what `thread/start` and `thread/resume` answer does not. */
function fromResponse({ result, error }: z.infer<typeof response>): readonly AgentEvent[] {
  if (result !== undefined) return [{ type: 'started', session: result.thread.id }];
  if (error === undefined) return [];
  const isLost = error.message?.includes('no rollout found') === true;
  return [...(isLost ? [{ type: 'sessionLost' } as const] : []), failed(error.message ?? 'refused by the app-server')];
}

function fromError(params: {
  readonly error: z.infer<typeof turnError>;
  readonly willRetry: boolean;
}): readonly AgentEvent[] {
  const kind = limitOf(params.error);
  // How long it waits is not told.
  if (params.willRetry) return [{ type: 'retrying', kind: kind ?? 'overload', delayMs: 0 }];
  return kind === undefined ? [] : [{ type: 'limited', kind, source: 'event' }];
}

function limitOf({ codexErrorInfo: facts, message }: z.infer<typeof turnError>): LimitKind | undefined {
  if (typeof facts !== 'string') return limitOfStatus(statusIn(facts));
  // An API account without money has the name of a used up plan; the text is the CLI's own.
  if (facts === 'usageLimitExceeded' && message.startsWith('Quota exceeded.')) return 'quota';
  return limits.get(facts);
}

/** It is a name, or an object of a name and the HTTP status. */
function statusIn(facts: unknown): number | undefined {
  const [found] = statuses.safeParse(facts).data ?? [];
  return found?.httpStatusCode;
}

/** What it sends beside the above (`codex app-server generate-ts`). */
function quietMethods(): ReadonlySet<string> {
  const named = (group: string, names: string): readonly string[] => names.split(' ').map((name) => `${group}/${name}`);
  return new Set([
    ...named('item', 'agentMessage/delta autoApprovalReview/completed autoApprovalReview/started plan/delta'),
    ...named('item', 'commandExecution/outputDelta commandExecution/terminalInteraction mcpToolCall/progress'),
    ...named('item', 'fileChange/outputDelta fileChange/patchUpdated'),
    ...named('item', 'reasoning/summaryPartAdded reasoning/summaryTextDelta reasoning/textDelta'),
    ...named('item', 'commandExecution/requestApproval fileChange/requestApproval permissions/requestApproval'),
    ...named('item', 'tool/requestUserInput tool/call'),
    ...named('thread', 'archived attachment/updated closed compacted deleted environment/connected goal/cleared'),
    ...named('thread', 'environment/disconnected goal/updated name/updated prediction/updated project/updated'),
    ...named(
      'thread',
      'queue/changed readState/changed reverted section/changed settings/updated started status/changed',
    ),
    ...named('thread', 'unarchived'),
    ...named('turn', 'diff/updated moderationMetadata plan/updated started'),
    ...named('account', 'gatewayOAuth/changed login/completed updated chatgptAuthTokens/refresh'),
    ...named('mcpServer', 'event/stream/notification oauthLogin/completed startupStatus/updated elicitation/request'),
    ...named('model', 'rerouted safetyBuffering/updated verification'),
    ...named('modelProvider', 'authRecoveryCompleted authRecoveryStarted'),
    ...named('rawResponse', 'completed'),
    ...named('hook', 'started completed'),
    ...['app/list/updated', 'command/exec/outputDelta', 'process/exited', 'process/outputDelta', 'project/changed'],
    ...['configWarning', 'deprecationNotice', 'guardianWarning', 'warning', 'autoApprovalReview/strictReviewRequired'],
    ...['fs/changed', 'rawResponseItem/completed', 'remoteControl/status/changed', 'serverRequest/resolved'],
    ...['skills/changed', 'applyPatchApproval', 'execCommandApproval', 'attestation/generate'],
  ]);
}
