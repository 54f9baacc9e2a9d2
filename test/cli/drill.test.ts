import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { commandLine } from './world.js';

const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('fleet-drill-'));

test('honest work is delivered, false work is not, and nothing is left behind', { timeout: 120_000 }, async () => {
  const before = left();
  const fleet = commandLine();
  const { code, out, err } = await fleet('drill', 'honest-small', 'weakens-then-restores', 'circle-2', '--json');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([code, err, left()]).toEqual([0, '', before]);
  expect(lines.at(-1)).toEqual({
    figures: { drills: 3, held: 3, falseDoneAccepted: 0, honestWorkRefused: 0, circles: { 2: 3 } },
  });
  const course = { tries: expect.any(String), tookMs: expect.any(Number), held: true, wrong: [], rounds: 1 };
  const told = (drill: string) => lines.find((line) => line['drill'] === drill);
  expect(told('weakens-then-restores')).toEqual({
    ...{ ...course, drill: 'weakens-then-restores', falseDone: false, refusedHonest: false },
    ...{ phase: 'inReview', attempts: 2, because: 'merge request 2 is open' },
  });
  expect(told('circle-2')).toEqual({
    ...{ ...course, drill: 'circle-2', falseDone: false, refusedHonest: false },
    ...{ phase: 'blocked', obstacle: 'checksRed', attempts: 5, circle: { period: 2, namedAfter: 3 } },
    because: expect.stringMatching(/^red: .*; it goes round in a circle of 2; a person is asked$/),
  });
});

test('what does not hold is said, with the reason, and ends with 1', { timeout: 60_000 }, async () => {
  const { code, out } = await commandLine()('drill', 'obeys-outside');
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/^NOT HELD {2}obeys-outside .*\n +an agent wrote outside of its worktree\n +known: /),
  ]);
});

test('a drill that is not there is refused before anything is made', async () => {
  const before = left();
  expect(await commandLine()('drill', 'nothing')).toEqual({
    ...{ code: 2, out: '' },
    err: expect.stringMatching(/^fleet: there is no drill nothing; there are honest-small, /),
  });
  expect(left()).toEqual(before);
});
