import { needsPerson, retryLater } from '../domain/failure.js';
import type { Obstacle } from '../domain/work.js';
import type { GitRemote } from '../ports/forge.js';
import { type GitEnd, lastLines } from './git.js';

/** A remote as one git child gets it. */
export interface Address {
  /** Without credentials. */
  readonly url: string;
  /** Goes before the command. */
  readonly config: readonly string[];
  /** Holds the token; for this child only. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes the token out of what git printed. */
  readonly redact: (text: string) => string;
}

/** How long git waits on a connection that hardly moves. */
const stalledConnection = ['http.lowSpeedLimit=1000', 'http.lowSpeedTime=60'];
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Throws `needsPerson('configurationBroken')` for an address that Fleet does not speak to. */
export function addressOf(remote: GitRemote, rules: { readonly plainHttp: boolean }): Address {
  const { url, protocol, authorization } = split(remote, rules);
  const settings = [
    'credential.helper=',
    'http.followRedirects=false',
    ...stalledConnection,
    `protocol.${protocol}.allow=always`,
  ];
  const config = settings.flatMap((each) => ['-c', each]);
  if (authorization === undefined) return { url, config, env: {}, redact: (text) => text };
  return {
    url,
    config,
    env: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
    },
    redact: (text) =>
      [authorization, ...authorization.split(' ').slice(1)].reduce(
        (rest, word) => rest.replaceAll(word, '[secret]'),
        text,
      ),
  };
}

interface Split {
  readonly url: string;
  readonly protocol: 'https' | 'http' | 'ssh' | 'file';
  readonly authorization?: string;
}

function split(remote: GitRemote, rules: { readonly plainHttp: boolean }): Split {
  const { url } = remote;
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return splitWeb(remote, rules);
  if (/^ssh:\/\/(\w[\w.-]*@)?[\w[]/.test(url) || /^\w[\w.-]*@\w[^/]*:/.test(url)) return { url, protocol: 'ssh' };
  if (url.startsWith('/') || url.startsWith('file:///')) return { url, protocol: 'file' };
  throw unusable(url, 'Fleet takes https, ssh and absolute paths');
}

function splitWeb({ url, authorization }: GitRemote, { plainHttp }: { readonly plainHttp: boolean }): Split {
  const parsed = new URL(url);
  const protocol = parsed.protocol === 'https:' ? 'https' : 'http';
  if (protocol === 'http' && !plainHttp && !loopback.test(parsed.hostname)) {
    throw unusable(parsed.origin, 'plain http shows the token to the network; use https, or set GHE_PROTOCOL=http');
  }
  // Credentials in the address would stand in argv, for everybody on the machine to see.
  const value = authorization?.reveal() ?? (parsed.username === '' ? undefined : basic(parsed));
  parsed.username = '';
  parsed.password = '';
  return { url: parsed.href, protocol, ...(value === undefined ? {} : { authorization: value }) };
}

function unusable(address: string, why: string): Error {
  return needsPerson('configurationBroken', [`${address} is no address that Fleet fetches from: ${why}`]);
}

function basic({ username, password }: URL): string {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** What failed talk with a remote means; git gives one exit code for everything, so the HTTP status is taken from its report. */
export function remoteFailure(end: GitEnd, address: Address, obstacle: Obstacle['kind']): Error {
  const words = address.redact(end.stderr);
  const told = lastLines(words, 10).split('\n');
  return isRefusal(words)
    ? needsPerson(obstacle, [`${address.url} refused:`, ...told])
    : retryLater(`git could not talk to ${address.url}: ${told.join('; ')}`);
}

/** Refusals that waiting does not mend. 429 and 5xx are not among them. */
function isRefusal(words: string): boolean {
  const status = Number(/returned error: (\d{3})/.exec(words)?.[1] ?? 0);
  if (status !== 0) return status < 500 && status !== 408 && status !== 429;
  // git's own words for 401, for 404, and for a path that holds no repository: no code comes with them.
  return /Authentication failed|could not read Username|repository '.*' not found|not appear to be a git repository|Permission denied \(/.test(
    words,
  );
}
