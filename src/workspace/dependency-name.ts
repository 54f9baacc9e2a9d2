import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { TreeEntry } from './tree-entries.js';

/** Files that say which versions are used. */
const lockfiles = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
  ...['poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock', 'go.sum', 'Cargo.lock', 'Gemfile.lock', 'composer.lock'],
  ...['mix.lock', 'gradle.lockfile', 'packages.lock.json', 'Package.resolved', 'pubspec.lock'],
]);
const requirements = /^requirements.*\.txt$/;

/** Files that say what is used, or by what it is installed. */
const manifests = new Set([
  ...['package.json', 'pnpm-workspace.yaml', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', 'bunfig.toml'],
  ...['pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile', 'go.mod', 'go.work', 'Cargo.toml', 'Gemfile'],
  ...['composer.json', 'mix.exs', 'pom.xml', 'build.gradle', 'build.gradle.kts', 'Package.swift', 'pubspec.yaml'],
  ...['.nvmrc', '.node-version', '.python-version', '.ruby-version', '.tool-versions', 'rust-toolchain.toml'],
]);

/** By what the dependencies of a tree are kept: equal for trees that agree in lockfiles and manifests, or, without a lockfile, in everything. */
export function dependencyName(setup: string, entries: readonly TreeEntry[]): string {
  const declaring = entries.filter(({ path }) => isLockfile(path) || manifests.has(basename(path)));
  const counted = declaring.some(({ path }) => isLockfile(path)) ? declaring : entries;
  const files = counted.map(({ mode, oid, path }) => [mode, oid, path]);
  // What was built for one version of Node does not load in another.
  const machine = [process.platform, process.arch, process.versions.modules];
  return createHash('sha256')
    .update(JSON.stringify([setup, machine, files]))
    .digest('hex');
}

function isLockfile(path: string): boolean {
  return lockfiles.has(basename(path)) || requirements.test(basename(path));
}
