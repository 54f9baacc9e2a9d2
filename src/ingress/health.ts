import { Router } from 'express';

/** Asked on every `GET /readyz`; what rejects or is false is not ready. */
export type Readiness = Readonly<Record<string, () => Promise<boolean>>>;

/** How long one answer may take, in ms. */
const patienceMs = 2000;

/** `GET /healthz`: the process lives. `GET /readyz`: it can work; 503 names what cannot. */
export function healthRoutes(readiness: Readiness): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const answers = await Promise.all(
      Object.entries(readiness).map(async ([name, ask]) => ((await isReady(ask)) ? [] : [name])),
    );
    const notReady = answers.flat();
    const ready = notReady.length === 0;
    response.status(ready ? 200 : 503).json(ready ? { status: 'ready' } : { status: 'not ready', notReady });
  });
  return router;
}

async function isReady(ask: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMs, false);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    // Whatever is wrong, the answer is the same; the part itself logs its trouble.
    return false;
  } finally {
    clearTimeout(timer);
  }
}
