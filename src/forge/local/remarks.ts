import type { Act, Desk } from './desk.js';
import { ask, refused, wrong, type RunGit } from './git.js';
import { headsIn, placeFor } from './heads.js';
import type { LocalMergeRequest } from './records.js';
import { followTo, onceEach, type FollowLines, type Lines } from './spots.js';
import type { Spot } from './tables.js';

/** What a reviewer says at lines of a file, from 1 and inclusive. `old`: lines that the change takes out, as the base has them. */
export interface Remark extends Lines {
  readonly path: string;
  readonly side: 'new' | 'old';
  /** Markdown; may be empty where there is a suggestion. */
  readonly text: string;
  /** What the lines shall become; empty takes them out. */
  readonly suggestion?: string | undefined;
}

/** A remark, and the lines that it is kept with. */
export interface PlacedRemark {
  readonly remark: Remark;
  readonly spot: Spot;
}

/** What remarks are held against: the commits that have the lines, and the names of their branches for people. */
interface Ground {
  readonly commits: Readonly<Record<Remark['side'], string>>;
  readonly names: Readonly<Record<Remark['side'], string>>;
  /** Lines of a file like `<commit>:<path>`; undefined where there is no such file. */
  readonly linesOf: (file: string) => Promise<number | undefined>;
  readonly follow: FollowLines;
}

/** Where the remarks of a review are made; refuses lines that are not there. */
export async function spotsOf(
  desk: Desk,
  { repository, remarks }: Pick<Act, 'repository'> & { readonly remarks: readonly Remark[] },
  mergeRequest: LocalMergeRequest,
): Promise<readonly PlacedRemark[]> {
  if (remarks.length === 0) return [];
  const { git } = desk.options;
  const { branch, base: target } = mergeRequest;
  const { place, head, base } = await headsIn(git, await placeFor(desk, repository), mergeRequest);
  if (head === undefined) throw refused(`The branch ${branch} is no longer in ${place}.`);
  if (base === undefined) throw refused(`The branch ${target} is not in ${place}.`);
  const ground: Ground = {
    commits: { new: head, old: await ask(git, place, 'merge-base', base, head) },
    names: { new: branch, old: target },
    linesOf: onceEach((file: string) => lineCount(git, place, file)),
    follow: followTo(git, place, head),
  };
  return Promise.all(remarks.map((remark) => placed(ground, remark)));
}

async function placed({ commits, names, linesOf, follow }: Ground, remark: Remark): Promise<PlacedRemark> {
  const { path, side, fromLine, line } = remark;
  const commit = commits[side];
  const count = await linesOf(`${commit}:${path}`);
  if (count === undefined) throw wrong(`There is no file ${path} on ${names[side]}.`);
  if (fromLine > line || line > count) {
    throw wrong(`${path} has ${count} lines on ${names[side]}: there is no ${linesInWords(remark)}.`);
  }
  if (side === 'old' && (await follow({ path, commit, fromLine, line })) !== undefined) {
    throw wrong(`The change leaves ${linesInWords(remark)} of ${path} as it was: name it as it is on ${names.new}.`);
  }
  return { remark, spot: { path, fromLine, line, side, commit: commits.new } };
}

function linesInWords({ fromLine, line }: Lines): string {
  return fromLine === line ? `line ${line}` : `range ${fromLine}-${line}`;
}

/** Undefined where there is no such file. */
async function lineCount(git: RunGit, place: string, name: string): Promise<number | undefined> {
  const { code, stdout } = await git(['-C', place, 'cat-file', 'blob', name]);
  if (code !== 0) return undefined;
  return stdout.split('\n').length - (stdout.endsWith('\n') || stdout === '' ? 1 : 0);
}
