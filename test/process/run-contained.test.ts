import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runContained } from '../../src/process/run-contained.js';
import { temporaryFolder } from '../support/temp.js';
import { anOrder, aSleep, containmentsHere, goneAfter, isRunning } from './support.js';

const containments = await containmentsHere();

describe.each(containments)('a program in a %s', (_, containment) => {
  it('gets its prompt and gives its exit code and its output', async () => {
    const order = anOrder('cat; echo out; echo err >&2; exit 3', { stdin: 'prompt\n' });
    expect(await runContained(containment, order)).toEqual({ how: 'exited', code: 3 });
    expect(order.printed().split('\n').sort()).toEqual(['', 'err', 'out', 'prompt']);
  });

  it('can open its standard streams by their names in /dev', async () => {
    const order = anOrder('cat /dev/stdin; echo a > /dev/stdout; echo b > /dev/stderr', { stdin: 'in\n' });
    expect(await runContained(containment, order)).toEqual({ how: 'exited', code: 0 });
    expect(order.printed().split('\n').sort()).toEqual(['', 'a', 'b', 'in']);
  });

  it('inherits neither environment nor descriptors', async () => {
    const order = anOrder('', { argv: ['/usr/bin/env'], env: { ONE: '1', PATH: '/bin' } });
    await runContained(containment, order);
    const lines = order.printed().trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('FLEET_ATTEMPT=')).sort()).toEqual(['ONE=1', 'PATH=/bin']);
    const descriptors = anOrder('', { argv: ['/bin/ls', '/proc/self/fd'] });
    await runContained(containment, descriptors);
    // The last is the folder that ls itself reads.
    expect(descriptors.printed().trim().split('\n')).toEqual(['0', '1', '2', '3']);
  });

  it('reacts to SIGINT as anywhere else', async () => {
    const order = anOrder('sh -c "kill -INT \\$\\$; echo survived"; exit 0');
    await runContained(containment, order);
    expect(order.printed()).not.toContain('survived');
  });

  it('gives 128 and the signal that it died of', async () => {
    expect(await runContained(containment, anOrder('kill -9 $$'))).toEqual({ how: 'exited', code: 137 });
  });

  it('takes the children that it left behind with it', async () => {
    const sleep = aSleep();
    const order = anOrder(`${sleep} & (setsid ${sleep} &); setsid sh -c "${sleep} & ${sleep}" & exit 0`);
    expect(await runContained(containment, order)).toEqual({ how: 'exited', code: 0 });
    expect(isRunning(sleep)).toBe(false);
  });

  it('ends at its wall time, with time to say goodbye', async () => {
    const sleep = aSleep();
    const order = anOrder(`trap 'echo bye; exit 0' TERM; ${sleep} & wait`, { limits: { wallMs: 200 } });
    expect(await runContained(containment, order)).toEqual({ how: 'wall' });
    expect(order.printed()).toContain('bye');
    expect(isRunning(sleep)).toBe(false);
  });

  it('is killed when it does not end by itself', async () => {
    const sleep = aSleep();
    const order = anOrder(`trap '' TERM; (setsid ${sleep} &); while :; do ${sleep}; done`, { limits: { wallMs: 200 } });
    const startMs = performance.now();
    expect(await runContained(containment, order)).toEqual({ how: 'wall' });
    const endMs = performance.now() - startMs - 200;
    expect(endMs).toBeGreaterThan(900);
    expect(endMs).toBeLessThan(2000);
    expect(isRunning(sleep)).toBe(false);
  });

  it('ends when its order is stopped, and does not start when it was stopped before', async () => {
    const stop = new AbortController();
    const sleep = aSleep();
    const order = anOrder(`echo up; ${sleep}`, {
      signal: stop.signal,
      onStdout: () => {
        stop.abort();
      },
    });
    expect(await runContained(containment, order)).toEqual({ how: 'stopped' });
    expect(isRunning(sleep)).toBe(false);
    expect(await runContained(containment, order)).toEqual({ how: 'stopped' });
  });

  it('ends when it prints a gigabyte, which does not grow memory', async () => {
    const beforeBytes = process.memoryUsage().rss;
    let seenBytes = 0;
    const order = anOrder('head -c 1073741824 /dev/zero', { onStdout: (chunk) => (seenBytes += chunk.length) });
    expect(await runContained(containment, order)).toEqual({ how: 'exited', code: 0 });
    expect(seenBytes).toBe(1024 ** 3);
    const flood = anOrder('cat /dev/zero', { limits: { wallMs: 15_000, outputBytes: 1e8 }, onStdout: () => undefined });
    expect(await runContained(containment, flood)).toEqual({ how: 'flood' });
    expect(process.memoryUsage().rss - beforeBytes).toBeLessThan(150e6);
  });

  it('need not read its input', async () => {
    const order = anOrder('exit 0', { stdin: 'x'.repeat(4e6) });
    expect(await runContained(containment, order)).toEqual({ how: 'exited', code: 0 });
  });

  it.each([
    ['an unknown program', { argv: ['no-such-program'] }, 'no-such-program is not an executable on PATH'],
    ['an empty command', { argv: [] }, 'an empty command is not an executable on PATH'],
    ['a relative path', { argv: ['bin/sh'] }, 'bin/sh is not an executable on PATH'],
  ])('is not started: %s', async (_case, changes, reason) => {
    expect(await runContained(containment, anOrder('', changes))).toEqual({ how: 'notStarted', reason });
  });

  it('holds folders read-only where the probe says so', async () => {
    const folder = temporaryFolder();
    const git = join(folder, 'a git directory');
    mkdirSync(git);
    writeFileSync(join(git, 'HEAD'), 'mine');
    const line = `cd '${git}'; cat HEAD; echo other > HEAD; umount . ; mount -o remount,rw . ; mv ../a* ../b; echo other > HEAD; touch ../free`;
    await runContained(containment, anOrder(line, { readOnly: [git] }));
    expect(readFileSync(join(folder, 'free'), 'utf8')).toBe('');
    const kept = containment.holdsReadOnly ? readFileSync(join(git, 'HEAD'), 'utf8') === 'mine' : false;
    expect(kept).toBe(containment.holdsReadOnly);
  });

  it('starts quickly', async () => {
    const timesMs: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const startMs = performance.now();
      await runContained(containment, anOrder('', { argv: ['/bin/true'] }));
      timesMs.push(performance.now() - startMs);
    }
    const medianMs = timesMs.sort((a, b) => a - b)[4] ?? Infinity;
    // 10 and 60 ms on an idle machine.
    expect(medianMs).toBeLessThan(containment.kind === 'namespace' ? 100 : 600);
  });

  it('leaves nothing to wait for', async () => {
    const sleep = aSleep();
    await runContained(containment, anOrder(`setsid ${sleep} > /dev/null 2>&1 &`));
    expect(await goneAfter(sleep, 1)).toBeDefined();
  });
});
