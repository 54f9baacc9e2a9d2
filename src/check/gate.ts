import { createHash } from 'node:crypto';
import { matcherOf } from '../domain/glob.js';
import type { Gates } from '../ports/check.js';
import { mixIni, mixManifest, mixToml, type Mix } from './gate-mixes.js';
import { mutants } from './mutation/mutants.js';
import { programsOf } from './program/programs.js';
import { isTest } from './test-paths.js';

const anywhere = (glob: string) => `**/${glob}`;

/**
 * Whether the whole file says how checks are run, so that it is taken from the base; of what stands in `gateMixes` a part does. What tests
 * are made of, such as `conftest.py`, is a test, and what says how sources are compiled, such as `tsconfig.json`, is a source.
 */
export const isGateFile = matcherOf([
  ...['{GNU,}makefile', '*.mk', '{.,}justfile', 'taskfile.{yml,yaml}', 'rakefile', 'noxfile.py'].map(anywhere),
  ...[
    'vitest',
    'vite',
    'jest',
    'karma',
    'ava',
    'playwright',
    'cypress',
    'wdio',
    'web-test-runner',
    'nightwatch',
  ].flatMap((name) =>
    [`${name}.{config,conf}.*`, `${name}.*.{config,conf}.*`, `${name}{.,-}config.json`].map(anywhere),
  ),
  ...['vitest.{workspace,projects}.*', 'ava.config.*', 'cypress.json', 'wallaby.js', 'bunfig.toml', '.taprc'].map(
    anywhere,
  ),
  ...['.mocharc*', '.nycrc*', '.c8rc*', '.jestrc*', '.npmrc', '.yarnrc*', 'turbo.json', 'nx.json'].map(anywhere),
  ...['eslint.config.*', '.eslintrc*', '.eslintignore', 'prettier.config.*', '.prettierrc*', '.prettierignore'].map(
    anywhere,
  ),
  ...['stylelint.config.*', '.stylelintrc*', 'biome.json*', '.oxlintrc.json', 'tslint.json', '.jshintrc', 'knip.*'].map(
    anywhere,
  ),
  ...['.dependency-cruiser.*', '.lintstagedrc*', 'lint-staged.config.*', '.editorconfig'].map(anywhere),
  ...['{.,}pytest.{ini,toml}', 'tox.ini', '.coveragerc', '{.,}mypy.ini', '{.,}ruff.toml', '.flake8'].map(anywhere),
  ...['{.,}pylintrc', 'pyrightconfig.json', '.isort.cfg', '.bandit'].map(anywhere),
  ...['phpunit.{xml,dist.xml,xml.dist}', 'phpstan.{neon,dist.neon,neon.dist}', 'psalm.xml', '.php-cs-fixer*'].map(
    anywhere,
  ),
  ...['phpcs.{xml,xml.dist}', 'pint.json', '.rspec', '.rubocop*.yml', '.golangci.*', '{.,}clippy.toml'].map(anywhere),
  ...['{.,}rustfmt.toml', '.cargo/config*', '.config/nextest.toml', '.credo.exs', '.formatter.exs'].map(anywhere),
  ...['checkstyle*.xml', 'detekt*.yml', '.clang-{format,tidy}'].map(anywhere),
]);

/** Files of which some parts say how checks are run. */
const mixes: Readonly<Record<string, Mix>> = {
  'package.json': mixManifest,
  'composer.json': mixManifest,
  'deno.json': mixManifest,
  'pyproject.toml': mixToml,
  'setup.cfg': mixIni,
};

/** By path, how a file of which a part says how checks are run is made from the head's text (`onto`) and the base's (`from`). */
export function gateMixes(paths: readonly string[]): Readonly<Record<string, Mix>> {
  return Object.fromEntries(
    paths.flatMap((path) => {
      const mix = mixes[path.slice(path.lastIndexOf('/') + 1)];
      return mix === undefined ? [] : [[path, mix]];
    }),
  );
}

/** What says how this repository is checked, and what of it are tests. */
export const gates: Gates = { isTest, isGateFile, mixes: gateMixes, programs: programsOf, mutants };

/** Sha256 of what a gate is: its command and the text of each file that says how it is run, in whatever order. */
export function gateHash(command: string, files: Readonly<Record<string, string | undefined>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, ...sorted.map(([path, text]) => [path, text ?? 0])]))
    .digest('hex');
}
