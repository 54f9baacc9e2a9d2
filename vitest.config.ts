import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What tests of this run put into os.tmpdir() lands here; test/support/leaks.ts makes it, and looks into it at the end. */
const runFolder = join(tmpdir(), `fleet-vitest-${process.pid}-${Date.now()}`);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    env: { TMPDIR: runFolder, FLEET_TEST_RUN: runFolder },
    globalSetup: ['test/support/leaks.ts'],
    setupFiles: ['test/support/end-of-file.ts'],
    pool: 'forks',
    // What a file imports, and the first embedded database of a process, cost seconds: files of a worker share both.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 20_000,
    teardownTimeout: 20_000,
    reporters: ['default'],
  },
});
