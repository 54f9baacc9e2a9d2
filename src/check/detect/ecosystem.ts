/** The root of a tree, as detection sees it. */
export interface Root {
  has(path: string): boolean;
  /** The first of these files that is there. */
  first(...paths: readonly string[]): string | undefined;
  /** Text of a file; empty when it is not there. */
  text(path: string): Promise<string>;
}

/** What one ecosystem's files tell: set-up, and checks in the order in which they are run. */
export interface Detected {
  /** Goes before the name of a check whose name another ecosystem has taken. */
  readonly ecosystem: string;
  readonly setup?: string;
  readonly checks: readonly { readonly name: string; readonly command: string }[];
}

/** Undefined when the ecosystem is not at the root. */
export type Detector = (root: Root) => Promise<Detected | undefined>;

/** Leaves out commands that are not there. */
export function present(commands: Readonly<Record<string, string | undefined>>): Detected['checks'] {
  return Object.entries(commands).flatMap(([name, command]) => (command === undefined ? [] : [{ name, command }]));
}

/** A JSON object's members; broken JSON has none, which the tool itself will say better. */
export function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    // As the doc comment says.
    return {};
  }
}

/** The value if it is an object, else an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
