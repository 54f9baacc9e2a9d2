import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { commandLine } from './world.js';

/** Times, ids and folders differ from run to run. */
function masked(text: string): string {
  return text
    .replace(/\/\S*\/fleet-demo-\w+/g, '<folder>')
    .replace(/ *\d+(?:\.\d+)? s\b/g, (time) => ' 0.0 s'.padStart(time.length))
    .replace(/ +✅ passed +0\.0 s +/g, '  ✅ passed  0.0 s  ')
    .replace(/\brun \w{12}\b/g, 'run <run>')
    .replace(/\b[0-9a-f]{7,8}\b/g, '<sha>')
    .replace(/asked for by \w+/g, 'asked for by <you>')
    .replace(/(open|resolved) {2}\w{12}$/gm, '$1  <thread>')
    .replace(/command +outcome +time +tree/, 'command  outcome  time  tree');
}

test(
  'the demo shows an issue become a merge request and its review answered, and leaves nothing behind',
  { timeout: 120_000 },
  async () => {
    const fleet = commandLine();
    const { code, out, err } = await fleet('demo');
    expect([code, err, readdirSync(tmpdir()).filter((name) => name.startsWith('fleet-demo-'))]).toEqual([0, '', []]);
    await expect(masked(out)).toMatchFileSnapshot('golden/demo.txt');
  },
);

test('an agent that is not there is refused before anything is made', { timeout: 60_000 }, async () => {
  const { code, out, err } = await commandLine()('demo', '--agent', 'nobody');
  expect([code, err]).toEqual([2, expect.stringMatching(/^fleet: there is no agent nobody /)]);
  expect(out).not.toContain('merge request');
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('fleet-demo-'))).toEqual([]);
});
