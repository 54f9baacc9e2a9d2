import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../domain/forge.js';
import type { RunId, Snapshot } from '../domain/run.js';
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

/** Where one run's things lie. */
export interface RunPlaces {
  readonly worktree: Worktree;
  /** Git directory that the agent's `.git` file points to; Fleet writes it and never reads it. */
  readonly view: string;
  /** Git directory that Fleet merges in, made anew each time. */
  readonly merge: string;
  /** Where trees are judged, and its `view`. No agent works there. */
  readonly judging: { readonly worktree: Worktree; readonly view: string };
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
  mirror(repository: Repository): string;
  mirrorOf(record: RunRecord): string;
  /** What set-ups made that serves all runs of a mirror, a folder for each name. */
  dependenciesOf(record: RunRecord): string;
  of(run: RunId): RunPlaces;
}

export function createPlaces(folder: string): Places {
  return {
    trash: join(folder, 'trash'),
    mirror: ({ forge, id }) => join(folder, 'mirrors', `${forge}-${encodeURIComponent(id)}.git`),
    mirrorOf: ({ mirror }) => join(folder, 'mirrors', mirror),
    dependenciesOf: ({ mirror }) => join(folder, 'dependencies', mirror.replace(/\.git$/, '')),
    of(run) {
      const own = join(folder, 'git', run);
      const worktree = {
        path: join(folder, 'worktrees', run),
        index: join(own, 'index'),
        excludes: join(own, 'exclude'),
      };
      const judged = { ...worktree, path: `${worktree.path}.judge`, index: join(own, 'judge-index') };
      const judging = { worktree: judged, view: join(own, 'judge-view') };
      const leftovers = join(folder, 'runs', run);
      const home = join(leftovers, 'home');
      return { worktree, view: join(own, 'view'), merge: join(own, 'merge'), judging, own, leftovers, home };
    },
  };
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
