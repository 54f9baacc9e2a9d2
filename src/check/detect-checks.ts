import type { Check } from '../domain/check.js';
import type { TreeFiles } from '../ports/workspace.js';
import { detectGo, detectGradle, detectMaven, detectRust } from './detect/compiled.js';
import type { Detected, Detector, Root } from './detect/ecosystem.js';
import { detectMake } from './detect/make.js';
import { detectNode } from './detect/node.js';
import { detectPhp } from './detect/php.js';
import { detectPython } from './detect/python.js';

const detectors: readonly Detector[] = [
  ...[detectNode, detectPython, detectGo, detectRust, detectPhp, detectGradle, detectMaven, detectMake],
];

/** Set-up and checks that the files at the root of a tree tell of, each ecosystem in turn. */
export async function detectChecks(
  files: TreeFiles,
): Promise<{ readonly setup?: string; readonly checks: readonly Check[] }> {
  const root = rootOf(files, new Set(await files.list()));
  const found = (await Promise.all(detectors.map((detect) => detect(root)))).filter((each) => each !== undefined);
  const setups = found.flatMap(({ setup }) => setup ?? []);
  return { checks: named(found), ...(setups.length === 0 ? {} : { setup: setups.join(' && ') }) };
}

function rootOf(files: TreeFiles, paths: ReadonlySet<string>): Root {
  return {
    has: (path) => paths.has(path),
    first: (...wanted) => wanted.find((path) => paths.has(path)),
    text: async (path) => (await files.read(path)) ?? '',
  };
}

/** Evidence is kept by name, so no two checks have the same. */
function named(found: readonly Detected[]): readonly Check[] {
  const taken = new Set<string>();
  return found.flatMap(({ ecosystem, checks }) =>
    checks.map(({ name, command }) => {
      const unique = taken.has(name) ? `${ecosystem}-${name}` : name;
      taken.add(unique);
      return { name: unique, command, source: 'detected' as const };
    }),
  );
}
