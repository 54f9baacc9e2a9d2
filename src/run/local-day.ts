/** The day of this machine that a moment is in, in ms since the epoch; days with a change of summer time have 23 or 25 hours. */
export function localDay(atMs: number): { readonly startedAtMs: number; readonly endsAtMs: number } {
  const day = new Date(atMs);
  const [year, month, date] = [day.getFullYear(), day.getMonth(), day.getDate()];
  return { startedAtMs: new Date(year, month, date).getTime(), endsAtMs: new Date(year, month, date + 1).getTime() };
}

/** True where the machine's time of day is within `from-to`, e.g. `22:00-07:00`. */
export function isWithin(hours: string, atMs: number): boolean {
  const [from = '', to = ''] = hours.split('-');
  const now = new Date(atMs).toTimeString().slice(0, 5);
  return from <= to ? from <= now && now < to : now >= from || now < to;
}
