import { lookoutContract, type LookoutWorld } from '../lookout-contract.js';
import { aCheckout, addBranch, aLocalForge, sharedDatabase } from './world.js';

const database = sharedDatabase();

lookoutContract('local', async (): Promise<LookoutWorld> => {
  const { forge, lookout, people, tables } = aLocalForge(database());
  const folder = aCheckout();
  const repository = await people.addRepository({ at: folder, push: false });
  return {
    lookout,
    repository,
    ada: { id: 'owner', login: 'ada', kind: 'person' },
    openIssue: async (title) => (await people.openIssue({ repository, title, body: 'They are lost.' })).number,
    label: (number, label) => people.label({ repository, number, label }),
    unlabel: (number, label) => people.unlabel({ repository, number, label }),
    closeIssue: (number) => people.close({ repository, number }),
    openMergeRequest: async (branch) => {
      addBranch(folder, branch, { path: 'new.txt', text: 'new\n' });
      const order = { branch, base: 'trunk', title: branch, body: '', draft: false, reviewers: [] };
      return (await forge.ensureMergeRequest(repository, order)).number;
    },
    endMergeRequest: async (number, how) => {
      if (how === 'closed') return people.close({ repository, number });
      await tables.updateTable('local_merge_requests').set({ state: how }).where('number', '=', number).execute();
    },
    close: async () => Promise.resolve(),
  };
});
