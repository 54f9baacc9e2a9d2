import { describe, expect, it } from 'vitest';
import { claudeDialect } from '../../src/agent/dialect/claude.js';
import { outcomeOf } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';

describe('claude', () => {
  it('does not believe exit code 0 without a result', () => {
    const tally = createTally({ price: undefined, facts: claudeDialect.facts });
    claudeDialect.parseLine('{"type":"system","subtype":"init","session_id":"s-1"}').forEach(tally.saw);
    expect(outcomeOf({ how: 'exited', code: 0 }, tally.total().words, claudeDialect.facts)).toEqual({
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
});
