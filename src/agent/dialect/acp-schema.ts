import { z } from 'zod';

// Agents differ in what they leave out and what they write as null.
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);
const count = z.number().catch(0);
const code = z.number().optional().catch(undefined);

/** How both Codex agents name an error: by a word, or by a word with the HTTP status in it; in two spellings. */
const codexInfo = z
  .union([
    z.string(),
    z.record(z.string(), z.object({ httpStatusCode: code, http_status_code: code }).nullable()).transform((words) => {
      const [status] = Object.values(words);
      return status?.httpStatusCode ?? status?.http_status_code;
    }),
  ])
  .optional()
  .catch(undefined);
const codexError = z.object({
  message: text,
  additionalDetails: text,
  codexErrorInfo: codexInfo,
  willRetry: z.boolean().catch(false),
});

const toolCall = {
  toolCallId: z.string(),
  status: text,
  name: text,
  kind: text,
  title: text,
  rawInput: z.unknown().optional(),
};
const rateLimit = z.object({ status: text, resetsAt: code });

/** What happens in a session, as far as Fleet reads it. */
const update = z.discriminatedUnion('sessionUpdate', [
  z.object({ sessionUpdate: z.literal('agent_message_chunk'), content: z.object({ text }) }),
  z.object({ sessionUpdate: z.literal('tool_call'), ...toolCall }),
  z.object({ sessionUpdate: z.literal('tool_call_update'), ...toolCall }),
  z.object({
    sessionUpdate: z.literal('usage_update'),
    cost: z.object({ amount: z.number(), currency: z.string() }).optional().catch(undefined),
    _meta: z.object({ '_claude/rateLimit': rateLimit.optional() }).optional().catch(undefined),
  }),
  z.object({
    sessionUpdate: z.literal('session_info_update'),
    _meta: z
      .object({ codex: z.object({ error: codexError.optional() }) })
      .optional()
      .catch(undefined),
  }),
]);

const turn = z.object({
  stopReason: z.string(),
  usage: z
    .object({ inputTokens: count, outputTokens: count, cachedReadTokens: count, cachedWriteTokens: count })
    .nullish()
    .catch(undefined),
  _meta: z
    .object({ quota: z.object({ token_count: z.object({ input_tokens: count, output_tokens: count }) }) })
    .optional()
    .catch(undefined),
});

const refusal = z.object({
  code: z.number(),
  message: z.string(),
  data: z
    .object({
      ...{ message: text, details: text, errorKind: text, errorName: text },
      ...{ codexErrorInfo: codexInfo, codex_error_info: codexInfo },
    })
    .catch({ message: undefined, details: undefined, errorKind: undefined, errorName: undefined }),
});

/** The bridge's own lines. */
const own = z.discriminatedUnion('fleet', [
  z.object({ fleet: z.literal('resumed'), session: z.string() }),
  z.object({ fleet: z.literal('sessionLost') }),
  z.object({ fleet: z.literal('turnFailed'), error: codexError.optional().catch(undefined) }),
]);

const updateLine = z
  .object({ method: z.literal('session/update'), params: z.object({ update }) })
  .transform(({ params }) => ({ is: 'update' as const, update: params.update }));
const named = z.object({ update: z.object({ sessionUpdate: z.string() }) });
const otherLine = z
  .object({ method: z.string(), params: named.optional().catch(undefined) })
  .transform(({ method, params }) => ({ is: 'other' as const, name: params?.update.sessionUpdate ?? method }));
const turnLine = z.object({ result: turn }).transform(({ result }) => ({ is: 'turn' as const, turn: result }));
const sessionLine = z
  .object({ result: z.object({ sessionId: z.string() }) })
  .transform(({ result }) => ({ is: 'session' as const, session: result.sessionId }));
const refusalLine = z.object({ error: refusal }).transform(({ error }) => ({ is: 'refusal' as const, refusal: error }));
const ownLine = own.transform((line) => ({ is: 'own' as const, line }));

export type AcpUpdate = z.infer<typeof update>;
export type AcpTurn = z.infer<typeof turn>;
export type AcpRefusal = z.infer<typeof refusal>;
export type CodexError = z.infer<typeof codexError>;

/** A line of the bridge: a message of the agent, or the bridge's own. */
export type AcpLine = z.infer<
  typeof updateLine | typeof otherLine | typeof turnLine | typeof sessionLine | typeof refusalLine | typeof ownLine
>;

/** Undefined for lines that say nothing, were cut, or are something else. */
export function readAcpLine(line: string): AcpLine | undefined {
  if (!line.startsWith('{')) return undefined;
  const message = parseJson(line);
  if (typeof message !== 'object' || message === null) return undefined;
  if ('method' in message) return updateLine.safeParse(message).data ?? otherLine.safeParse(message).data;
  if ('result' in message) return turnLine.safeParse(message).data ?? sessionLine.safeParse(message).data;
  return 'fleet' in message ? ownLine.safeParse(message).data : refusalLine.safeParse(message).data;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that was cut.
    return undefined;
  }
}
