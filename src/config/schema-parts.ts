import { z } from 'zod';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unitBytes = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;
/** Timers of Node overflow after 24.8 days, and fire at once then. */
const longestTimerMs = 24 * unitMs.d;

const durationWords = 'a duration such as 90s, 5m, 12h or 7d';
const timerWords = `${durationWords}, between 1s and 24d`;
const sizeWords = 'a size such as 512MB or 4GB';

/** A duration as it is written; gives ms. */
export function duration(): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return written(
    /^(\d{1,9})(ms|s|m|h|d)$/,
    durationWords,
    (amount, unit) => amount * unitMs[unit as keyof typeof unitMs],
  );
}

/** A duration that Node can wait for; gives ms. */
export function timer(defaultText: string) {
  return duration()
    .refine((ms) => ms >= unitMs.s && ms <= longestTimerMs, { error: timerWords })
    .prefault(defaultText);
}

/** A size as it is written, in units of 1024; gives bytes. */
export function size() {
  return written(
    /^(\d{1,9})(B|KB|MB|GB)$/,
    sizeWords,
    (amount, unit) => amount * unitBytes[unit as keyof typeof unitBytes],
  );
}

function written(pattern: RegExp, words: string, value: (amount: number, unit: string) => number) {
  return z
    .string({ error: words })
    .regex(pattern, { error: words })
    .transform((text) => {
      const [, amount, unit] = pattern.exec(text) ?? [];
      return value(Number(amount), unit ?? '');
    });
}

/** Text that matches; `words` reads after "expected". */
export function textLike(pattern: RegExp, words: string): z.ZodString {
  return z.string({ error: words }).regex(pattern, { error: words });
}

/** Text that is not blank. */
export function line(): z.ZodString {
  return textLike(/\S/, 'text that is not empty');
}

/** An http or https address without credentials; gives it without a slash at its end. */
export function address() {
  const words = 'an address such as https://fleet.example.com';
  return z
    .string({ error: words })
    .refine(isAddress, { error: words })
    .transform((text) => text.replace(/\/+$/, ''));
}

/** True for an http or https URL without credentials. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Name of an agent. */
export const agentName = textLike(/^[a-z0-9-]+$/, 'a name of lower-case letters, digits and dashes');

/** Names of agents in order of preference. */
export const agentNames = z.array(agentName).min(1);

/** An object that takes these keys and no others; an unknown one is answered with the nearest that is known. */
export function keys<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    // One line per unknown key, in their order: zod reports them as one issue.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => knownKeyWords(key, Object.keys(shape))).join('\n')
        : undefined,
  });
}

function knownKeyWords(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, distance: distanceOf(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  if (nearest !== undefined && nearest.distance <= Math.max(2, key.length / 3)) {
    return `a known key, perhaps \`${nearest.name}\``;
  }
  return `one of the keys ${known.join(', ')}`;
}

/** How many letters must be put in, taken out or changed to make `b` of `a`. */
function distanceOf(a: string, b: string): number {
  let previous = [...Array(b.length + 1).keys()];
  for (const [i, letter] of Array.from(a).entries()) {
    const row = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const change = (previous[j] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(change, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
