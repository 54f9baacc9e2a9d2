import { asRecord, type Detector, membersOf, present } from './ecosystem.js';

const scriptNames = {
  format: ['format:check', 'cs:check', 'check-style', 'cs-check'],
  lint: ['lint'],
  types: ['phpstan', 'analyse', 'analyze', 'stan', 'psalm'],
  test: ['test', 'tests', 'phpunit'],
} as const;

export const detectPhp: Detector = async (root) => {
  if (!root.has('composer.json')) return undefined;
  const manifest = membersOf(await root.text('composer.json'));
  const scripts = asRecord(manifest['scripts']);
  const commands = Object.entries(scriptNames).map(([check, names]) => {
    const script = names.find((name) => name in scripts);
    return [check, script === undefined ? undefined : `composer run-script ${script}`] as const;
  });
  const packages = [...Object.keys(asRecord(manifest['require'])), ...Object.keys(asRecord(manifest['require-dev']))];
  // `php` and `ext-…` are the machine's.
  const needsPackages = root.has('composer.lock') || packages.some((name) => name.includes('/'));
  return {
    ecosystem: 'php',
    checks: present(Object.fromEntries(commands)),
    ...(needsPackages ? { setup: 'composer install --no-interaction --no-progress' } : {}),
  };
};
