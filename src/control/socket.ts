import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure, retryLater, type FailureReason } from '../domain/failure.js';
import { controlRequest, type Control } from './request.js';

/** The kernel takes no longer path for a socket (`sun_path`, less a byte for systems with 104). */
const longestPath = 103;
const largestBodyBytes = 4 * 1024 * 1024;

const answered = z.union([
  z.object({ answer: z.unknown() }),
  z.object({
    failure: z.object({ message: z.string(), reason: z.custom<FailureReason>((value) => typeof value === 'object') }),
  }),
]);

/** What listens; `close` ends what is being answered and removes the socket. */
export interface ControlSocket {
  close(): Promise<void>;
}

/**
 * Serves the control on a socket in the data folder that only its owner can reach. Undefined when another process of
 * the same folder serves already; a socket that nobody listens on any more is replaced.
 */
export async function serveControl(control: Control, dataFolder: string): Promise<ControlSocket | undefined> {
  if ((await connectControl(dataFolder)) !== undefined) return undefined;
  const folder = join(dataFolder, 'control');
  await rm(folder, { recursive: true, force: true });
  // The folder's mode guards the socket in the moment before its own is set.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inside = join(folder, 'socket');
  const elsewhere = inside.length > longestPath ? await mkdtemp(join(tmpdir(), 'fleet-')) : undefined;
  const path = elsewhere === undefined ? inside : join(elsewhere, 'socket');
  if (elsewhere !== undefined) await writeFile(join(folder, 'elsewhere'), path, { mode: 0o600 });
  const server = createServer((request, response) => void answer(control, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
      if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true });
    },
  };
}

/** The control of the Fleet that holds this data folder, or undefined when none runs there. */
export async function connectControl(dataFolder: string): Promise<Control | undefined> {
  const path = socketPath(dataFolder);
  if (path === undefined) return undefined;
  const control: Control = async (request) => {
    const { status, body } = await exchange(path, JSON.stringify(request));
    const read = answered.safeParse(parsed(body));
    if (!read.success) throw retryLater(`the running Fleet gave no answer that is understood (${status}): see its log`);
    if ('failure' in read.data) throw new Failure(read.data.failure.message, read.data.failure.reason);
    // Both ends are the same program; the envelope was checked.
    return read.data.answer as never;
  };
  return (await responds(control)) ? control : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not from Fleet: told by what is made of undefined.
    return undefined;
  }
}

async function responds(control: Control): Promise<boolean> {
  try {
    await control({ op: 'server' });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}

function socketPath(dataFolder: string): string | undefined {
  const folder = join(dataFolder, 'control');
  const inside = join(folder, 'socket');
  const pointer = join(folder, 'elsewhere');
  const path = existsSync(pointer) ? readFileSync(pointer, 'utf8') : inside;
  return existsSync(path) ? path : undefined;
}

async function answer(control: Control, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    const read = controlRequest.safeParse(parsed(await bodyOf(request)));
    if (!read.success)
      throw new Failure(z.prettifyError(read.error), {
        kind: 'needsPerson',
        obstacle: { kind: 'configurationBroken', details: [] },
      });
    send(200, { answer: await control(read.data) });
  } catch (error) {
    if (error instanceof Failure) send(400, { failure: { message: error.message, reason: error.reason } });
    else send(500, {});
  }
}

async function bodyOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > largestBodyBytes) throw retryLater('the request is larger than 4 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function exchange(socketPath: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest({ socketPath, method: 'POST', path: '/' }, resolve).once('error', reject).end(body);
    });
    return { status: response.statusCode ?? 0, body: await bodyOf(response) };
  } catch (error) {
    throw retryLater('the running Fleet does not answer on its socket', undefined, error);
  }
}
