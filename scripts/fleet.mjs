#!/usr/bin/env node
// The command `fleet` of a clone (`npx fleet …`): installs and builds what is missing, quietly when nothing is, then runs it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (!existsSync(fileURLToPath(new URL('../dist/cli.js', import.meta.url)))) {
  const { ensureInstalled } = await import('./ensure-installed.mjs');
  const { build } = await import('./build.mjs');
  ensureInstalled();
  const failed = build();
  if (failed !== 0) process.exit(failed);
}
await import('../dist/cli.js');
