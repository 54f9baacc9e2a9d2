import { ok, warn, wrong, type Check, type Finding } from './check.js';

/** What to do for an agent that is not logged in. */
export const loginMend = 'log in with it in its HOME, or put its key into its `env`';

/** Below this, `git merge-tree --write-tree` is missing. */
const oldestGit = [2, 38] as const;
const oldestNode = [20, 19] as const;

export const gitCheck: Check = {
  name: 'git',
  look: async ({ git }) => {
    const { code, stdout } = await git(['--version']);
    if (code !== 0) return wrong('git is not on PATH', `install git ${oldestGit.join('.')} or newer`);
    const version = /\d+\.\d+[.\d]*/.exec(stdout)?.[0] ?? stdout.trim();
    return isAtLeast(version, oldestGit)
      ? ok(version)
      : wrong(`${version} is too old`, `install git ${oldestGit.join('.')} or newer`);
  },
};

export const nodeCheck: Check = {
  name: 'node',
  look: async () => {
    const { node } = process.versions;
    const wanted = oldestNode.join('.');
    return Promise.resolve(
      isAtLeast(node, oldestNode) ? ok(node) : wrong(`${node} is too old`, `install Node ${wanted} or newer`),
    );
  },
};

export const containmentCheck: Check = {
  name: 'processes',
  look: async ({ probes }) => {
    const found = await probes.containment();
    if (found.kind === 'namespace') return ok('agents run in process namespaces: none outlives Fleet');
    return warn(
      `agents are ended by a guard process: ${found.because}`,
      'allow unprivileged user namespaces, or install util-linux',
    );
  },
};

export const sandboxCheck: Check = {
  name: 'sandbox',
  look: async () =>
    Promise.resolve(
      warn(
        'the full sandbox is not built yet: agents can read files and reach the network as you can',
        'run Fleet as a user of its own, or in a container',
      ),
    ),
};

export const agentsCheck: Check = {
  name: 'agents',
  look: async ({ probes }) => {
    const found = await probes.agents();
    if (found.length === 0) {
      return wrong(
        'no agent is configured and none was found on PATH',
        'install a coding agent, or name one in fleet.config.yml',
      );
    }
    return found.map(({ name, dialect, version = '', login, problem }): Omit<Finding, 'name'> => {
      if (problem !== undefined) return { state: 'wrong', says: `${name}: ${problem.what}`, mend: problem.mend };
      const says = `${name}: ${dialect} ${version}`;
      return login === 'no'
        ? { state: 'warn', says: `${says}, not logged in`, mend: loginMend }
        : { state: 'ok', says };
    });
  },
};

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
