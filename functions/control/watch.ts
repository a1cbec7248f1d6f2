/** Publishes a backfill request and waits until the backfill has ended, whichever process does the work. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import {
  isFinished,
  readBackfill,
  type Backfill,
  type FinishedBackfill,
} from '../../shared/state/backfills.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';

/** The right to do the work of a home, with the dispatcher that hands out its messages. */
export interface Working {
  readonly dispatcher: { readonly start: () => void };
  readonly close: () => Promise<void>;
}

export interface WatchingPorts {
  readonly store: StateStore;
  /** Milliseconds between two reads of the backfill's document. */
  readonly pollMs: number;
  /** Takes over the work of the home. @returns undefined while another process does it */
  readonly openWorker: (what: string) => Promise<Working | undefined>;
}

export interface RequestingPorts extends WatchingPorts {
  readonly publisher: Publisher;
}

export interface WatchOptions {
  /** The worker of this process, when it has one already. */
  readonly worker?: Working | undefined;
  /** Is called with the backfill each time its document is read, the last time included. */
  readonly onLook?: ((backfill: Backfill) => void) | undefined;
}

export interface Finished {
  readonly backfill: FinishedBackfill;
  readonly seconds: number;
}

/** Reads that may fail one after the other before a watcher gives up. */
const FAILED_LOOKS = 60;
/** Milliseconds between two tries to take over the work, in case the process that does it has ended. */
const TAKE_OVER_MS = 1500;

/** Publishes the request. @returns the id of the backfill and of the message */
export async function publishRequest(
  { publisher }: { readonly publisher: Publisher },
  request: BackfillRequest,
): Promise<{ id: string; messageId: string }> {
  const requestId = request.requestId ?? `cli-${randomUUID()}`;
  const messageId = await publisher.publish(
    BACKFILL_REQUEST_TOPIC,
    JSON.stringify({ requestedBy: 'cli', ...request, requestId }),
  );
  return { id: backfillIdOf({ ...request, requestId }, messageId), messageId };
}

/**
 * Publishes the request and waits until the backfill has ended.
 * @throws RequestError with the reason when the request was set aside
 */
export async function runBackfill(
  ports: RequestingPorts,
  request: BackfillRequest,
  options: WatchOptions = {},
): Promise<Finished> {
  const started = Date.now();
  const { id, messageId } = await publishRequest(ports, request);
  const backfill = await watchBackfill(ports, id, options, messageId);
  return { backfill, seconds: (Date.now() - started) / 1000 };
}

/**
 * Waits until the backfill has ended. When the process that does the work ends before that, this process takes the work over.
 * @param messageId of a request that may be set aside instead of becoming a backfill
 */
export async function watchBackfill(
  ports: WatchingPorts,
  id: string,
  { worker: given, onLook }: WatchOptions = {},
  messageId?: string,
): Promise<FinishedBackfill> {
  const { store, pollMs, openWorker } = ports;
  let opened = given === undefined ? await openWorker('backfill') : undefined;
  let lastTry = Date.now();
  let failures = 0;
  const look = async (): Promise<Backfill | undefined> => {
    const found = await readBackfill({ store }, id);
    if (messageId === undefined || found?.messageId === messageId) return found;
    await refuseIfSetAside(store, messageId);
    // A refused backfill of an earlier message: this message has not been answered yet.
    return found?.state === 'refused' ? undefined : found;
  };
  try {
    opened?.dispatcher.start();
    for (;;) {
      const backfill = await look().catch((error: unknown) => {
        // A failed read is no reason to stop: the work goes on in another process.
        failures += 1;
        if (error instanceof RequestError || failures > FAILED_LOOKS) throw error;
      });
      if (backfill !== undefined) {
        failures = 0;
        onLook?.(backfill);
        if (isFinished(backfill)) return backfill;
      }
      await sleep(pollMs);
      if (given === undefined && opened === undefined && Date.now() - lastTry > TAKE_OVER_MS) {
        lastTry = Date.now();
        opened = await openWorker('backfill');
        opened?.dispatcher.start();
      }
    }
  } finally {
    await opened?.close();
  }
}

async function refuseIfSetAside(store: StateStore, messageId: string): Promise<void> {
  for (const { reason } of await deadLetters({ store }, { messageId })) throw new RequestError(reason);
}
