import { execa } from 'execa';
import { hardenedEnvironment } from './git.js';

/** Runs git with these arguments on a repository that people own: no prompts, no configuration of the machine, nothing of this process. */
export function gitRunner(environment: Readonly<Record<string, string>>) {
  return async (
    args: readonly string[],
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> => {
    const { exitCode, stdout, stderr, shortMessage } = await execa(
      'git',
      ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', ...args],
      {
        env: { ...environment, ...hardenedEnvironment },
        extendEnv: false,
        reject: false,
        input: '',
        stripFinalNewline: false,
        timeout: 120_000,
      },
    );
    return { code: exitCode ?? 1, stdout, stderr: stderr || (exitCode === undefined ? (shortMessage ?? '') : '') };
  };
}
