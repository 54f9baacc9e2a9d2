import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../../test/support/github/people.js';
import type { Json } from '../../test/support/github/shapes.js';
import { nowMs } from './ground.js';

interface Held {
  readonly event: string;
  readonly raw: string;
  readonly delivery: string;
}

/** What became of the deliveries. */
export interface Tally {
  readonly all: number;
  readonly doubled: number;
  readonly lost: number;
  /** Brought after one that was sent later. */
  readonly late: number;
}

/** How many deliveries there are for each one that is doubled or lost. */
export interface Weather {
  readonly doublesOneIn: number;
  readonly losesOneIn: number;
  readonly shuffles: boolean;
}

/** How many are on their way at once. */
const atOnce = 8;
const pauseMs = 100;
const bringWithinMs = 180_000;

/** Stands between GitHub and Fleet: takes every delivery, and brings it as the weather is. */
export class Courier {
  readonly #weather: Weather;
  readonly #random: () => number;
  readonly #held: { readonly sent: number; readonly held: Held }[] = [];
  #newestBrought = 0;
  #tally: Tally = { all: 0, doubled: 0, lost: 0, late: 0 };
  readonly #bring: (held: Held) => Promise<void>;

  /** From now on nothing else delivers. */
  constructor(people: People, weather: Weather, random: () => number) {
    this.#weather = weather;
    this.#random = random;
    const deliver = people.deliver.bind(people);
    this.#bring = async ({ event, raw, delivery }) => {
      const { status, body } = await deliver(event, {}, { raw, delivery });
      if (status >= 300) throw new Error(`Fleet answered ${status} to ${event}: ${body}`);
    };
    people.deliver = (event, payload) => {
      this.#take(event, payload);
      return Promise.resolve({ status: 202, body: '', ms: 0 });
    };
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** Brings what is held, a part at a time, until nothing is missing; then some may still be held. */
  async bringUntil(missing: () => Promise<readonly string[]>, what: string): Promise<void> {
    const deadline = nowMs() + bringWithinMs;
    for (;;) {
      await this.#bringSome(this.#weather.shuffles ? Math.ceil(this.#held.length / 6) : this.#held.length);
      const left = await missing();
      if (left.length === 0) return;
      if (nowMs() > deadline) {
        throw new Error(`waited ${bringWithinMs / 1000} s for ${what}:\n${left.join('\n')}`);
      }
      await delay(pauseMs);
    }
  }

  /** Brings everything. */
  async bringAll(): Promise<void> {
    while (this.#held.length > 0) await this.#bringSome(this.#held.length);
  }

  #take(event: string, payload: Json): void {
    const { losesOneIn, doublesOneIn } = this.#weather;
    const { all, lost, doubled } = this.#tally;
    const sent = all + 1;
    const isLost = isFoundByLooking(event, payload) && this.#falls(lost, sent, losesOneIn);
    const isDoubled = !isLost && this.#falls(doubled, sent, doublesOneIn);
    this.#tally = { ...this.#tally, all: sent, lost: lost + Number(isLost), doubled: doubled + Number(isDoubled) };
    const held = { event, raw: JSON.stringify(payload), delivery: randomUUID() };
    for (let copy = 0; copy < (isLost ? 0 : isDoubled ? 2 : 1); copy += 1) this.#held.push({ sent, held });
  }

  /** By chance, and in the end so many as there shall be. */
  #falls(before: number, sent: number, oneIn: number): boolean {
    return before < sent / oneIn && this.#random() < 2 / oneIn;
  }

  async #bringSome(count: number): Promise<void> {
    const some = Array.from({ length: count }, () => this.#held.splice(this.#next(), 1)).flat();
    for (const { sent } of some) {
      if (sent < this.#newestBrought) this.#tally = { ...this.#tally, late: this.#tally.late + 1 };
      this.#newestBrought = Math.max(this.#newestBrought, sent);
    }
    for (let from = 0; from < some.length; from += this.#weather.shuffles ? atOnce : 1) {
      const together = some.slice(from, from + (this.#weather.shuffles ? atOnce : 1));
      await Promise.all(together.map(({ held }) => this.#bring(held)));
    }
  }

  #next(): number {
    return this.#weather.shuffles ? Math.floor(this.#random() * this.#held.length) : 0;
  }
}

/** Commands below an issue, and that a merge request is open again, are told of by webhooks alone; docs/spec.md, resync. */
function isFoundByLooking(event: string, payload: Json): boolean {
  const { action, issue, comment } = payload as {
    readonly action?: string;
    readonly issue?: { readonly pull_request?: unknown };
    readonly comment?: { readonly body: string };
  };
  if (event === 'pull_request') return action !== 'reopened';
  return event !== 'issue_comment' || issue?.pull_request !== undefined || !(comment?.body ?? '').startsWith('/fleet');
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
