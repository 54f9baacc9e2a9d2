import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import type { ForgeEvent, ForgeName, Repository } from '../domain/forge.js';
import type { Clock, Log } from '../ports.js';
import type { Delivery } from '../ports/store.js';

/** Forges send at most 25 MB. */
export const limitBytes = 25 * 1024 * 1024;

/** What a forge's deliveries need to be taken in. */
export interface Intake<Received> {
  readonly clock: Clock;
  readonly log: Log;
  /** Repositories that Fleet has heard of. */
  readonly known: () => Promise<readonly Repository[]>;
  /** Fleet's words for an authentic delivery; a `ZodError` for a shape that it does not know. */
  readonly parse: (delivery: Received) => readonly ForgeEvent[];
  /** Stores and queues; once it resolves, the delivery is acknowledged, so it must be kept by then. */
  readonly sink: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** What an answer says; `error` is for whoever reads the forge's list of deliveries. */
export interface Answer {
  readonly status: 202 | 400 | 401 | 503;
  readonly body: { readonly accepted: number } | { readonly error: string };
}

/** An authentic delivery with its id; `read` gives what the forge's parser wants. */
interface Arrived<Received> {
  readonly source: ForgeName;
  readonly id: string;
  /** The forge's word for what it is. */
  readonly event: string;
  readonly read: (receivedAtMs: number) => Promise<Received>;
}

/** What could not be kept is shown as failed in the forge's list of deliveries, and found by the resync. */
export async function keep<Received>(intake: Intake<Received>, arrived: Arrived<Received>): Promise<Answer> {
  const { source, id } = arrived;
  try {
    const receivedAtMs = intake.clock.nowMs();
    const events = understand(intake, await arrived.read(receivedAtMs), arrived);
    const deliveries = events.map((event, index): Delivery => ({
      source,
      delivery: index === 0 ? id : `${id}.${index}`,
      event,
      atMs: receivedAtMs,
    }));
    if (deliveries.length > 0) await intake.sink(deliveries);
    return { status: 202, body: { accepted: deliveries.length } };
  } catch (error) {
    const isBug = !(error instanceof Failure);
    intake.log[isBug ? 'error' : 'warn']({ delivery: id, error }, 'delivery not kept');
    return refusal(503, 'the delivery could not be kept: redeliver it, or wait for the resync');
  }
}

/** A delivery of a shape that Fleet does not know is authentic all the same, and nothing that the sender could mend. */
function understand<Received>(
  { parse, log }: Intake<Received>,
  delivery: Received,
  { id, event }: { readonly id: string; readonly event: string },
): readonly ForgeEvent[] {
  try {
    return parse(delivery);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    log.warn({ delivery: id, event, problems: z.prettifyError(error) }, 'delivery not understood');
    return [];
  }
}

/** Undefined for what is no JSON; `null` in a body is as little an object. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return (JSON.parse(bytes.toString()) as unknown) ?? undefined;
  } catch {
    // The caller tells the sender or the log.
    return undefined;
  }
}

export function refusal(status: 400 | 401 | 503, error: string): Answer {
  return { status, body: { error } };
}
