import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { masked } from './conversation.js';
import { commentOf, kindsOf, mergeRequestsOf, processesOf, promptsOf, reached, told } from './look.js';
import { aRepositoryFor, gitHubFleet, labelled, namedRepository, type GitHubFleet } from './world.js';

interface Fate {
  readonly kind: string;
  readonly resetsAtMs?: number;
  /** In every role, not only as the developer. */
  readonly always?: true;
}

async function aWorld(agents: readonly string[] = ['one', 'two']): Promise<GitHubFleet> {
  const world = await gitHubFleet({ agents, isLimited: true, life: 'test', timeouts: '{ silence: 2s, wall: 60s }' });
  onTestFinished(async () => {
    await world.close();
    world.gitHub.assertNoSurprises();
  });
  return world;
}

function befalls({ folder }: GitHubFleet, agent: string, fate: Fate): void {
  writeFileSync(join(folder, 'gates', `${agent}.json`), JSON.stringify(fate));
}

/** Role, agent and end of each attempt of the developer. */
function developersOf({ attempts }: Run): readonly string[] {
  return attempts
    .filter(({ role }) => role === 'developer')
    .map(({ agent, outcome }) => `${agent} ${outcome.kind === 'failed' ? outcome.failure : outcome.kind}`);
}

function fileOn({ folder }: GitHubFleet, repository: string, branch: string, path: string): string {
  const gitDir = join(folder, 'github', `acme/${repository}.git`);
  return execFileSync('git', ['--git-dir', gitDir, 'show', `${branch}:${path}`], { encoding: 'utf8' });
}

/** Names of the archive refs of the run in Fleet's mirror, without it. */
function archivedOf({ folder }: GitHubFleet, run: Run): readonly string[] {
  const mirrors = join(folder, 'data', 'mirrors');
  const [mirror] = readdirSync(mirrors, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('HEAD'));
  const gitDir = join(mirrors, mirror ?? '', '..');
  const args = ['--git-dir', gitDir, 'for-each-ref', '--format=%(refname)', 'refs/fleet/archive'];
  const refs = execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  return refs.map((ref) => ref.replace(run.id, 'RUN'));
}

const hour = 3_600_000;

describe('an agent that cannot go on', () => {
  it('because of a limit is followed by another one in the same worktree, at no cost to the task', async () => {
    const world = await aWorld();
    const repository = aRepositoryFor(world);
    befalls(world, 'one', { kind: 'plan', resetsAtMs: Date.now() + hour });
    await labelled(world, repository);
    const { run } = await told(world, repository, 'inReview');
    expect(developersOf(run)).toEqual(['one limit', 'two finished']);
    expect(fileOn(world, repository.name, run.branch, 'half.txt')).toBe('by one\n');
    expect(archivedOf(world, run)).toHaveLength(1);
    const prompt = promptsOf(world, run, 'developer').at(-1) ?? '';
    const handover = /^## You take over\n[^]*?(?=\n## |(?![^]))/m.exec(prompt)?.[0] ?? '';
    await expect(`${masked(handover, world, run).trim()}\n`).toMatchFileSnapshot('golden/handover.md');
    const { accounts } = await world.fleet.control({ op: 'accounts' });
    expect(accounts.map(({ name, health }) => [name, health.kind])).toEqual([['one', 'parked']]);
    const { entries } = await world.fleet.control({ op: 'log', run: run.id, after: 0, waitMs: 0 });
    expect(entries.filter(({ text }) => text === 'agent chosen').at(0)?.fields['because']).toMatch(
      /^one: limit of its plan until /,
    );
  }, 60_000);

  it('because it fell silent is ended, its work is kept, and another one goes on from there', async () => {
    const world = await aWorld();
    const repository = aRepositoryFor(world);
    befalls(world, 'one', { kind: 'silence' });
    await labelled(world, repository);
    const { run } = await told(world, repository, 'inReview');
    expect(developersOf(run)).toEqual(['one stalled', 'two finished']);
    expect(fileOn(world, repository.name, run.branch, 'half.txt')).toBe('by one\n');
    expect(archivedOf(world, run)).toHaveLength(1);
    expect(processesOf(run)).toEqual([]);
  }, 60_000);
});

describe('when no agent is to be had', () => {
  it('the run waits until the first is back, holds no place, says so, and goes on by itself', async () => {
    const world = await aWorld();
    const [repository, other] = [aRepositoryFor(world), aRepositoryFor(world)];
    const resetsAtMs = Date.now() + 6_000;
    befalls(world, 'one', { kind: 'plan', resetsAtMs });
    befalls(world, 'two', { kind: 'quota', resetsAtMs: resetsAtMs + hour });
    await labelled(world, repository);
    const { run, status } = await told(world, repository, 'awaitingAgent');
    await expect(`${masked(withoutMoments(status), world, run)}\n`).toMatchFileSnapshot('golden/awaiting-agent.md');
    await labelled(world, other);
    const waits = await reached(world, other, 'awaitingAgent');
    expect(waits.phase).toMatchObject({ name: 'awaitingAgent', untilMs: resetsAtMs });
    const done = await told(world, repository, 'inReview');
    expect(developersOf(done.run)).toEqual(['one limit', 'two limit', 'one finished']);
    expect(kindsOf(done.issue)).toEqual(['status', 'ready']);
    expect(mergeRequestsOf(repository)).toHaveLength(1);
    await told(world, other, 'inReview');
  }, 60_000);

  it('because nobody is let in, a person is asked once, and the run goes on at their word', async () => {
    const world = await aWorld(['one']);
    const repository = aRepositoryFor(world, namedRepository);
    befalls(world, 'one', { kind: 'auth' });
    await labelled(world, repository);
    const { run, issue } = await told(world, repository, 'blocked');
    await expect(`${masked(commentOf(issue, 'blocked'), world, run)}\n`).toMatchFileSnapshot(
      'golden/blocked/agents-away.md',
    );
    befalls(world, 'one', { kind: 'auth', resetsAtMs: 0 });
    await world.fleet.control({ op: 'account.ready', account: 'one' });
    const done = await told(world, repository, 'inReview');
    expect(developersOf(done.run)).toEqual(['one auth', 'one finished']);
    expect(kindsOf(done.issue)).toEqual(['status', 'blocked', 'ready']);
  }, 60_000);
});

function withoutMoments(text: string): string {
  return text.replaceAll(/\d+ \w+, \d\d:\d\d UTC/g, 'MOMENT');
}
