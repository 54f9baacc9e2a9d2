import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { aCheck, anEvidence, aPlan } from '../support/builders.js';
import { temporaryFolder } from '../support/temp.js';
import { aRoom } from './room.js';

/** Counts its runs in a file outside of all trees and homes, and fails the first `times`. */
const failsFirst = (place: string, times: number): string =>
  `echo run >> '${place}'; test "$(wc -l < '${place}')" -gt ${times}`;
const runsIn = (place: string): number => (existsSync(place) ? readFileSync(place, 'utf8').split('\n').length - 1 : 0);

test('what fails is run once more on the same tree, and what passes then is flaky; the rest is run once', async () => {
  const folder = temporaryFolder();
  const place = (name: string): string => join(folder, name);
  const { prepared } = await aRoom(
    { 'a.txt': 'a\n' },
    {
      setup: 'none',
      checks: [
        aCheck({ name: 'green', command: failsFirst(place('green'), 0) }),
        // The second time nothing of the first is there.
        aCheck({ name: 'flaky', command: `test ! -e left && touch left && ${failsFirst(place('flaky'), 1)}` }),
        aCheck({ name: 'red', command: failsFirst(place('red'), 9) }),
        aCheck({ name: 'missing', command: `echo run >> '${place('missing')}'; no-such-command` }),
        aCheck({ name: 'known', command: failsFirst(place('known'), 9) }),
      ],
    },
  );
  const { start, checked } = await prepared();
  const known = anEvidence({ name: 'known', outcome: 'fail', exit: 1, outputTail: '', tree: start.tree });
  expect(await checked(start, { baseline: [known] })).toEqual([
    ...['check green: pass', 'check flaky: pass, flaky', 'check red: fail'],
    ...['check missing: inconclusive', 'check known: fail'],
  ]);
  expect(['green', 'flaky', 'red', 'missing', 'known'].map((name) => runsIn(place(name)))).toEqual([1, 2, 2, 1, 1]);
});

const head = ["const { test } = require('node:test');", "const assert = require('node:assert');"];
const importing = [...head, "const fs = require('node:fs');", "const { slug } = require('./slug.js');"];
const lower = "test('is in lower case', () => assert.equal(slug('A'), 'a'));";
const digits = "test('keeps digits', () => assert.equal(slug('1'), '1'));";

/** A test that fails where its file is not there, and makes it. */
const flakyTest = (place: string): string =>
  `test('depends on the day', () => { const was = fs.existsSync('${place}'); fs.writeFileSync('${place}', ''); assert(was); });`;
const tests = (...bodies: readonly string[]): string => [...importing, ...bodies].join('\n');
const source = (pattern: string): string => `exports.slug = (text) => text.toLowerCase().replace(/${pattern}/g, '');\n`;

async function aReadyRun(...bodies: readonly string[]) {
  const files = {
    'package.json': '{ "scripts": { "test": "node --test" } }\n',
    'slug.js': source('[^a-z]'),
    'slug.test.js': tests(...bodies),
  };
  const room = await aRoom(files, { setup: 'none', checks: [aCheck({ command: 'npm test' })] });
  return room.prepared();
}

test('flaky tests are named, and hide no red one beside them', async () => {
  const place = join(temporaryFolder(), 'day');
  const { start, work, checked } = await aReadyRun(lower, flakyTest(place));
  expect(await checked(start)).toEqual(['check test: pass, flaky, depends on the day']);
  const worse = await work({
    'slug.js': source('[^A-Z]'),
    'slug.test.js': tests(lower, flakyTest(`${place}2`)),
  });
  expect(await checked(worse)).toEqual(['check test: fail']);
  expect(existsSync(`${place}2`)).toBe(true);
});

const noCriteria: Partial<Run> = { plan: aPlan({ criteria: [] }) };

test("a base's test that is flaky is not taken for a broken one", async () => {
  const place = join(temporaryFolder(), 'day');
  const { work, crossed } = await aReadyRun(lower, flakyTest(place));
  const head = await work({
    'slug.js': source('[^a-z0-9]'),
    'slug.test.js': tests(lower, digits, flakyTest(`${place}2`)),
  });
  expect(await crossed(head, noCriteria)).toEqual({
    problems: [],
    notes: ['test: it failed once, and passed on the same tree when it was run again: “depends on the day”'],
  });
  expect([existsSync(place), existsSync(`${place}2`)]).toEqual([true, true]);
});

test('where a gate is known to be flaky, a new test that fails on the base by chance proves nothing', async () => {
  const places = temporaryFolder();
  const { work, crossed } = await aReadyRun(lower);
  // Passes where it was run on this source already.
  const idle = `test('is idle', () => { const place = '${places}/' + slug('1') + 'x'; const was = fs.existsSync(place); fs.writeFileSync(place, ''); assert(was); });`;
  const head = await work({ 'slug.js': source('[^a-z0-9]'), 'slug.test.js': tests(lower, idle) });
  const evidence = [anEvidence({ flaky: true, tree: head.tree })];
  expect((await crossed(head, { ...noCriteria, evidence })).problems).toEqual([
    expect.stringContaining('the new tests (1) pass without the change, too'),
  ]);
});
