import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../domain/secret.js';

/** What a delivery shows about where it comes from; empty where a header is missing. */
export interface Credentials {
  /** `X-Gitlab-Token`. */
  readonly token: string;
  /** `webhook-id`, `webhook-timestamp` (in seconds) and `webhook-signature`, of webhooks that are signed. */
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** What an authentic delivery must show; without either, none is authentic. */
export interface Shared {
  readonly webhookSecret?: Secret;
  readonly webhookSigningKey?: Secret;
}

/** How far a signature's time may be from now: older ones may be replayed by whoever has seen them. */
const toleranceMs = 5 * 60_000;

/** True when the delivery comes from a webhook that Fleet shares a secret with; compared in constant time. */
export function isAuthentic(body: Buffer, shown: Credentials, shared: Shared, nowMs: number): boolean {
  const { webhookSecret, webhookSigningKey } = shared;
  // A webhook may show both; then the signature, which covers the body, decides.
  if (webhookSigningKey !== undefined && shown.signature !== '') return isSigned(body, shown, webhookSigningKey, nowMs);
  return webhookSecret !== undefined && shown.token !== '' && isSame(shown.token, webhookSecret.reveal());
}

/** Standard Webhooks: `v1,<base64>` of HMAC-SHA256 over id, time and body; several signatures while keys change. */
function isSigned(body: Buffer, { id, timestamp, signature }: Credentials, key: Secret, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - nowMs) > toleranceMs) return false;
  const bytes = Buffer.from(key.reveal().replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return signature.split(' ').some((each) => isSame(each, `v1,${expected}`));
}

/** Hashed first, so that the time says nothing of the length either. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
