import { z } from 'zod';

const limitFacts = z.object({ status: z.string().optional(), resetsAt: z.number().optional() });
const count = z.number().catch(0);
// The CLI writes null for what is not there.
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);

/** The lines of `--output-format stream-json` that Fleet reads, and of these only what it reads. */
const claudeLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('system'), subtype: text, session_id: text, error: text, retry_delay_ms: number }),
  z.object({
    type: z.literal('assistant'),
    message: z.object({
      content: z.array(z.object({ type: z.string(), text, name: text, input: z.unknown().optional() })),
    }),
    error: text,
    api_error: text,
    api_error_type: text,
    api_error_params: z.object({ rate_limit_info: limitFacts.optional() }).optional().catch(undefined),
  }),
  z.object({ type: z.literal('rate_limit_event'), rate_limit_info: limitFacts }),
  z.object({
    type: z.literal('result'),
    subtype: text,
    is_error: z.boolean(),
    terminal_reason: text,
    api_error_status: number,
    result: text,
    errors: z.array(z.string()).optional().catch(undefined),
    total_cost_usd: number,
    usage: z
      .object({
        input_tokens: count,
        output_tokens: count,
        cache_creation_input_tokens: count,
        cache_read_input_tokens: count,
      })
      .optional()
      .catch(undefined),
    model_usage_since_last_result: z
      .record(
        z.string(),
        z.object({
          inputTokens: count,
          outputTokens: count,
          cacheReadInputTokens: count,
          cacheCreationInputTokens: count,
          costUSD: count,
        }),
      )
      .optional()
      .catch(undefined),
  }),
]);

export type ClaudeLine = z.infer<typeof claudeLine>;

/** Undefined for lines of other types, cut lines, and anything else that is printed on the way. */
export function readClaudeLine(line: string): ClaudeLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return claudeLine.safeParse(JSON.parse(line)).data;
  } catch {
    // Not JSON: a line that was cut, or a warning.
    return undefined;
  }
}
