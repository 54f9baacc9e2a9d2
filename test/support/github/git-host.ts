import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

/** `undefined` removes a file. */
export type Files = Readonly<Record<string, string | undefined>>;

/** Real repositories, served by git's own CGI program. */
export interface GitHost {
  create(path: string, defaultBranch: string, files: Readonly<Record<string, string>>): void;
  /** Commits files on top of `from` (default: the branch itself) and puts the branch there. */
  commit(path: string, branch: string, files: Files, from?: string): string;
  /** The commit that a branch is at. */
  head(path: string, branch: string): string | undefined;
  read(path: string, branch: string, file: string): string | undefined;
  /** Whether a branch cannot be merged into its base without a person. */
  conflicts(path: string, base: string, branch: string): boolean;
  /** By how many lines a range of a file has moved from one commit to another; undefined when it has changed. */
  moved(path: string, change: FileChange, range: readonly [first: number, last: number]): number | undefined;
  /** A hook that refuses every push with these words; undefined takes pushes again. */
  refusePushes(path: string, words: string | undefined): void;
  serve(request: IncomingMessage, response: ServerResponse, user: string): void;
  close(): Promise<void>;
}

export interface FileChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const quiet = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

/** Keeps bare repositories below `root`. */
export function gitHost(root: string): GitHost {
  const running = new Set<ChildProcess>();
  const directory = (path: string): string => join(root, `${path}.git`);
  const git = (path: string, args: readonly string[], input = ''): string =>
    execFileSync('git', ['--git-dir', directory(path), ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...quiet },
    });
  const tryGit = (path: string, args: readonly string[]): string | undefined => {
    try {
      return git(path, args);
    } catch {
      // Not there; what is really wrong shows where it is needed.
      return undefined;
    }
  };
  const head: GitHost['head'] = (path, branch) => refOf(directory(path), `refs/heads/${branch}`);
  const conflicting = new Map<string, boolean>();
  const commit: GitHost['commit'] = (path, branch, files, from = branch) => {
    const parent = head(path, from);
    const lines = [
      `commit refs/heads/${branch}`,
      `committer Ada <ada@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
      ...text('Seed'),
      ...(parent === undefined ? [] : [`from ${parent}`]),
      ...Object.entries(files).flatMap(([file, content]) =>
        content === undefined ? [`D ${file}`] : [`M 100644 inline ${file}`, ...text(content)],
      ),
    ];
    git(path, ['fast-import', '--quiet', '--force'], `${lines.join('\n')}\n`);
    return head(path, branch) ?? '';
  };
  return {
    create(path, defaultBranch, files) {
      mkdirSync(directory(path), { recursive: true });
      git(path, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`]);
      if (Object.keys(files).length > 0) commit(path, defaultBranch, files);
    },
    commit,
    head,
    read: (path, branch, file) => tryGit(path, ['cat-file', 'blob', `refs/heads/${branch}:${file}`]),
    conflicts(path, base, branch) {
      const heads = [head(path, base) ?? '', head(path, branch) ?? ''];
      const key = heads.join();
      const known =
        conflicting.get(key) ??
        (!heads.includes('') && tryGit(path, ['merge-tree', '--write-tree', ...heads]) === undefined);
      conflicting.set(key, known);
      return known;
    },
    moved(path, { file, from, to }, range) {
      if (from === to) return 0;
      const diff = git(path, ['diff', '--unified=0', '--no-renames', from, to, '--', file]);
      return movedBy(diff, range);
    },
    refusePushes(path, words) {
      const hook = join(directory(path), 'hooks', 'pre-receive');
      rmSync(hook, { force: true });
      if (words === undefined) return;
      mkdirSync(join(directory(path), 'hooks'), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
      chmodSync(hook, 0o755);
    },
    serve(request, response, user) {
      const child = spawn('git', ['http-backend'], {
        env: cgi(root, request, user),
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      running.add(child);
      child.once('close', () => running.delete(child));
      request.pipe(child.stdin);
      // The client may be gone, and git may end without reading everything.
      child.stdin.on('error', () => undefined);
      relay(child.stdout, response);
    },
    async close() {
      await Promise.all(
        [...running].map(async (child) => {
          const gone = new Promise((resolve) => child.once('close', resolve));
          child.kill('SIGKILL');
          await gone;
        }),
      );
    },
  };
}

/** Where a ref is, from its file or from the packed ones, without the cost of a process. */
function refOf(directory: string, ref: string): string | undefined {
  const read = (file: string): string => {
    const path = join(directory, file);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : '';
  };
  const packed = (): string | undefined => {
    const line = read('packed-refs')
      .split('\n')
      .find((each) => each.endsWith(` ${ref}`));
    return line?.split(' ')[0];
  };
  return read(ref).trim() || packed();
}

/** By the hunks of a diff without context: those before the range move it, one within it changes it. */
function movedBy(diff: string, [first, last]: readonly [number, number]): number | undefined {
  let by = 0;
  for (const [, start = '', length = '1', , added = '1'] of diff.matchAll(
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm,
  )) {
    // Lines that are only added stand after the line that the hunk names.
    const [from, count] = [length === '0' ? Number(start) + 1 : Number(start), Number(length)];
    if (from > last) break;
    if (count === 0 ? from > first : from + count > first) return undefined;
    by += Number(added) - count;
  }
  return by;
}

function text(content: string): readonly string[] {
  return [`data ${Buffer.byteLength(content)}`, content];
}

function cgi(root: string, { method, url = '', headers }: IncomingMessage, user: string): NodeJS.ProcessEnv {
  const { pathname, search } = new URL(url, 'http://stand-in');
  return {
    PATH: process.env['PATH'],
    TMPDIR: process.env['TMPDIR'],
    ...quiet,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    // Pushes are taken from known users only.
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
  };
}

/** CGI's answer: headers, an empty line, and the body as it comes. */
function relay(source: NodeJS.ReadableStream, response: ServerResponse): void {
  let before = Buffer.alloc(0);
  let inBody = false;
  source.on('data', (chunk: Buffer) => {
    if (inBody) {
      response.write(chunk);
      return;
    }
    before = Buffer.concat([before, chunk]);
    const end = before.indexOf('\r\n\r\n');
    if (end < 0) return;
    inBody = true;
    for (const line of before.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(before.subarray(end + 4));
  });
  source.on('end', () => response.end());
}
