// `npm test`: installs what the tests need, builds, runs them all and closes with `N passed, N failed`.
// Arguments go to vitest: `npm test -- test/decide`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { announceMissing, runCommand, startServers } from './servers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

process.chdir(root);
ensureInstalled();
const servers = await startServers();
announceMissing(servers.missing);
let code;
try {
  code = build();
  if (code === 0) code = await runVitest(process.argv.slice(2), servers.environment);
} finally {
  await servers.stop();
}
announceMissing(servers.missing);
if (servers.missing.length > 0 && process.env.CI === 'true') {
  process.stdout.write('test  failed: in CI every suite must run\n');
  code ||= 1;
}
process.exitCode = code;

async function runVitest(args, environment) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-report-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const exitCode = await runCommand([process.execPath, vitest, 'run', ...reporters, ...args], environment);
    return closeWith(summaryOf(report), exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints the closing line, and hands it to the caller who asked for it in a file. */
function closeWith({ passed, failed, skipped }, exitCode) {
  if (exitCode !== 0 && failed === 0) process.stdout.write(`\ntest  vitest ended with ${exitCode}: see above\n`);
  const line = `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  process.stdout.write(`${line}\n`);
  if (process.env.FLEET_TEST_SUMMARY) writeFileSync(process.env.FLEET_TEST_SUMMARY, `${line}\n`);
  if (exitCode === 0 && failed > 0) return 1;
  return exitCode === 0 && passed === 0 ? 1 : exitCode;
}

function summaryOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    // A file that cannot even be loaded counts as one failed test: it has no test that could.
    const broken = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
    ).length;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch (error) {
    process.stdout.write(`test  vitest wrote no report (${error.message})\n`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
