import { expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import { createLog, type LogOptions } from '../../src/log/log.js';

function linesOf(change: Partial<LogOptions>, write: (log: ReturnType<typeof createLog>) => void): readonly string[] {
  const lines: string[] = [];
  write(createLog({ level: 'info', pretty: false, stream: { write: (line) => lines.push(line) }, ...change }));
  return lines;
}

test('one JSON object a line, fields of the parent, secrets hidden at any depth', () => {
  const [line = '', ...rest] = linesOf({}, (log) => {
    log.debug({}, 'not shown');
    log.child({ run: 'r1' }).info({ token: new Secret('x'), deep: { list: [new Secret('y')] } }, 'run was loaded');
  });
  expect(rest).toEqual([]);
  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    pid: process.pid,
    run: 'r1',
    token: '[secret]',
    deep: { list: ['[secret]'] },
    msg: 'run was loaded',
  });
});

test('errors keep their stack and their cause', () => {
  const [line = ''] = linesOf({}, (log) =>
    log.error({ err: new Error('boom', { cause: new Error('deep') }) }, 'job failed'),
  );
  expect(JSON.parse(line)).toMatchObject({
    err: {
      type: 'Error',
      message: 'boom: deep',
      stack: expect.stringMatching(/boom[^]*caused by: Error: deep/) as string,
    },
  });
});

test('pretty lines for a terminal', () => {
  const [plain = '', failed = ''] = linesOf({ pretty: true, level: 'debug' }, (log) => {
    log.debug({ run: 'r1', files: 3 }, 'workspace is open');
    log.warn({ err: new Error('boom') }, 'push was refused');
  });
  expect(plain).toMatch(/^\d\d:\d\d:\d\d\.\d{3} debug workspace is open run=r1 files=3\n$/);
  expect(failed).toMatch(/^\S+ warn {2}push was refused\n {2}Error: boom\n {6}at /);
});

test('silent says nothing', () => {
  expect(linesOf({ level: 'silent' }, (log) => log.error({}, 'x'))).toEqual([]);
});
