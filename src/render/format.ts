import type { AttemptRecord, Usage } from '../domain/agent.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 9950) return `${(whole / second).toFixed(1)} s`;
  if (whole < minute) return `${Math.floor(whole / second)} s`;
  if (whole < hour) return two(whole, [minute, 'min'], [second, 's']);
  return whole < day ? two(whole, [hour, 'h'], [minute, 'min']) : two(whole, [day, 'd'], [hour, 'h']);
}

type Unit = readonly [sizeMs: number, name: string];

function two(ms: number, [size, name]: Unit, [smaller, smallerName]: Unit): string {
  const rest = Math.floor((ms % size) / smaller);
  return `${Math.floor(ms / size)} ${name}${rest === 0 ? '' : ` ${rest} ${smallerName}`}`;
}

/** US dollars; what is less than a cent is said so. */
export function moneyText(usd: number): string {
  return usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`;
}

/** `950`, `1.5k`, `2.3M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** `1 task`, `2 tasks`. */
export function amountText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What agents used: attempts, tokens, and money where the agents have a price; empty before the first attempt. */
export function usageText(attempts: readonly AttemptRecord[]): readonly string[] {
  if (attempts.length === 0) return [];
  const { inputTokens, outputTokens, costUsd } = totalUsage(attempts);
  const tokens = inputTokens + outputTokens;
  return [
    amountText(attempts.length, 'attempt'),
    ...(tokens > 0 ? [`${countText(tokens)} tokens`] : []),
    ...(costUsd > 0 ? [moneyText(costUsd)] : []),
  ];
}

/** How long these attempts took in all. */
export function workedMs(attempts: readonly AttemptRecord[]): number {
  return attempts.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0);
}

function totalUsage(attempts: readonly AttemptRecord[]): Pick<Usage, 'inputTokens' | 'outputTokens' | 'costUsd'> {
  const sum = (of: (usage: Usage) => number) => attempts.reduce((total, { usage }) => total + of(usage), 0);
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costUsd: sum(({ costUsd }) => costUsd),
  };
}
