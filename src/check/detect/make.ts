import type { Detector } from './ecosystem.js';

const targets = ['lint', 'check', 'test'];

export const detectMake: Detector = async (root) => {
  const file = root.first('GNUmakefile', 'makefile', 'Makefile');
  if (file === undefined) return undefined;
  // A rule begins at the start of a line; `:=` and `::=` are assignments.
  const rules = (await root.text(file)).matchAll(/^([^\s#:=][^#:=\n]*)::?(?![:=])/gm);
  const known = new Set([...rules].flatMap(([, names = '']) => names.trim().split(/\s+/)));
  const checks = targets.filter((name) => known.has(name)).map((name) => ({ name, command: `make ${name}` }));
  return { ecosystem: 'make', checks };
};
