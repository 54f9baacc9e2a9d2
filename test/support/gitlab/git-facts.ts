import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';

/** What real git says about the stand-in's repositories, and commits by people. */
export interface GitFacts {
  /** One commit on top of the branch, which is made at `from` where it is not there; undefined removes a file. */
  push(project: string, branch: string, change: Push): string;
  /** Deletes a branch. */
  drop(project: string, branch: string): void;
  /** Gives a project another path. */
  move(from: string, to: string): void;
  parents(project: string, commit: string): readonly string[];
  mergeBase(project: string, one: string, other: string): string;
  isConflicting(project: string, one: string, other: string): boolean;
  /** Where a line of a file is in a later commit; undefined when it was changed, or went with its file. */
  follow(project: string, place: { path: string; line: number; from: string; to: string }): number | undefined;
  /** A merge of two commits that is on no branch. */
  merge(project: string, one: string, other: string): string;
}

export interface Push {
  readonly by: string;
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly from: string;
}

/** `root` is the folder of the bare repositories. */
export function gitFacts(root: string): GitFacts {
  const git = (project: string, args: readonly string[], input = ''): string =>
    execFileSync('git', ['--git-dir', join(root, `${project}.git`), ...args], {
      ...{ input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
      env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...fleetless },
    }).trim();
  const tryGit = (project: string, args: readonly string[]): string | undefined => {
    try {
      return git(project, args);
    } catch {
      // Its exit code is the answer.
      return undefined;
    }
  };
  // Of commits, so the answer stays.
  const known = new Map<string, string | undefined>();
  const once = (project: string, args: readonly string[]): string | undefined => {
    const key = [project, ...args].join(' ');
    if (!known.has(key)) known.set(key, tryGit(project, args));
    return known.get(key);
  };
  return {
    push(project, branch, { by, files, from }) {
      const parent =
        tryGit(project, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]) ??
        git(project, ['rev-parse', `refs/heads/${from}`]);
      const lines = [
        `commit refs/heads/${branch}`,
        `committer ${by} <${by}@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
        ...text(`Change by ${by}`),
        `from ${parent}`,
        ...Object.entries(files).flatMap(([file, content]) =>
          content === undefined ? [`D ${file}`] : [`M 100644 inline ${file}`, ...text(content)],
        ),
      ];
      git(project, ['fast-import', '--quiet'], `${lines.join('\n')}\n`);
      return git(project, ['rev-parse', `refs/heads/${branch}`]);
    },
    drop(project, branch) {
      git(project, ['update-ref', '-d', `refs/heads/${branch}`]);
    },
    move(from, to) {
      renameSync(join(root, `${from}.git`), join(root, `${to}.git`));
    },
    parents: (project, commit) => git(project, ['show', '--no-patch', '--format=%P', commit]).split(' '),
    mergeBase: (project, one, other) => once(project, ['merge-base', one, other]) ?? '',
    isConflicting: (project, one, other) => once(project, ['merge-tree', '--write-tree', one, other]) === undefined,
    follow(project, { path, line, from, to }) {
      let shift = 0;
      for (const [, start = '', was = '1', , now = '1'] of git(project, ['diff', '-U0', from, to, '--', path]).matchAll(
        /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm,
      )) {
        const [first, lines] = [Number(start), Number(was)];
        if (line >= first && line < first + lines) return undefined;
        if (first + lines <= line || (lines === 0 && first < line)) shift += Number(now) - lines;
      }
      return line + shift;
    },
    merge(project, one, other) {
      const tree = git(project, ['merge-tree', '--write-tree', one, other]);
      return git(project, ['commit-tree', tree, '-p', one, '-p', other, '-m', 'Merge']);
    },
  };
}

const fleetless = {
  ...{ GIT_AUTHOR_NAME: 'GitLab', GIT_AUTHOR_EMAIL: 'gitlab@example.com' },
  ...{ GIT_COMMITTER_NAME: 'GitLab', GIT_COMMITTER_EMAIL: 'gitlab@example.com' },
};

function text(content: string): readonly string[] {
  return [`data ${Buffer.byteLength(content)}`, content];
}
