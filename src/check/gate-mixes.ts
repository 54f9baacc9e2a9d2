import { asRecord } from './detect/ecosystem.js';

/** A file made of the head's text (`onto`) and the base's (`from`); undefined stands for no file. */
export type Mix = (onto: string | undefined, from: string | undefined) => string | undefined;

/** Keys of `package.json`, `composer.json` and `deno.json` in which runners and linters are configured. */
const gateKeys = [
  ...[
    'jest',
    'vitest',
    'mocha',
    'ava',
    'nyc',
    'c8',
    'tap',
    'tape',
    'jasmine',
    'karma',
    'cypress',
    'playwright',
    'test',
  ],
  ...['eslintConfig', 'eslintIgnore', 'prettier', 'stylelint', 'xo', 'standard', 'lint', 'fmt', 'biome', 'knip'],
  ...['lint-staged', 'husky', 'simple-git-hooks', 'pre-commit', 'wireit', 'nx', 'config', 'scripts-descriptions'],
];
const scriptKeys = ['scripts', 'tasks'];

/** A JSON manifest: the head's, with what the base says of scripts, runners and linters. Text that cannot be parsed gives way to the base's. */
export const mixManifest: Mix = (onto, from) => {
  if (onto === undefined || from === undefined) return from ?? onto;
  const [head, base] = [parsed(onto), parsed(from)];
  if (head === undefined || base === undefined) return from;
  const mixed = { ...head };
  for (const key of gateKeys) {
    if (key in base) mixed[key] = base[key];
    else Reflect.deleteProperty(mixed, key);
  }
  for (const key of scriptKeys) {
    if (!(key in head || key in base)) continue;
    const [added, kept] = [asRecord(head[key]), asRecord(base[key])];
    // A new script harms no old one, unless it is run before or after it.
    const harmless = Object.entries(added).filter(([name]) => !(name.replace(/^(pre|post)/, '') in kept));
    mixed[key] = { ...Object.fromEntries(harmless), ...kept };
  }
  return JSON.stringify(mixed) === JSON.stringify(head) ? onto : `${JSON.stringify(mixed, undefined, 2)}\n`;
};

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // The doc comment of `mixManifest` says what becomes of it.
    return undefined;
  }
}

const pythonTools =
  'pytest|ruff|mypy|black|isort|flake8|pylint|pyright|basedpyright|ty|coverage|tox|nox|bandit|poe|taskipy|hatch\\.envs|pdm\\.scripts';
const tomlGate = new RegExp(`^\\[+tool\\.(${pythonTools})[.\\]]`);
const iniGate =
  /^\[(tool:pytest|pytest|flake8|mypy|coverage|isort|pylint|pycodestyle|pydocstyle|tox|testenv|options\.extras_test)[\]:\-.]/;

/** `pyproject.toml`: the head's, with the base's tables of runners and linters. */
export const mixToml: Mix = (onto, from) => mixTables(onto, from, tomlGate);

/** `setup.cfg`: the head's, with the base's sections of runners and linters. */
export const mixIni: Mix = (onto, from) => mixTables(onto, from, iniGate);

function mixTables(onto: string | undefined, from: string | undefined, gate: RegExp): string | undefined {
  if (onto === undefined || from === undefined) return from ?? onto;
  const isGate = (table: string) => gate.test((table.split('\n', 1)[0] ?? '').replace(/["'\s]/g, ''));
  const [head, base] = [tablesOf(onto), tablesOf(from)];
  const [tried, held] = [head.filter(isGate), base.filter(isGate)];
  if (tried.join('') === held.join('')) return onto;
  return [...head.filter((table) => !isGate(table)), ...held].map((table) => table.replace(/\n*$/, '\n')).join('\n');
}

/** What stands before the first table, then each table with its header; a line of a list such as `["a"]` is no header. */
function tablesOf(text: string): readonly string[] {
  return text.split(/^(?=[ \t]*\[{1,2}[ \t]*[A-Za-z_][^\]\n]*\]{1,2}[ \t]*(?:[#;].*)?$)/m);
}
