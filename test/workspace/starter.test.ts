import { expect, onTestFinished, test } from 'vitest';
import { startApart, startHere, type Starter, type StartOptions } from '../../src/workspace/starter.js';

const options: StartOptions = {
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '', GREETING: 'grüß' },
  extendEnv: false,
  reject: false,
  stripFinalNewline: false,
  input: 'in\n',
  timeout: 10_000,
  maxBuffer: 1_000_000,
};

function apart(): Starter {
  const starter = startApart();
  onTestFinished(() => starter.close());
  return starter;
}

test.each([
  ['ends well', 'cat; echo "$GREETING"; pwd', {}, { exitCode: 0, stdout: 'in\ngrüß\n/\n', stderr: '' }],
  ['ends badly', 'echo no >&2; exit 3', {}, { exitCode: 3, stdout: '', stderr: 'no\n' }],
  ['takes too long', 'exec sleep 60', { timeout: 100 }, { exitCode: undefined, stdout: '', stderr: '' }],
] as const)('a program that %s ends the same here and apart', async (_, line, more, expected) => {
  for (const starter of [startHere, apart()]) {
    const { exitCode, stdout, stderr } = await starter.run('sh', ['-c', line], { ...options, ...more });
    expect({ exitCode, stdout, stderr }).toEqual(expected);
  }
});

test('when the process that starts programs is killed, the call ends without an exit code, and the next one works', async () => {
  const starter = apart();
  const first = await starter.run('sh', ['-c', 'kill -9 "$PPID"'], options);
  expect(first).toEqual({ stdout: '', stderr: '', shortMessage: 'the process that starts programs has ended' });
  expect((await starter.run('true', [], options)).exitCode).toBe(0);
});
