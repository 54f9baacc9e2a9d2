import { createHash } from 'node:crypto';
import { raw, Router, type Request } from 'express';
import type { Repository } from '../domain/forge.js';
import { keep, limitBytes, parseJson, refusal, type Answer, type Intake } from './intake.js';

/** An authentic delivery, before anything in it was understood. */
interface Received {
  readonly payload: unknown;
  readonly receivedAtMs: number;
  /** Asked for deliveries of groups and instances. */
  readonly known: readonly Repository[];
}

/** What a delivery shows about where it comes from; empty where a header is missing. */
interface Shown {
  readonly token: string;
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** How GitLab's deliveries come in. */
export interface GitLabIngress extends Intake<Received> {
  /** True when these bytes come from a webhook that Fleet shares a secret with. */
  readonly verify: (body: Buffer, shown: Shown) => boolean;
}

/**
 * Takes webhooks: raw body first, then the secret or the signature, and only then anything that is in them. GitLab
 * switches a webhook off that is refused, so every authentic delivery is acknowledged, understood or not.
 */
export function gitlabRoutes(ingress: GitLabIngress): Router {
  const router = Router();
  const body = raw({ type: () => true, limit: limitBytes, inflate: false });
  router.post('/api/gitlab/webhooks', body, async (request, response) => {
    const answer = await receive(ingress, request);
    response.status(answer.status).json(answer.body);
  });
  return router;
}

async function receive(ingress: GitLabIngress, request: Request): Promise<Answer> {
  const body: unknown = request.body;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const header = (name: string): string => request.get(name) ?? '';
  const shown: Shown = {
    token: header('x-gitlab-token'),
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  };
  if (!ingress.verify(bytes, shown)) {
    return refusal(401, 'the secret token or the signature is missing or wrong: compare the webhook secrets');
  }
  const event = header('x-gitlab-event');
  const known = async (): Promise<readonly Repository[]> =>
    /^(?:System|Project) Hook$/.test(event) ? ingress.known() : Promise.resolve([]);
  return keep(ingress, {
    ...{ source: 'gitlab', id: deliveryOf(header, bytes), event },
    read: async (receivedAtMs) => ({ payload: parseJson(bytes), receivedAtMs, known: await known() }),
  });
}

/** What stays the same when a delivery comes again. `X-Gitlab-Webhook-UUID` names the webhook, not the delivery. */
function deliveryOf(header: (name: string) => string, bytes: Buffer): string {
  const named = ['idempotency-key', 'webhook-id', 'x-gitlab-event-uuid'].map(header).find((value) => value !== '');
  return named ?? createHash('sha256').update(bytes).digest('hex');
}
