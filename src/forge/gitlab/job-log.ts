import { Failure } from '../../domain/failure.js';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';

const mostCharacters = 8_000;

/** GitLab folds parts of a log between these. */
const section = /section_(?:start|end):\d+:[^\r\n]*\r/g;

// eslint-disable-next-line no-control-regex -- terminal sequences begin with the control character that is looked for
const terminal = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;

/** The end of a job's log as plain text; empty where it cannot be had. */
export async function logTail(client: Client, repository: Repository, job: number): Promise<string> {
  try {
    const log: unknown = await client.call(repository, `the log of job ${job}`, ({ Jobs }, projectId) =>
      Jobs.showLog(projectId, job),
    );
    return typeof log === 'string' ? plain(log).slice(-mostCharacters) : '';
  } catch (error) {
    // Best effort: the job's address says where to look.
    if (!(error instanceof Failure)) throw error;
    return '';
  }
}

/** Without terminal sequences; of a line that was written over, what was written last. */
function plain(log: string): string {
  return log
    .replace(section, '')
    .replace(terminal, '')
    .replace(/\r+\n/g, '\n')
    .replace(/^.*\r/gm, '')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}
