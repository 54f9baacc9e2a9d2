import { expect, test } from 'vitest';
import { gateHash, gateMixes, isGateFile } from '../../src/check/gate.js';

const gates = [
  ...['Makefile', 'sub/GNUmakefile', 'justfile', 'Taskfile.yml', 'Rakefile', 'noxfile.py', 'build/rules.mk', '.npmrc'],
  ...[
    'vitest.config.ts',
    'packages/a/vite.config.mjs',
    'vitest.config.e2e.ts',
    'vitest.e2e.config.ts',
    'vitest.workspace.ts',
  ],
  ...[
    'jest.config.js',
    'jest-config.json',
    'jest.config.json',
    '.mocharc.yml',
    'karma.conf.js',
    'ava.config.cjs',
    'wdio.conf.ts',
  ],
  ...[
    'playwright.config.ts',
    'cypress.config.ts',
    '.nycrc',
    '.c8rc.json',
    '.eslintrc',
    '.eslintrc.cjs',
    'eslint.config.mjs',
  ],
  ...[
    '.prettierrc',
    'biome.json',
    'biome.jsonc',
    'turbo.json',
    'pytest.ini',
    '.pytest.ini',
    'tox.ini',
    '.coveragerc',
    'ruff.toml',
  ],
  ...[
    'mypy.ini',
    'phpunit.xml',
    'phpunit.xml.dist',
    'phpstan.neon',
    '.rspec',
    '.golangci.yml',
    'clippy.toml',
    '.cargo/config.toml',
  ],
];

const others = [
  ...[
    'package.json',
    'pyproject.toml',
    'setup.cfg',
    'tsconfig.json',
    'conftest.py',
    'src/makefile.ts',
    'README.md',
    'src/vitest.ts',
  ],
  ...['package-lock.json', 'Cargo.toml', 'pom.xml', 'src/config.ts', 'jest.setup.js', 'app.config.js'],
];

test.each(gates)('says how checks are run: %s', (path) => {
  expect(isGateFile(path)).toBe(true);
});

test.each(others)('says other things, or others too: %s', (path) => {
  expect(isGateFile(path)).toBe(false);
});

function mixed(file: string, head: string | undefined, onto: string | undefined): string | undefined {
  const mix = gateMixes([file])[file];
  if (mix === undefined) throw new Error(`${file} is not mixed`);
  return mix(head, onto);
}

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;

const manifests: readonly (readonly [string, string | undefined, string | undefined, string | undefined])[] = [
  [
    'scripts and runners are the base’s, dependencies the head’s',
    json({ name: 'a', scripts: { test: 'true' }, jest: { testMatch: [] }, dependencies: { b: '2' } }),
    json({
      name: 'a',
      scripts: { test: 'jest', lint: 'eslint .' },
      eslintConfig: { root: true },
      dependencies: { b: '1' },
    }),
    json({
      name: 'a',
      scripts: { test: 'jest', lint: 'eslint .' },
      dependencies: { b: '2' },
      eslintConfig: { root: true },
    }),
  ],
  [
    'a new script stays, unless it is run before or after an old one',
    json({ scripts: { test: 'jest', pretest: 'rm -r test', posttest: 'true', demo: 'node demo', predemo: 'tsc' } }),
    json({ scripts: { test: 'jest' } }),
    json({ scripts: { demo: 'node demo', predemo: 'tsc', test: 'jest' } }),
  ],
  [
    'nothing to mix: not a byte is changed',
    '{"name":"b","scripts":{"a":"b"}}',
    '{"scripts":{"a":"b"},"name":"a"}',
    '{"name":"b","scripts":{"a":"b"}}',
  ],
  ['broken on the head', '{ "scripts": ', json({ scripts: {} }), json({ scripts: {} })],
  ['no object on the head', '[]', json({ scripts: {} }), json({ scripts: {} })],
  ['broken on the base', json({ scripts: {} }), '{', '{'],
  ['new on the head', json({ scripts: { a: 'b' } }), undefined, json({ scripts: { a: 'b' } })],
  ['gone on the head', undefined, json({ scripts: {} }), json({ scripts: {} })],
  ['on neither', undefined, undefined, undefined],
  [
    'scripts that are no object',
    json({ scripts: 'all' }),
    json({ scripts: { a: 'b' } }),
    json({ scripts: { a: 'b' } }),
  ],
  [
    'no scripts on the base',
    json({ name: 'a', scripts: { test: 'jest' } }),
    json({ name: 'a' }),
    json({ name: 'a', scripts: { test: 'jest' } }),
  ],
];

test.each(manifests)('package.json: %s', (_, head, onto, expected) => {
  expect(mixed('package.json', head, onto)).toBe(expected);
});

test('pyproject.toml: tables of tools are the base’s, all else the head’s', () => {
  const head = [
    '[project]\nname = "slug"\ndependencies = ["b"]\n',
    '[tool.pytest.ini_options]\naddopts = "-k nothing"\nmarkers = [\n  "slow",\n]\n',
    '[ tool . "ruff" ]\nexclude = ["**"]\n',
    '[tool.uv]\ndev-dependencies = []\n',
  ].join('\n');
  const onto =
    '[project]\nname = "slug"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n\n[[tool.mypy.overrides]]\nmodule = "b"\n';
  expect(mixed('a/pyproject.toml', head, onto)).toBe(
    '[project]\nname = "slug"\ndependencies = ["b"]\n\n[tool.uv]\ndev-dependencies = []\n\n[tool.pytest.ini_options]\naddopts = "-q"\n\n[[tool.mypy.overrides]]\nmodule = "b"\n',
  );
  expect(mixed('pyproject.toml', onto, onto)).toBe(onto);
});

test('setup.cfg: sections of tools are the base’s', () => {
  const head = '[metadata]\nversion = 2\n[tool:pytest]\naddopts = -k nothing\n[flake8]\nignore = E\n';
  expect(mixed('setup.cfg', head, '[metadata]\nversion = 1\n[tool:pytest]\naddopts = -q\n')).toBe(
    '[metadata]\nversion = 2\n\n[tool:pytest]\naddopts = -q\n',
  );
});

test('mixes are by exact path, in folders too', () => {
  expect(Object.keys(gateMixes(['package.json', 'a/package.json', 'src/a.js', 'package.json.bak']))).toEqual([
    'package.json',
    'a/package.json',
  ]);
});

test('the hash of a gate is the same for the same gate, and for no other', () => {
  const files = { 'package.json': '{}', Makefile: 'test:' };
  const hash = gateHash('npm test', files);
  expect(hash).toMatch(/^[\da-f]{64}$/);
  expect(gateHash('npm test', { Makefile: 'test:', 'package.json': '{}' })).toBe(hash);
  const different = [
    gateHash('npm tes', files),
    gateHash('npm test', { ...files, Makefile: 'test: ' }),
    gateHash('npm test', { ...files, Makefile: undefined }),
    gateHash('npm test', { 'package.json': '{}' }),
    gateHash('npm test', { ...files, Makefil: 'e' }),
  ];
  expect(new Set([hash, ...different]).size).toBe(6);
});
