import { describe, expect, it } from 'vitest';
import { opencodeDialect } from '../../src/agent/dialect/opencode.js';

describe('what opencode says of a retry', () => {
  const retry = (message: string): string =>
    JSON.stringify({
      type: 'session.status',
      properties: { sessionID: 's', status: { type: 'retry', attempt: 1, message, next: 3000 } },
      receivedAtMs: 1000,
    });

  it.each([
    ['plan', 'The usage limit has been reached'],
    ['quota', 'You exceeded your current quota, please check your plan and billing details.'],
    ['quota', 'Insufficient credits'],
    ['rate', 'Rate limit reached for m-1 on tokens per min (TPM): Limit 30000. Please try again in 2s.'],
    ['rate', 'Too Many Requests'],
    ['overload', 'Overloaded'],
  ])('is a %s by its text: %s', (kind, message) => {
    const event = { type: 'retrying', kind, delayMs: 2000, source: 'text' };
    expect(opencodeDialect.parseLine(retry(message))).toEqual([event]);
  });

  it.each([
    'JSON parsing failed: Text: {"error":"usage limit, rate limit, quota, billing"}',
    'Cannot connect to API: the quota of sockets is used up',
    'The model m-1 has no rate limit',
    '',
  ])('is nothing but a retry: %s', (message) => {
    const event = { type: 'retrying', kind: 'overload', delayMs: 2000 };
    expect(opencodeDialect.parseLine(retry(message))).toEqual([event]);
  });
});
