import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Faults, type Effect, type Fault } from '../github/faults.js';
import { gitHost, type GitHost } from '../github/git-host.js';
import { gitFacts, type GitFacts } from './git-facts.js';
import { answerGraphql } from './graphql.js';
import { People } from './people.js';
import { isRequest } from './review-routes.js';
import { routes } from './routes.js';
import type { Answer, Call, Route } from './routing.js';
import type { Json, Web } from './shapes.js';
import { answerProblems, requestProblems } from './specification.js';
import { accountOf, levels, nextId, type Level, type ProjectState, type State, type Token } from './state.js';

/** One call that came in. */
export interface SeenCall {
  readonly kind: 'rest' | 'git';
  readonly method: string;
  readonly path: string;
  /** 0 where the connection was broken. */
  readonly status: number;
}

export interface Seed {
  /** `group/name` */
  readonly path: string;
  readonly defaultBranch?: string;
  /** None: an empty repository. */
  readonly files?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, Level>>;
}

/**
 * GitLab on a loopback port, over real HTTP: REST v4, GraphQL, git with real repositories, and webhooks. Requests and
 * its own answers are held against GitLab's specification where that has the route, and whatever it would not expect of
 * Fleet is a surprise that fails the test.
 */
export class GitLabStandIn {
  readonly calls: SeenCall[] = [];
  readonly faults = new Faults();
  readonly people: People;
  readonly state: State = emptyState();
  readonly git: GitHost;
  readonly facts: GitFacts;
  readonly token = 'glpat-fleet';
  readonly maintainerToken = 'glpat-maintainer';
  readonly webhookSecret = 'a webhook secret';
  readonly signingKey = `whsec_${Buffer.from('a signing key of thirty-two bytes').toString('base64')}`;
  readonly #surprises: string[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#surprises.push(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
      response.destroy();
    });
  });
  #url = '';

  private constructor(folder: string) {
    this.git = gitHost(folder);
    this.facts = gitFacts(folder);
    this.people = new People(this);
  }

  /** `folder` keeps the git repositories. */
  static async start({ folder }: { readonly folder: string }): Promise<GitLabStandIn> {
    const standIn = new GitLabStandIn(folder);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    standIn.#url = `http://127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`;
    return standIn;
  }

  get web(): Web {
    const { state, git, facts } = this;
    return { state, git, facts, url: this.#url };
  }

  /** Makes a project that Fleet's account is a Developer of. */
  addProject({ path, defaultBranch = 'main', files = {}, members = {} }: Seed): ProjectState {
    const project: ProjectState = {
      ...{ id: nextId(this.state), path, defaultBranch, issues: new Map(), mergeRequests: new Map() },
      ...{ hooks: [], labels: [], pipelines: [], isArchived: false },
      members: new Map<string, Level>([
        [this.state.bot.username, 'developer'],
        ['root', 'maintainer'],
        ...Object.entries(members),
      ]),
    };
    for (const username of Object.keys(members)) accountOf(this.state, username);
    this.git.create(path, defaultBranch, files);
    this.state.projects.push(project);
    return project;
  }

  fail(fault: Fault): void {
    this.faults.add(fault);
  }

  /** Throws when Fleet asked for what it should not, or when a fault never hit. */
  assertNoSurprises(): void {
    const surprises = [...this.#surprises, ...this.faults.left().map((fault) => `fault never hit: ${fault}`)];
    if (surprises.length > 0) throw new Error(`GitLab was surprised:\n  ${surprises.join('\n  ')}`);
  }

  async close(): Promise<void> {
    await this.git.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://stand-in');
    const isGraphql = pathname === '/api/graphql';
    if (!isGraphql && !pathname.startsWith('/api/v4/')) {
      await this.#serveGit(request, response);
      return;
    }
    const path = isGraphql ? '/graphql' : pathname.slice('/api/v4'.length);
    const incoming = { request, method, path, query, body: await readBody(request) };
    const effect = this.faults.take(method, path);
    const work = (): Answer => (isGraphql ? this.#answerGraphql(incoming) : this.#answer(incoming));
    const answer = await this.#spoilt(effect, work);
    this.calls.push({ kind: 'rest', method, path, status: answer?.status ?? 0 });
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

  #answer(incoming: Incoming): Answer {
    const { request, method, path, query, body } = incoming;
    const matched = match(method, path);
    if (matched === undefined) return this.#surprise(404, `no such route: ${method} ${path}`);
    const { route, params } = matched;
    const wrong = [...requestProblemsOf(route, incoming), ...quickActionsIn(body)];
    if (wrong.length > 0) return this.#surprise(400, `${method} ${path}: ${wrong.join(', ')}`);
    const token = this.state.tokens.get(String(request.headers['private-token'] ?? ''));
    if (token === undefined) return this.#surprise(401, `unknown token: ${method} ${path}`);
    if (token.revoked) return { status: 401, body: { message: '401 Unauthorized' } };
    if (!token.scopes.includes('api')) return { status: 403, body: { error: 'insufficient_scope' } };
    const call: Call = {
      web: this.web,
      method,
      params,
      query,
      body,
      address: `${this.#url}/api/v4${path}`,
      token,
    };
    const answer = route.answer(call);
    const own = answerProblems(`${method} ${route.path}`, answer.status, answer.body);
    return own.length === 0 ? answer : this.#surprise(500, `${method} ${path}: the stand-in ${own.join(', ')}`);
  }

  /** Of a token that may not, GraphQL says less than REST. */
  #answerGraphql({ request, method, body }: Incoming): Answer {
    const [, secret = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const token = this.state.tokens.get(secret);
    if (token === undefined || method !== 'POST') return this.#surprise(401, `unknown token: ${method} GraphQL`);
    if (token.revoked || !token.scopes.includes('api')) {
      return { status: 401, body: { errors: [{ message: 'Invalid token' }] } };
    }
    const answer = answerGraphql({ web: this.web, token }, body);
    return typeof answer === 'string' ? this.#surprise(422, `GraphQL: ${answer}`) : answer;
  }

  #surprise(status: number, what: string): Answer {
    this.#surprises.push(what);
    return { status, body: { message: what } };
  }

  /** Of faults git knows late answers alone. */
  async #serveGit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const may = this.#mayGit(url, headers.authorization ?? '');
    const isArchived = this.state.projects.some((each) => each.isArchived && url.startsWith(`/${each.path}.git/`));
    const isRefused = may && isArchived && url.includes('git-receive-pack');
    this.calls.push({ kind: 'git', method, path: url, status: isRefused ? 403 : may ? 200 : 401 });
    await this.#late(method, url);
    if (isRefused) {
      response.writeHead(403).end('You can only download from an archived project.\n');
      return;
    }
    if (may) this.git.serve(request, response, 'oauth2');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"' }).end('HTTP Basic: Access denied\n');
  }

  async #late(method: string, url: string): Promise<void> {
    const effect = this.faults.take(method, url);
    if (effect !== undefined && 'delayMs' in effect) await delay(effect.delayMs);
  }

  #mayGit(url: string, authorization: string): boolean {
    const encoded = /^basic (.*)$/i.exec(authorization)?.[1] ?? '';
    const [user, secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    const token = this.state.tokens.get(secret);
    const project = this.state.projects.find(({ path }) => url.startsWith(`/${path}.git/`));
    if (user !== 'oauth2' || project === undefined || token === undefined || token.revoked) return false;
    const level = levels[project.members.get(token.user.username) ?? 'none'];
    return level >= (url.includes('git-receive-pack') ? levels.developer : levels.reporter);
  }
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
}

function requestProblemsOf({ method, path, fields }: Route, { query, body }: Incoming): readonly string[] {
  const given = Object.fromEntries([...query].map(([name, value]) => [name.replace(/\[\]$/, ''), value]));
  if (fields === undefined) return requestProblems({ operation: `${method} ${path}`, query: given, body });
  return [...Object.keys(given), ...Object.keys(body)]
    .filter((name) => !fields.includes(name))
    .map((name) => `unknown field ${name}`);
}

/** Where GitLab would do something instead of showing it. */
function quickActionsIn(body: Json): readonly string[] {
  return [body['body'], body['description']]
    .flatMap((text) => (typeof text === 'string' && !isRequest(text) ? text.split('\n') : []))
    .filter((line) => line.trimStart().startsWith('/'))
    .map((line) => `a quick action: ${line}`);
}

function emptyState(): State {
  const bot = { id: 900, username: 'project_1_bot_fleet' };
  const root = { id: 1, username: 'root' };
  const token = (user: Token['user']): Token => ({ user, scopes: ['api'], revoked: false });
  return {
    bot,
    accounts: new Map([bot, root].map((account) => [account.username, account])),
    projects: [],
    tokens: new Map([
      ['glpat-fleet', token(bot)],
      ['glpat-maintainer', token(root)],
    ]),
    lastId: 1000,
  };
}

function match(
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    const pattern = route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const found = route.method === method ? new RegExp(`^${pattern}$`).exec(path) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { route, params: Object.fromEntries(params) as Readonly<Record<string, string>> };
  }
  return undefined;
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Json);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  const isLog = headers['content-type'] === 'text/plain';
  response.end(body === undefined || isLog ? body : JSON.stringify(body));
}
