import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real smart HTTP server in front of bare repositories below `root`, and what it saw. */
export interface GitServer {
  readonly url: string;
  readonly authorizations: Set<string>;
  /** Command lines of all processes while requests were served. */
  readonly commandLines: Set<string>;
  /** Hangs up after git has taken a push, instead of saying so. */
  hangsUp: boolean;
  /** Answers every request instead of git, from now on. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

export async function gitServer(root: string): Promise<GitServer> {
  const authorizations = new Set<string>();
  const commandLines = new Set<string>();
  const server = createServer((request, response) => {
    authorizations.add(request.headers.authorization ?? 'none');
    for (const line of allCommandLines()) commandLines.add(line);
    if (seen.answer === undefined)
      serve(root, request, response, () => seen.hangsUp && request.url?.endsWith('/git-receive-pack'));
    else seen.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seen: GitServer = { url, authorizations, commandLines, hangsUp: false, answer: undefined };
  return seen;
}

function allCommandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It has ended.
        return '';
      }
    });
}

/** Git's own CGI program. */
function serve(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  hangsUp: () => boolean | undefined,
): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://x');
  const child = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_USER: 'fleet',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => request.resume());
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    if (hangsUp() === true) {
      request.socket.destroy();
      return;
    }
    const output = Buffer.concat(chunks);
    const end = output.indexOf('\r\n\r\n');
    const headers = output
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(output.subarray(end + 4));
  });
}
