// The doors between the rooms of src. ARCHITECTURE.md says what each room is for.

/** Rooms that touch the outside. */
const adapters = ['forge', 'agent', 'workspace', 'check', 'store', 'queue', 'process', 'log'];

const room = (...names) => `^src/(${names.join('|')})/`;
const pkg = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;
const ports = '^src/ports[./]';
const main = '^src/(main|wiring|probes)\\.ts$';
const cli = '^src/(cli/|cli\\.ts$)';

/** What a module may import, and nothing else, packages and Node's core included. */
const only = (name, from, ...allowed) => ({ name, severity: 'error', from: { path: from }, to: { pathNot: allowed } });
const never = (name, from, to) => ({ name, severity: 'error', from, to });

/** A package is imported only behind its own doors; `types` are rooms that may import its types. */
const door = (packages, doors, types = []) => [
  never(
    `door-of-${packages[0].replace('/', '-')}`,
    { path: '^src/', pathNot: [...doors, ...types] },
    { path: pkg(...packages) },
  ),
  ...(types.length === 0
    ? []
    : [
        never(
          `only-types-of-${packages[0].replace('/', '-')}`,
          { path: types, pathNot: doors },
          { path: pkg(...packages), dependencyTypesNot: ['type-only'] },
        ),
      ]),
];

const purity = [
  only('domain-is-pure', room('domain'), room('domain')),
  only('decide-is-pure', room('decide'), room('domain', 'decide')),
  only('render-is-pure', room('render'), room('domain', 'render')),
  only('ports-know-the-domain', ports, room('domain', 'config'), ports),
  never('ports-import-types', { path: ports }, { dependencyTypesNot: ['type-only'] }),
  only('run-knows-no-adapter', room('run'), room('domain', 'decide', 'render', 'run'), ports),
];

const betweenRooms = [
  never(
    'a-forge-knows-no-other',
    { path: '^src/forge/([^/]+)/' },
    { path: '^src/forge/[^/]+/', pathNot: '^src/forge/$1/' },
  ),
  never(
    'an-adapter-knows-no-other',
    { path: `^src/(${adapters.join('|')})/`, pathNot: room('agent', 'workspace', 'check', 'queue') },
    { path: room(...adapters), pathNot: '^src/$1/' },
  ),
  never(
    'agent-workspace-check-know-only-process',
    { path: '^src/(agent|workspace|check)/' },
    { path: room(...adapters), pathNot: ['^src/$1/', room('process')] },
  ),
  never(
    'queue-knows-only-store',
    { path: room('queue') },
    { path: room(...adapters), pathNot: room('queue', 'store') },
  ),
  never(
    'queue-knows-types-of-store',
    { path: room('queue') },
    { path: room('store'), dependencyTypesNot: ['type-only'] },
  ),
  never(
    'adapters-do-not-reach-up',
    { path: room(...adapters) },
    { path: [room('decide', 'run', 'ingress'), cli, main] },
  ),
  never(
    'ingress-knows-one-adapter',
    { path: room('ingress') },
    { path: [room(...adapters.filter((name) => name !== 'forge'), 'decide', 'render', 'run'), cli, main] },
  ),
  never(
    'config-knows-the-domain',
    { path: room('config') },
    { path: '^src/', pathNot: [room('config', 'domain'), ports] },
  ),
  never('only-cli-starts-main', { path: '^src/', pathNot: [cli, main] }, { path: main }),
  // What main starts is what the commands ask for.
  never('nobody-imports-cli', { path: '^src/', pathNot: [cli, main] }, { path: cli }),
  never('main-knows-one-file-of-cli', { path: main }, { path: cli, pathNot: 'fleet-port' }),
];

const doors = [
  ...door(['probot', 'octokit', '@octokit/[^/]+'], [room('ingress'), '^src/forge/github/']),
  ...door(['@gitbeaker/[^/]+'], ['^src/forge/gitlab/']),
  ...door(['bullmq', 'ioredis'], [room('queue')]),
  ...door(['pg', 'pg-[^/]+'], [room('store')], [room('queue')]),
  ...door(['@electric-sql/[^/]+'], [room('store')]),
  ...door(['kysely'], [room('store')], ['^src/forge/local/']),
  ...door(['simple-git'], [room('workspace')]),
  ...door(['execa'], [room('workspace', 'process')]),
  ...door(['express'], [room('ingress'), cli]),
  ...door(['commander'], [cli]),
  ...door(['zod'], [room('control', 'config', 'agent', 'ingress', 'forge', 'store')]),
  ...door(['@agentclientprotocol/[^/]+'], ['^src/agent/bridge/']),
  ...door(['pino'], [room('log')]),
  ...door(['yaml'], [room('config')]),
  never(
    'door-of-child-processes',
    // What a drill plays stands outside of Fleet, and so do programs of Fleet's own in an agent's containment.
    {
      path: '^src/',
      pathNot: [
        room('process', 'workspace'),
        '^src/cli/drill/[a-z]+\\.mjs$',
        '^src/agent/(bridge|openrouter)/[a-z-]+\\.mjs$',
      ],
    },
    { path: '^(node:)?child_process$', dependencyTypes: ['core'] },
  ),
];

const hygiene = [
  never('no-cycles', {}, { circular: true }),
  never('no-orphans', { orphan: true, pathNot: ['^src/(main|cli)\\.ts$'] }, {}),
  never('no-way-out-of-src', { path: '^src/' }, { path: '^(test|scripts|demo|docs|dist)/' }),
  never('resolvable', {}, { couldNotResolve: true }),
  never('packages-are-declared', { path: '^src/' }, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
  never(
    'no-development-package',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
  ),
];

module.exports = {
  forbidden: [...hygiene, ...purity, ...betweenRooms, ...doors],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types pass the doors too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
