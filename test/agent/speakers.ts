import { readdirSync, readFileSync } from 'node:fs';
import { ampDialect } from '../../src/agent/dialect/amp.js';
import { claudeDialect } from '../../src/agent/dialect/claude.js';
import { codexDialect } from '../../src/agent/dialect/codex.js';
import { codexExecDialect } from '../../src/agent/dialect/codex-exec.js';
import type { Dialect } from '../../src/agent/dialect/dialect.js';
import { geminiDialect } from '../../src/agent/dialect/gemini.js';
import { opencodeDialect } from '../../src/agent/dialect/opencode.js';
import { opencodeRunDialect } from '../../src/agent/dialect/opencode-run.js';

/** How a recorded process ended: by itself, or because it said nothing for too long. */
export type RecordedEnd = { readonly code: number; readonly stderr?: string } | { readonly how: 'silence' };

/** A dialect with its recorded streams: the folder of its name in transcripts, whose cases.json says how each process ended. */
export interface Speaker {
  readonly name: string;
  readonly dialect: Dialect;
  /** What the bridge would have printed, where it was recorded without one. */
  readonly asPrinted?: (lines: readonly string[]) => readonly string[];
}

/** Adding an agent CLI: one row here, and its recorded streams. */
export const speakers: readonly Speaker[] = [
  { name: 'claude', dialect: claudeDialect },
  { name: 'codex-app-server', dialect: codexDialect, asPrinted: fromServer },
  { name: 'codex', dialect: codexExecDialect },
  { name: 'gemini', dialect: geminiDialect },
  { name: 'opencode-serve', dialect: opencodeDialect, asPrinted: withTime },
  { name: 'opencode', dialect: opencodeRunDialect },
  { name: 'amp', dialect: ampDialect },
];

/** The recorded lines of a case, as the dialect gets them. */
export function linesOf({ name, asPrinted = (lines) => lines }: Speaker, file: string): readonly string[] {
  const lines = readFileSync(new URL(`transcripts/${name}/${file}.jsonl`, import.meta.url), 'utf8').split('\n');
  return asPrinted(lines.filter((line) => line !== ''));
}

/** The recorded cases of a dialect; every stream has one. */
export function casesOf({ name }: Speaker): readonly (readonly [string, RecordedEnd])[] {
  const folder = new URL(`transcripts/${name}/`, import.meta.url);
  const cases = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as Record<string, RecordedEnd>;
  const streams = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  const without = streams.filter((file) => cases[file.slice(0, -'.jsonl'.length)] === undefined);
  if (without.length > 0) throw new Error(`${name}/cases.json says nothing of ${without.join(', ')}`);
  return Object.entries(cases);
}

/** Recorded with what was sent, and the time beside each message. */
function fromServer(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => JSON.parse(line) as { readonly dir: string; readonly msg: unknown })
    .filter(({ dir }) => dir === 'server->client')
    .map(({ msg }) => JSON.stringify(msg));
}

/** Recorded with the time since the start; the session tells when it was made. */
function withTime(lines: readonly string[]): readonly string[] {
  let startedAtMs = 0;
  return lines.map((line) => {
    const { ms, ...event } = JSON.parse(line) as { readonly ms: number; readonly type?: string };
    if (event.type === 'session.created') startedAtMs = Number(/"created":(\d+)/.exec(line)?.[1]) - ms;
    return JSON.stringify({ ...event, receivedAtMs: startedAtMs + ms });
  });
}
