import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartedFleet } from '../../src/cli/fleet-port.js';
import { connectControl } from '../../src/control/socket.js';
import type { Start } from './world.js';

/** What lets node run Fleet's sources. */
export const tsx = ['--import', createRequire(import.meta.url).resolve('tsx')];

const daemonFile = fileURLToPath(new URL('../support/daemon.ts', import.meta.url));

/** A Fleet that is a process of its own. */
export class KillableFleet {
  #daemon: ChildProcess | undefined;

  readonly start: Start = async (env, folder): Promise<StartedFleet> => {
    const daemon = spawn(process.execPath, [...tsx, daemonFile], {
      env,
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#daemon = daemon;
    const ended = once(daemon, 'exit').then(([code]: number[]) =>
      Promise.reject(new Error(`the daemon ended with ${String(code)}`)),
    );
    const [address] = (await Promise.race([once(daemon, 'message'), ended])) as [string];
    ended.catch(() => undefined);
    const control = await connectControl(join(folder, 'data'));
    if (control === undefined) throw new Error('the daemon has no control socket');
    return { control, address, close: () => this.end('SIGTERM') };
  };

  get pid(): number | undefined {
    return this.#daemon?.pid;
  }

  /** Resolves once the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#daemon === undefined) return;
    const gone = once(this.#daemon, 'exit');
    this.#daemon.kill(signal);
    await gone;
  }
}
