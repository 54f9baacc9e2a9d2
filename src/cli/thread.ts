import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Control } from '../control/request.js';
import { needsPerson } from '../domain/failure.js';
import type { World } from './world.js';

/** Reads `shop#1` or `local/shop!2`: an issue or merge request of the local forge. */
export function parseThread(text: string): { readonly repository: string; readonly number: number } {
  const [, repository, number] = /^(.+)[#!](\d{1,9})$/.exec(text) ?? [];
  if (repository !== undefined && Number(number) > 0) return { repository, number: Number(number) };
  throw needsPerson('configurationBroken', [`${text} names no issue or merge request: write it like shop#1.`]);
}

/** A repository as the control takes it: paths are made absolute, since the Fleet that answers may stand in another folder. */
export function locationOf(world: World, text: string): string {
  const path = resolve(world.cwd, text);
  return existsSync(path) || text.startsWith('.') ? path : text;
}

/** The local forge's name for a repository: it is added where a path or URL is given. */
export async function repositoryNamed(world: World, control: Control, text: string): Promise<string> {
  const at = locationOf(world, text);
  if (!at.startsWith('/') && !at.includes(':')) return text;
  const { repository } = await control({ op: 'repository.add', at });
  return repository.id;
}
