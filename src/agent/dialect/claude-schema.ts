import { z } from 'zod';
import { count, number, text } from './json-lines.js';

// The lines of `--output-format stream-json` that Fleet reads, and of these only what it reads.

const limitFacts = z.object({
  status: text,
  /** Seconds since the epoch. */
  resetsAt: number,
  isUsingOverage: z.boolean().optional().catch(undefined),
});

export const systemLine = z.object({ subtype: text, session_id: text, error: text, retry_delay_ms: number });

export const assistantLine = z.object({
  message: z.object({
    content: z.array(z.object({ type: z.string(), text, id: text, name: text, input: z.unknown().optional() })),
    usage: z
      .object({
        input_tokens: count,
        output_tokens: count,
        cache_read_input_tokens: count,
      })
      .optional()
      .catch(undefined),
  }),
  error: text,
  api_error: text,
  api_error_status: number,
  api_error_params: z.object({ rate_limit_info: limitFacts.optional() }).optional().catch(undefined),
});

/** Content is one text where a person speaks, and blocks where tools answer. */
export const userLine = z.object({
  message: z.object({
    content: z.array(z.object({ type: text, tool_use_id: text })).catch([]),
  }),
});

export const rateLimitLine = z.object({ rate_limit_info: limitFacts });

export const resultLine = z.object({
  subtype: text,
  is_error: z.boolean(),
  terminal_reason: text,
  api_error_status: number,
  result: text,
  error: text,
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
});

export type SystemLine = z.infer<typeof systemLine>;
export type AssistantLine = z.infer<typeof assistantLine>;
export type UserLine = z.infer<typeof userLine>;
export type ResultLine = z.infer<typeof resultLine>;
