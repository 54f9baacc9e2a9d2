import type { Notice } from '../domain/effect.js';
import type { Run } from '../domain/run.js';

/** A comment as it is handed to a forge: the marker is its first line, and whatever holds `find` is this comment. */
export interface RenderedComment {
  readonly marker: string;
  readonly find: string;
  readonly body: string;
}

export type MarkerKind = Notice['kind'] | 'status' | 'mergeRequest';

/** A hidden comment by which Fleet, and whoever reads along, finds what Fleet wrote. */
export function marker(
  prefix: string,
  kind: MarkerKind,
  run: Run,
  fields: Readonly<Record<string, string>> = {},
): string {
  const words = Object.entries({ run: run.id, ...fields }).map(([name, value]) => `${name}=${value}`);
  return `${markerStart(prefix, kind)}${words.join(' ')} -->`;
}

/** What every marker of a kind begins with. */
export function markerStart(prefix: string, kind: MarkerKind): string {
  return `<!-- ${prefix}:v1 kind=${kind} `;
}
