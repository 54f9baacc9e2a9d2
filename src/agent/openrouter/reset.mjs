/** Numbers above are moments, below they are spans; above the second one they are in ms. */
const momentSeconds = 1e9;
const momentMs = 1e12;
const spanUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** When a limit ends by the headers of an answer (names in lower case), in ms; undefined where they do not tell, or tell of the past. */
export function resetOf(headers, nowMs) {
  for (const name of ['retry-after', 'x-ratelimit-reset', 'x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens']) {
    const resetsAtMs = momentOf(headers[name], nowMs);
    if (resetsAtMs > nowMs) return resetsAtMs;
  }
  return undefined;
}

/** Seconds, a moment in s or ms, a date, or a span such as 6m0.5s. */
function momentOf(text, nowMs) {
  if (text === undefined || text.trim() === '') return undefined;
  const number = Number(text);
  if (!Number.isNaN(number)) {
    if (number >= momentMs) return number;
    return number >= momentSeconds ? number * 1000 : nowMs + number * 1000;
  }
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhd])/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text.trim()) {
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * spanUnits[unit], nowMs);
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}
