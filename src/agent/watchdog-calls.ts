import { createHash } from 'node:crypto';

/** The longest cycle of calls that is looked for. */
const longestCycle = 20;

/** Fewer calls than this are no loop, however short the cycle; a longer cycle must have come four times. */
const fewestCalls = 8;
const fewestRounds = 4;

/** Characters of a tool's name in a reason: the model may have made it up. */
const nameLength = 40;

interface Call {
  readonly tool: string;
  readonly hash: string;
}

/** The tool calls of an attempt, as far as they tell whether it goes round in circles. */
export interface Calls {
  readonly steps: number;
  /** The last ones, oldest first. */
  readonly recent: readonly Call[];
  /** For each cycle's length, from 1: how many of the last calls in a row were the same as the one that many before. */
  readonly echoes: readonly number[];
}

export const noCalls: Calls = { steps: 0, recent: [], echoes: Array<number>(longestCycle).fill(0) };

/** The calls with one more. */
export function callsWith(
  { steps, recent, echoes }: Calls,
  made: { readonly tool: string; readonly input: unknown },
): Calls {
  const hash = createHash('sha1')
    .update(`${made.tool}\n${JSON.stringify(made.input)}`)
    .digest('base64');
  return {
    steps: steps + 1,
    recent: [...recent, { tool: made.tool, hash }].slice(-longestCycle),
    echoes: echoes.map((count, index) => (recent.at(-1 - index)?.hash === hash ? count + 1 : 0)),
  };
}

/** Names the cycle that the last calls go round in, undefined when they do not. */
export function cycleOf({ recent, echoes }: Calls): string | undefined {
  const index = echoes.findIndex(
    (count, at) => count + at + 1 >= Math.max(fewestCalls, fewestRounds * (at + 1)) && count > 0,
  );
  if (index === -1) return undefined;
  const length = index + 1;
  const tools = recent.slice(-length).map(({ tool }) => tool.slice(0, nameLength));
  const times = Math.floor(((echoes[index] ?? 0) + length) / length);
  return length === 1
    ? `made the same call ${times} times: ${tools.join('')}`
    : `made the same ${length} calls ${times} times: ${tools.join(', ')}`;
}
