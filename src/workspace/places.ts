import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../domain/forge.js';
import type { RunId } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import { unlessMissing } from './files.js';
import type { Worktree } from './git.js';

/** What Fleet remembers of a run's worktree; written last, so that a half-made one is not found. */
export interface RunRecord {
  readonly mirror: string;
  readonly branch: string;
  readonly base: string;
  readonly start: Snapshot;
  /** Files in the base tree. */
  readonly files: number;
  /** Unix seconds; commits of the run are not older. */
  readonly openedAt: number;
}

/** Where one worktree of a run lies. */
export interface WorktreePlaces {
  readonly worktree: Worktree;
  /** Git directory that the agent's `.git` file points to; Fleet writes it and never reads it. */
  readonly view: string;
}

/** Where one run's things lie, with the worktree of one of its lanes. */
export interface RunPlaces extends WorktreePlaces {
  /** Git directory that Fleet merges in, made anew each time. */
  readonly merge: string;
  /** Where trees are judged. No agent works there. */
  readonly judging: WorktreePlaces;
  /** Everything of Fleet's own: indexes, ignore rules, record, views, merge, dependencies that serve this run alone. */
  readonly own: string;
  /** What other rooms keep of the run: home and temporary files of checks. Removed with the worktree. */
  readonly leftovers: string;
  /** In the leftovers: where tools that checks call put what they keep outside of the worktree. */
  readonly home: string;
}

/** Layout below the data folder. */
export interface Places {
  readonly trash: string;
  /** Of all runs: each is named by its run, or begins with its run and a dot. */
  readonly worktrees: string;
  mirror(repository: Repository): string;
  mirrorOf(record: RunRecord): string;
  /** What set-ups made that serves all runs of a mirror, a folder for each name. */
  dependenciesOf(record: RunRecord): string;
  of(run: RunId, lane?: number): RunPlaces;
}

export function createPlaces(folder: string): Places {
  const worktrees = join(folder, 'worktrees');
  return {
    trash: join(folder, 'trash'),
    worktrees,
    mirror: ({ forge, id }) => join(folder, 'mirrors', `${forge}-${encodeURIComponent(id)}.git`),
    mirrorOf: ({ mirror }) => join(folder, 'mirrors', mirror),
    dependenciesOf: ({ mirror }) => join(folder, 'dependencies', mirror.replace(/\.git$/, '')),
    of(run, lane = 0) {
      const own = join(folder, 'git', run);
      const main = join(worktrees, run);
      const excludes = join(own, 'exclude');
      const beside = (name: string): WorktreePlaces => ({
        worktree: { path: `${main}.${name}`, index: join(own, `${name}-index`), excludes },
        view: join(own, `${name}-view`),
      });
      const first = { worktree: { path: main, index: join(own, 'index'), excludes }, view: join(own, 'view') };
      const leftovers = join(folder, 'runs', run);
      return {
        ...(lane === 0 ? first : beside(`lane${lane}`)),
        ...{ merge: join(own, 'merge'), judging: beside('judge'), own, leftovers, home: join(leftovers, 'home') },
      };
    },
  };
}

/** Folders of all worktrees that a run has. */
export async function worktreesOf({ worktrees }: Places, run: RunId): Promise<readonly string[]> {
  const names = (await readdir(worktrees).catch(unlessMissing)) ?? [];
  return names.filter((name) => name === run || name.startsWith(`${run}.`)).map((name) => join(worktrees, name));
}

/** Undefined when the run has no worktree. */
export async function readRecord({ own }: RunPlaces): Promise<RunRecord | undefined> {
  const text = await readFile(join(own, 'record.json'), 'utf8').catch(unlessMissing);
  return text === undefined ? undefined : (JSON.parse(text) as RunRecord);
}

export async function writeRecord({ own }: RunPlaces, record: RunRecord): Promise<void> {
  await writeFile(join(own, 'record.new'), JSON.stringify(record));
  await rename(join(own, 'record.new'), join(own, 'record.json'));
}
