import { expect, test } from 'vitest';
import { detectChecks } from '../../src/check/detect-checks.js';
import type { TreeFiles } from '../../src/ports/workspace.js';

function treeOf(files: Readonly<Record<string, string>>): TreeFiles {
  return {
    sha: '0'.repeat(40),
    list: async () => Object.keys(files),
    read: async (path) => files[path],
  };
}

const manifest = (content: object) => JSON.stringify(content);
const allScripts = {
  test: 'vitest run',
  build: 'tsc',
  typecheck: 'tsc --noEmit',
  lint: 'eslint .',
  'format:check': 'prettier --check .',
  format: 'prettier --write .',
};

/** Files → set-up, and `name: command` in order. */
const rows: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined, readonly string[]])[] = [
  ['an empty tree', {}, undefined, []],
  ['a manifest in a subfolder', { 'pkg/package.json': manifest({ scripts: allScripts }) }, undefined, []],
  [
    'npm with a lockfile: all scripts, in the order of cost',
    { 'package.json': manifest({ scripts: allScripts }), 'package-lock.json': '{}' },
    'npm ci',
    [
      'format: npm run format:check',
      'lint: npm run lint',
      'typecheck: npm run typecheck',
      'build: npm run build',
      'test: npm run test',
    ],
  ],
  [
    "npm init's placeholder is no test",
    { 'package.json': manifest({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) },
    undefined,
    [],
  ],
  [
    'a formatter that writes is no check',
    { 'package.json': manifest({ scripts: { format: 'prettier -w .' } }) },
    undefined,
    [],
  ],
  ['a script that is no text', { 'package.json': manifest({ scripts: { test: 1, lint: null } }) }, undefined, []],
  ['a broken manifest', { 'package.json': '{ "scripts": ' }, undefined, []],
  ['a manifest that is a list', { 'package.json': '[]' }, undefined, []],
  [
    'dependencies without a lockfile: none is written',
    { 'package.json': manifest({ devDependencies: { vitest: '4' }, scripts: { test: 'vitest' } }) },
    'npm install --no-package-lock',
    ['test: npm run test'],
  ],
  [
    'packageManager wins over a lockfile of another tool',
    { 'package.json': manifest({ packageManager: 'pnpm@9.1.0', dependencies: { a: '1' } }), 'package-lock.json': '{}' },
    'pnpm install --no-lockfile',
    [],
  ],
  [
    'pnpm by its lockfile',
    { 'package.json': manifest({ scripts: { types: 'tsc' } }), 'pnpm-lock.yaml': '' },
    'pnpm install --frozen-lockfile',
    ['typecheck: pnpm run types'],
  ],
  [
    'classic yarn',
    { 'package.json': manifest({ scripts: { test: 'jest' } }), 'yarn.lock': '' },
    'yarn install --frozen-lockfile',
    ['test: yarn run test'],
  ],
  [
    'modern yarn',
    { 'package.json': manifest({ packageManager: 'yarn@4.1.0' }), 'yarn.lock': '' },
    'yarn install --immutable',
    [],
  ],
  [
    'bun',
    { 'package.json': manifest({ scripts: { test: 'bun test' } }), 'bun.lock': '' },
    'bun install --frozen-lockfile',
    ['test: bun run test'],
  ],
  [
    'make: targets, neither assignments nor names in recipes',
    { Makefile: '.PHONY: check test lint\nlint := no\ncheck test: build\n\tlint: no\nbuild:\n\techo\n' },
    undefined,
    ['check: make check', 'test: make test'],
  ],
  ['make: a double-colon rule', { makefile: 'test::\n\ttrue\n' }, undefined, ['test: make test']],
  [
    'python: what is configured',
    { 'pyproject.toml': '[tool.pytest.ini_options]\n[tool.ruff]\n[tool.ruff.format]\n[tool.mypy]\nstrict = true\n' },
    undefined,
    ['format: ruff format --check .', 'lint: ruff check .', 'types: python3 -m mypy .', 'test: python3 -m pytest'],
  ],
  [
    'python with uv: pytest as a dependency, mypy with files of its own',
    { 'pyproject.toml': 'dev = ["pytest>=8"]\n[tool.mypy]\nfiles = ["src"]\n', 'uv.lock': '' },
    'uv sync --frozen',
    ['types: uv run --frozen mypy', 'test: uv run --frozen pytest'],
  ],
  ['python: nothing configured', { 'pyproject.toml': '[project]\nname = "pytester"\n' }, undefined, []],
  [
    'python with poetry',
    { 'pyproject.toml': '[tool.pytest]\n', 'poetry.lock': '' },
    'poetry install --no-interaction',
    ['test: poetry run pytest'],
  ],
  ['go', { 'go.mod': 'module a\n' }, undefined, ['vet: go vet ./...', 'test: go test ./...']],
  ['rust', { 'Cargo.toml': '[package]\n' }, undefined, ['format: cargo fmt --check', 'test: cargo test']],
  [
    'rust with clippy',
    { 'Cargo.toml': '[lints.clippy]\nall = "deny"\n' },
    undefined,
    ['format: cargo fmt --check', 'lint: cargo clippy --all-targets', 'test: cargo test'],
  ],
  [
    'composer',
    {
      'composer.json': manifest({ require: { php: '^8', 'a/b': '1' }, scripts: { test: 'phpunit', lint: ['a', 'b'] } }),
    },
    'composer install --no-interaction --no-progress',
    ['lint: composer run-script lint', 'test: composer run-script test'],
  ],
  ['composer that needs php only', { 'composer.json': manifest({ require: { php: '^8' } }) }, undefined, []],
  ['gradle with its wrapper', { 'build.gradle.kts': '', gradlew: '' }, undefined, ['test: ./gradlew test']],
  ['gradle without', { 'build.gradle': '' }, undefined, ['test: gradle test']],
  ['maven', { 'pom.xml': '' }, undefined, ['test: mvn -q test']],
  ['maven with its wrapper', { 'pom.xml': '', mvnw: '' }, undefined, ['test: ./mvnw -q test']],
  [
    'several at the root: all of them, under names of their own',
    {
      'package.json': manifest({ scripts: { test: 'node --test', lint: 'eslint' } }),
      'package-lock.json': '{}',
      'go.mod': '',
      'pyproject.toml': '[tool.ruff]\n',
      'uv.lock': '',
      Makefile: 'test:\n\tgo test\n',
    },
    'npm ci && uv sync --frozen',
    [
      'lint: npm run lint',
      'test: npm run test',
      'python-lint: uv run --frozen ruff check .',
      'vet: go vet ./...',
      'go-test: go test ./...',
      'make-test: make test',
    ],
  ],
];

test.each(rows)('%s', async (_title, files, setup, checks) => {
  const detected = await detectChecks(treeOf(files));
  expect({
    setup: detected.setup,
    checks: detected.checks.map(({ name, command }) => `${name}: ${command}`),
  }).toEqual({ setup, checks });
  expect(detected.checks.every(({ source }) => source === 'detected')).toBe(true);
});
