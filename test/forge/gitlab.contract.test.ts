import { forgeContract } from './contract.js';
import { addThread } from '../support/gitlab/state.js';
import { gitLabWorld } from './gitlab-world.js';
import { lookoutContract, type LookoutWorld } from './lookout-contract.js';

forgeContract('GitLab', gitLabWorld);

lookoutContract('GitLab', async (): Promise<LookoutWorld> => {
  const world = await gitLabWorld();
  const { standIn, gitLab, project, repository } = world;
  const { people, state } = standIn;
  const ada = await world.person('ada', 'write');
  const issue = (number: number) => found(project.issues.get(number));
  return {
    ...{ lookout: gitLab.lookout, repository, ada },
    close: () => world.close(),
    openIssue: (title) => world.openIssue({ title, body: 'They are lost.', by: ada }),
    label: async (number, label) => {
      await people.label(project, issue(number), label, 'ada');
    },
    unlabel: async (number, label) => {
      await people.unlabel(project, issue(number), label, 'ada');
    },
    closeIssue: async (number) => {
      await people.end(project, issue(number), 'closed', 'ada');
    },
    openMergeRequest: async (source) => {
      await world.branch(source);
      const merge = { source, target: 'trunk', reviewers: [] };
      return addThread(state, project, { title: source, description: '', author: state.bot, merge }).iid;
    },
    endMergeRequest: async (number, how) => {
      await people.end(project, found(project.mergeRequests.get(number)), how, 'ada');
    },
  };
});

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('not there');
  return thing;
}
