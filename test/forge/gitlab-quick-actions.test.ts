import { expect, onTestFinished, test } from 'vitest';
import type { Notice } from '../../src/domain/effect.js';
import type { Run } from '../../src/domain/run.js';
import { mergeRequestBody, mergeRequestTitle } from '../../src/render/merge-request.js';
import { noticeComment } from '../../src/render/notice.js';
import { statusComment } from '../../src/render/status-comment.js';
import { hostile, runs } from '../render/cases.js';
import { aRepository, settingsOf, startMs } from '../support/builders.js';
import { gitLabWorld, type GitLabWorld } from './gitlab-world.js';

/** The stand-in is surprised by every line that GitLab would take for a quick action; it is asked when the world closes. */
async function started(): Promise<GitLabWorld> {
  const world = await gitLabWorld();
  onTestFinished(() => world.close());
  await world.openIssue({ title: 'Talk', body: '', by: await world.person('ada', 'write') });
  return world;
}

const replies = ['help', 'status', 'notBlocked', 'notBuilt'] as const;
const context = { settings: settingsOf(), nowMs: startMs + 600_000 };

function noticesOf({ phase }: Run): readonly Notice[] {
  return [
    ...(phase.name === 'blocked' ? [{ kind: 'blocked', obstacle: phase.obstacle } as const] : []),
    ...(phase.name === 'inReview' ? [{ kind: 'ready' } as const] : []),
    ...replies.map((text) => ({ kind: 'reply', commentId: 'issues/1/notes/1', place: 'issue', text }) as const),
  ];
}

/** Everything that Fleet says about a run, posted. */
async function post({ forge, repository }: GitLabWorld, told: Run): Promise<void> {
  const run = { ...told, repository: aRepository({ forge: 'gitlab' }) };
  const comments = [
    statusComment(run, context),
    ...noticesOf(run).map((each) => noticeComment(run, each, { ...context, key: 'k' })),
  ];
  for (const comment of comments) await forge.ensureComment(repository, 1, { ...comment, mayExist: false });
  await forge.ensureMergeRequest(repository, {
    ...{ branch: 'fleet/1', base: 'trunk', draft: false, reviewers: [] },
    title: mergeRequestTitle(run),
    body: mergeRequestBody(run, context),
  });
}

test('nothing that Fleet says in any phase of a run is a quick action', async () => {
  const world = await started();
  await world.branch('fleet/1');
  for (const run of Object.values(runs)) await post(world, run);
  expect((await world.seenComments(1)).length).toBeGreaterThan(Object.keys(runs).length * replies.length);
});

test('what agents and other people wrote cannot become one', async () => {
  const world = await started();
  await world.branch('fleet/1');
  await post(world, hostile);
  const texts = [...(await world.seenComments(1)), ...(await world.seenMergeRequests())].map(({ body }) => body);
  // It was there to be taken.
  expect(texts.filter((text) => text.includes('/close')).length).toBeGreaterThan(1);
});
