import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { RepositoryState } from '../../test/support/github/state.js';
import { nowMs } from './ground.js';
import { pathOf, type World } from './world.js';

const run = promisify(execFile);

type Place = Pick<World, 'folder' | 'gitHub' | 'marks'>;

/** What a shell script would do, without queue, rows, isolation or checks: the bare operation that Fleet's times are a multiple of. */
export class ByHand {
  readonly #world: Place;
  readonly #token: string;
  #count = 0;

  constructor(world: Place) {
    this.#world = world;
    this.#token = tokenOf(world.gitHub);
  }

  /** A mirror of its own, warm. */
  async prepare(repository: RepositoryState): Promise<void> {
    await run('git', ['init', '--quiet', '--bare', this.#mirror(repository)]);
    await this.#fetch(repository);
  }

  /** Fetch, worktree, agent; then add, commit and push. In ms from the beginning; `ownMs` is without the agent. */
  async once(
    repository: RepositoryState,
  ): Promise<{ readonly startedMs: number; readonly pushedMs: number; readonly ownMs: number }> {
    this.#count += 1;
    const name = `by-hand-${this.#count}`;
    const worktree = join(this.#world.folder, 'bare', name);
    const artifacts = `${worktree}.artifacts`;
    mkdirSync(artifacts);
    const begunMs = nowMs();
    await this.#fetch(repository);
    const mirror = ['--git-dir', this.#mirror(repository)];
    await run('git', [...mirror, 'worktree', 'add', '--quiet', '-b', name, worktree, 'refs/remotes/origin/main']);
    const env = { PATH: process.env['PATH'], FLEET_RUN: name, FLEET_ROLE: 'planner', FLEET_ARTIFACTS: artifacts };
    const spawnedMs = nowMs();
    await run('/bin/sh', [join(this.#world.folder, 'agent.sh'), this.#world.marks], { cwd: worktree, env });
    const agentMs = nowMs() - spawnedMs;
    appendFileSync(join(worktree, 'folder-1/file-1.txt'), `added by ${name}\n`);
    const git = (...args: readonly string[]): Promise<unknown> => run('git', [...identity, ...args], { cwd: worktree });
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Add a line');
    await git(...this.#authorized(), 'push', '--quiet', this.#url(repository), `HEAD:refs/heads/${name}`);
    const pushedMs = nowMs() - begunMs;
    const startedMs = statSync(join(this.#world.marks, `${name}.planner.started`)).mtimeMs - begunMs;
    return { startedMs, pushedMs, ownMs: pushedMs - agentMs };
  }

  async #fetch(repository: RepositoryState): Promise<void> {
    const refs = '+refs/heads/*:refs/remotes/origin/*';
    const git = ['--git-dir', this.#mirror(repository), ...this.#authorized()];
    await run('git', [...git, 'fetch', '--quiet', '--prune', '--no-tags', this.#url(repository), refs]);
  }

  #mirror(repository: RepositoryState): string {
    return join(this.#world.folder, 'bare', `${repository.name}.git`);
  }

  #url(repository: RepositoryState): string {
    return `http://${this.#world.gitHub.host}/${pathOf(repository)}.git`;
  }

  #authorized(): readonly string[] {
    const basic = Buffer.from(`x-access-token:${this.#token}`).toString('base64');
    return ['-c', `http.extraHeader=Authorization: Basic ${basic}`];
  }
}

/** A token that git takes. */
function tokenOf({ state }: GitHubStandIn): string {
  const { tokens, installation } = state;
  tokens.set('bench', { installation, permissions: { contents: 'write' }, repositoryIds: undefined, revoked: false });
  return 'bench';
}

const identity = ['-c', 'user.name=By Hand', '-c', 'user.email=hand@example.com'];
