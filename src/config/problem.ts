/** One thing that is wrong in a configuration file or the environment. Secrets are shown as `[secret]`. */
export interface Problem {
  /** Key or variable, e.g. `fleet.config.yml: agents[0].name`; a place in the file when the YAML itself is broken. */
  readonly path: string;
  readonly value: string;
  /** Reads after "expected". */
  readonly expected: string;
}

/** A value, or everything that is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** A problem as one line for people. */
export function problemLine({ path, value, expected }: Problem): string {
  return `${path}: got ${value}, expected ${expected}`;
}

/** `['agents', 0, 'name']` as `agents[0].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

const secretPath = /(?:token|secret|smtp|password|credential|key)\b|\benv\b/i;
const longestValue = 80;

/** A value as it may be shown to people: never a secret, never long, never the inside of a list or object. */
export function shownValue(path: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'keys and values';
  if (secretPath.test(path)) return '[secret]';
  const text = JSON.stringify(value).replace(/\/\/[^/@]*@/, '//[secret]@');
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
