import { raw, Router, type Request } from 'express';
import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import type { ForgeEvent, Repository } from '../domain/forge.js';
import type { Clock, Delivery, Log } from '../ports.js';

/** An authentic delivery, before anything in it was understood. */
interface Received {
  readonly event: string;
  readonly payload: unknown;
  readonly receivedAtMs: number;
  readonly known: readonly Repository[];
}

/** How GitHub's deliveries come in. */
export interface GitHubIngress {
  readonly clock: Clock;
  readonly log: Log;
  /** True when the signature belongs to these bytes. */
  readonly verify: (body: Buffer, signature: string) => Promise<boolean>;
  /** Repositories that Fleet has heard of, asked for deliveries about an installation. */
  readonly known: () => Promise<readonly Repository[]>;
  /** Fleet's words for an authentic delivery; a `ZodError` for a shape that it does not know. */
  readonly parse: (delivery: Received) => readonly ForgeEvent[];
  /** Stores and queues; once it resolves, the delivery is acknowledged, so it must be kept by then. */
  readonly sink: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** GitHub sends at most 25 MB. */
const limitBytes = 25 * 1024 * 1024;

/** An app that probot's set-up registered delivers to `/`: its manifest says so. */
const paths = ['/api/github/webhooks', '/'];

/** What an answer says; `error` is for whoever reads GitHub's list of deliveries. */
interface Answer {
  readonly status: 202 | 400 | 401 | 503;
  readonly body: { readonly accepted: number } | { readonly error: string };
}

/** Takes webhooks: raw body first, then the signature, and only then anything that is in them. */
export function githubRoutes(ingress: GitHubIngress): Router {
  const router = Router();
  // Inflating is off: GitHub does not compress, and a small body must not become a large one.
  router.post(paths, raw({ type: () => true, limit: limitBytes, inflate: false }), async (request, response) => {
    const answer = await receive(ingress, request);
    response.status(answer.status).json(answer.body);
  });
  return router;
}

async function receive(ingress: GitHubIngress, request: Request): Promise<Answer> {
  const body: unknown = request.body;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const signature = request.get('x-hub-signature-256') ?? '';
  if (!(await ingress.verify(bytes, signature))) {
    return refusal(401, 'the signature (X-Hub-Signature-256) is missing or wrong: compare the webhook secrets');
  }
  const event = request.get('x-github-event') ?? '';
  const id = request.get('x-github-delivery') ?? '';
  if (event === '' || id === '') return refusal(400, 'X-GitHub-Event and X-GitHub-Delivery are needed');
  const payload = parseJson(bytes);
  if (payload === undefined)
    return refusal(400, 'the body is not JSON: set the webhook’s content type to application/json');
  return keep(ingress, { id, event, payload });
}

/** GitHub does not deliver again by itself: what could not be kept is shown there as failed, and found by the resync. */
async function keep(
  ingress: GitHubIngress,
  { id, event, payload }: { readonly id: string; readonly event: string; readonly payload: unknown },
): Promise<Answer> {
  try {
    const receivedAtMs = ingress.clock.nowMs();
    const known = event.startsWith('installation') ? await ingress.known() : [];
    const events = understand(ingress, { event, payload, receivedAtMs, known }, id);
    const deliveries = events.map((each, index): Delivery => ({
      source: 'github',
      delivery: index === 0 ? id : `${id}.${index}`,
      event: each,
      atMs: receivedAtMs,
    }));
    if (deliveries.length > 0) await ingress.sink(deliveries);
    return { status: 202, body: { accepted: deliveries.length } };
  } catch (error) {
    const isBug = !(error instanceof Failure);
    ingress.log[isBug ? 'error' : 'warn']({ delivery: id, error }, 'delivery not kept');
    return refusal(503, 'the delivery could not be kept: redeliver it, or wait for the resync');
  }
}

/** A delivery of a shape that Fleet does not know is authentic all the same, and nothing that the sender could mend. */
function understand({ parse, log }: GitHubIngress, delivery: Received, id: string): readonly ForgeEvent[] {
  try {
    return parse(delivery);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    log.warn({ delivery: id, event: delivery.event, problems: z.prettifyError(error) }, 'delivery not understood');
    return [];
  }
}

/** Undefined for what is no JSON; `null` in a body is as little an object. */
function parseJson(bytes: Buffer): unknown {
  try {
    return (JSON.parse(bytes.toString()) as unknown) ?? undefined;
  } catch {
    // The sender is told.
    return undefined;
  }
}

function refusal(status: 400 | 401 | 503, error: string): Answer {
  return { status, body: { error } };
}
