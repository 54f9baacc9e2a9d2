// Folders and repositories of the proofs with real agents. They are below .cache: Codex refuses a HOME in the temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../.cache', import.meta.url));

/** A folder of its own. */
export function newFolder(name) {
  mkdirSync(root, { recursive: true });
  return mkdtempSync(join(root, `${name}-`));
}

/** A repository with one commit of these files (path → text). */
export function newRepository(path, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  git(path, 'init', '--quiet', '--initial-branch=main');
  git(path, 'add', '--all');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  git(path, ...author, 'commit', '--quiet', '-m', 'Start');
}

/** What git says in a repository, without the settings of whoever runs this. */
export function git(repository, ...args) {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', env, timeout: 10_000 });
}
