import { Failed } from './failed.mjs';

const mostRepeats = 3;

/** Sees when calls go in circles, of whatever length: the same call with the same result, and nothing changed in between. */
export function createRepeats() {
  const counts = new Map();
  let isTold = false;
  return {
    /** A hint for the model, the first time; throws `Failed` the second time. */
    saw({ name, input, result }) {
      if (result.changed) counts.clear();
      const key = JSON.stringify([name, input, result.text]);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count < mostRepeats) return undefined;
      if (isTold) throw new Failed('loop', `made the same call of ${name} ${count} times, with the same result`);
      isTold = true;
      return `You have made this call ${count} times with the same result. Do something else, or end with a summary.`;
    },
  };
}
