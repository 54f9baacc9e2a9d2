import { matcherOf } from '../domain/glob.js';
import { gitlinkMode, linkMode, type TreeChange } from './tree-entries.js';

/** What people must change themselves: it runs with their rights, or decides who may do what. */
export const usualProtectedPaths: readonly string[] = [
  ...['.github/**', '.gitlab-ci.yml', '.gitlab/**', '.circleci/**', '.buildkite/**', '.travis.yml', 'Jenkinsfile'],
  ...[
    'azure-pipelines.yml',
    'bitbucket-pipelines.yml',
    '.woodpecker/**',
    '.woodpecker.yml',
    '.drone.yml',
    '**/action.yml',
    '**/action.yaml',
  ],
  ...['CODEOWNERS', 'docs/CODEOWNERS', '.fleet/**'],
  ...[
    '**/.claude/**',
    '**/.mcp.json',
    '**/AGENTS.md',
    '**/CLAUDE.md',
    '**/.cursor/**',
    '.vscode/tasks.json',
    '.devcontainer/**',
  ],
  ...['.husky/**', '**/.envrc', '**/.npmrc'],
];

const largestBytes = 5 * 1024 * 1024;
const mostLines = 20;

/** A change of a tree with what its rules need to know. */
export interface JudgedChange {
  readonly changes: readonly TreeChange[];
  /** Size in bytes and, for links, target of the new blobs, by object id. */
  readonly blobs: ReadonlyMap<string, { readonly size: number; readonly target?: string }>;
  /** Files of the tree before, and paths of the tree after. */
  readonly filesBefore: number;
  readonly pathsAfter: readonly string[];
  readonly protectedPaths: readonly string[];
}

/** What the change may not bring: one line each, at most 20. What the tree before had already is no problem. */
export function problemsOf(judged: JudgedChange): readonly string[] {
  const isProtected = matcherOf(judged.protectedPaths);
  const lines = judged.changes.flatMap((change) => {
    const path = shown(change.path);
    const reasons = [
      ...nameProblems(change),
      ...(isProtected(change.path) ? ['is protected: only people change it'] : []),
      ...kindProblems(change),
      ...(change.kind === 'deleted' ? [] : contentProblems(change, judged.blobs.get(change.oid))),
    ];
    return reasons.map((reason) => `${path} ${reason}`);
  });
  return atMost(mostLines, [...deletionProblems(judged), ...twinProblems(judged), ...lines]);
}

/** Shortens a list of problems; the last line says how many are left out. */
export function atMost(count: number, lines: readonly string[]): readonly string[] {
  if (lines.length <= count) return lines;
  return [...lines.slice(0, count - 1), `… and ${lines.length - count + 1} more`];
}

/** A path as it can stand in a line. */
export function shown(path: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach a line
  return /[\x00-\x1f\x7f"\\]/.test(path) ? JSON.stringify(path) : path;
}

function nameProblems({ kind, path }: TreeChange): readonly string[] {
  if (kind !== 'added') return [];
  const parts = path.split('/');
  return [
    // eslint-disable-next-line no-control-regex -- as above
    ...(/[\x00-\x1f\x7f]/.test(path) ? ['has a line break or control character in its name'] : []),
    ...(path.includes('\\') ? ['has a backslash in its name'] : []),
    ...(path.includes('\uFFFD') ? ['has a name that is not UTF-8'] : []),
    ...(parts.some((part) => part.startsWith('-')) ? ['has a name that begins with -'] : []),
    ...(parts.some(looksLikeGit) ? ['has a name that some systems take for .git'] : []),
  ];
}

/** What Windows (short names, streams, trailing dots) and macOS (ignorable characters) take for `.git`. */
function looksLikeGit(part: string): boolean {
  const plain = part
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
  return /^(\.git|git~\d+)[ .]*(:.*)?$/.test(plain);
}

function kindProblems({ path, oldMode, mode }: TreeChange): readonly string[] {
  if (path.split('/').at(-1) === '.gitmodules') return ['configures submodules: only people change them'];
  if (mode === gitlinkMode) return ['is a submodule or a repository of its own: remove its .git, or leave it out'];
  return oldMode === gitlinkMode ? ['is a submodule: only people remove it'] : [];
}

function contentProblems(
  change: TreeChange,
  blob: { readonly size: number; readonly target?: string } | undefined,
): readonly string[] {
  if (blob === undefined) return [];
  if (change.mode === linkMode) return linkProblems(change.path, blob.target ?? '');
  if (blob.size <= largestBytes) return [];
  return [
    `has ${(Math.ceil((blob.size / 1024 / 1024) * 10) / 10).toFixed(1)} MB; at most ${largestBytes / 1024 / 1024} MB are allowed`,
  ];
}

function linkProblems(path: string, target: string): readonly string[] {
  if (/^([/\\]|[a-z]:)/i.test(target)) return [`is a link to the absolute path ${shown(target)}`];
  const steps = target.split('/');
  const ups = steps.findIndex((step) => step !== '..');
  const rest = ups === -1 ? [] : steps.slice(ups);
  const climbs = ups === -1 ? steps.length : ups;
  // A `..` after a name may go through another link, so that only the file system knows where it ends.
  if (climbs >= path.split('/').length || rest.includes('..'))
    return [`is a link that may lead out of the repository: ${shown(target)}`];
  return rest.some(looksLikeGit) ? [`is a link into a git directory: ${shown(target)}`] : [];
}

function deletionProblems({ changes, filesBefore }: JudgedChange): readonly string[] {
  const added = new Set(changes.filter(({ kind }) => kind === 'added').map(({ oid }) => oid));
  const deleted = changes.filter(({ kind }) => kind === 'deleted');
  // A file that comes back unchanged under another name was moved.
  const gone = deleted.filter(({ oldOid }) => !added.has(oldOid)).length;
  if (gone === 0 || (gone < filesBefore && (filesBefore <= 4 || gone * 2 <= filesBefore))) return [];
  return [
    `${gone} of ${filesBefore} files are deleted: a change that deletes most of the repository is made by people`,
  ];
}

/** Paths, or folders of paths, that differ only in case or in how Unicode writes a letter. */
function twinProblems({ changes, pathsAfter }: JudgedChange): readonly string[] {
  const added = changes.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  if (added.length === 0) return [];
  const fresh = new Set(added);
  const known = new Map<string, string>();
  for (const path of pathsAfter)
    if (!fresh.has(path)) for (const each of withParents(path)) known.set(twinKey(each), each);
  const twins = new Map<string, string>();
  for (const each of added.flatMap(withParents)) {
    const key = twinKey(each);
    const other = known.get(key);
    if (other === undefined) known.set(key, each);
    else if (other !== each) twins.set(each, other);
  }
  return [...twins].map(
    ([path, other]) => `${shown(path)} is the same name as ${shown(other)} on systems that ignore case`,
  );
}

function withParents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function twinKey(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}
