import { createPrivateKey } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Secret } from '../domain/secret.js';
import { isAddress } from './schema-parts.js';
import type { VariableReader } from './variables.js';

/** What the environment says. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly logLevel: LogLevel;
  /** Where git, agents and checks find programs: PATH. */
  readonly searchPath: string;
  /** The home of whoever runs Fleet; agents that were discovered use its logins. */
  readonly home: string;
  /** Login of whoever runs Fleet; the owner of the local forge. */
  readonly user: string;
  /** PostgreSQL; without it the embedded one in `dataFolder`. */
  readonly databaseUrl?: Secret;
  readonly redisUrl?: Secret;
  readonly github?: GitHubApp;
  readonly gitlab?: GitLabAccess;
  readonly sentry?: SentryAccess;
  readonly apiToken?: Secret;
  /** 32 bytes in base64, by which what is stored gets encrypted. */
  readonly secretKey?: Secret;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export interface GitHubApp {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: Secret;
  /** Undefined only where no webhooks come. */
  readonly webhookSecret?: Secret;
  /** GitHub Enterprise Server, `name` or `name:port`. */
  readonly host?: string;
  readonly protocol: 'http' | 'https';
}

export interface GitLabAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: Secret;
  /** One of the two is there where webhooks come. */
  readonly webhookSecret?: Secret;
  readonly webhookSigningKey?: Secret;
  /** A Maintainer's, for `fleet gitlab connect` alone. */
  readonly connectToken?: Secret;
}

export interface SentryAccess {
  readonly url: string;
  readonly token?: Secret;
  readonly clientSecret?: Secret;
}

/** Who reads: the server, or a one-off command, which keeps to the person's own folders and serves no forge. */
export type Use = 'server' | 'command';

/** What reading the environment depends on. */
export interface Circumstances {
  readonly use: Use;
  readonly cwd: string;
  /** Whether webhooks come, so that their secrets are needed. */
  readonly webhooks: boolean;
}

/** Reads what both uses need, and for a server its forges. */
export function readEnvironment(reader: VariableReader, circumstances: Circumstances): Environment {
  const { use, cwd } = circumstances;
  const databaseUrl = reader.secret(
    'DATABASE_URL',
    'an address such as postgres://user@host/name',
    addressLike(/^postgres(ql)?:$/),
  );
  const redisUrl = reader.secret('REDIS_URL', 'an address such as redis://host:6379', addressLike(/^rediss?:$/));
  if (reader.isSet('REDIS_URL') && !reader.isSet('DATABASE_URL')) {
    reader.want('DATABASE_URL', 'the address of a PostgreSQL, because REDIS_URL is set: the queue on Redis needs it');
  }
  return {
    port: Number(reader.textLike('PORT', isPort, 'a port, 0 to 65535') ?? 3000),
    host: reader.text('HOST') ?? '127.0.0.1',
    dataFolder: reader.path('FLEET_DATA_DIR') ?? (use === 'server' ? resolve(cwd, 'data') : personsFolder(reader)),
    logLevel: readLogLevel(reader),
    searchPath: reader.text('PATH') ?? '/usr/local/bin:/usr/bin:/bin',
    home: homedir(),
    user: reader.text('USER') ?? reader.text('LOGNAME') ?? 'owner',
    ...present({ databaseUrl, redisUrl, apiToken: reader.secret('FLEET_API_TOKEN', 'a token') }),
    ...present({ secretKey: reader.secret('FLEET_SECRET_KEY', '32 bytes, in hexadecimal or base64', keyOf32Bytes) }),
    ...(use === 'server' ? readForges(reader, circumstances) : {}),
  };
}

function readForges(
  reader: VariableReader,
  circumstances: Circumstances,
): Pick<Environment, 'github' | 'gitlab' | 'sentry'> {
  return present({
    github: readGitHub(reader, circumstances),
    gitlab: readGitLab(reader, circumstances),
    sentry: readSentry(reader),
  });
}

function readGitHub(reader: VariableReader, { webhooks }: Circumstances): GitHubApp | undefined {
  const appId = reader.textLike('APP_ID', isWholeNumber, "the app's numeric id");
  const privateKey = reader.secret('PRIVATE_KEY', "the app's private key in PEM, as GitHub gave it", pemOf);
  const host = reader.textLike('GHE_HOST', isHost, 'a host name without https:// and without a path');
  const protocol = reader.textLike('GHE_PROTOCOL', isProtocol, 'http or https') === 'http' ? 'http' : 'https';
  const webhookSecret = reader.secret('WEBHOOK_SECRET', 'a secret');
  if (!reader.isSet('APP_ID') && !reader.isSet('PRIVATE_KEY')) return undefined;
  if (!reader.isSet('APP_ID')) reader.want('APP_ID', "the app's numeric id, because PRIVATE_KEY is set");
  if (!reader.isSet('PRIVATE_KEY')) {
    reader.want('PRIVATE_KEY', "the app's private key, or its file in PRIVATE_KEY_PATH, because APP_ID is set");
  }
  if (webhooks && !reader.isSet('WEBHOOK_SECRET')) {
    reader.want('WEBHOOK_SECRET', "the app's webhook secret, because APP_ID is set");
  }
  if (appId === undefined || privateKey === undefined) return undefined;
  return { appId: Number(appId), privateKey, protocol, ...present({ host, webhookSecret }) };
}

function readGitLab(reader: VariableReader, { webhooks }: Circumstances): GitLabAccess | undefined {
  const url = reader.textLike('GITLAB_URL', isAddress, 'an address such as https://gitlab.com');
  const token = reader.secret('GITLAB_TOKEN', 'an access token');
  const webhookSecret = reader.secret('GITLAB_WEBHOOK_SECRET', 'a secret');
  const webhookSigningKey = reader.secret('GITLAB_WEBHOOK_SIGNING_KEY', 'a signing key');
  const connectToken = reader.secret('GITLAB_CONNECT_TOKEN', "a Maintainer's token");
  if (!reader.isSet('GITLAB_TOKEN')) {
    if (reader.isSet('GITLAB_URL')) reader.want('GITLAB_TOKEN', 'an access token, because GITLAB_URL is set');
    return undefined;
  }
  if (webhooks && !reader.isSet('GITLAB_WEBHOOK_SECRET') && !reader.isSet('GITLAB_WEBHOOK_SIGNING_KEY')) {
    reader.want(
      'GITLAB_WEBHOOK_SECRET',
      'the secret of the webhook (or GITLAB_WEBHOOK_SIGNING_KEY), because GITLAB_TOKEN is set',
    );
  }
  if (token === undefined) return undefined;
  const secrets = present({ webhookSecret, webhookSigningKey, connectToken });
  return { url: withoutSlash(url ?? 'https://gitlab.com'), token, ...secrets };
}

function readSentry(reader: VariableReader): SentryAccess | undefined {
  const url = reader.textLike('SENTRY_URL', isAddress, 'an address such as https://sentry.io');
  const token = reader.secret('SENTRY_TOKEN', 'a token');
  const clientSecret = reader.secret('SENTRY_CLIENT_SECRET', 'a secret');
  if (token === undefined && clientSecret === undefined) return undefined;
  return { url: withoutSlash(url ?? 'https://sentry.io'), ...present({ token, clientSecret }) };
}

function readLogLevel(reader: VariableReader): LogLevel {
  const isLevel = (text: string) => logLevels.some((level) => level === text);
  const written = reader.textLike('LOG_LEVEL', isLevel, `one of ${logLevels.join(', ')}`);
  return logLevels.find((level) => level === written) ?? 'info';
}

/** The folder for what Fleet keeps for one person (XDG base directories). */
function personsFolder(reader: VariableReader): string {
  const folder = reader.text('XDG_DATA_HOME');
  // The specification says that a relative one is to be ignored.
  if (folder !== undefined && isAbsolute(folder)) return join(folder, 'fleet');
  return join(reader.text('HOME') ?? homedir(), '.local/share/fleet');
}

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const isWholeNumber = (text: string) => /^\d{1,15}$/.test(text);
const isHost = (text: string) => /^[A-Za-z0-9.-]+(:\d+)?$/.test(text);
const isProtocol = (text: string) => text === 'http' || text === 'https';
const withoutSlash = (url: string) => url.replace(/\/+$/, '');

function addressLike(protocol: RegExp): (text: string) => string | undefined {
  return (text) => (URL.canParse(text) && protocol.test(new URL(text).protocol) ? text : undefined);
}

/** As probot reads it: PEM with real or written line ends, or that in base64. */
function pemOf(text: string): string | undefined {
  const plain = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  const pem = plain.replaceAll('\\n', '\n');
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    // Not a key that Node can sign with, whatever the reason.
    return undefined;
  }
}

function keyOf32Bytes(text: string): string | undefined {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return key.length === 32 ? key.toString('base64') : undefined;
}

/** Leaves out what is undefined, as exact optional properties want it. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
