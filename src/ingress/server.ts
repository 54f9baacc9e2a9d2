import { createServer as createHttpServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Log } from '../ports.js';
import { healthRoutes, type Readiness } from './health.js';
import { githubRoutes, type GitHubIngress } from './github.js';
import { gitlabRoutes, type GitLabIngress } from './gitlab.js';

/** What the server answers with. */
export interface ServerOptions {
  readonly log: Log;
  readonly readiness: Readiness;
  /** Left out while GitHub is not set up. */
  readonly github?: GitHubIngress;
  /** Left out while GitLab is not set up. */
  readonly gitlab?: GitLabIngress;
  /** Probot's pages, which lead through the set-up of a GitHub App; left out once that is done. */
  readonly setUp?: RequestHandler;
}

/** Fleet's HTTP server: health, webhooks, and the set-up of the GitHub App. Errors are told without their stack. */
export function createServer(options: ServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(secured);
  app.use(healthRoutes(options.readiness));
  if (options.github !== undefined) app.use(githubRoutes(options.github));
  if (options.gitlab !== undefined) app.use(gitlabRoutes(options.gitlab));
  if (options.setUp !== undefined) app.use(options.setUp);
  app.use((request, response) => {
    response.status(404).json({ error: notThere(request.path) });
  });
  app.use(toAnswer(options.log));
  return app;
}

/** Listens, and resolves with the server once it does; `port` 0 takes a free one. Rejects as Node does, e.g. `EADDRINUSE`. */
export async function listen(app: Express, { port, host }: { port: number; host?: string }): Promise<Server> {
  const server = createHttpServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
  return server;
}

const secured: RequestHandler = (_request, response, next) => {
  response.set({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  next();
};

function notThere(path: string): string {
  return unserved.get(path) ?? 'not found';
}

const unserved: ReadonlyMap<string, string> = new Map([
  ['/api/github/webhooks', 'GitHub is not set up: open / to set it up'],
  ['/api/gitlab/webhooks', 'GitLab is not set up: set GITLAB_TOKEN'],
  ['/api/sentry/webhooks', 'not built yet'],
]);

/** What body parsing and routing refuse carries its 4xx status; the rest is a bug. */
function toAnswer(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
    if (status >= 400 && status < 500) {
      response.status(status).json({ error: refusals.get(status) ?? 'bad request' });
      return;
    }
    log.error({ error }, 'request failed');
    response.status(500).json({ error: 'internal error' });
  };
}

const refusals: ReadonlyMap<number, string> = new Map([
  [413, 'the body is larger than 25 MB'],
  [415, 'send the body without content encoding'],
]);
