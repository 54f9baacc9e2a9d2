import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { pathText, shownValue, type Parsed, type Problem } from './problem.js';

/** Reads YAML as plain values; an empty text is an empty object. Every syntax error is a problem with its line. */
export function readYaml(text: string): Parsed<unknown> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos: [start] }) => {
      const { line, col } = lineCounter.linePos(start);
      return { path: `line ${line}, column ${col}`, value: 'broken YAML', expected: `it without: ${message}` };
    });
    return { problems };
  }
  try {
    return { value: document.toJS() ?? {} };
  } catch (error) {
    // Aliases that multiply without end, or that name nothing.
    const expected = `no such aliases: ${error instanceof Error ? error.message : String(error)}`;
    return { problems: [{ path: 'whole file', value: 'broken YAML', expected }] };
  }
}

/** Checks plain values against a schema. */
export function checkShape<T>(schema: z.ZodType<T>, written: unknown): Parsed<T> {
  const result = schema.safeParse(written, { error: expectation });
  return result.success
    ? { value: result.data }
    : { problems: result.error.issues.flatMap((issue) => problemsOf(issue, written)) };
}

function problemsOf(issue: z.core.$ZodIssue, written: unknown): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [problemAt(issue.path, issue.message, written)];
  const hints = issue.message.split('\n');
  return issue.keys.map((key, index) => problemAt([...issue.path, key], hints[index] ?? 'a known key', written));
}

function problemAt(path: readonly PropertyKey[], expected: string, written: unknown): Problem {
  const value = path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    written,
  );
  const where = pathText(path);
  return { path: where || 'whole file', value: shownValue(where, value), expected };
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys and values',
  record: 'keys and values',
};

/** What a schema without words of its own expects. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return typeWords[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'at least one entry' : `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  if (issue.code === 'invalid_key') return `another key: ${issue.issues.map(({ message }) => message).join(', ')}`;
  return undefined;
}
