// Runs `codex exec --json …` as it is, and adds what its stream leaves out: where a turn fails, the last limits from the thread's rollout
// file, which alone says when they end. Its exit code is the CLI's.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onLines, parseLine, startChild } from './child.mjs';

let thread;
const { child } = startChild(process.argv.slice(2), {
  stdio: ['inherit', 'pipe', 'inherit'],
  exitCode: async (code) => {
    if (!child.stdout.closed) await once(child.stdout, 'close');
    const limits = code === 0 || thread === undefined ? undefined : lastLimits(thread);
    if (limits !== undefined) process.stdout.write(`${limits}\n`);
    return code;
  },
});
onLines(child.stdout, (line) => {
  thread ??= line.startsWith('{"type":"thread.started"') ? parseLine(line)?.thread_id : undefined;
  process.stdout.write(`${line}\n`);
});

function lastLimits(id) {
  const sessions = join(process.env.CODEX_HOME ?? join(process.env.HOME ?? '', '.codex'), 'sessions');
  try {
    const name = readdirSync(sessions, { recursive: true }).findLast((each) => each.endsWith(`-${id}.jsonl`));
    const lines = name === undefined ? [] : readFileSync(join(sessions, name), 'utf8').split('\n');
    return lines.findLast((line) => line.includes('"rate_limits":{') && isOfTokens(parseLine(line)));
  } catch {
    return undefined; // No rollout: the stream is all there is.
  }
}

function isOfTokens(line) {
  return line?.type === 'event_msg' && line.payload?.type === 'token_count';
}
