import { asRecord, type Detected, type Detector, membersOf, present, type Root } from './ecosystem.js';

/** Names under which repositories keep each check, the likeliest first. */
const scriptNames = {
  format: ['format:check', 'check:format', 'format-check', 'prettier:check', 'fmt:check'],
  lint: ['lint:check', 'lint'],
  typecheck: ['typecheck', 'type-check', 'check:types', 'check-types', 'types:check', 'types'],
  build: ['build'],
  test: ['test'],
} as const;

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'workspaces'];

type Tool = 'npm' | 'pnpm' | 'yarn' | 'bun';

const lockfiles: readonly (readonly [string, Tool])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

export const detectNode: Detector = async (root) => {
  if (!root.has('package.json')) return undefined;
  const manifest = membersOf(await root.text('package.json'));
  const named = typeof manifest['packageManager'] === 'string' ? manifest['packageManager'] : '';
  const tool = toolOf(root, named);
  const setup = setupOf(root, {
    tool,
    named,
    hasDependencies: dependencyFields.some((field) => isFilled(manifest[field])),
  });
  return {
    ecosystem: 'node',
    checks: checksOf(asRecord(manifest['scripts']), tool),
    ...(setup === undefined ? {} : { setup }),
  };
};

function toolOf(root: Root, named: string): Tool {
  const name = named.split('@')[0] ?? '';
  if (name === 'npm' || name === 'pnpm' || name === 'yarn' || name === 'bun') return name;
  return lockfiles.find(([file]) => root.has(file))?.[1] ?? 'npm';
}

/** With a lockfile, and without: what is installed must not change the tree, so none is written. */
const setups: Readonly<Record<Tool | 'modernYarn', readonly [string, string]>> = {
  npm: ['npm ci', 'npm install --no-package-lock'],
  pnpm: ['pnpm install --frozen-lockfile', 'pnpm install --no-lockfile'],
  bun: ['bun install --frozen-lockfile', 'bun install --no-save'],
  yarn: ['yarn install --frozen-lockfile', 'yarn install --no-lockfile'],
  modernYarn: ['yarn install --immutable', 'yarn install'],
};

function setupOf(
  root: Root,
  { tool, named, hasDependencies }: { tool: Tool; named: string; hasDependencies: boolean },
): string | undefined {
  const isModern = tool === 'yarn' && (root.has('.yarnrc.yml') || /^yarn@([2-9]|\d\d)/.test(named));
  const [locked, unlocked] = setups[isModern ? 'modernYarn' : tool];
  if (lockfiles.some(([file, owner]) => owner === tool && root.has(file))) return locked;
  return hasDependencies ? unlocked : undefined;
}

function checksOf(scripts: Readonly<Record<string, unknown>>, tool: Tool): Detected['checks'] {
  const commands = Object.entries(scriptNames).map(([check, names]) => {
    const script = names.find((name) => isReal(scripts[name]));
    return [check, script === undefined ? undefined : `${tool} run ${script}`] as const;
  });
  return present(Object.fromEntries(commands));
}

/** `npm init` writes a test that only says that there is none. */
function isReal(script: unknown): boolean {
  return typeof script === 'string' && script.trim() !== '' && !script.includes('no test specified');
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
