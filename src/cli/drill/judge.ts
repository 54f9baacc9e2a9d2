import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/config.js';
import { retryLater } from '../../domain/failure.js';
import type { Containment } from '../../process/order.js';
import { runContained } from '../../process/run-contained.js';
import type { Expected } from './scripts.js';

const program = fileURLToPath(new URL('look.mjs', import.meta.url));

/** The plain one: what is judged is the drills' own, and the better one is looked for once a process only. */
const containment: Containment = { kind: 'guard', mkfifo: 'mkfifo', because: 'a drill', holdsReadOnly: false };

/** What is false about a delivered branch, in sentences; found by a program that shares nothing with Fleet's own checks. */
export async function falseAbout(
  { searchPath, home }: Config,
  { repository, branch }: { readonly repository: string; readonly branch: string },
  expected: Expected,
): Promise<readonly string[]> {
  let [said, errors] = ['', ''];
  const ended = await runContained(containment, {
    argv: [process.execPath, program, repository, 'main', branch, JSON.stringify(expected)],
    cwd: repository,
    env: { PATH: searchPath, HOME: home },
    readOnly: [],
    limits: { wallMs: 60_000 },
    signal: new AbortController().signal,
    onStdout: (chunk) => (said += chunk.toString()),
    onStderr: (chunk) => (errors += chunk.toString()),
  });
  if (ended.how !== 'exited' || ended.code !== 0) throw retryLater(`a delivered branch could not be judged: ${errors}`);
  return JSON.parse(said) as readonly string[];
}
