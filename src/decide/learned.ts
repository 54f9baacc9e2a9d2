import type { Fare } from '../domain/account.js';
import { counted } from './decision.js';

/** Attempts of each agent before its price is believed. */
const enough = 3;

/** Of so many attempts one goes to whoever was tried least: agents and prices change. */
const exploresEvery = 10;

/** An agent with the reason for its place. */
export interface Ranked {
  readonly agent: string;
  readonly because?: string;
}

/** The agents by what their work has cost for each piece of it that was taken; `agents` is the order where that tells nothing. */
export function learned(agents: readonly string[], fares: readonly Fare[]): readonly Ranked[] {
  const known = agents.map((agent) => fares.find((fare) => fare.agent === agent) ?? { ...untried, agent });
  const total = known.reduce((sum, { attempts }) => sum + attempts, 0);
  // Where one tells no money, all are compared by tokens.
  const inMoney = known.every(({ attempts, costUsd }) => attempts === 0 || costUsd > 0);
  const price = (fare: Fare): number =>
    fare.accepted === 0 ? Number.POSITIVE_INFINITY : (inMoney ? fare.costUsd : fare.tokens) / fare.accepted;
  const said = (fare: Fare): string =>
    `learned: ${priceText(price(fare), inMoney ? 'US dollars' : 'tokens')} (${fare.accepted} of ${fare.attempts})`;
  const byPrice = [...known].sort((one, other) => compared(price(one), price(other)));
  const least = [...known].sort((one, other) => one.attempts - other.attempts)[0];
  const explored = known.filter(({ attempts }) => attempts < enough);
  const isTurn = explored.length === 0 && total % exploresEvery === exploresEvery - 1 && least !== undefined;
  const first = isTurn ? [least] : explored;
  return [
    ...first.map((fare) => ({
      agent: fare.agent,
      because: `learned: explored after ${counted(fare.attempts, 'attempt')}`,
    })),
    ...byPrice.filter((fare) => !first.includes(fare)).map((fare) => ({ agent: fare.agent, because: said(fare) })),
  ];
}

const untried = { attempts: 0, accepted: 0, costUsd: 0, tokens: 0 } as const;

/** Infinite prices are equal, which their difference is not. */
function compared(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

function priceText(price: number, unit: 'US dollars' | 'tokens'): string {
  if (price === Number.POSITIVE_INFINITY) return 'nothing of it was taken yet';
  return `${unit === 'tokens' ? Math.round(price) : price.toFixed(4)} ${unit} each`;
}
