import type { AddressInfo } from 'node:net';
import type { RequestHandler } from 'express';
import { Secret } from '../../src/domain/secret.js';
import type { Repository } from '../../src/domain/forge.js';
import { createGitHub } from '../../src/forge/github/github.js';
import { createServer, listen } from '../../src/ingress/server.js';
import type { Readiness } from '../../src/ingress/health.js';
import type { Delivery } from '../../src/ports/store.js';
import { keepLog, type KeptLog } from '../forge/github-world.js';
import { GitHubStandIn } from '../support/github/stand-in.js';
import type { RepositoryState } from '../support/github/state.js';
import { temporaryFolder } from '../support/temp.js';

/** Fleet's server on a free port, with GitHub in front of it; what it accepts is kept in `kept`. */
export interface TestServer {
  readonly url: string;
  readonly standIn: GitHubStandIn;
  readonly repository: RepositoryState;
  readonly kept: Delivery[];
  readonly log: KeptLog;
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly sink?: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly readiness?: Readiness;
  readonly known?: readonly Repository[];
  readonly withGitHub?: boolean;
  readonly setUp?: RequestHandler;
}

export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { sink, readiness = {}, known = [], withGitHub = true, setUp } = options;
  const log = keepLog();
  const clock = { nowMs: () => Date.UTC(2026, 0, 1) };
  const kept: Delivery[] = [];
  const standIn = await GitHubStandIn.start({ folder: temporaryFolder() });
  const gitHub = await createGitHub({
    appId: standIn.appId,
    privateKey: new Secret(standIn.privateKey),
    webhookSecret: new Secret(standIn.webhookSecret),
    host: standIn.host,
    protocol: 'http',
    spacing: 'off',
    clock,
    log,
  });
  const github = {
    ...{ clock, log, verify: gitHub.verify, parse: gitHub.parse },
    known: () => Promise.resolve(known),
    sink:
      sink ??
      ((deliveries: readonly Delivery[]) => {
        kept.push(...deliveries);
        return Promise.resolve();
      }),
  };
  const app = createServer({
    log,
    readiness,
    ...(withGitHub ? { github } : {}),
    ...(setUp === undefined ? {} : { setUp }),
  });
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  standIn.people.webhookUrl = `${url}/api/github/webhooks`;
  const repository = standIn.addRepository({ path: 'acme/sample', people: { ada: 'write' } });
  return {
    url,
    standIn,
    repository,
    kept,
    log,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await standIn.close();
      standIn.assertNoSurprises();
    },
  };
}
