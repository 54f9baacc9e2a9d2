/** A JSON line of the log as a person reads it: time, level, message, `name=value` fields, an error's stack below. */
export function prettyLine(line: string): string {
  const { level, time, msg, ...others } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(others).filter(([name]) => name !== 'pid');
  const stacks = fields.flatMap(([, value]) => stackOf(value));
  const rest = fields.filter(([, value]) => stackOf(value).length === 0);
  const words = rest.map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${words.join('')}`;
  return [head, ...stacks.map((stack) => stack.replace(/^/gm, '  '))].join('\n') + '\n';
}

function stackOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && 'stack' in value ? [String(value.stack)] : [];
}
