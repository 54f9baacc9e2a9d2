import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person, ReactionTarget, Repository } from '../../src/domain/forge.js';
import type { Forge, GitRemote, MarkedComment, MergeRequestOrder } from '../../src/ports/forge.js';
import { temporaryFolder } from '../support/temp.js';

const git = promisify(execFile);

/** A comment as the forge holds it. */
export interface SeenComment {
  readonly id: string;
  readonly author: string;
  readonly body: string;
}

/** A merge request as the forge holds it; `reviewers` are logins. */
export interface SeenMergeRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly draft: boolean;
  readonly reviewers: readonly string[];
}

/** What a forge's set-up supplies: a forge with one repository, the hands of people, and eyes. */
export interface World {
  readonly forge: Forge;
  /** Its default branch is `trunk` and holds `README.md` with `# Sample\n` and `docs/über uns.md` with `grüße\n`. */
  readonly repository: Repository;
  /** Login of Fleet's own account, as comments show it. */
  readonly fleet: string;
  /** Somebody with or without write access to the repository. */
  person(login: string, access: 'write' | 'read'): Promise<Person>;
  /** Number of a new issue. */
  openIssue(issue: { readonly title: string; readonly body: string; readonly by: Person }): Promise<number>;
  /** Id of a new comment; `fleet` writes past the port, as an earlier try of Fleet's would have. */
  comment(issue: number, by: Person | 'fleet', body: string): Promise<string>;
  deleteComment(issue: number, id: string): Promise<void>;
  /** Puts a branch with one commit on top of the default branch. */
  branch(name: string): Promise<void>;
  end(mergeRequest: number, how: 'merged' | 'closed'): Promise<void>;
  seenComments(issue: number): Promise<readonly SeenComment[]>;
  /** One entry a reaction of Fleet's. */
  seenReactions(target: ReactionTarget): Promise<readonly string[]>;
  seenMergeRequests(): Promise<readonly SeenMergeRequest[]>;
  /** Also fails when the forge was asked for something that it does not know. */
  close(): Promise<void>;
}

const find = '<!-- fleet:v1 kind=status ';

function status(phase: string, more: Partial<MarkedComment> = {}): MarkedComment {
  return { marker: `${find}run=r1 phase=${phase} -->`, find, body: `Now ${phase}.`, mayExist: true, ...more };
}

/** What every forge must do, seen through its own eyes. */
export function forgeContract(name: string, setUp: () => Promise<World>): void {
  describe(`${name} as a forge`, () => {
    let world: World;
    let ada: Person;

    beforeEach(async () => {
      world = await setUp();
      ada = await world.person('ada', 'write');
    });

    afterEach(async () => {
      await world.close();
    });

    describe('reading', () => {
      test('only people with write access can write', async () => {
        const reader = await world.person('rolf', 'read');
        const stranger: Person = { id: '999999', login: 'nobody-at-all', kind: 'person' };
        const can = (person: Person): Promise<boolean> => world.forge.canWrite(world.repository, person);
        expect([await can(ada), await can(reader), await can(stranger)]).toEqual([true, false, false]);
      });

      test('an issue is given as it is', async () => {
        const number = await world.openIssue({ title: 'Keep digits', body: 'They are lost.', by: ada });
        expect(await world.forge.issue(world.repository, number)).toEqual({
          number,
          title: 'Keep digits',
          body: 'They are lost.',
          url: expect.stringContaining(String(number)) as string,
          author: ada,
        });
      });

      test('an empty body is an empty text, and a missing issue is undefined', async () => {
        const number = await world.openIssue({ title: 'Only a title', body: '', by: ada });
        expect((await world.forge.issue(world.repository, number))?.body).toBe('');
        expect(await world.forge.issue(world.repository, 987_654)).toBeUndefined();
      });

      test('comments come oldest first, and only Fleet’s own account is Fleet', async () => {
        const number = await world.openIssue({ title: 'Talk', body: '', by: ada });
        const marked = `${find}run=r0 phase=ready -->\nReady, I promise.`;
        const ids = [
          await world.comment(number, ada, 'first'),
          await world.comment(number, 'fleet', marked),
          await world.comment(number, ada, marked),
        ];
        const comments = await world.forge.comments(world.repository, number);
        expect(comments.map(({ id, body, byFleet }) => ({ id, body, byFleet }))).toEqual([
          { id: ids[0], body: 'first', byFleet: false },
          { id: ids[1], body: marked, byFleet: true },
          { id: ids[2], body: marked, byFleet: false },
        ]);
        expect(comments[0]?.author).toEqual(ada);
        expect(comments.every(({ createdAtMs }) => createdAtMs > 0)).toBe(true);
      });

      test('a file of the default branch is read as text', async () => {
        expect(await world.forge.readFile(world.repository, 'README.md')).toBe('# Sample\n');
        expect(await world.forge.readFile(world.repository, 'docs/über uns.md')).toBe('grüße\n');
        expect(await world.forge.readFile(world.repository, '.fleet/config.yml')).toBeUndefined();
      });
    });

    describe('reacting', () => {
      test('a second reaction changes nothing', async () => {
        const number = await world.openIssue({ title: 'Look', body: '', by: ada });
        const comment = await world.comment(number, ada, '/fleet status');
        const targets: readonly ReactionTarget[] = [
          { kind: 'issue', number },
          { kind: 'comment', id: comment },
        ];
        for (const target of [...targets, ...targets]) await world.forge.react(world.repository, target);
        expect(await Promise.all(targets.map((target) => world.seenReactions(target)))).toEqual([['eyes'], ['eyes']]);
      });
    });

    describe('ensuring a comment', () => {
      let number: number;

      beforeEach(async () => {
        number = await world.openIssue({ title: 'Status', body: '', by: ada });
      });

      const ensure = (comment: MarkedComment): Promise<{ readonly id: string }> =>
        world.forge.ensureComment(world.repository, number, comment);
      const seen = (id: string, phase: string): SeenComment => ({
        id,
        author: world.fleet,
        body: `${status(phase).marker}\nNow ${phase}.`,
      });

      test('makes it once and edits it from then on', async () => {
        const { id } = await ensure(status('queued', { mayExist: false }));
        expect(await ensure(status('queued'))).toEqual({ id });
        expect(await ensure(status('working'))).toEqual({ id });
        expect(await world.seenComments(number)).toEqual([seen(id, 'working')]);
        expect(await ensure(status('inReview', { knownId: id }))).toEqual({ id });
        expect(await world.seenComments(number)).toEqual([seen(id, 'inReview')]);
      });

      test('finds one that an earlier try left', async () => {
        const id = await world.comment(number, 'fleet', `${status('queued').marker}\nNow queued.`);
        expect(await ensure(status('working'))).toEqual({ id });
        expect(await world.seenComments(number)).toEqual([seen(id, 'working')]);
      });

      test('makes it again when the known one was deleted', async () => {
        const { id: gone } = await ensure(status('queued'));
        await world.deleteComment(number, gone);
        const { id } = await ensure(status('working', { knownId: gone }));
        expect(await world.seenComments(number)).toEqual([seen(id, 'working')]);
      });

      test('removes later doubles', async () => {
        const first = await world.comment(number, 'fleet', `${status('queued').marker}\nNow queued.`);
        await world.comment(number, 'fleet', `${status('queued').marker}\nNow queued.`);
        expect(await ensure(status('working'))).toEqual({ id: first });
        expect(await world.seenComments(number)).toEqual([seen(first, 'working')]);
      });

      test('leaves other markers and the comments of people alone', async () => {
        const forged = { author: ada.login, body: `${status('ready').marker}\nNow ready.` };
        const question = { author: world.fleet, body: '<!-- fleet:v1 kind=question run=r1 -->\nWhich?' };
        const before = [
          { id: await world.comment(number, ada, forged.body), ...forged },
          { id: await world.comment(number, 'fleet', question.body), ...question },
        ];
        const { id } = await ensure(status('queued'));
        expect(await world.seenComments(number)).toEqual([...before, seen(id, 'queued')]);
      });
    });

    describe('ensuring a merge request', () => {
      const head = 'fleet/1-keep-digits';
      const shown = { base: 'trunk', title: 'Keep digits', body: 'Closes #1', draft: false };
      const order: MergeRequestOrder = { ...shown, branch: head, reviewers: [] };
      const ensure = (more: Partial<MergeRequestOrder> = {}): ReturnType<Forge['ensureMergeRequest']> =>
        world.forge.ensureMergeRequest(world.repository, { ...order, ...more });

      beforeEach(async () => {
        await world.branch(head);
      });

      test('opens one, finds it again, and brings title and body up to date', async () => {
        const opened = await ensure({ reviewers: [ada] });
        expect(opened).toEqual({
          number: opened.number,
          url: expect.stringContaining(String(opened.number)) as string,
          state: 'open',
        });
        expect(await ensure({ reviewers: [ada] })).toEqual(opened);
        const before = { ...shown, number: opened.number, head, state: 'open', reviewers: ['ada'] };
        expect(await world.seenMergeRequests()).toEqual([before]);
        expect(await ensure({ title: 'Keep all digits', body: 'Closes #1.', reviewers: [ada] })).toEqual(opened);
        expect(await world.seenMergeRequests()).toEqual([{ ...before, title: 'Keep all digits', body: 'Closes #1.' }]);
      });

      test('opens a draft, and one whose reviewers the forge refuses', async () => {
        const stranger: Person = { id: '999999', login: 'nobody-at-all', kind: 'person' };
        const { number } = await ensure({ draft: true, reviewers: [stranger] });
        expect(await world.seenMergeRequests()).toEqual([
          { ...shown, number, head, state: 'open', draft: true, reviewers: [] },
        ]);
      });

      test('only an open one counts as found', async () => {
        const closed = await ensure();
        await world.end(closed.number, 'closed');
        const again = await ensure();
        expect(again.number).not.toBe(closed.number);
        const states = (await world.seenMergeRequests()).map(({ number, state }) => [number, state]);
        expect(states).toEqual([
          [closed.number, 'closed'],
          [again.number, 'open'],
        ]);
      });

      test.each(['merged', 'closed'] as const)('tells that it was %s', async (how) => {
        const opened = await ensure();
        await world.end(opened.number, how);
        expect(await world.forge.mergeRequest(world.repository, opened.number)).toEqual({ ...opened, state: how });
        expect(await world.forge.mergeRequest(world.repository, 987_654)).toBeUndefined();
      });
    });

    describe('its remote', () => {
      test('serves a clone and takes a pushed branch', async () => {
        const clone = temporaryFolder();
        const run = (remote: GitRemote, ...args: readonly string[]): ReturnType<typeof git> =>
          git('git', args, { cwd: clone, env: { ...process.env, ...authorized(remote) } });
        const source = await world.forge.remote(world.repository, 'fetch');
        await run(source, 'clone', '--quiet', source.url, '.');
        const target = await world.forge.remote(world.repository, 'push');
        await run(target, 'push', '--quiet', target.url, 'HEAD:refs/heads/fleet/2-pushed');
        const { stdout } = await run(source, 'ls-remote', source.url, 'refs/heads/trunk', 'refs/heads/fleet/2-pushed');
        const lines = String(stdout).trim().split('\n');
        expect(lines.map((line) => line.split('\t')[1])).toEqual(['refs/heads/fleet/2-pushed', 'refs/heads/trunk']);
      });
    });
  });
}

/** Git's environment for a remote's secret, which never stands in argv. */
function authorized({ authorization }: GitRemote): Record<string, string> {
  const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  if (authorization === undefined) return quiet;
  return {
    ...quiet,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: ${authorization.reveal()}`,
  };
}
