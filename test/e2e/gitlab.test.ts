import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { anIssue, conversation, gitLabFleet, reached, type GitLabFleet } from './gitlab-world.js';
import { accountOf, addThread, type ThreadState } from '../support/gitlab/state.js';

let world: GitLabFleet;
beforeAll(async () => {
  world = await gitLabFleet();
}, 60_000);
afterAll(async () => {
  await world.close();
  world.gitLab.assertNoSurprises();
});

/** The newest of Fleet's comments of a kind, without its marker. */
function commentOf({ notes }: ThreadState, kind: string): string {
  const found = notes.findLast(({ author, body }) => author.id === 900 && body.includes(`kind=${kind} `));
  return found?.body.replace(/^<!--.*?-->\n/, '') ?? '';
}

async function says(thread: ThreadState, kind: string, words: RegExp): Promise<void> {
  await vi.waitFor(() => expect(commentOf(thread, kind)).toMatch(words), { timeout: 20_000, interval: 20 });
}

it('a labelled issue becomes a merge request, whose end is the run’s, and the talk about it reads like this', async () => {
  const { project, issue } = anIssue(world);
  const { people, git } = world.gitLab;
  await people.label(project, issue, 'fleet', 'mona');
  const run = await reached(world, project, 'inReview');
  await says(issue, 'ready', /./);
  expect(git.read(project.path, run.branch, 'slug.js')).toContain('[^a-z0-9]');
  await expect(conversation(world, project, run)).toMatchFileSnapshot('golden/gitlab-conversation.md');
  const [mergeRequest] = project.mergeRequests.values();
  if (mergeRequest === undefined) throw new Error('no merge request');
  // Merging closes the issue, and GitLab tells of both.
  mergeRequest.state = 'merged';
  await people.end(project, issue, 'closed', 'mona');
  await people.end(project, mergeRequest, 'merged', 'mona');
  await reached(world, project, 'merged');
  expect(commentOf(issue, 'status')).toMatch(/^🎉 \*\*Merged\.\*\*/);
});

it('/fleet stop ends the run while its agent works', async () => {
  const { project, issue } = anIssue(world, '[[developer: ends never]]');
  const { people } = world.gitLab;
  await people.label(project, issue, 'fleet', 'mona');
  await reached(world, project, 'working');
  await people.comment(project, issue, 'eve', '/fleet stop');
  await people.comment(project, issue, 'mona', '/fleet status');
  await says(issue, 'reply', /Working/);
  await people.comment(project, issue, 'mona', '/fleet stop');
  await reached(world, project, 'cancelled');
  await says(issue, 'status', /told to stop by mona/);
  const seen = issue.notes.filter(({ emojis }) => emojis.length > 0).map(({ author, body }) => [author.username, body]);
  expect(seen).toEqual([
    ['mona', '/fleet status'],
    ['mona', '/fleet stop'],
  ]);
  expect(project.mergeRequests.size).toBe(0);
});

it('the label of somebody without rights is refused, politely and once', async () => {
  const { project, issue } = anIssue(world);
  await world.gitLab.people.label(project, issue, 'fleet', 'eve');
  await reached(world, project, 'refused');
  await says(issue, 'status', /^\*\*Not started\.\*\* .* eve has none/);
  expect(issue.notes).toHaveLength(1);
});

it('an issue and a merge request of the same number are told apart', async () => {
  const { project, issue } = anIssue(world, '[[planner: ends never]]');
  const { people, state } = world.gitLab;
  const theirs = addThread(state, project, {
    ...{ title: 'My own fix', description: '', author: accountOf(state, 'eve') },
    merge: { source: 'patch', target: 'main', reviewers: [] },
  });
  expect(theirs.iid).toBe(issue.iid);
  await people.label(project, issue, 'fleet', 'mona');
  await reached(world, project, 'planning');
  await people.comment(project, theirs, 'mona', '/fleet stop');
  await people.label(project, theirs, 'fleet', 'mona');
  await reached(world, project, 'refused');
  await says(theirs, 'status', /^\*\*Not started\.\*\* Fleet works on issues/);
  expect(theirs.emojis.map(({ name }) => name)).toEqual(['eyes']);
  await people.unlabel(project, issue, 'fleet', 'mona');
  await says(issue, 'status', /The label was taken off by mona/);
});
