import { describe, expect, test } from 'vitest';
import { gates } from '../../src/check/gate.js';
import type { TreeFiles } from '../../src/ports/workspace.js';

type Files = Readonly<Record<string, string>>;

function treeOf(files: Files): TreeFiles {
  return { sha: '0'.repeat(40), list: async () => Object.keys(files), read: async (path) => files[path] };
}

const scripts = (own: Files, rest: object = {}): Files => ({
  'package.json': JSON.stringify({ scripts: own, ...rest }),
});
const programsOf = (files: TreeFiles, commands: readonly string[]) =>
  gates.programs(files, commands, gates.isTest(undefined));
const tools = {
  ...{ 'lint.mjs': '', 'tools/lint.mjs': '', 'tools/check.py': '', 'ci/test.sh': '', 'hook.mjs': '' },
  ...{ 'README.md': '', 'src/cli.js': '', 'test/a.test.js': '', 'tools/go/main.go': '', 'tools/go/a_test.go': '' },
};

describe('programs of the repository that a command runs', () => {
  const rows: readonly (readonly [string, Files, readonly string[]])[] = [
    ['node lint.mjs README.md', {}, ['lint.mjs']],
    ['node --max-old-space-size 4096 --import ./hook.mjs tools/lint', {}, ['hook.mjs', 'tools/lint.mjs']],
    ['node --import=./hook.mjs --test lint.mjs', {}, ['hook.mjs']],
    ['node lint.mjs --test-names', {}, ['lint.mjs']],
    [`node -e "import('./lint.mjs')" README.md`, {}, ['lint.mjs']],
    ['FORCE_COLOR=1 npx --yes tsx tools/lint.mjs', {}, ['tools/lint.mjs']],
    ['uv run python tools/check.py .', {}, ['tools/check.py']],
    ['python3 -m tools.check README.md', {}, ['tools/check.py']],
    ['python -m pytest tools', {}, []],
    ['bash ci/test.sh && ./tools/lint.mjs || true', {}, ['ci/test.sh', 'tools/lint.mjs']],
    [`timeout 60 sh -ec 'cd tools; node "lint.mjs"'`, {}, ['tools/lint.mjs']],
    ['(cd tools && node lint.mjs); node lint.mjs', {}, ['lint.mjs', 'tools/lint.mjs']],
    ['out=$(node lint.mjs) ; test -z "$out"', {}, ['lint.mjs']],
    ['if ! node lint.mjs; then exit 1; fi', {}, ['lint.mjs']],
    ['go run ./tools/go', {}, ['tools/go/main.go']],
    ['bun lint.mjs', {}, ['lint.mjs']],
    ['eslint . && vitest run lint.mjs', {}, []],
    ['# node lint.mjs', {}, []],
    ['npm run --silent lint', scripts({ lint: 'node lint.mjs' }), ['lint.mjs']],
    [
      'npm test',
      scripts({ pretest: 'node lint.mjs', test: 'node --test', posttest: 'sh ci/test.sh' }),
      ['ci/test.sh', 'lint.mjs'],
    ],
    [
      'yarn check',
      scripts({ check: 'npm-run-all lint:*', 'lint:a': 'node lint.mjs', 'lint:b': 'pnpm c', c: './ci/test.sh' }),
      ['ci/test.sh', 'lint.mjs'],
    ],
    ['concurrently "npm:lint" "sh ci/test.sh"', scripts({ lint: 'node lint.mjs' }), ['ci/test.sh', 'lint.mjs']],
    [
      'npm --prefix web run lint',
      { 'web/package.json': '{ "scripts": { "lint": "node l.js" } }', 'web/l.js': '' },
      ['web/l.js'],
    ],
    ['npm exec -- tsx lint.mjs', {}, ['lint.mjs']],
    ['npm run a', scripts({ a: 'npm run b', b: 'npm run a && node lint.mjs' }), ['lint.mjs']],
    [
      'make check',
      {
        Makefile:
          'PY := python3\ncheck: lint\n\t@sh ci/test.sh\nlint:\n\t-$(PY) \\\n\t  tools/check.py\nother:\n\tnode lint.mjs\n',
      },
      ['ci/test.sh', 'tools/check.py'],
    ],
    [
      'make',
      { Makefile: '.PHONY: all\nall: ; $(MAKE) -C tools l\n', 'tools/Makefile': 'l:\n\tnode lint.mjs\n' },
      ['tools/lint.mjs'],
    ],
    [
      'just lint',
      { justfile: 'lint path=".": test\n    node lint.mjs {{path}}\ntest:\n    sh ci/test.sh\n' },
      ['ci/test.sh', 'lint.mjs'],
    ],
    [
      'composer lint',
      {
        'composer.json': '{ "scripts": { "lint": ["@php lint.php", "@more"], "more": "sh ci/test.sh" } }',
        'lint.php': '',
      },
      ['ci/test.sh', 'lint.php'],
    ],
  ];
  test.each(rows)('%s', async (command, files, programs) => {
    expect(await programsOf(treeOf({ ...tools, ...files }), [command])).toEqual(programs);
  });

  test('what programs run and import in turn', async () => {
    const files = {
      ...tools,
      'ci/test.sh':
        '#!/bin/sh\nset -e\ncd "$(dirname "$0")/.."\n. ci/lib.sh\n"$ROOT/tools/lint.mjs"\nbash more.sh\nnode src/cli.js\n',
      'ci/lib.sh': 'x=1\n',
      'ci/more.sh': '',
      'tools/lint.mjs':
        "import { rules } from './rules.mjs';\nimport '../src/cli.js';\nimport 'eslint';\nread('../README.md');\n",
      'tools/rules.mjs': "import './lint.mjs';\nexport * from './deep/rule.js';\n",
      'tools/deep/rule.js': '',
      'tools/check.py': 'import os\nimport words\nfrom deep import more\n',
      'tools/words.py': '',
    };
    expect(await programsOf(treeOf(files), ['ci/test.sh', 'python tools/check.py'])).toEqual([
      ...['ci/lib.sh', 'ci/more.sh', 'ci/test.sh', 'tools/check.py'],
      ...['tools/deep/rule.js', 'tools/lint.mjs', 'tools/rules.mjs', 'tools/words.py'],
    ]);
  });

  test('not what is to be checked, where a program runs or imports it, and nothing of tests', async () => {
    const files = {
      ...{ 'slug.js': '', 'slug.py': '', 'words/a.js': '', 'lint.mjs': '', 'ci/run.mjs': "import '../slug.js';\n" },
      ...{
        'all.sh': 'node slug.js\npython slug.py\nnode lint.mjs\nnode ci/run.mjs\n',
        'all.mjs': "import './slug.js';\n",
      },
      ...{ 'test/run.sh': 'node slug.js\nnode lint.mjs\n', 'test.js': "require('./words/a.js');\n" },
    };
    const commands = ['sh test/run.sh', 'node test.js', 'node all.mjs'];
    expect(await programsOf(treeOf(files), commands)).toEqual(['all.mjs']);
    expect(await programsOf(treeOf(files), ['sh all.sh'])).toEqual(['all.sh', 'ci/run.mjs', 'lint.mjs']);
  });

  test('not what the repository is there for', async () => {
    const manifest = {
      main: './tools/lint.mjs',
      bin: { lint: 'lint.mjs' },
      exports: { '.': { import: './hook.mjs' } },
    };
    const files = {
      ...{
        ...tools,
        ...scripts({}, manifest),
        'index.js': '',
        'lib/a.js': '',
        'app/a.js': '',
        'packages/a/src/a.js': '',
      },
      ...{ 'pyproject.toml': '[project]\nname = "my-tool"\n', 'my_tool/__main__.py': '' },
    };
    const all = ['tools/lint.mjs', 'lint.mjs', 'hook.mjs', 'lib/a.js', 'app/a.js', 'packages/a/src/a.js', 'src/cli.js'];
    const commands = [...all.map((path) => `node ${path}`), 'python -m my_tool'];
    expect(await programsOf(treeOf(files), commands)).toEqual([]);
    expect(await programsOf(treeOf({ ...tools, 'index.js': '' }), ['node index.js'])).toEqual([]);
  });
});
