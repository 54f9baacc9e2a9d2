import { Failure } from '../domain/failure.js';
import type { Repository } from '../domain/forge.js';
import type { KnownRepository } from '../ports/store.js';
import { forgeOf, type Loop } from './loop.js';

/** True when this label starts runs here: the repository's own, where its configuration names one, else the instance's. */
export async function startsRuns(loop: Loop, repository: Repository, label: string): Promise<boolean> {
  const known = await loop.ports.store.repositories.find(repository.forge, repository.id);
  const own = known === undefined || known.label === 'unread' || known.label === 'none' ? undefined : known.label.name;
  const instance = loop.settings.labels[repository.forge];
  if (label === (own ?? instance)) return true;
  // The configuration may name this label since it was last read, and no event tells of that.
  return label !== instance && label === (await readLabel(loop, repository));
}

/** The label that starts runs here; the repository's configuration is read once if it was not yet. */
export async function labelOf(loop: Loop, { repository, label }: KnownRepository): Promise<string> {
  const own = label === 'unread' ? await readLabel(loop, repository) : label === 'none' ? undefined : label.name;
  return own ?? loop.settings.labels[repository.forge];
}

async function readLabel(loop: Loop, repository: Repository): Promise<string | undefined> {
  const forge = forgeOf(loop, repository.forge);
  const files = {
    sha: repository.defaultBranch,
    list: () => Promise.resolve([]),
    read: (path: string) => forge.readFile(repository, path),
  };
  try {
    const { label } = await loop.ports.rules(repository, files);
    await loop.ports.store.repositories.see(repository, true);
    await loop.ports.store.repositories.setLabel(repository.forge, repository.id, label);
    return label;
  } catch (error) {
    // A broken configuration names no label; the run that the instance's label starts says what is broken.
    if (error instanceof Failure && error.reason.kind === 'needsPerson') return undefined;
    throw error;
  }
}
