import type { AgentEvent, LimitHit, Usage } from '../domain/agent.js';
import type { DialectFacts } from './dialect/dialect.js';
import type { LastWords } from './outcome.js';
import type { Price } from './price-table.js';

/** How much of standard error is kept for the reason of a failure, in characters. */
const stderrLimit = 2000;

/** How many kinds of unknown lines are told apart. */
const mostUnknown = 20;

export const nothingUsed: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

/** What an attempt's stream has brought so far. */
export interface Tally {
  readonly saw: (event: AgentEvent) => void;
  readonly sawError: (line: string) => void;
  /** Facts for the journal. */
  readonly counts: () => { readonly events: number; readonly tokens: number };
  readonly total: () => Total;
}

/** What a stream has brought in the end. */
export interface Total {
  readonly events: number;
  /** What this attempt alone has used. */
  readonly usage: Usage;
  readonly session: string | undefined;
  readonly words: LastWords;
  /** Lines of kinds that the dialect does not know, by kind. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** What usage is counted by. */
export interface Counting {
  /** Gives a cost where the agent tells none. */
  readonly price: Price | undefined;
  readonly facts: Pick<DialectFacts, 'tokens' | 'cost'>;
  /** What earlier attempts have used in the session that this one goes on with. */
  readonly before?: Usage;
}

/** Counts from nothing. */
export function createTally({ price, facts, before = nothingUsed }: Counting): Tally {
  let sum = nothingUsed;
  let last = nothingUsed;
  let session: string | undefined;
  let words: LastWords = { stderr: '' };
  let events = 0;
  const unknown = new Map<string, number>();

  const usage = (): Usage => {
    const [tokens, cost] = [of(facts.tokens), of(facts.cost)];
    return { ...tokens, costUsd: cost.costUsd };
  };
  const of = (counts: DialectFacts['cost']): Usage => {
    if (counts === 'session') return minus(last, before);
    return counts === 'run' ? last : sum;
  };
  return {
    saw: (event) => {
      events += 1;
      if (event.type === 'started') session = event.session;
      else if (event.type === 'usage') [sum, last] = [plus(sum, event), renewed(last, event)];
      else if (event.type === 'limited') words = { ...words, limited: sharper(words.limited, event) };
      else if (event.type === 'sessionLost') words = { ...words, isSessionLost: true };
      else if (event.type === 'finished' || event.type === 'failed') words = { ...words, end: event };
      else if (event.type === 'unknown' && (unknown.has(event.name) || unknown.size < mostUnknown))
        unknown.set(event.name, (unknown.get(event.name) ?? 0) + 1);
    },
    sawError: (line) => {
      words = { ...words, stderr: `${words.stderr}${line}\n`.slice(-stderrLimit) };
    },
    counts: () => {
      const { inputTokens, outputTokens, cachedTokens } = usage();
      return { events, tokens: inputTokens + outputTokens + cachedTokens };
    },
    total: () => ({ events, usage: priced(usage(), price), session, words, unknown: Object.fromEntries(unknown) }),
  };
}

/** The newer word, unless only the older one knows when it ends; an exit status says less than the stream before it. */
function sharper(before: LimitHit | undefined, { kind, source, resetsAtMs }: LimitHit): LimitHit {
  if (before !== undefined && source === 'status') return before;
  if (before?.resetsAtMs !== undefined && resetsAtMs === undefined && kind !== 'context') return before;
  return { kind, source, ...(resetsAtMs === undefined ? {} : { resetsAtMs }) };
}

function plus(one: Usage, other: Usage): Usage {
  return combined(one, other, (left, right) => left + right);
}

/** A total by what is told last; some agents tell tokens and cost in lines of their own. */
function renewed(before: Usage, told: Usage): Usage {
  return combined(before, told, (left, right) => (right > 0 ? right : left));
}

/** Never less than nothing: a session that was compacted, or counted anew, begins again. */
function minus(one: Usage, other: Usage): Usage {
  return combined(one, other, (left, right) => Math.max(0, left - right));
}

function combined(one: Usage, other: Usage, by: (left: number, right: number) => number): Usage {
  return {
    inputTokens: by(one.inputTokens, other.inputTokens),
    outputTokens: by(one.outputTokens, other.outputTokens),
    cachedTokens: by(one.cachedTokens, other.cachedTokens),
    costUsd: by(one.costUsd, other.costUsd),
  };
}

/** Cached tokens count in full where their price is not known, so that a budget errs on the safe side. */
function priced(usage: Usage, price: Price | undefined): Usage {
  if (price === undefined || usage.costUsd > 0) return usage;
  const { inputPerMillion, outputPerMillion, cachedPerMillion = inputPerMillion } = price;
  const input = usage.inputTokens * inputPerMillion + usage.cachedTokens * cachedPerMillion;
  return { ...usage, costUsd: (input + usage.outputTokens * outputPerMillion) / 1e6 };
}
