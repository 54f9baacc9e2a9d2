// `npm run bench`: builds, starts private PostgreSQL and Redis servers, and measures the figures of docs/bench.md.
// `--short` takes fewer rounds, `--only <row>` one row: scripts/bench.ts has the list.
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { runCommand, startServers } from './servers.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
ensureInstalled();
process.exitCode = build({ ifStale: true }) || (await measure());

async function measure() {
  const servers = await startServers();
  for (const missing of servers.missing) process.stdout.write(`!! not measured: ${missing}\n`);
  try {
    const command = [process.execPath, '--import', 'tsx', 'scripts/bench.ts', ...process.argv.slice(2)];
    return await runCommand(command, servers.environment);
  } finally {
    await servers.stop();
  }
}
