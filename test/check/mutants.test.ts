import { describe, expect, test } from 'vitest';
import { gates } from '../../src/check/gate.js';
import type { TreeFiles } from '../../src/ports/workspace.js';

type Files = Readonly<Record<string, string>>;

function treeOf(files: Files): TreeFiles {
  return { sha: '0'.repeat(40), list: async () => Object.keys(files), read: async (path) => files[path] };
}

const mutantsOf = (base: Files, tests: Files, isTest = gates.isTest(undefined)) =>
  gates.mutants({ base: treeOf(base), head: treeOf({ ...base, ...tests }), changed: Object.keys(tests), isTest });

async function pathsOf(base: Files, tests: Files): Promise<readonly string[]> {
  return [...new Set((await mutantsOf(base, tests)).map(({ path }) => path))].sort();
}

const js = 'export const it = () => true;\n';
const other = { 'src/other.js': js, 'lib/far.py': 'x = True\n', 'other.go': 'var x = true\n' };

describe('the source that tests cover', () => {
  const rows: readonly (readonly [string, Files, Files, readonly string[]])[] = [
    ['what they import', { 'src/a.js': js }, { 'test/a.test.js': "import { it } from '../src/a.js';" }, ['src/a.js']],
    [
      'as TypeScript is imported, without an ending, from a folder',
      { 'src/a.ts': js, 'src/b.tsx': js, 'src/c/index.ts': js },
      { 'src/x.test.ts': "import a from './a.js'; import b from './b'; const c = require('./c');" },
      ['src/a.ts', 'src/b.tsx', 'src/c/index.ts'],
    ],
    [
      'a program that they start',
      { 'bin/a.js': js },
      { 'test/x.test.js': "spawn('node', ['bin/a.js']);" },
      ['bin/a.js'],
    ],
    [
      'what tests share leads to it, and so does a file that only passes it on',
      { 'src/a.js': js, 'src/index.js': "export * from './a.js';\n" },
      { 'test/x.test.js': "import './support.js';", 'test/support.js': "import '../src/index.js';" },
      ['src/a.js'],
    ],
    [
      "Python's modules, in a package or below src",
      { 'pkg/a.py': 'x = True\n', 'src/deep/b.py': 'x = True\n', 'pkg/__init__.py': '' },
      { 'tests/test_x.py': 'from pkg import a\nimport deep.b\n' },
      ['pkg/a.py', 'src/deep/b.py'],
    ],
    [
      "Python's neighbours",
      { 'pkg/a.py': 'x = True\n', 'pkg/sub/a.py': 'x = True\n' },
      { 'pkg/sub/test_x.py': 'from ..a import x\n' },
      ['pkg/a.py'],
    ],
    [
      "Go's package",
      { 'a/a.go': 'var x = true\n', 'b/b.go': 'var x = true\n' },
      { 'a/a_test.go': 'package a' },
      ['a/a.go'],
    ],
    [
      "Go's imports",
      { 'pkg/a/a.go': 'var x = true\n' },
      { 'e2e/x_test.go': 'import "example.com/acme/mod/pkg/a"' },
      ['pkg/a/a.go'],
    ],
    [
      "Rust's crate",
      { 'crates/a/src/lib.rs': 'let x = true;\n', 'crates/b/src/lib.rs': 'let x = true;\n' },
      { 'crates/a/tests/x.rs': 'use a::x;' },
      ['crates/a/src/lib.rs'],
    ],
    [
      "Java's packages",
      { 'src/main/java/com/acme/Slug.java': 'boolean x = true;\n', 'src/main/java/com/acme/B.java': 'int x = 1;\n' },
      { 'src/test/java/com/acme/XTest.java': 'import com.acme.Slug;' },
      ['src/main/java/com/acme/Slug.java'],
    ],
    [
      "PHP's namespaces",
      { 'src/Slug.php': '$x = true;\n' },
      { 'tests/XTest.php': '<?php\nuse App\\Slug;' },
      ['src/Slug.php'],
    ],
    ["Ruby's files", { 'lib/a.rb': 'x = true\n' }, { 'spec/x_spec.rb': "require_relative '../lib/a'" }, ['lib/a.rb']],
    [
      'what is called like them, where they import nothing',
      { 'com/Slug.kt': 'val x = true\n', 'a/slug_words.c': 'int x = 1;\n' },
      { 'test/SlugTest.kt': '', 'test/test_slug_words.c': '' },
      ['a/slug_words.c', 'com/Slug.kt'],
    ],
    ['all there is', {}, { 'test/x.test.js': '' }, Object.keys(other).sort()],
  ];
  test.each(rows)('%s', async (_, base, tests, paths) => {
    expect(await pathsOf({ ...base, ...other }, tests)).toEqual(paths);
  });

  test('is no test, nothing foreign, and nothing that says how tests are run', async () => {
    const base = {
      ...{ 'node_modules/a/a.js': js, 'vendor/a.js': js, 'dist/a.js': js, 'a.min.js': js, 'a.d.ts': js },
      ...{ 'vitest.config.ts': js, 'test/support.js': js, 'README.md': 'true' },
    };
    expect(await mutantsOf(base, { 'test/a.test.js': "import '../dist/a.js';" })).toEqual([]);
  });
});

test('changes are few, spread over files and lines, and begin with what the new lines of the tests name', async () => {
  const body = (name: string) => `export function ${name}(x) {\n  const y = x === 1;\n  return y;\n}\n`;
  const names = [...Array(30).keys()].map((number) => `other${number}`);
  const base = {
    'src/a.js': [...names.slice(0, 15), 'meant', ...names.slice(15)].map(body).join(''),
    'src/b.js': names.map(body).join(''),
    'test/a.test.js': "import * as a from '../src/a.js';\nimport '../src/b.js';\ntest(other3);\n",
  };
  const found = await mutantsOf(base, { 'test/a.test.js': `${base['test/a.test.js']}test(meant);\n` });
  const places = found.map(({ path, line }) => `${path}:${line}`);
  expect(found.map(({ from, to }) => `${from} → ${to}`).slice(0, 4)).toEqual([
    ...['=== → !==', 'y → undefined', '1 → 2', '=== → !=='],
  ]);
  expect(places).toEqual([
    ...['src/a.js:62', 'src/a.js:63', 'src/a.js:62'],
    ...['src/a.js:2', 'src/b.js:2', 'src/a.js:26', 'src/b.js:26', 'src/a.js:50', 'src/b.js:50'],
    ...['src/a.js:78', 'src/b.js:74', 'src/a.js:102'],
  ]);
  const [first] = found;
  expect(first?.text).toBe(base['src/a.js'].replace(body('meant'), body('meant').replace('===', '!==')));
});

test("the repository's own word for a test counts", async () => {
  const found = await mutantsOf({ 'a.js': js }, { 'checks/a.js': "import '../a.js';" }, gates.isTest(['checks/**']));
  expect(found.map(({ path }) => path)).toEqual(['a.js']);
});
