// The least that a receiver of webhooks does: express, the raw body, its HMAC, an answer. Prints its port.
import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';

const app = express();
app.post('/', express.raw({ type: () => true, limit: '25mb' }), (request, response) => {
  const expected = `sha256=${createHmac('sha256', process.env.WEBHOOK_SECRET).update(request.body).digest('hex')}`;
  const given = request.get('x-hub-signature-256') ?? '';
  const same = given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  response.status(same ? 202 : 401).json({ accepted: same ? 1 : 0 });
});
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
