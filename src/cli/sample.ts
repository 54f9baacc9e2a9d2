import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentSpec } from '../domain/agent.js';
import { retryLater } from '../domain/failure.js';
import type { RunGit } from '../forge/local/git.js';

/** What comes with the demo: a sample repository, its issue, and the recording of an agent. */
const demoFolder = fileURLToPath(new URL('../../demo/', import.meta.url));

/** The file of the issue that the demo opens. */
export const sampleIssue = join(demoFolder, 'issue.md');

/** Replays a recording, and asks no model. */
export const recordedAgent: AgentSpec = {
  name: 'recorded',
  dialect: 'command',
  account: 'recorded',
  maxConcurrent: 1,
  command: [process.execPath, join(demoFolder, 'recorded-agent.mjs')],
  env: {},
  timeouts: { silenceMs: 30_000, wallMs: 60_000 },
  vendor: 'recorded',
  events: true,
};

/** Makes the sample repository in a new folder, with one commit on `main`. */
export async function makeSample(git: RunGit, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(demoFolder, 'sample'), folder, { recursive: true });
  await commitSample(git, folder, 'Print receipts');
}

/** Makes a folder a repository, with all that is in it as one commit on `main`. */
export async function commitSample(git: RunGit, folder: string, message: string): Promise<void> {
  const person = ['-c', 'user.name=Mona', '-c', 'user.email=mona@example.com', '-c', 'commit.gpgSign=false'];
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    [...person, 'commit', '--quiet', '--message', message],
  ]) {
    const { code, stderr } = await git(['-C', folder, ...args]);
    if (code !== 0) throw retryLater(`the sample repository could not be made in ${folder}: ${stderr.trim()}`);
  }
}
