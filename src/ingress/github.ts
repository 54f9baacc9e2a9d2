import { raw, Router, type Request } from 'express';
import type { Repository } from '../domain/forge.js';
import { keep, limitBytes, parseJson, refusal, type Answer, type Intake } from './intake.js';

/** An authentic delivery, before anything in it was understood. */
interface Received {
  readonly event: string;
  readonly payload: unknown;
  readonly receivedAtMs: number;
  /** Asked for deliveries about an installation. */
  readonly known: readonly Repository[];
}

/** How GitHub's deliveries come in. */
export interface GitHubIngress extends Intake<Received> {
  /** True when the signature belongs to these bytes. */
  readonly verify: (body: Buffer, signature: string) => Promise<boolean>;
}

/** An app that probot's set-up registered delivers to `/`: its manifest says so. */
const paths = ['/api/github/webhooks', '/'];

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
  const known = async (): Promise<readonly Repository[]> =>
    event.startsWith('installation') ? ingress.known() : Promise.resolve([]);
  return keep(ingress, {
    ...{ source: 'github', id, event },
    read: async (receivedAtMs) => ({ event, payload, receivedAtMs, known: await known() }),
  });
}
