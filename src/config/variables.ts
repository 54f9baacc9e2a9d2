import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { Secret } from '../domain/secret.js';
import type { Problem } from './problem.js';
import { shownValue } from './problem.js';

/** Environment variables as a process gets them. An empty one counts as unset. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads variables and collects what is wrong with them. */
export class VariableReader {
  readonly problems: Problem[] = [];
  readonly #variables: Variables;
  readonly #cwd: string;

  constructor(variables: Variables, cwd: string) {
    this.#variables = variables;
    this.#cwd = cwd;
  }

  text(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** The value if it passes, else the fallback; what is set and does not pass is a problem. */
  textLike(name: string, passes: (value: string) => boolean, expected: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || passes(value)) return value;
    this.#refuse(name, shownValue('', value), expected);
    return undefined;
  }

  path(name: string): string | undefined {
    const value = this.text(name);
    return value === undefined || isAbsolute(value) ? value : resolve(this.#cwd, value);
  }

  /** The variable itself, else what the file holds that `<name>_PATH` names. `read` gives undefined for what does not pass. */
  secret(
    name: string,
    expected: string,
    read: (value: string) => string | undefined = (value) => value,
  ): Secret | undefined {
    const [from, text] = this.#secretText(name);
    if (text === undefined) return undefined;
    const value = read(text);
    if (value !== undefined) return new Secret(value);
    this.#refuse(from, '[secret]', expected);
    return undefined;
  }

  /** Says that a variable must be set. */
  want(name: string, expected: string): void {
    this.#refuse(name, 'nothing', expected);
  }

  /** True when the variable, or its `_PATH`, is set, whatever it holds. */
  isSet(name: string): boolean {
    return this.text(name) !== undefined || this.text(`${name}_PATH`) !== undefined;
  }

  #secretText(name: string): readonly [string, string | undefined] {
    const own = this.text(name);
    const path = this.path(`${name}_PATH`);
    if (own !== undefined || path === undefined) return [name, own];
    try {
      return [`${name}_PATH`, readFileSync(path, 'utf8').trim()];
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      this.#refuse(`${name}_PATH`, shownValue('', path), `the path of a file that can be read (${code})`);
      return [name, undefined];
    }
  }

  #refuse(path: string, value: string, expected: string): void {
    this.problems.push({ path, value, expected });
  }
}
