import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { ok, warn, wrong, type Check, type Finding } from './check.js';

/** Mirrors and worktrees need room; below this a run soon stands still. */
const scarceBytes = 1024 ** 3;

export const configurationCheck: Check = {
  name: 'configuration',
  look: async ({ config }) => {
    const said: Omit<Finding, 'name'> = {
      state: 'ok',
      says: config.source === 'file' ? config.configFile : `no ${config.configFile}: what is found on PATH is used`,
    };
    const unbuilt = config.unbuilt.map(({ path, why }): Omit<Finding, 'name'> => ({
      ...{
        state: 'warn',
        says: `${path} has no effect yet: ${why}`,
        mend: 'leave it out, or wait for a later version',
      },
    }));
    return Promise.resolve([said, ...unbuilt]);
  },
};

export const dataFolderCheck: Check = {
  name: 'data folder',
  look: async ({ config: { dataFolder }, server }) => {
    const { bavail, bsize } = await statfs(nearestFolder(dataFolder));
    const freeBytes = bavail * bsize;
    const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GB free`;
    if (freeBytes < scarceBytes)
      return warn(`${dataFolder}, ${free}`, 'make room, or put FLEET_DATA_DIR on a larger disk');
    const facts = await server?.({ op: 'server' });
    const holder = facts === undefined ? 'no Fleet runs here' : `held by Fleet ${facts.version}, process ${facts.pid}`;
    return ok(`${dataFolder}, ${holder}, ${free}`);
  },
};

export const databaseCheck: Check = {
  name: 'database',
  look: async ({ config, probes, server }) => {
    if (config.databaseUrl === undefined) {
      return ok(server === undefined ? 'embedded, in the data folder' : 'embedded, in use by the Fleet that runs');
    }
    await probes.database();
    return ok('PostgreSQL answers');
  },
};

export const queueCheck: Check = {
  name: 'queue',
  look: async ({ config, probes }) => {
    if (config.redisUrl === undefined) return ok('in the database');
    await probes.redis();
    return ok('Redis answers');
  },
};

export const gitHubCheck: Check = {
  name: 'github',
  look: async ({ config, probes }) => {
    if (config.github === undefined) return ok('not set up (APP_ID is not set)');
    const { app, missing } = await probes.github();
    if (missing.length > 0) {
      return wrong(
        `${app} lacks ${missing.join(', ')}`,
        "grant it on the app's settings page, then accept it in each installation",
      );
    }
    if (config.github.webhookSecret === undefined) return warn(`${app}; no webhook secret`, 'set WEBHOOK_SECRET');
    return ok(`${app} answers with the permissions that are needed`);
  },
};

export const localForgeCheck: Check = {
  name: 'local forge',
  look: async () => Promise.resolve(ok('always there: `fleet run --repo <path> --issue <file>`')),
};

export const portCheck: Check = {
  name: 'port',
  look: async ({ config: { host, port }, server }) => {
    const address = (await server?.({ op: 'server' }))?.address;
    if (address !== undefined) return ok(`Fleet listens on ${address}`);
    const taken = await whyNotFree(host, port);
    return taken === undefined
      ? ok(`${host}:${port} is free`)
      : wrong(`${host}:${port}: ${taken}`, 'set PORT to another one');
  },
};

/** The folder itself, or where it would be made: a look changes nothing. */
function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      resolve(error.message);
    });
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
