import type { Reply } from '../../domain/review.js';
import type { Reading } from '../../ports/agent.js';
import { readArtifact } from './read-artifact.js';
import { cut } from './read-text.js';
import { repliesSchema } from './schemas.js';

/** A reviewer reads it; more is no answer any more. */
const longestText = 4000;

/** Reads `replies.json`: at most one reply to each of these threads, in their order. Of several the last one counts. */
export async function readReplies(artifacts: string, threads: readonly string[]): Promise<Reading<readonly Reply[]>> {
  const read = await readArtifact(artifacts, 'replies', repliesSchema);
  if ('problems' in read) return read;
  const replies = new Map(read.value.replies.map((reply) => [reply.thread, reply]));
  return {
    value: [...new Set(threads)]
      .map((thread) => replies.get(thread))
      .filter((reply) => reply !== undefined)
      .map((reply) => ({ ...reply, text: cut(reply.text, longestText) })),
  };
}
