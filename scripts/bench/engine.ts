import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Where Fleet keeps its rows and messages. */
export interface Engine {
  readonly name: 'embedded' | 'PostgreSQL + Redis';
  /** Makes it empty; the variables lead Fleet to it. */
  readonly fresh: () => Promise<{
    readonly variables: Readonly<Record<string, string>>;
    readonly drop: () => Promise<void>;
  }>;
}

/** The engines that this machine has, by the variables that scripts/servers.mjs sets. */
export function enginesIn(env: NodeJS.ProcessEnv): readonly Engine[] {
  const { FLEET_TEST_DATABASE_URL: databaseUrl, FLEET_TEST_REDIS_URL: redisUrl } = env;
  const embedded: Engine = {
    name: 'embedded',
    fresh: () => Promise.resolve({ variables: {}, drop: () => Promise.resolve() }),
  };
  if (databaseUrl === undefined || redisUrl === undefined) return [embedded];
  return [embedded, { name: 'PostgreSQL + Redis', fresh: () => freshServers(databaseUrl, redisUrl) }];
}

async function freshServers(databaseUrl: string, redisUrl: string): ReturnType<Engine['fresh']> {
  const name = `fleet_bench_${randomBytes(6).toString('hex')}`;
  await onServer(databaseUrl, `create database ${name}`);
  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    variables: { DATABASE_URL: url.href, REDIS_URL: redisUrl },
    drop: () => onServer(databaseUrl, `drop database ${name} with (force)`),
  };
}

async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
