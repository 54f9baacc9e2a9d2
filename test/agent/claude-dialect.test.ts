import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import { claudeDialect } from '../../src/agent/dialect/claude.js';
import { type AttemptEnd, outcomeOf } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';
import { aJob, aSpec } from './support.js';

function exit(code: number): AttemptEnd {
  return { how: 'exited', code };
}

const silence = { how: 'halted', failure: 'stalled', reason: 'printed nothing for 300 s' } as const;

/** What the real CLI printed (test/agent/transcripts/claude) and how it ended. */
const cases: readonly (readonly [string, AttemptEnd])[] = [
  ['ok', exit(0)],
  ['ok-oauth', exit(0)],
  ['partial', exit(0)],
  ['resume', exit(0)],
  ['resume-missing', exit(1)],
  ['ratelimit-once', exit(0)],
  ['ratelimit-retries2', exit(1)],
  ['ratelimit-3600', exit(1)],
  ['usage-limit', exit(1)],
  ['usage-limit-oauth-mid', exit(1)],
  ['quota', exit(1)],
  ['overloaded-retries1', exit(1)],
  ['auth', silence],
  ['auth-retries1', exit(1)],
  ['context', exit(1)],
  ['denied', exit(0)],
  ['garbage', exit(1)],
  ['max-turns', exit(1)],
  ['max-budget', exit(1)],
  ['stall', silence],
  ['stall-timeout5', exit(1)],
];

describe('claude', () => {
  it.each(cases)('%s', async (name, ended) => {
    const events = linesOf(name).flatMap(claudeDialect.parseLine);
    const tally = createTally({ price: undefined, facts: claudeDialect.facts });
    events.forEach(tally.saw);
    const { usage, words } = tally.total();
    const outcome = outcomeOf(ended, words, claudeDialect.facts);
    const golden = `${JSON.stringify({ ended, outcome, usage, events }, undefined, 2)}\n`;
    await expect(golden).toMatchFileSnapshot(`golden/claude/${name}.json`);
  });

  it.each([
    ['a line that was cut', '{"type":"assistant","message":{"content":[{"type":"te'],
    ['text', 'Warning: something'],
    ['an empty line', ''],
    ['another kind of JSON', '[1]'],
    ['an unknown type', '{"type":"control_request"}'],
    ['a known type of another shape', '{"type":"result","is_error":"no"}'],
    ['a limit that the agent only talks about', '{"type":"user","message":{"content":"error: rate_limit 429"}}'],
  ])('makes nothing of %s', (_, line) => {
    expect(claudeDialect.parseLine(line)).toEqual([]);
  });

  it('does not believe exit code 0 without a result', () => {
    const [first = ''] = linesOf('ok');
    const tally = createTally({ price: undefined, facts: claudeDialect.facts });
    claudeDialect.parseLine(first).forEach(tally.saw);
    expect(outcomeOf(exit(0), tally.total().words, claudeDialect.facts)).toEqual({
      kind: 'failed',
      failure: 'crash',
      reason: 'ended without a result',
    });
  });

  it('counts a resumed session of an older version by what it tells', () => {
    const line = JSON.stringify({
      ...{ type: 'result', is_error: false, total_cost_usd: 0.5 },
      usage: { input_tokens: 10, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 3 },
    });
    const usage = { type: 'usage', inputTokens: 15, outputTokens: 3, cachedTokens: 7, costUsd: 0.5 };
    expect(claudeDialect.parseLine(line)).toEqual([usage, { type: 'finished' }]);
  });

  it('is started with the prompt on standard input', async () => {
    const spec = aSpec({ dialect: 'claude', model: 'opus' });
    const owned = aSpec({ dialect: 'claude', env: { HOME: '/home/me', KEY: new Secret('hidden') } });
    const commands = {
      fresh: claudeDialect.command(aJob({ spec, asRoot: true })),
      resumed: claudeDialect.command(aJob({ spec, prompt: 'Go on.', session: 's-1' })),
      owned: claudeDialect.command(aJob({ spec: owned })),
    };
    await expect(`${JSON.stringify(commands, undefined, 2)}\n`).toMatchFileSnapshot('golden/claude/commands.json');
  });
});

function linesOf(name: string): readonly string[] {
  return readFileSync(new URL(`transcripts/claude/${name}.jsonl`, import.meta.url), 'utf8').split('\n');
}
