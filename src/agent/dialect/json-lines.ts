import { z } from 'zod';
import type { AgentEvent } from '../../domain/agent.js';
import type { Dialect } from './dialect.js';

/** What is kept of the name of an unknown kind, in characters. */
const nameLength = 60;

// Members that a CLI may leave out, write as null, or change: what is not as expected counts as not there. These are not made of
// zod's own `nullish` and `catch`, which take several times as long.
export const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : undefined));
export const number = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'number' ? value : undefined));
/** An amount, 0 where it is not told. */
export const count = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'number' ? value : 0));

/** Events of one line of JSON; undefined when it has not the shape that is known. */
type Reader = (line: object) => readonly AgentEvent[] | undefined;

/** Reads lines that have the shape of `schema`. */
export function reader<Line>(schema: z.ZodType<Line>, events: (line: Line) => readonly AgentEvent[]): Reader {
  return (line) => {
    const read = schema.safeParse(line);
    return read.success ? events(read.data) : undefined;
  };
}

/** The lines of a CLI that prints an object of JSON a line. */
interface JsonLines {
  /** The member that names a line's kind. */
  readonly kindIn: 'type' | 'method';
  readonly kinds: ReadonlyMap<string, Reader>;
  /** Known, and nothing that Fleet reads: most are left alone before they are parsed. */
  readonly quiet: ReadonlySet<string>;
  /** For lines without a kind; what it does not know says nothing. */
  readonly withoutKind?: Reader;
}

/** Reads lines of JSON by their kind. Text, cut lines and other JSON give no event; unknown kinds and known ones of another shape an `unknown` one. */
export function jsonLines({ kindIn, kinds, quiet, withoutKind }: JsonLines): Dialect['parseLine'] {
  const kindAtStart = new RegExp(`^\\{(?:"id":"\\w*",)?"${kindIn}":"([^"\\\\]*)"`);
  return (line) => {
    if (!line.startsWith('{') || quiet.has(kindAtStart.exec(line)?.[1] ?? '')) return [];
    const parsed = parseObject(line);
    if (parsed === undefined) return [];
    const kind: unknown = Reflect.get(parsed, kindIn);
    if (typeof kind !== 'string') return withoutKind?.(parsed) ?? [];
    if (quiet.has(kind)) return [];
    return kinds.get(kind)?.(parsed) ?? [{ type: 'unknown', name: kind.slice(0, nameLength) }];
  };
}

/** Undefined for what is no object of JSON. */
export function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Text that starts with a brace, or a line that was cut.
    return undefined;
  }
}
