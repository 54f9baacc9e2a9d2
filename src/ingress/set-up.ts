import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RequestHandler } from 'express';
import type { Log } from '../ports.js';

export interface SetUpOptions {
  /** Where the credentials go, e.g. `.env` in the working directory, which is read at the next start. */
  readonly envFile: string;
  readonly log: Log;
  /** Told once the credentials are written: a restart makes them count. */
  readonly done: () => void;
}

type Page = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
type Values = Readonly<Record<string, string>>;

/** What of probot serves the set-up. It is not exported, so it is reached by its file. */
interface SetUpModule {
  readonly setupAppFactory: (options: object) => () => Promise<Page>;
}
interface StaticModule {
  readonly staticFilesHandler: Page;
}

/** Probot reads what is posted to its pages whole. */
const limitBytes = 100_000;

/** Probot's pages have inline script and style, and a form that goes to GitHub. */
const pagePolicy = "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/**
 * Probot's pages for setting up the GitHub App: `/` and `/probot` show them, GitHub sends people back to
 * `/probot/setup`, and `/probot/import` takes an app that is there already. Whoever comes first sets the app up; once
 * that is done, the pages are gone. They need no network before a person leaves for GitHub: probot's own smee.io proxy
 * is not started.
 */
export async function setUpPages(options: SetUpOptions): Promise<RequestHandler> {
  const { setupAppFactory } = (await probotFile('apps/setup.js')) as SetUpModule;
  const { staticFilesHandler } = (await probotFile('server/handlers/static-files.js')) as StaticModule;
  let isDone = false;
  const updateEnv = (values: Values): void => {
    keepValues(options.envFile, values);
    isDone = true;
    options.log.info({ file: options.envFile }, 'github app set up, restart to use it');
    options.done();
  };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const page = await setupAppFactory({ host: '', log: quiet, updateEnv, SmeeClient: noProxy })();
  return async (request, response, next) => {
    if (isDone && request.path !== '/probot/success' && !request.path.startsWith('/probot/static/')) {
      next();
      return;
    }
    if (request.method === 'POST' && Number(request.get('content-length') ?? Infinity) > limitBytes) {
      response.status(413).json({ error: 'the body is larger than a private key can be' });
      return;
    }
    response.set('content-security-policy', pagePolicy);
    try {
      if (!((await staticFilesHandler(request, response)) || (await page(request, response)))) next();
    } catch (error) {
      options.log.warn({ error, path: request.path }, 'set-up failed');
      // A broken body, or GitHub refused or could not be reached; probot tells one from the other by words only.
      response.status(400).json({ error: 'the set-up could not be finished: go back to /probot and begin again' });
    }
  };
}

/** Throws, which probot takes for "no proxy there". */
const noProxy = {
  createChannel: () => {
    throw new Error('Fleet starts no proxy');
  },
};

async function probotFile(name: string): Promise<unknown> {
  const home = dirname(createRequire(import.meta.url).resolve('probot'));
  return import(pathToFileURL(join(home, name)).href) as Promise<unknown>;
}

/** Replaces the lines of these variables and keeps the others; for the owner's eyes only, unlike probot's own. */
function keepValues(file: string, values: Values): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const kept = before.filter((line) => line !== '' && !Object.keys(values).some((name) => line.startsWith(`${name}=`)));
  const added = Object.entries(values).map(([name, value]) => `${name}=${value.replaceAll('\n', '\\n')}`);
  writeFileSync(file, [...kept, ...added, ''].join('\n'), { mode: 0o600 });
  chmodSync(file, 0o600);
}
