import { expect, test } from 'vitest';
import { hasTestsInSource, isTest } from '../../src/check/test-paths.js';

const tests = [
  ...[
    'test/slug.js',
    'packages/a/test/deep/slug.js',
    'tests/fixtures/a.json',
    'src/__tests__/a.ts',
    'src/__snapshots__/a.snap',
  ],
  ...[
    'src/slug.test.ts',
    'src/slug.spec.tsx',
    'src/a.test-d.ts',
    'cypress/a.cy.ts',
    'e2e/login.ts',
    'test.js',
    'src/slug_test.ts',
  ],
  ...['test_slug.py', 'app/slug_test.py', 'app/tests.py', 'conftest.py', 'tests/__init__.py'],
  ...[
    'slug/slug_test.go',
    'slug/testdata/a.golden',
    'spec/slug_spec.rb',
    'test/slug_test.rb',
    'lib/slug_test.exs',
    'test/test_helper.exs',
  ],
  ...[
    'src/test/java/a/Slug.java',
    'src/SlugTest.java',
    'app/SlugTests.kt',
    'a/SlugIT.java',
    'tests/SlugTest.php',
    'src/SlugTest.php',
  ],
  ...[
    'tests/outside.rs',
    'src/slug_test.rs',
    'Shop.Tests/Slug.cs',
    'Shop/SlugTests.cs',
    'src/integrationTest/kotlin/A.kt',
  ],
];

const sources = [
  ...[
    'src/slug.js',
    'src/test.helper.js',
    'src/testing/slug.ts',
    'src/latest.js',
    'contest/a.py',
    'src/attest.go',
    'README.md',
  ],
  ...[
    'src/Latest.java',
    'src/Contest.php',
    'src/Orbit.java',
    'package.json',
    'src/lib.rs',
    'src/protest_slug.py',
    'docs/tests.md',
  ],
  ...['src/specs.ts', 'vitest.config.ts', 'src/snapshot.ts'],
];

test.each(tests)('a test: %s', (path) => {
  expect(isTest()(path)).toBe(true);
});

test.each(sources)('no test: %s', (path) => {
  expect(isTest()(path)).toBe(false);
});

test('the repository says what a test is, and nothing else is one', () => {
  const says = isTest(['check/**', '**/*.{check,proof}.js']);
  const paths = ['check/a.js', 'src/a.proof.js', 'src/a.Check.js', 'test/a.js'];
  expect(paths.filter(says)).toEqual(['check/a.js', 'src/a.proof.js']);
  expect(tests.filter(isTest([]))).toEqual([]);
});

test('Rust keeps tests in its sources', () => {
  expect(hasTestsInSource(['tests/outside.rs', 'src/slug.js'])).toBe(false);
  expect(hasTestsInSource(['src/lib.rs'])).toBe(true);
});
