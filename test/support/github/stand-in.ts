import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { appPrivateKey, isAppJwt } from './app-key.js';
import { Faults, type Effect, type Fault } from './faults.js';
import { gitHost, type GitHost } from './git-host.js';
import { People } from './people.js';
import { Reviewers } from './reviewers.js';
import type { Answer, Route } from './route.js';
import { routes } from './routes.js';
import type { Exchange } from './specification.js';
import type { Json, Web } from './shapes.js';
import { accountOf, nextId, type Permission, type RepositoryState, type State, type Token } from './state.js';

/** One call that came in. */
export interface SeenCall {
  /** `token`: the minting of an installation token. */
  readonly kind: 'rest' | 'token' | 'git';
  readonly method: string;
  readonly path: string;
  /** 0 where the connection was broken. */
  readonly status: number;
}

export interface StandInOptions {
  /** What the app was granted beyond app.yml; `none` takes something away. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write' | 'none'>>;
  /** Keeps the git repositories; an empty folder. */
  readonly folder: string;
  readonly appId?: number;
  readonly webhookSecret?: string;
}

export interface Seed {
  /** `owner/name` */
  readonly path: string;
  readonly defaultBranch?: string;
  /** None: an empty repository. */
  readonly files?: Readonly<Record<string, string>>;
  readonly people?: Readonly<Record<string, Permission>>;
}

/**
 * GitHub on a loopback port, over real HTTP: REST as an Enterprise Server has it (`/api/v3`), git with real
 * repositories, and webhooks that go out signed. It grants what app.yml asks for and nothing else, and whatever it
 * would not expect of Fleet is a surprise that fails the test.
 */
export class GitHubStandIn {
  readonly calls: SeenCall[] = [];
  readonly faults = new Faults();
  readonly people: People;
  readonly reviewers: Reviewers;
  /** What the stand-in itself answered to REST calls, to be held against the specification. */
  readonly exchanges: Exchange[] = [];
  readonly state: State;
  readonly git: GitHost;
  readonly appId: number;
  readonly privateKey = appPrivateKey;
  readonly webhookSecret: string;
  readonly #surprises: string[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#surprises.push(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
      response.destroy();
    });
  });
  #host = '';

  private constructor(options: StandInOptions) {
    const { folder, appId = 4711, webhookSecret = 'a webhook secret', permissions = {} } = options;
    this.appId = appId;
    this.webhookSecret = webhookSecret;
    this.git = gitHost(folder);
    this.state = emptyState({ appId, webhookSecret, permissions });
    this.people = new People(this);
    this.reviewers = new Reviewers(this);
  }

  static async start(options: StandInOptions): Promise<GitHubStandIn> {
    const standIn = new GitHubStandIn(options);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    standIn.#host = `127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`;
    return standIn;
  }

  /** For `GHE_HOST`, with `GHE_PROTOCOL=http`. */
  get host(): string {
    return this.#host;
  }

  get web(): Web {
    return { state: this.state, url: `http://${this.#host}` };
  }

  /** Makes a repository that the app is installed on. */
  addRepository({ path, defaultBranch = 'main', files = {}, people = {} }: Seed): RepositoryState {
    const [owner = '', name = ''] = path.split('/');
    const repository: RepositoryState = {
      id: nextId(this.state),
      owner: accountOf(this.state, owner, 'Organization'),
      name,
      defaultBranch,
      permissions: new Map(Object.entries(people)),
      issues: new Map(),
      checks: [],
      statuses: [],
      reruns: [],
      isMergeabilityKnown: true,
      ...{ isArchived: false, isInstalled: true },
    };
    for (const login of Object.keys(people)) accountOf(this.state, login);
    this.git.create(path, defaultBranch, files);
    this.state.repositories.push(repository);
    return repository;
  }

  fail(fault: Fault): void {
    this.faults.add(fault);
  }

  /** Ends every token before its time. */
  revokeTokens(): void {
    for (const token of this.state.tokens.values()) token.revoked = true;
  }

  /** Throws when Fleet asked for what it should not, or when a fault never hit. */
  assertNoSurprises(): void {
    const surprises = [...this.#surprises, ...this.faults.left().map((fault) => `fault never hit: ${fault}`)];
    if (surprises.length > 0) throw new Error(`GitHub was surprised:\n  ${surprises.join('\n  ')}`);
  }

  async close(): Promise<void> {
    await this.git.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://stand-in');
    if (!pathname.startsWith('/api/')) {
      await this.#serveGit(request, response);
      return;
    }
    const path = pathname === '/api/graphql' ? '/graphql' : pathname.slice('/api/v3'.length);
    const body = await readBody(request);
    const effect = this.faults.take(method, path);
    const answer = await this.#spoilt(effect, () =>
      this.#fresh(request, this.#answer({ request, method, path, query, body })),
    );
    const kind = path.endsWith('/access_tokens') ? 'token' : 'rest';
    this.calls.push({ kind, method, path, status: answer?.status ?? 0 });
    if (answer === undefined) request.socket.destroy();
    else send(response, answer);
  }

  /** The answer as a fault leaves it; undefined where the connection breaks. */
  async #spoilt(effect: Effect | undefined, work: () => Answer): Promise<Answer | undefined> {
    if (effect === undefined) return work();
    if ('answer' in effect) {
      const { answer: status, headers = {}, body = { message: effect.message ?? 'as told by the test' } } = effect;
      return { status, headers, body };
    }
    if ('hangUp' in effect && effect.hangUp === 'before') return undefined;
    const answer = work();
    if ('hangUp' in effect) return undefined;
    if ('delayMs' in effect) await delay(effect.delayMs);
    return 'doneBut' in effect ? { status: effect.doneBut, body: { message: 'Oops' } } : answer;
  }

  #answer(incoming: {
    readonly request: IncomingMessage;
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly body: Json;
  }): Answer {
    const { request, method, path, query, body } = incoming;
    const matched = match(method, path);
    if (matched === undefined) return this.#surprise(404, `no such route: ${method} ${path}`);
    const { route, params } = matched;
    const [scheme = '', secret = ''] = (request.headers.authorization ?? '').split(' ');
    if (request.headers['user-agent'] === undefined) return this.#surprise(403, `no user agent: ${method} ${path}`);
    const unknown = Object.keys(body).filter((field) => !(route.fields ?? []).includes(field));
    if (unknown.length > 0) return this.#surprise(422, `unknown fields ${unknown.join(', ')}: ${method} ${path}`);
    const token = this.state.tokens.get(secret);
    const isApp = scheme.toLowerCase() === 'bearer' && isAppJwt(secret, this.appId);
    const refusal = this.#refusal({ token, isApp }, route.needs, `${method} ${path}`);
    if (refusal !== undefined) return refusal;
    const address = `${this.web.url}/api/v3${path}`;
    const answer = route.answer({ web: this.web, git: this.git, method, params, query, body, address, token });
    this.#keep({ method, path, query: [...query.keys()], body, status: answer.status, answer: answer.body });
    return answer;
  }

  /** GraphQL answers by its own schema, and the store of logs is none of GitHub's API. */
  #keep(exchange: (typeof this.exchanges)[number]): void {
    if (!['/graphql', '/stored-logs'].some((other) => exchange.path.startsWith(other))) this.exchanges.push(exchange);
  }

  /** The answer, or a 304 where the asker has it already. */
  #fresh({ method, headers }: IncomingMessage, answer: Answer): Answer {
    if (answer.asksTooMuch !== undefined) this.#surprises.push(answer.asksTooMuch);
    return method === 'GET' ? conditional(answer, headers['if-none-match']) : answer;
  }

  #refusal(
    { token, isApp }: { readonly token: Token | undefined; readonly isApp: boolean },
    needs: Route['needs'],
    what: string,
  ): Answer | undefined {
    if (needs === 'nobody') return undefined;
    if (needs === 'app') {
      if (!isApp) return this.#surprise(401, `not the app: ${what}`);
      const message = 'A JSON web token could not be decoded';
      return this.state.isKeyRevoked ? { status: 401, body: { message } } : undefined;
    }
    if (token === undefined) return this.#surprise(401, `unknown token: ${what}`);
    if (token.revoked) return { status: 401, body: { message: 'Bad credentials' } };
    const [permission, level] = needs;
    const held = token.permissions[permission];
    if (held === level || held === 'write') return undefined;
    return this.#surprise(403, `app.yml does not ask for ${permission}: ${level}: ${what}`);
  }

  #surprise(status: number, what: string): Answer {
    this.#surprises.push(what);
    return { status, body: { message: what } };
  }

  /** Of faults git knows late answers alone. */
  async #serveGit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const may = this.#mayGit(url, headers.authorization ?? '');
    const isRefused = may && this.#servedAt(url)?.isArchived === true && url.includes('git-receive-pack');
    this.calls.push({ kind: 'git', method, path: url, status: isRefused ? 403 : may ? 200 : 401 });
    await this.#late(method, url);
    if (isRefused) response.writeHead(403).end('This repository was archived so it is read-only.\n');
    else if (may) this.git.serve(request, response, 'x-access-token');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('authentication failed\n');
  }

  /** The repository whose git addresses begin so; none where the app is not installed. */
  #servedAt(url: string): RepositoryState | undefined {
    return this.state.repositories.find(
      ({ owner, name, isInstalled }) => isInstalled && url.startsWith(`/${owner.login}/${name}.git/`),
    );
  }

  async #late(method: string, url: string): Promise<void> {
    const effect = this.faults.take(method, url);
    if (effect !== undefined && 'delayMs' in effect) await delay(effect.delayMs);
  }

  #mayGit(url: string, authorization: string): boolean {
    const encoded = /^basic (.*)$/i.exec(authorization)?.[1] ?? '';
    const [user, secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    const token = this.state.tokens.get(secret);
    const repository = this.#servedAt(url);
    if (user !== 'x-access-token' || repository === undefined || token === undefined || token.revoked) return false;
    if (token.repositoryIds?.includes(repository.id) === false) return false;
    const held = token.permissions['contents'];
    return held === 'write' || (held === 'read' && !url.includes('git-receive-pack'));
  }
}

function emptyState({ appId, webhookSecret, permissions }: Required<Omit<StandInOptions, 'folder'>>): State {
  const manifest = parse(readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8')) as {
    readonly default_permissions: Readonly<Record<string, string>>;
  };
  const granted = Object.entries({ ...manifest.default_permissions, ...permissions }).filter(
    ([, level]) => level !== 'none',
  );
  const bot = { id: 900, login: 'fleet-test[bot]', type: 'Bot' } as const;
  return {
    app: { id: appId, slug: 'fleet-test', permissions: Object.fromEntries(granted) },
    credentials: { client_id: 'Iv1.abc', client_secret: 'shh', webhook_secret: webhookSecret, pem: appPrivateKey },
    bot,
    installation: 77,
    accounts: new Map([[bot.login, bot]]),
    repositories: [],
    tokens: new Map(),
    isKeyRevoked: false,
    lastId: 1000,
  };
}

/** Answers of GitHub carry a mark of what is in them, and whoever has it already gets a 304. */
function conditional(answer: Answer, known: string | undefined): Answer {
  if (answer.status !== 200) return answer;
  const hash = createHash('sha256')
    .update(JSON.stringify([answer.body, answer.headers]))
    .digest('hex');
  const etag = `W/"${hash}"`;
  return known === etag ? { status: 304, headers: { etag } } : { ...answer, headers: { ...answer.headers, etag } };
}

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function match(method: string, path: string): Match | undefined {
  const segments = path.split('/');
  for (const route of routes) {
    const params = route.method === method ? paramsOf(route.path.split('/'), segments) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.startsWith('*')) {
      params[part.slice(1)] = decodeURIComponent(segments.slice(index).join('/'));
      return params;
    }
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return pattern.length === segments.length ? params : undefined;
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Json);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json; charset=utf-8' }), ...headers });
  response.end(body === undefined || isText ? body : JSON.stringify(body));
}
