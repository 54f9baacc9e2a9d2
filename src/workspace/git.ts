import { retryLater } from '../domain/failure.js';
import { createListings } from './listings.js';
import { type Starter, startHere } from './starter.js';
import { parseTree, type TreeEntry } from './tree-entries.js';

/** One git child. It reads no configuration but what Fleet wrote into `gitDir` and what stands here. */
export interface GitCall {
  readonly gitDir: string;
  readonly args: readonly string[];
  /** For commands that look at files. The index is Fleet's own and lies outside of what an agent sees. */
  readonly worktree?: Worktree;
  /** Extra environment of this child alone: dates, a token. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Output is cut after so many characters, and the child ended. */
  readonly maxOutput?: number;
}

/** Files as an agent left them, with the index that Fleet keeps for them. */
export interface Worktree {
  readonly path: string;
  readonly index: string;
  /** Ignore rules that hold beside the worktree's own `.gitignore` files. */
  readonly excludes: string;
}

/** How a git child ended; `exit` is undefined when it was killed or did not start. */
export interface GitEnd {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Git {
  /** Runs git to its end; red is a result. */
  attempt(call: GitCall): Promise<GitEnd>;
  /** The output of a call that has no reason to fail; a full disk or a timeout becomes `retryLater`. */
  output(call: GitCall): Promise<string>;
  /** Everything in a tree and its subtrees, given the tree's id. */
  filesOf(gitDir: string, tree: string): Promise<readonly TreeEntry[]>;
}

/** What every git child of Fleet's gets: no configuration of the machine or its owner, no prompt, one language. */
export const hardenedEnvironment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
} as const;

/** Programs that a repository's configuration could name are off; so are the files below the owner's home. */
export const hardenedConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
] as const;

const usualTimeoutMs = 120_000;
const usualOutput = 256 * 1024 * 1024;

/** Git with an environment that holds what is given here (PATH, proxies) and nothing of this process. */
export function createGit(environment: Readonly<Record<string, string>>, starter: Starter = startHere): Git {
  async function attempt(call: GitCall): Promise<GitEnd> {
    const { gitDir, worktree } = call;
    const settings = [...hardenedConfig, `core.excludesFile=${worktree?.excludes ?? '/dev/null'}`];
    const result = await starter.run('git', [...settings.flatMap((each) => ['-c', each]), ...call.args], {
      cwd: worktree?.path ?? gitDir,
      env: {
        ...environment,
        ...hardenedEnvironment,
        GIT_DIR: gitDir,
        ...(worktree === undefined ? {} : { GIT_WORK_TREE: worktree.path, GIT_INDEX_FILE: worktree.index }),
        ...call.env,
      },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      input: call.input ?? '',
      timeout: call.timeoutMs ?? usualTimeoutMs,
      maxBuffer: call.maxOutput ?? usualOutput,
    });
    // A git that could not be started has its reason in the message only.
    const stderr = result.stderr || (result.exitCode === undefined ? (result.shortMessage ?? '') : '');
    return { exit: result.exitCode, stdout: result.stdout, stderr };
  }

  async function output(call: GitCall): Promise<string> {
    const end = await attempt(call);
    if (end.exit === 0) return end.stdout;
    throw unexpected(call, end);
  }

  const filesOf = createListings(async (gitDir, tree) =>
    parseTree(await output({ gitDir, args: ['ls-tree', '-r', '-z', '-l', tree] })),
  );
  return { attempt, output, filesOf };
}

/** For ends that no input should bring about: try again later, with git's words for whoever reads the log. */
export function unexpected(call: GitCall, end: GitEnd): Error {
  const command = call.args.find((arg) => !arg.startsWith('-')) ?? '';
  return retryLater(
    `git ${command} in ${call.gitDir} ended with ${end.exit ?? 'a signal'}: ${lastLines(end.stderr, 5)}`,
  );
}

/** The last lines that hold something. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n');
}
