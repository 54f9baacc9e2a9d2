import { spawn } from 'node:child_process';

const secondsByDefault = 120;
/** Below the silence after which Fleet takes an agent for stalled. */
const mostSeconds = 240;
const tailCharacters = 20_000;
const drainMs = 500;

/** Runs `sh -c` in the worktree; what it started and left behind ends with it. */
export function run({ command, seconds }) {
  const limitMs = Math.min(seconds ?? secondsByDefault, mostSeconds) * 1000;
  // A group of its own, so that all of it can be ended.
  const child = spawn('sh', ['-c', command], { env: withoutKeys(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-tailCharacters);
    });
  }
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill(child.pid);
    }, limitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ text: `error: ${error.message}` });
    });
    child.on('exit', () => {
      kill(child.pid);
      // What has left the group may hold the pipes open for ever.
      setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), drainMs).unref();
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const how = isLate ? `ended after ${limitMs / 1000} s` : `exit code ${code ?? signal}`;
      resolve({ text: `${how}\n${output}`.trimEnd() });
    });
  });
}

function withoutKeys() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.endsWith('_API_KEY')));
}

function kill(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
