/** What goes wrong with calls that match. */
export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  /** How many calls it hits, 1 by default. */
  readonly times?: number;
  readonly effect:
    | {
        readonly answer: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly message?: string;
        readonly body?: unknown;
      }
    /** The connection breaks, before the work is done or after it. */
    | { readonly hangUp: 'before' | 'after' }
    /** The work is done, and the answer is this all the same. */
    | { readonly doneBut: number }
    /** The work is done, and the answer comes late. */
    | { readonly delayMs: number };
}

export type Effect = Fault['effect'];

/** Faults that wait for their call, first come first served. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(method: string, path: string): Effect | undefined {
    const hit = this.#waiting.find(({ fault }) => fault.method === method && fault.path.test(path));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return hit.fault.effect;
  }

  /** Those that never hit. */
  left(): readonly string[] {
    return this.#waiting.map(({ fault }) => `${fault.method} ${fault.path.source}`);
  }
}
