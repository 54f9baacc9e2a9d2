import { matcherOf } from '../domain/glob.js';

const anywhere = (...globs: readonly string[]) => globs.map((glob) => `**/${glob}`);

/** What counts as a test where a repository does not say: tests, and all that stands beside them in folders for tests. */
const testGlobs: readonly string[] = [
  ...anywhere('{test,tests,__tests__,__mocks__,__snapshots__,__fixtures__,spec,specs,testdata,e2e}/**'),
  ...anywhere('*.{test,spec,cy,e2e}.*', '*.{test,spec}-d.ts', '*.snap'),
  // Python; plain `test.py`, `test.js` and their like are named as Node and Django name them.
  ...anywhere(
    'test_*.py',
    '*_test.py',
    'tests.py',
    'conftest.py',
    'test.{js,mjs,cjs,ts,mts,cts,py}',
    'test-*.{js,mjs,cjs}',
  ),
  ...anywhere('*_test.{js,mjs,cjs,ts,mts,cts}', '*-test.{js,mjs,cjs,ts,jsx,tsx}'),
  ...anywhere('*_test.go', '*_{test,spec}.rb', 'test_*.rb', '*_test.{dart,exs,cc,cpp,c,rs}', '*_tests.rs'),
  ...anywhere('*{Test,Tests,TestCase,Spec,IT}.{java,kt,groovy,scala}', '*{Test,Tests}.{php,cs,fs,vb,swift}'),
  // Java's and Kotlin's source sets, and the projects of .NET.
  ...anywhere(
    'src/{integrationTest,testFixtures,androidTest,commonTest}/**',
    '*.{Tests,Test,UnitTests,IntegrationTests}/**',
  ),
];

/** Which paths are tests; `globs` are the repository's own word. */
export function isTest(globs: readonly string[] = testGlobs): (path: string) => boolean {
  return matcherOf(globs, { matchesCase: true });
}

/** Whether tests may stand inside source files among these paths, so that no path tells one from the other. */
export function hasTestsInSource(paths: readonly string[]): boolean {
  const isOutside = isTest();
  return paths.some((path) => path.endsWith('.rs') && !isOutside(path));
}
