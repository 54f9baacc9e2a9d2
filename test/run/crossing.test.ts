import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { aCheck, aCriterion, aPlan } from '../support/builders.js';
import { aRoom } from './room.js';

const source = (pattern: string) => `exports.slug = (text) => text.toLowerCase().replace(/${pattern}+/g, '-');\n`;
const tests = (...bodies: readonly string[]) =>
  [
    "const { test } = require('node:test');",
    "const assert = require('node:assert');",
    "const { slug } = require('./slug.js');",
  ]
    .concat(bodies)
    .join('\n');
const lower = "test('is in lower case', () => assert.equal(slug('A B'), 'a-b'));";
const drops = "test('drops digits', () => assert.equal(slug('a1b'), 'a-b'));";
const keeps = "test('keeps digits', () => assert.equal(slug('a1b'), 'a1b'));";
const files = {
  'package.json': '{ "scripts": { "test": "node --test" } }\n',
  'slug.js': source('[^a-z]'),
  'slug.test.js': tests(lower, drops),
};
const honest = { 'slug.js': source('[^a-z0-9]'), 'slug.test.js': tests(lower, keeps) };
const superseded: Partial<Run> = {
  plan: aPlan({ criteria: [], supersededTests: [{ test: 'drops digits', reason: 'the issue asks for the opposite' }] }),
};

async function aReadyRun(own: Readonly<Record<string, string>> = files) {
  const room = await aRoom(own, { setup: 'none', checks: [aCheck({ command: 'npm test' })] });
  return room.prepared();
}

test('a change whose tests fail without it, and which supersedes by name what it contradicts, holds', async () => {
  const { work, checked, crossed } = await aReadyRun();
  const head = await work(honest);
  expect(await checked(head)).toEqual(['check test: pass']);
  expect(await crossed(head, superseded)).toEqual({ problems: [], notes: [] });
});

test('what contradicts a test of the base without a word goes back: the test fails on the new source, and is gone', async () => {
  const { work, crossed } = await aReadyRun();
  const { problems } = await crossed(await work(honest));
  expect(problems).toEqual([
    expect.stringContaining("the base's test “drops digits” fails on the changed source"),
    expect.stringContaining('the test “drops digits” is gone'),
  ]);
});

test("a test that is weakened, or whose file is gone, is found by the base's own", async () => {
  const { path, work, crossed } = await aReadyRun();
  const weak = { ...honest, 'slug.test.js': tests(lower, drops.replace("slug('a1b')", "'a-b'")) };
  expect((await crossed(await work(weak))).problems).toEqual([
    expect.stringContaining('“drops digits” fails on the changed source'),
  ]);
  rmSync(join(path, 'slug.test.js'));
  const { problems } = await crossed(await work({}));
  expect(problems).toContainEqual(expect.stringContaining('the test “is in lower case” is gone'));
});

test('a skipped test is found', async () => {
  const { work, crossed } = await aReadyRun();
  const silent = {
    'slug.test.js': tests(lower.replace('test(', 'test.skip('), drops, keeps.replace("a1b'))", "a-b'))")),
  };
  expect((await crossed(await work({ ...silent, 'slug.js': `${source('[^a-z]')}// done\n` }))).problems).toContainEqual(
    expect.stringContaining('the test “is in lower case” is skipped now'),
  );
});

test('a new test that passes without the change proves nothing', async () => {
  const { work, crossed } = await aReadyRun();
  const green = "test('is a text', () => assert.equal(typeof slug('a'), 'string'));";
  const head = await work({ 'slug.js': `${source('[^a-z]')}// done\n`, 'slug.test.js': tests(lower, drops, green) });
  expect((await crossed(head)).problems).toEqual([
    expect.stringContaining('the new tests (1) pass without the change, too'),
  ]);
});

test('a script that is made to pass changes nothing: the base says how it is checked, and the reviewer is told', async () => {
  const { work, checked } = await aReadyRun();
  const head = await work({ 'package.json': '{ "scripts": { "test": "exit 0" } }\n', 'slug.js': 'broken(\n' });
  expect(await checked(head)).toEqual(['check test: fail, by base']);
});

test('a criterion that passes without the change is told of where a test shows the change, and else goes back', async () => {
  const { work, crossed } = await aReadyRun();
  const plan = { ...superseded.plan!, criteria: [aCriterion({ proof: { kind: 'command', run: 'true' } })] };
  expect(await crossed(await work(honest), { plan })).toEqual({
    problems: [],
    notes: ['passes without the change, too: AC1'],
  });
  const head = await work({ 'slug.js': source('[^a-z ]'), 'slug.test.js': files['slug.test.js'] });
  expect(await crossed(head, { plan })).toEqual({
    problems: [expect.stringMatching(/^nothing shows the change: AC1 passes without it, too/)],
    notes: [],
  });
});

test('one criterion that fails without the change is enough', async () => {
  const { work, crossed } = await aReadyRun();
  const head = await work({ 'slug.js': source('[^a-z ]') });
  const command = (id: string, run: string) => aCriterion({ id, proof: { kind: 'command', run } });
  const plan = aPlan({ criteria: [command('AC1', 'true'), command('AC2', 'grep -q "a-z ]" slug.js')] });
  expect(await crossed(head, { plan })).toEqual({ problems: [], notes: ['passes without the change, too: AC1'] });
});

describe('tests alone', () => {
  const commands = (id: string, run: string) => aCriterion({ id, proof: { kind: 'command', run } });
  const plan = aPlan({ criteria: [commands('AC1', 'npm test')] });

  const joins = "test('joins words', () => assert.equal(slug('A1B'), 'a-b'));";

  test('that notice a change of what they cover hold, and that shows the change', async () => {
    const { work, crossed } = await aReadyRun();
    const head = await work({ 'slug.test.js': tests(lower, drops, joins) });
    expect(await crossed(head, { plan })).toEqual({
      problems: [],
      notes: [
        'passes without the change, too: AC1',
        "test: only tests were changed; “joins words” fails when Fleet changes slug.js:1 from `'-'` to `''`",
      ],
    });
  });

  test.each([
    ['that a new one asserts nothing of it', "test('is new', () => assert.ok(true));"],
    ['that a new one only loads it', "test('is new', () => assert.equal(typeof slug, 'function'));"],
  ])('go back when they hold whatever the code does: %s', async (_, idle) => {
    const { work, crossed } = await aReadyRun();
    const head = await work({ 'slug.test.js': tests(lower, drops, idle) });
    expect(await crossed(head, { plan })).toEqual({
      problems: [
        expect.stringMatching(
          /^the tests hold whatever the code does: Fleet changed slug\.js in one way, .* such as slug\.js:1 from `'-'` to `''`$/,
        ),
      ],
      notes: [],
    });
  });

  test('that contradict the base go back before anything is changed', async () => {
    const { work, crossed } = await aReadyRun();
    const { problems } = await crossed(await work({ 'slug.test.js': tests(lower) }), { plan });
    expect(problems).toContainEqual(expect.stringContaining('the test “drops digits” is gone'));
    expect(problems.join()).not.toContain('whatever the code does');
  });

  test('of which none is new must notice more than before to show anything', async () => {
    const weak = "test('joins', () => assert.equal(typeof slug('A1B'), 'string'));";
    const { work, crossed } = await aReadyRun({ ...files, 'slug.test.js': tests(weak) });
    const reworded = await work({ 'slug.test.js': `${tests(weak)}\n// Reworded.\n` });
    expect((await crossed(reworded, { plan })).problems).toEqual([expect.stringMatching(/^the tests hold whatever/)]);
    const stronger = await work({ 'slug.test.js': tests(joins.replace('joins words', 'joins')) });
    expect(await crossed(stronger, { plan })).toEqual({
      problems: [],
      notes: [
        'passes without the change, too: AC1',
        "test: only tests were changed; “joins” fails when Fleet changes slug.js:1 from `'-'` to `''`",
      ],
    });
  });

  test('of which none is new, and which notice what they noticed, show nothing', async () => {
    const { work, crossed } = await aReadyRun();
    const reworded = await work({ 'slug.test.js': `${tests(lower, drops)}\n// Reworded.\n` });
    expect(await crossed(reworded, { plan })).toEqual({
      problems: [expect.stringMatching(/^nothing shows the change: AC1 passes without it, too/)],
      notes: [expect.stringContaining('and so it does with the tests of the base')],
    });
  });

  test('of which Fleet finds no source are told to the reviewer', async () => {
    const room = await aRoom(
      { 'package.json': files['package.json'], 'a.test.js': "require('node:test').test('a', () => {});\n" },
      { setup: 'none', checks: [aCheck({ command: 'npm test' })] },
    );
    const { work, crossed } = await room.prepared();
    const head = await work({ 'a.test.js': "require('node:test').test('b', () => {});\n" });
    const change = { plan: aPlan({ criteria: [], supersededTests: [{ test: 'a', reason: 'renamed' }] }) };
    expect(await crossed(head, change)).toEqual({
      problems: [],
      notes: [
        expect.stringMatching(/^only tests were changed, and Fleet found no .*: nothing shows that they can fail$/),
      ],
    });
  });
});
