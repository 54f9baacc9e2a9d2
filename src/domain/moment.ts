const calendar = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: 'UTC', hourCycle: 'h23' },
  ...{ day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' },
});

/** `22 November, 09:00 UTC`: for moments that are near. */
export function momentText(atMs: number): string {
  const parts = new Map(calendar.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} UTC`;
}
