import type { GitHost } from './git-host.js';
import type { IssueState, RepositoryState, ThreadPlace } from './state.js';

const nothing = '0'.repeat(40);

/** The commit that a pull request's branch is at, or was when it was deleted. */
export function headOf(git: GitHost, repository: RepositoryState, { pull }: IssueState): string {
  if (pull === undefined) return nothing;
  const head = git.head(`${repository.owner.login}/${repository.name}`, pull.head);
  if (head !== undefined) pull.lastHead = head;
  return pull.lastHead ?? nothing;
}

interface Lines {
  readonly first: number | undefined;
  readonly last: number;
}

/** Where the lines of a thread are in the pull request's head. Those of the base's side do not move with it. */
export function lineOf(
  git: GitHost,
  repository: RepositoryState,
  issue: IssueState,
  { path, line, startLine, side, commit }: ThreadPlace,
): { readonly lines: Lines | undefined; readonly isOutdated: boolean } {
  if (line === undefined) return { lines: undefined, isOutdated: false };
  if (side === 'LEFT') return { lines: { first: startLine, last: line }, isOutdated: false };
  const to = headOf(git, repository, issue);
  const repositoryPath = `${repository.owner.login}/${repository.name}`;
  const by =
    to === nothing ? undefined : git.moved(repositoryPath, { file: path, from: commit, to }, [startLine ?? line, line]);
  if (by === undefined) return { lines: undefined, isOutdated: true };
  return { lines: { first: startLine === undefined ? undefined : startLine + by, last: line + by }, isOutdated: false };
}
