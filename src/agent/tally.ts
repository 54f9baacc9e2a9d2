import type { AgentEvent, AgentSpec, Usage } from '../domain/agent.js';
import type { Clock } from '../ports.js';
import type { LastWords } from './outcome.js';

/** How much of standard error is kept for the reason of a failure, in characters. */
const stderrLimit = 2000;

const nothing: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

/** What an attempt's stream has brought so far. */
export interface Tally {
  readonly saw: (event: AgentEvent) => void;
  readonly sawError: (line: string) => void;
  /** Facts for the journal. */
  readonly counts: () => { readonly events: number; readonly tokens: number; readonly quietSeconds: number };
  readonly total: () => { readonly usage: Usage; readonly session: string | undefined; readonly words: LastWords };
}

/** Counts from nothing. `price` gives a cost where the agent tells none. */
export function createTally(price: AgentSpec['price'], clock: Clock): Tally {
  let usage = nothing;
  let session: string | undefined;
  let words: LastWords = { stderr: '' };
  let events = 0;
  let lastEventAtMs = clock.nowMs();

  return {
    saw: (event) => {
      events += 1;
      lastEventAtMs = clock.nowMs();
      if (event.type === 'started') session = event.session;
      else if (event.type === 'usage') usage = plus(usage, event);
      else if (event.type === 'limited') words = { ...words, limited: event };
      else if (event.type === 'finished' || event.type === 'failed') words = { ...words, end: event };
    },
    sawError: (line) => {
      words = { ...words, stderr: `${words.stderr}${line}\n`.slice(-stderrLimit) };
    },
    counts: () => ({
      events,
      tokens: usage.inputTokens + usage.outputTokens + usage.cachedTokens,
      quietSeconds: Math.round((clock.nowMs() - lastEventAtMs) / 1000),
    }),
    total: () => ({ usage: priced(usage, price), session, words }),
  };
}

function plus(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    costUsd: one.costUsd + other.costUsd,
  };
}

/** Cached tokens count in full, so that a budget errs on the safe side. */
function priced(usage: Usage, price: AgentSpec['price']): Usage {
  if (price === undefined || usage.costUsd > 0) return usage;
  const input = (usage.inputTokens + usage.cachedTokens) * price.inputPerMillion;
  return { ...usage, costUsd: (input + usage.outputTokens * price.outputPerMillion) / 1e6 };
}
