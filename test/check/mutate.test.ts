import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { edited, mutate } from '../../src/check/mutation/mutate.js';

const fixtures = new URL('fixtures/mutation/', import.meta.url).pathname;
const brief = (text: string): string => text.replace(/\s+/g, ' ');

test('what is changed in each language: no comment, no import, no type, nothing inside of a literal', async () => {
  const told = readdirSync(fixtures).map((name) => {
    const ending = name.replace('.txt', '');
    const edits = mutate(`a.${ending}`, readFileSync(join(fixtures, name), 'utf8'));
    return [ending, ...edits.map(({ line, from, to }) => `${line}: ${brief(from)}  →  ${brief(to)}`)].join('\n  ');
  });
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot('golden/mutate.txt');
});

test('each change is made where it says, alone, and leaves a text that can be parsed', () => {
  const path = new URL('../../src/domain/frontier.ts', import.meta.url).pathname;
  const text = readFileSync(path, 'utf8');
  const edits = mutate(path, text);
  expect(edits.length).toBeGreaterThan(50);
  for (const edit of edits) {
    const changed = edited(text, edit);
    expect(text.slice(0, edit.at).split('\n')).toHaveLength(edit.line);
    expect(changed).toBe(text.slice(0, edit.at) + edit.to + text.slice(edit.at + edit.from.length));
    expect(ts.transpileModule(changed, { reportDiagnostics: true }).diagnostics).toEqual([]);
  }
});

describe('nothing is changed', () => {
  test.each([
    ['in a language that is not known', 'a.md', 'return 1'],
    ['in a file that is too large', 'a.js', `return 1;${' '.repeat(200_000)}`],
    ['in comments that are not closed', 'a.js', '/* return 1'],
    ['in a file without code', 'a.py', '"""Only words, 1 == 1."""\n'],
    ['where a value is returned that is not there', 'a.js', 'function a() { return; }'],
  ])('%s', (_, path, text) => {
    expect(mutate(path, text)).toEqual([]);
  });
});

test.each([
  ['comments that open again and again', '/*\n'.repeat(60_000)],
  ['quotes that are not closed', '`\n'.repeat(90_001)],
  ['brackets that are not closed', 'return (\n'.repeat(20_000)],
  ['conditions that are not closed', `${'if (('.repeat(200)}\n`.repeat(200)],
  ['regular expressions that are not closed', `${'= /['.repeat(240)}\n`.repeat(200)],
])('%s cost no time', (_, text) => {
  const startedMs = performance.now();
  mutate('a.js', text);
  mutate('a.py', text);
  mutate('a.go', text);
  expect(performance.now() - startedMs).toBeLessThan(4000);
});
