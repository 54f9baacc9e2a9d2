// Who still lives of what was started.
import { readdirSync, readFileSync } from 'node:fs';

/** Processes that have `mark` (a folder, a run) in their command or environment. Empty where there is no /proc. */
export function survivorsWith(mark) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((name) => [name, contentOf(`/proc/${name}/cmdline`), contentOf(`/proc/${name}/environ`)])
    .filter(([, ...traces]) => traces.some((trace) => trace.includes(mark)))
    .map(([pid, command]) => `${pid} ${command.replaceAll('\0', ' ')}`);
}

function contentOf(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // It ended meanwhile.
  }
}
