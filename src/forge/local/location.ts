import { existsSync } from 'node:fs';
import { ask, commitAt, unreachable, wrong, type RunGit } from './git.js';

/** Where a repository lies, as a person named it. */
export interface Location {
  readonly kind: 'path' | 'url';
  /** An absolute path (the top of the work tree, or a bare repository), or a URL. */
  readonly location: string;
  /** The last part of the address, `[A-Za-z0-9._-]`. */
  readonly name: string;
  readonly defaultBranch: string;
}

const url = /^(?:(?:https?|ssh|git|file):\/\/|[\w.-]+@[\w.-]+:)/;

/** Reads an absolute path or a URL, and asks git for its default branch unless `base` names it. */
export async function locate(git: RunGit, text: string, base?: string): Promise<Location> {
  return url.test(text) ? atUrl(git, text, base) : atPath(git, text, base);
}

async function atUrl(git: RunGit, location: string, base: string | undefined): Promise<Location> {
  if (/^\w+:\/\/[^/@]*:[^/@]*@/.test(location)) {
    throw wrong('The URL holds a password, which would be stored: leave it out and let git ask a credential helper.');
  }
  const { code, stdout, stderr } = await git(['ls-remote', '--symref', '--', location, 'HEAD']);
  if (code !== 0) throw unreachable(location, stderr);
  const defaultBranch = base ?? /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(stdout)?.[1] ?? 'main';
  return { kind: 'url', location, name: nameOf(location), defaultBranch };
}

async function atPath(git: RunGit, path: string, base: string | undefined): Promise<Location> {
  if (!existsSync(path)) throw wrong(`There is no folder ${path}: give the path or the URL of a git repository.`);
  const bare = await git(['-C', path, 'rev-parse', '--is-bare-repository']);
  if (bare.code !== 0) {
    throw wrong(`${path} is not a git repository: run \`git init\` and commit there, or give another path.`);
  }
  const question = bare.stdout.trim() === 'true' ? '--absolute-git-dir' : '--show-toplevel';
  const location = await ask(git, path, 'rev-parse', question);
  const head = await git(['-C', location, 'symbolic-ref', '--quiet', '--short', 'HEAD']);
  const defaultBranch = base ?? (head.code === 0 ? head.stdout.trim() : undefined);
  if (defaultBranch === undefined) {
    throw wrong(`No branch is checked out in ${location}: name the target branch with --base.`);
  }
  if (base !== undefined && (await commitAt(git, location, `refs/heads/${base}`)) === undefined) {
    throw wrong(`${location} has no branch ${base}: \`git branch\` shows those that it has.`);
  }
  return { kind: 'path', location, name: nameOf(location), defaultBranch };
}

function nameOf(location: string): string {
  const last =
    location
      .replace(/\/+$/, '')
      .replace(/\/?\.git$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  return last.replace(/[^A-Za-z0-9._-]+/g, '-') || 'repository';
}
