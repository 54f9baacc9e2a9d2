import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LimitKind } from '../../src/domain/agent.js';
import { acpDialect } from '../../src/agent/dialect/acp.js';
import { openRouterDialect } from '../../src/agent/dialect/openrouter.js';
import { speakers } from './speakers.js';

/** A line that a CLI printed, or the end of its process, and the limit that it tells of; the line as text, or as its JSON. */
interface Row {
  readonly dialect: string;
  readonly limit: LimitKind | 'none';
  readonly resetsAtMs?: number;
  readonly why: string;
  readonly line?: unknown;
  readonly exit?: { readonly code: number; readonly stderr: string };
}

const rows = readFileSync(new URL('limit-corpus.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row);

/** Those with a test of their own for what was recorded, too. */
const all = [...speakers, { name: 'acp', dialect: acpDialect() }, { name: 'openrouter', dialect: openRouterDialect }];

describe.each(all)('limits of $name', ({ name, dialect }) => {
  const own = rows.filter((row) => row.dialect === name);

  it.each(own)('$limit: $why', ({ limit, resetsAtMs, line, exit }) => {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    const events = exit === undefined ? dialect.parseLine(text) : dialect.parseExit(exit);
    const found = events.filter((event) => event.type === 'limited').map((event) => [event.kind, event.resetsAtMs]);
    expect(found).toEqual(limit === 'none' ? [] : [[limit, resetsAtMs]]);
  });

  it('is in the corpus with limits and with harmless lines', () => {
    expect(new Set(own.map(({ limit }) => limit === 'none'))).toEqual(new Set([true, false]));
  });
});

it('knows the dialect of every row', () => {
  const names = all.map(({ name }) => name);
  expect(rows.filter(({ dialect }) => !names.includes(dialect))).toEqual([]);
});
