import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/domain/agent.js';
import { Secret } from '../../src/domain/secret.js';
import type { Dialect } from '../../src/agent/dialect/dialect.js';
import { outcomeOf, type AttemptEnd } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';
import { lineSplitter } from '../../src/process/line-splitter.js';
import { casesOf, linesOf, type RecordedEnd, type Speaker, speakers } from './speakers.js';
import { aJob, aSpec } from './support.js';

const silent: AttemptEnd = { how: 'halted', failure: 'stalled', reason: 'printed nothing for 300 s' };

/** What the runner makes of a recorded process. */
function attemptOf(speaker: Speaker, file: string, end: RecordedEnd) {
  const { facts, parseLine, parseExit } = speaker.dialect;
  const ended: AttemptEnd = 'code' in end ? { how: 'exited', code: end.code } : silent;
  const tally = createTally({ price: undefined, facts });
  const stderr = 'code' in end ? (end.stderr ?? '') : '';
  if (stderr !== '') tally.sawError(stderr);
  const atEnd = 'code' in end ? parseExit({ code: end.code, stderr }) : [];
  const events = [...linesOf(speaker, file).flatMap(parseLine), ...atEnd];
  events.forEach(tally.saw);
  const { usage, words } = tally.total();
  return { ended, outcome: outcomeOf(ended, words, facts), usage, events };
}

/** Every recorded line of every CLI: real errors and limits among them. */
const everything = speakers.flatMap((speaker) => casesOf(speaker).flatMap(([file]) => linesOf(speaker, file)));

describe.each(speakers)('$name', (speaker) => {
  const { name, dialect } = speaker;
  const cases = casesOf(speaker);
  const own = cases.flatMap(([file]) => linesOf(speaker, file));
  const spoken = own.findLast((line) => dialect.parseLine(line).some((event) => isSaid(event))) ?? '';

  it.each(cases)('%s', async (file, end) => {
    const golden = `${JSON.stringify(attemptOf(speaker, file, end), undefined, 2)}\n`;
    await expect(golden).toMatchFileSnapshot(`golden/${name}/${file}.json`);
  });

  it('knows every kind of line that was recorded', () => {
    const unknown = own.flatMap(dialect.parseLine).filter(({ type }) => type === 'unknown');
    expect(unknown).toEqual([]);
  });

  it('makes nothing of a line that was cut', () => {
    const halves = own.filter((line) => line.startsWith('{')).map((line) => line.slice(0, line.length / 2));
    expect(halves.flatMap(dialect.parseLine)).toEqual([]);
  });

  it.each([
    ['text', 'Warning: something'],
    ['an empty line', ''],
    ['another kind of JSON', '[1]'],
    ['JSON that says nothing', '{}'],
    ['a megabyte', 'x'.repeat(1024 * 1024)],
  ])('makes nothing of %s', (_, line) => {
    expect(dialect.parseLine(line)).toEqual([]);
  });

  it.each(['control_request', 'constructor', '__proto__', ''])('keeps the name of the unknown kind "%s"', (kind) => {
    const kinds = [`{"type":"${kind}","x":1}`, `{"method":"${kind}","x":1}`].flatMap(dialect.parseLine);
    expect(kinds).toEqual([{ type: 'unknown', name: kind }]);
  });

  it('believes nothing that the model only says, be it the very line of a limit', () => {
    const quoting = everything.map((text) => spoken.replace(JSON.stringify(said), () => JSON.stringify(text)));
    const events = quoting.map((line) => dialect.parseLine(line).filter(({ type }) => type === 'said'));
    expect(events).toEqual(everything.map((text) => [{ type: 'said', text }]));
    const others = quoting.flatMap(dialect.parseLine).map(({ type }) => type);
    expect(new Set(others)).toEqual(new Set(dialect.parseLine(spoken).map(({ type }) => type)));
  });

  it('reads text with bytes that are not UTF-8', () => {
    const [before = '', after = ''] = spoken.split('I will write', 2);
    const events: unknown[] = [];
    const splitter = lineSplitter((text) => events.push(...dialect.parseLine(text)));
    splitter.push(Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from(`${after}\n`)]));
    expect(events).toContainEqual({ type: 'said', text: '\ufffd\ufffd the file now.' });
  });

  it('is started with the prompt on standard input, and shows no secret', async () => {
    const spec = aSpec({ dialect: 'claude', model: 'vendor/model-1' });
    const key = new Secret('hidden');
    const gateway = {
      ...{ OPENAI_API_KEY: key, OPENAI_BASE_URL: new Secret('http://hidden/v1') },
      ...{ GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:1' },
    };
    const commands = {
      fresh: dialect.command(aJob({ spec, asRoot: true })),
      resumed: dialect.command(aJob({ spec: aSpec(), prompt: 'Go on.', session: 's-1' })),
      owned: dialect.command(aJob({ spec: aSpec({ env: { HOME: '/home/me', ...gateway } }) })),
      gateway: dialect.command(aJob({ spec: aSpec({ model: 'model-1', env: gateway }) })),
    };
    const golden = anywhere(`${JSON.stringify(commands, undefined, 2)}\n`);
    expect(golden).not.toContain('hidden');
    await expect(golden).toMatchFileSnapshot(`golden/${name}/commands.json`);
  });

  it('can speak another way where the first is not spoken', () => {
    const names = new Map<Dialect | undefined, string>(speakers.map((each) => [each.dialect, each.name]));
    const fallbacks = new Map([
      ['codex-app-server', 'codex'],
      ['opencode-serve', 'opencode'],
    ]);
    expect(names.get(dialect.fallback)).toBe(fallbacks.get(name));
  });
});

/** What the model says first in every recording, and no more often than once a line. */
const said = 'I will write the file now.';

function isSaid(event: AgentEvent): boolean {
  return event.type === 'said' && event.text === said;
}

/** Without the paths of this machine. */
function anywhere(text: string): string {
  return text.replaceAll(process.execPath, 'node').replaceAll(/"[^"]*\/src\/agent\/bridge\//g, '"<bridge>/');
}
