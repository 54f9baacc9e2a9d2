import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ForgeEvent } from '../../src/domain/forge.js';
import { branch, reviewedGitLab, type ReviewedGitLab } from './gitlab-reviews-world.js';

let world: ReviewedGitLab;
let heard: ForgeEvent[];
let stop: () => Promise<void>;

/** What Fleet makes of the deliveries of the stand-in's people. */
beforeEach(async () => {
  world = await reviewedGitLab();
  await world.gitLab.identity();
  heard = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
      heard.push(...world.gitLab.parse({ payload, receivedAtMs: 7, known: [] }));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.standIn.people.webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});

afterEach(async () => {
  await stop();
  await world.close();
});

const told = () => heard.map(({ type, by }) => `${type} by ${by.login}`);

test('every comment of a review is told, with the id that reading gives it', async () => {
  const [thread = ''] = await world.remark({}, { text: 'And this?' });
  await world.standIn.people.reply(world.project, world.thread, thread, { by: 'ada', text: 'I mean it.' });
  const said = heard.flatMap((event) => (event.type === 'issueCommented' ? [[event.commentId, event.body]] : []));
  const comments = (await world.read()).threads.flatMap((each) => each.comments);
  expect(new Map(said as [string, string][])).toEqual(new Map(comments.map(({ id, body }) => [id, body])));
  expect(heard.every((event) => event.type === 'issueCommented' && event.onMergeRequest)).toBe(true);
});

test('an approval is told, a request for changes is not', async () => {
  const review = (verdict: 'approve' | 'requestChanges') =>
    world.standIn.people.review(world.project, world.thread, 'ada', { verdict });
  await review('requestChanges');
  expect(told()).toEqual([]);
  await review('approve');
  expect(told()).toEqual(['mergeRequestTouched by ada']);
});

test('red pipelines are told by their branch, those that Fleet’s own push began as well', async () => {
  const run = (status: 'failed' | 'success', ref: string) =>
    world.standIn.people.runPipeline(world.project, { sha: world.head, ref }, [{ name: 'unit', status }]);
  await run('success', branch);
  await run('failed', branch);
  await run('failed', `refs/merge-requests/${world.number}/merge`);
  const report = { type: 'ciReported', branch, sha: world.head, repository: world.repository, atMs: 7 };
  const by = { id: '0', login: 'GitLab', kind: 'bot' };
  expect(heard).toEqual([
    { ...report, by },
    { ...report, by },
  ]);
});

test('a merge request is closed and open again', async () => {
  await world.standIn.people.end(world.project, world.thread, 'closed', 'ada');
  await world.standIn.people.reopen(world.project, world.thread, 'ada');
  expect(told()).toEqual(['mergeRequestClosed by ada', 'mergeRequestReopened by ada']);
});
