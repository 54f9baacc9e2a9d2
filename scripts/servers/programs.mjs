import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const debianFolder = '/usr/lib/postgresql';

/**
 * Keeps package scripts from starting the installed servers as services; a policy that was there before stays.
 * Packages come as arguments.
 */
const installScript = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=180 update -q
apt-get -o DPkg::Lock::Timeout=180 install -y -q --no-install-recommends "$@"
`;

/** Finds the servers, installing what is absent where that is possible. Absent ones stay undefined. */
export function findPrograms() {
  const missing = packagesToInstall(locate());
  if (missing.length > 0) install(missing);
  return locate();
}

function locate() {
  return {
    postgresFolder: postgresFolder(),
    redis: onPath('redis-server'),
    setpriv: onPath('setpriv'),
    account: account(),
  };
}

function packagesToInstall({ postgresFolder, redis, setpriv }) {
  return [
    ...(postgresFolder === undefined ? ['postgresql'] : []),
    ...(redis === undefined ? ['redis-server'] : []),
    ...(setpriv === undefined && process.platform === 'linux' ? ['util-linux'] : []),
  ];
}

function install(packages) {
  if (onPath('apt-get') === undefined) return;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) return;
  process.stdout.write(`servers  installing ${packages.join(' ')} from Debian's packages\n`);
  const [command, ...args] = [...asRoot, 'sh', '-c', installScript, 'install', ...packages];
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status !== 0) process.stdout.write(`${done.stdout}${done.stderr}servers  apt-get failed\n`);
}

/** The folder that holds both initdb and postgres, the newest of Debian's first. */
function postgresFolder() {
  const ofDebian = existsSync(debianFolder)
    ? readdirSync(debianFolder)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debianFolder, version, 'bin'))
    : [];
  return [...ofDebian, ...pathFolders()].find((folder) =>
    ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name))),
  );
}

function onPath(name) {
  return [...pathFolders(), '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(isExecutable);
}

function pathFolders() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent, or not ours to run.
    return false;
  }
}

/** The account for PostgreSQL, which refuses to run as root; undefined when we are not root. */
function account() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (ids.every((done) => done.status === 0)) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  return undefined;
}
