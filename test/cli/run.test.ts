import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { startFleet } from '../../src/main.js';
import { gitIn } from '../forge/local/world.js';
import { placeDatabase } from '../support/databases.js';
import { temporaryFolder } from '../support/temp.js';
import { aSample, configured, recordedCommand } from './sample.js';
import { commandLine } from './world.js';

const issue = '# Receipts show wrong prices\n\nCents lose their zero.\n';

/** Everything in the checkout that a person could notice. */
function seenIn(checkout: string) {
  return {
    head: readFileSync(join(checkout, '.git/HEAD'), 'utf8'),
    index: readFileSync(join(checkout, '.git/index')).toString('base64'),
    status: gitIn(checkout, 'status', '--porcelain', '--branch', '--ignored'),
    refs: gitIn(checkout, 'for-each-ref', '--format=%(refname)', '--sort=refname').split('\n'),
    config: readFileSync(join(checkout, '.git/config'), 'utf8'),
    stash: gitIn(checkout, 'stash', 'list'),
  };
}

describe('fleet run', { timeout: 120_000 }, () => {
  test('brings a checkout the branch as a ref and nothing else, and tells what to do with it', async () => {
    const checkout = await aSample();
    writeFileSync(join(checkout, 'README.md'), 'half done\n');
    gitIn(checkout, 'add', 'README.md');
    writeFileSync(join(checkout, 'mine.txt'), 'mine\n');
    const before = seenIn(checkout);
    const fleet = commandLine({ cwd: configured(recordedCommand), input: issue });
    const { code, out, err } = await fleet('run', '--repo', checkout, '--issue', '-');
    expect([code, err]).toEqual([0, '']);
    const branch = 'fleet/1-receipts-show-wrong-prices';
    expect(seenIn(checkout)).toEqual({ ...before, refs: [`refs/heads/${branch}`, 'refs/heads/main'] });
    expect(gitIn(checkout, 'diff', '--name-only', `main...${branch}`)).toBe('src/price.js');
    const id = /^ {2}fleet show (\w+) --diff$/m.exec(out)?.[1] ?? '';
    expect(
      out
        .replaceAll(id, '<run>')
        .replace(/after .*?s: /, 'after <time>: ')
        .split('\nReady')[1],
    ).toBe(
      [
        ` for review after <time>: ${branch} is in ${checkout}. Nothing else there was touched.`,
        '',
        'Next',
        `  git -C ${checkout} log --patch main..${branch}`,
        '  fleet show <run> --diff',
        "  fleet merge 'local/shop#2'   or   fleet close 'local/shop#2'",
        '',
      ].join('\n'),
    );
    const shown = await fleet('show', id.slice(-6), '--diff');
    expect([shown.code, shown.out.includes('+  const amount = Math.abs(cents);')]).toEqual([0, true]);
    const journal = (await fleet('log', id, '--json')).out.trim().split('\n');
    expect(JSON.parse(journal[0] ?? '')).toMatchObject({ run: id, kind: 'decided', fields: { phase: 'queued' } });
  });

  test('with --json prints one object a line, the run at the end', async () => {
    const fleet = commandLine({ cwd: configured(recordedCommand), input: issue });
    const { code, out } = await fleet('run', '--repo', `file://${await aSample()}`, '--issue', '-', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([code, lines.at(-1)]).toMatchObject([
      0,
      { run: { phase: { name: 'inReview' } }, mergeRequest: { state: 'open', place: expect.stringMatching(/\.git$/) } },
    ]);
  });

  test('ends with 4 when a person is needed', async () => {
    const fleet = commandLine({ cwd: configured(['true']), input: issue });
    const { code, out } = await fleet('run', '--repo', await aSample(), '--issue', '-');
    expect([code, out.includes("fleet comment 'local/shop#1' '/fleet retry'")]).toEqual([4, true]);
  });

  test('is stopped by Ctrl-C, and so is its agent', async () => {
    const interruption = new AbortController();
    const fleet = commandLine({
      ...{ cwd: configured(['sleep', '600']), input: issue, interrupted: interruption.signal },
      onOut: (text) => {
        if (text.includes('agent works')) interruption.abort();
      },
    });
    const { code, out } = await fleet('run', '--repo', await aSample(), '--issue', '-');
    expect([code, out]).toEqual([130, expect.stringMatching(/cancelled/)]);
  });

  test('uses the Fleet that runs in the data folder, and so do people', async () => {
    const dataFolder = join(temporaryFolder(), 'data');
    const cwd = configured(recordedCommand);
    const env = { PATH: process.env['PATH']!, FLEET_DATA_DIR: dataFolder, LOG_LEVEL: 'silent', PORT: '0' };
    const read = loadConfig({ use: 'server', env, cwd });
    if (!('config' in read)) throw new Error(JSON.stringify(read.problems));
    await placeDatabase(dataFolder);
    const server = await startFleet(read.config, { role: 'all', listen: true });
    onTestFinished(() => server.close());
    const fleet = commandLine({ cwd, env, input: issue, main: () => Promise.reject(new Error('a second Fleet')) });
    const checkout = await aSample();
    expect((await fleet('run', '--repo', checkout, '--issue', '-')).code).toBe(0);
    expect(await fleet('comment', 'shop#1', '/fleet status')).toEqual({
      code: 0,
      out: 'shop#1: commented.\n',
      err: '',
    });
    expect(await fleet('merge', 'shop#2')).toEqual({
      ...{ code: 4, out: '' },
      err: expect.stringContaining(`git -C ${checkout} merge fleet/1-receipts-show-wrong-prices`),
    });
    expect(await fleet('run', '--repo', checkout, '--issue', '-', '--agent', 'scripted')).toEqual({
      ...{ code: 2, out: '' },
      err: 'fleet: A Fleet runs already, with its own agents: leave out --agent, or end it first.\n',
    });
    const [line = ''] = (await fleet('list', '--open')).out.split('\n');
    expect(line).toContain('local/shop#1  Receipts show wrong prices');
    const followed = fleet('log', line.split(' ')[0] ?? '', '--follow');
    expect((await fleet('close', 'shop#2')).code).toBe(0);
    expect((await followed).out).toContain('phase=closed');
  });
});
