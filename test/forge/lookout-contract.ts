import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person, Repository } from '../../src/domain/forge.js';
import type { Ending, Look, Lookout, LookMemo } from '../../src/ports/lookout.js';

/** What a forge's set-up supplies: a lookout on one repository, and the hands of people whose deliveries get lost. */
export interface LookoutWorld {
  readonly lookout: Lookout;
  readonly repository: Repository;
  /** Has write access, and does what is done here. */
  readonly ada: Person;
  openIssue(title: string): Promise<number>;
  label(issue: number, label: string): Promise<void>;
  unlabel(issue: number, label: string): Promise<void>;
  closeIssue(issue: number): Promise<void>;
  /** Number of a new merge request. */
  openMergeRequest(branch: string): Promise<number>;
  endMergeRequest(mergeRequest: number, how: 'merged' | 'closed'): Promise<void>;
  close(): Promise<void>;
}

/** What every lookout must see. */
export function lookoutContract(name: string, setUp: () => Promise<LookoutWorld>): void {
  describe(`${name} as a lookout`, () => {
    let world: LookoutWorld;
    beforeEach(async () => {
      world = await setUp();
    });
    afterEach(() => world.close());

    const look = (
      asked: { readonly issues?: readonly number[]; readonly mergeRequests?: readonly number[] } = {},
      memo?: LookMemo,
    ): Promise<Look> =>
      world.lookout.look(world.repository, { label: 'fleet', issues: [], mergeRequests: [], ...asked }, memo);
    const endings = async (asked: Parameters<typeof look>[0]): Promise<readonly Pick<Ending, 'kind' | 'number'>[]> => {
      const seen = await look(asked);
      expect(seen.endings.every(({ by, atMs }) => by.id === world.ada.id && atMs > 0)).toBe(true);
      return seen.endings.map(({ kind, number }) => ({ kind, number }));
    };

    test('knows the repositories that it serves', async () => {
      expect(await world.lookout.repositories()).toContainEqual(world.repository);
    });

    test('sees open issues with the label, and no others', async () => {
      const [one, other, closed, plain] = [
        await world.openIssue('one'),
        await world.openIssue('other'),
        await world.openIssue('closed'),
        await world.openIssue('plain'),
      ];
      for (const number of [one, other, closed]) await world.label(number, 'fleet');
      await world.label(plain, 'fleet-later');
      await world.closeIssue(closed);
      const { labelled } = await look();
      expect(labelled?.map(({ number }) => number).sort()).toEqual([one, other]);
    });

    test('sees what changed since the last look', async () => {
      const one = await world.openIssue('one');
      await world.label(one, 'fleet');
      const { memo } = await look();
      const other = await world.openIssue('other');
      await world.label(other, 'fleet');
      const { labelled } = await look({}, memo);
      expect(labelled?.map(({ number }) => number).sort()).toEqual([one, other]);
    });

    test('tells who put the label on, and the issue', async () => {
      const number = await world.openIssue('Keep digits');
      await world.label(number, 'fleet');
      expect(await world.lookout.labelling(world.repository, number, 'fleet')).toEqual({
        issue: {
          number,
          title: 'Keep digits',
          body: 'They are lost.',
          url: expect.stringContaining(String(number)),
          author: world.ada,
        },
        by: world.ada,
        atMs: expect.any(Number),
        edits: [],
      });
    });

    test('tells nothing of a label that is off, or was never on', async () => {
      const number = await world.openIssue('Keep digits');
      await world.label(number, 'fleet');
      await world.unlabel(number, 'fleet');
      expect(await world.lookout.labelling(world.repository, number, 'fleet')).toBeUndefined();
      expect(await world.lookout.labelling(world.repository, 987_654, 'fleet')).toBeUndefined();
    });

    test('tells of issues and merge requests that ended, and of those alone', async () => {
      const [open, closed] = [await world.openIssue('open'), await world.openIssue('closed')];
      for (const number of [open, closed]) await world.label(number, 'fleet');
      await world.closeIssue(closed);
      const [running, merged, refused] = [
        await world.openMergeRequest('fleet/1'),
        await world.openMergeRequest('fleet/2'),
        await world.openMergeRequest('fleet/3'),
      ];
      await world.endMergeRequest(merged, 'merged');
      await world.endMergeRequest(refused, 'closed');
      expect(await endings({ issues: [open], mergeRequests: [running] })).toEqual([]);
      expect(
        await endings({ issues: [open, closed, 987_654], mergeRequests: [running, merged, refused, 987_655] }),
      ).toEqual([
        { kind: 'issueClosed', number: closed },
        { kind: 'mergeRequestMerged', number: merged },
        { kind: 'mergeRequestClosed', number: refused },
      ]);
    });
  });
}
