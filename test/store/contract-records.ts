import { expect, test } from 'vitest';
import { aJournalEntry, aRepository } from '../support/builders.js';
import type { Subject } from './contract.js';
import { aChange, after, runOf } from './sample.js';

export function recordsContract(subject: () => Subject): void {
  test('the journal is read on from a number, in the order in which entries became visible', async () => {
    const { store, other } = subject();
    const run = runOf('r1', 1);
    await store.runs.commit(aChange(run, { journal: [aJournalEntry({ text: 'created' })] }));
    let current = run;
    const steps = async (): Promise<void> => {
      for (let step = 0; step < 10; step += 1) {
        current = after(current);
        await store.runs.commit(aChange(current, { journal: [aJournalEntry({ text: 'decided' })] }));
      }
    };
    const heartbeats = async (): Promise<void> => {
      for (let beat = 0; beat < 10; beat += 1)
        await other.journal.append([aJournalEntry({ kind: 'attempt', text: 'lives' })]);
    };
    const followed: number[] = [];
    let isDone = false;
    const follow = async (): Promise<void> => {
      for (let isLast = false; !isLast;) {
        isLast = isDone;
        const entries = await store.journal.read(run.id, followed.at(-1) ?? 0, 3);
        followed.push(...entries.map(({ seq }) => seq));
        if (entries.length > 0) isLast = false;
      }
    };
    const following = follow();
    await Promise.all([steps(), heartbeats()]);
    isDone = true;
    await following;
    const all = await store.journal.read(run.id, 0, 100);
    expect(followed).toEqual(all.map(({ seq }) => seq));
    expect(all).toHaveLength(21);
    expect(all[0]).toEqual({ ...aJournalEntry({ text: 'created' }), seq: all[0]!.seq });
    await store.journal.append([]);
  });

  test('a repository is kept up to date, and its label is unread, none or a name', async () => {
    const { store } = subject();
    const repository = aRepository();
    expect(await store.repositories.find('github', repository.id)).toBeUndefined();
    await store.repositories.see(repository, true);
    expect(await store.repositories.find('github', repository.id)).toEqual({
      repository,
      served: true,
      label: 'unread',
    });
    await store.repositories.setLabel('github', repository.id, 'robot');
    const moved = aRepository({ path: 'acme/store', defaultBranch: 'trunk', installation: '78' });
    await store.repositories.see(moved, false);
    expect(await store.repositories.find('github', repository.id)).toEqual({
      repository: moved,
      served: false,
      label: { name: 'robot' },
    });
    await store.repositories.setLabel('github', repository.id, undefined);
    await store.repositories.see(aRepository({ forge: 'gitlab' }), true);
    expect((await store.repositories.list()).map(({ repository: { forge }, label }) => [forge, label])).toEqual([
      ['github', 'none'],
      ['gitlab', 'unread'],
    ]);
  });

  test('ping answers', async () => {
    await expect(subject().store.ping()).resolves.toBeUndefined();
  });
}
