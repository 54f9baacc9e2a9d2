import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRouterDialect } from '../../src/agent/dialect/openrouter.js';
import { aPlace, outcome, type Place, work, type Worked } from './own-agent.js';
import { aJob, aSpec } from './support.js';

const { command } = openRouterDialect;

/** What the model was told about its calls, in order. */
function results({ model }: Worked): readonly string[] {
  const last = model.requests.at(-1)?.messages ?? [];
  return last.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
}

/** What one call brings. */
async function called(name: string, input: unknown, place?: Place): Promise<string> {
  const worked = await work([{ calls: [[name, input]] }, { text: 'Done.' }], place === undefined ? {} : { place });
  expect([worked.code, worked.err]).toEqual([0, '']);
  return results(worked)[0] ?? '';
}

describe('the own agent', () => {
  it('works in steps until the model has nothing more to do', async () => {
    const worked = await work([
      {
        text: 'I look.',
        calls: [
          ['read', { path: 'slug.js' }],
          ['search', { regex: 'a-z' }],
        ],
      },
      { calls: [['edit', { path: 'slug.js', old: '[a-z]', new: '[a-z0-9$&]' }]] },
      { calls: [['run', { command: 'grep -c 0-9 slug.js; echo "key:$OPENAI_API_KEY"; exit 3' }]] },
      {
        calls: [
          ['write', { path: 'new/note.md', text: 'x' }],
          ['write', { path: 'slug.txt', text: '' }],
        ],
      },
      { text: 'Digits stay.', usage: { prompt_tokens: 5, completion_tokens: 2, cost: 0.25 } },
    ]);
    expect([worked.code, worked.err, outcome(worked)]).toEqual([0, '', { kind: 'finished' }]);
    expect(results(worked)).toEqual([
      "slug.js: lines 1 to 2 of 2\n1\texport const keep = /[a-z]/;\n2\texport const name = 'slug';",
      'slug.js:1: export const keep = /[a-z]/;',
      'edited slug.js',
      'exit code 3\n1\nkey:',
      'wrote new/note.md, 1 bytes',
      'wrote slug.txt, 0 bytes',
    ]);
    expect(readFileSync(join(worked.worktree, 'slug.js'), 'utf8')).toContain('/[a-z0-9$&]/');
    const golden = worked.events.map((event) => (event.type === 'started' ? { ...event, session: '<id>' } : event));
    await expect(`${JSON.stringify(golden, undefined, 2)}\n`).toMatchFileSnapshot('golden/openrouter/events.json');
    await expect(
      `${JSON.stringify(worked.model.requests[1], undefined, 2).replaceAll(worked.artifacts, '<artifacts>')}\n`,
    ).toMatchFileSnapshot('golden/openrouter/request.json');
  });

  it('is started with the prompt on standard input', () => {
    const { argv, ...rest } = command(
      aJob({ spec: aSpec({ dialect: 'openrouter', model: 'free/small' }), session: 's' }),
    );
    const program: unknown = expect.stringMatching(/src\/agent\/openrouter\/agent\.mjs$/);
    expect([argv, rest]).toEqual([[process.execPath, program, '--model', 'free/small'], { env: {}, stdin: 'Do it.' }]);
  });

  it('writes artifacts', async () => {
    const place = aPlace();
    const path = join(place.artifacts, 'plan.json');
    expect(await called('write', { path, text: '{}' }, place)).toBe(`wrote ${path}, 2 bytes`);
    expect(readFileSync(path, 'utf8')).toBe('{}');
  });
});

describe('a key', () => {
  const headersOf = async (env: (url: string) => Record<string, string>) => {
    const { model, code } = await work([{ text: 'Done.' }], { env });
    return [code, model.headers[0]?.authorization, model.requests[0]?.usage];
  };

  it('goes to OpenRouter, which is asked for the cost', async () => {
    const env = (url: string) => ({
      OPENROUTER_BASE_URL: `${url}/`,
      OPENROUTER_API_KEY: 'or-1',
      OPENAI_API_KEY: 'oa-1',
    });
    expect(await headersOf(env)).toEqual([0, 'Bearer or-1', { include: true }]);
  });

  it('goes to another endpoint', async () => {
    const env = (url: string) => ({ OPENAI_BASE_URL: url, OPENAI_API_KEY: 'oa-1' });
    expect(await headersOf(env)).toEqual([0, 'Bearer oa-1', undefined]);
  });

  it('is not needed on this machine', async () => {
    expect(await headersOf((url) => ({ OPENAI_BASE_URL: url }))).toEqual([0, undefined, undefined]);
  });

  it('is missed, with what to do', async () => {
    const worked = await work([], { env: () => ({}) });
    expect([worked.code, worked.err, outcome(worked)]).toEqual([
      1,
      '',
      {
        ...{ kind: 'failed', failure: 'auth', limit: { kind: 'auth', source: 'event' } },
        reason: 'no key is set: put OPENROUTER_API_KEY, or OPENAI_API_KEY, into `env` of the agent',
      },
    ]);
  });
});

describe('a tool', () => {
  it.each([
    ['read', { path: '../secret.txt' }, 'error: ../secret.txt is outside of the worktree and of the artifacts folder'],
    ['read', { path: '/etc/passwd' }, 'error: /etc/passwd is outside of the worktree and of the artifacts folder'],
    ['write', { path: '../new/a', text: '' }, 'error: ../new/a is outside of the worktree and of the artifacts folder'],
    ['search', { regex: 'x', path: '..' }, 'error: .. is outside of the worktree and of the artifacts folder'],
    ['read', { path: 'none.js' }, expect.stringMatching(/^error: ENOENT/)],
    ['read', { path: 7 }, 'error: path must be text'],
    ['read', { path: 'slug.js', limit: 0 }, 'error: limit must be a whole number from 1'],
    ['read', {}, 'error: path is missing'],
    ['read', '{"path":"slug.js', 'error: the arguments are not a JSON object'],
    ['read', '[]', 'error: the arguments are not a JSON object'],
    ['delete', {}, 'error: there is no tool delete: there are read, search, edit, write, run'],
    [
      'edit',
      { path: 'slug.js', old: 'export', new: '' },
      'error: old stands 2 times in slug.js: it must stand there exactly once',
    ],
    [
      'edit',
      { path: 'slug.js', old: 'digits', new: '' },
      'error: old stands 0 times in slug.js: it must stand there exactly once',
    ],
    ['edit', { path: 'slug.js', old: '', new: 'x' }, 'error: old is empty: use write for a new file'],
    ['search', { regex: '(' }, expect.stringMatching(/^error: Invalid regular expression/)],
    ['search', { regex: 'digits' }, 'nothing matches'],
    ['run', { command: 'sleep 30 & sleep 30', seconds: 1 }, 'ended after 1 s'],
    ['run', { command: 'setsid sleep 3 & echo started' }, 'exit code 0\nstarted'],
    ['run', { command: 'kill -9 $$' }, 'exit code SIGKILL'],
    ['run', { command: 'yes | head -c 100000; exit 1' }, expect.stringMatching(/^exit code 1\n(?:y\n){9000}/)],
  ])('%s of %j', async (name, input, expected) => {
    expect(await called(name, input)).toEqual(expected);
  });

  it('takes arguments that are JSON in JSON', async () => {
    expect(await called('read', JSON.stringify(JSON.stringify({ path: 'slug.js', limit: 1 })))).toBe(
      'slug.js: lines 1 to 1 of 2\n1\texport const keep = /[a-z]/;',
    );
  });

  it('lists a folder, without following its links', async () => {
    const place = aPlace();
    mkdirSync(join(place.worktree, 'src'));
    symlinkSync('..', join(place.worktree, 'up'));
    expect(await called('read', { path: '.' }, place)).toBe('slug.js\nsrc/\nup');
    expect(await called('search', { regex: 'outside' }, place)).toBe('nothing matches');
  });

  it.each([
    ['read', { path: 'link/secret.txt' }],
    ['write', { path: 'link/new.txt', text: 'x' }],
    ['write', { path: 'link/a/b/new.txt', text: 'x' }],
    ['edit', { path: 'link/secret.txt', old: 'outside', new: 'x' }],
  ])('does not follow a link out of the worktree: %s %j', async (name, input) => {
    const place = aPlace();
    symlinkSync('..', join(place.worktree, 'link'));
    expect(await called(name, input, place)).toBe(
      `error: ${input.path} is outside of the worktree and of the artifacts folder`,
    );
    expect(readFileSync(join(place.worktree, '../secret.txt'), 'utf8')).toBe('outside');
    expect(existsSync(join(place.worktree, '../new.txt'))).toBe(false);
  });

  it('does not write through a link that leads nowhere', async () => {
    const place = aPlace();
    symlinkSync('../gone.txt', join(place.worktree, 'link'));
    const told = await called('write', { path: 'link', text: 'x' }, place);
    expect(told).toMatch(/^error: \S+link is a symlink that leads nowhere$/);
  });

  it('does not read what is no text', async () => {
    const place = aPlace();
    writeFileSync(join(place.worktree, 'a.bin'), Buffer.from([1, 0, 2]));
    expect(await called('read', { path: 'a.bin' }, place)).toBe('error: a.bin is not a text file');
  });

  it('ends a pattern that takes for ever', async () => {
    const place = aPlace();
    writeFileSync(join(place.worktree, 'a.txt'), 'a'.repeat(60));
    const told = 'error: the search took more than 5 s: use a simpler pattern, or name a folder';
    expect(await called('search', { regex: '(a+)+b' }, place)).toBe(told);
  });
});
