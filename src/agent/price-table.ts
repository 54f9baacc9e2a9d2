/** US dollars per million tokens. */
export interface Price {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  /** Of tokens that the provider had cached; as input where it is not known. */
  readonly cachedPerMillion?: number;
}

type Row = readonly [model: string, inputPerMillion: number, outputPerMillion: number, cachedPerMillion: number];

/**
 * List prices, for requests of usual length: OpenAI and Google as of January 2026, Claude as its CLI told them in November 2026.
 * Only a default where an agent tells no cost: `price` in the configuration goes before it.
 */
const rows: readonly Row[] = [
  ['claude-fable-5-1', 10, 50, 1],
  ['claude-opus-5-5', 4, 20, 0.4],
  ['claude-opus-4-8', 5, 25, 0.5],
  ['claude-opus-4-6', 5, 25, 0.5],
  ['claude-opus-4-5', 5, 25, 0.5],
  ['claude-opus-4-1', 15, 75, 1.5],
  ['claude-opus-4', 15, 75, 1.5],
  ['claude-sonnet-5-5', 2, 10, 0.2],
  ['claude-sonnet-4-6', 3, 15, 0.3],
  ['claude-sonnet-4-5', 3, 15, 0.3],
  ['claude-sonnet-4', 3, 15, 0.3],
  ['claude-haiku-5-5', 0.1, 0.5, 0.01],
  ['claude-haiku-4-5', 1, 5, 0.1],
  ['gpt-5.2-pro', 21, 168, 21],
  ['gpt-5.2', 1.75, 14, 0.175],
  ['gpt-5.1-codex-mini', 0.25, 2, 0.025],
  ['gpt-5.1', 1.25, 10, 0.125],
  ['gpt-5-pro', 15, 120, 15],
  ['gpt-5-mini', 0.25, 2, 0.025],
  ['gpt-5-nano', 0.05, 0.4, 0.005],
  ['gpt-5', 1.25, 10, 0.125],
  ['gpt-4.1-mini', 0.4, 1.6, 0.1],
  ['gpt-4.1-nano', 0.1, 0.4, 0.025],
  ['gpt-4.1', 2, 8, 0.5],
  ['o4-mini', 1.1, 4.4, 0.275],
  ['gemini-3-pro', 2, 12, 0.2],
  ['gemini-3-flash', 0.5, 3, 0.05],
  ['gemini-2.5-pro', 1.25, 10, 0.125],
  ['gemini-2.5-flash-lite', 0.1, 0.4, 0.01],
  ['gemini-2.5-flash', 0.3, 2.5, 0.03],
];

/** After the name: nothing, or a variant or date of the same model, but no further number of its version. */
const sameModel = /^(?:$|[@:[]|-(?!\d{1,2}(?:\D|$)))/;

/** The list price of a model by its longest known beginning, after the name of a provider; undefined for what is not listed. */
export function listPrice(model: string | undefined): Price | undefined {
  const name = model?.toLowerCase().replace(/^.*\//, '') ?? '';
  if (name.endsWith(':free')) return undefined;
  const [row] = rows
    .filter(([start]) => name.startsWith(start) && sameModel.test(name.slice(start.length)))
    .sort(([one], [other]) => other.length - one.length);
  if (row === undefined) return undefined;
  const [, inputPerMillion, outputPerMillion, cachedPerMillion] = row;
  return { inputPerMillion, outputPerMillion, cachedPerMillion };
}
