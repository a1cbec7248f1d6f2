/** Publishes a request and watches the backfill it makes, in whichever process the work is done. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import {
  isFinished,
  readBackfill,
  type Backfill,
  type FinishedBackfill,
} from '../../shared/state/backfills.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import { progressDisplay } from './progress.ts';

/** Looks that may fail one after the other before a watcher gives up. */
const LOOKS_IN_VAIN = 60;
/** How often a watcher looks whether the process that does the work is gone. */
const TAKE_OVER_MS = 1500;

export interface WatchOptions {
  /** Show nothing while watching. */
  readonly quiet?: boolean;
  readonly worker?: Worker | undefined;
  readonly title?: string;
}

export interface Finished {
  readonly backfill: FinishedBackfill;
  readonly seconds: number;
}

/** Publishes the request. @returns the id of the backfill and of the message */
export async function publishRequest(
  client: Client,
  request: BackfillRequest,
): Promise<{ id: string; messageId: string }> {
  const requestId = request.requestId ?? `cli-${randomUUID()}`;
  const messageId = await client.publisher.publish(
    BACKFILL_REQUEST_TOPIC,
    JSON.stringify({ requestedBy: 'cli', ...request, requestId }),
  );
  return { id: backfillIdOf({ ...request, requestId }, messageId), messageId };
}

/**
 * Publishes the request and stays until it has ended. Works whether this process or another does the work, and takes
 * over when the other ends.
 * @throws RequestError with the reason when the request was set aside
 */
export async function runBackfill(
  client: Client,
  request: BackfillRequest,
  options: WatchOptions = {},
): Promise<Finished> {
  const started = Date.now();
  const { id, messageId } = await publishRequest(client, request);
  const backfill = await watchBackfill(client, id, options, messageId);
  return { backfill, seconds: (Date.now() - started) / 1000 };
}

/** Stays until the backfill has ended. */
export async function watchBackfill(
  client: Client,
  id: string,
  options: WatchOptions = {},
  messageId?: string,
): Promise<FinishedBackfill> {
  let worker = options.worker ?? (await client.openWorker('backfill'));
  const ours = worker !== undefined && worker !== options.worker;
  const display = progressDisplay(
    options.quiet === true ? 'off' : process.stderr.isTTY ? 'bars' : 'lines',
    options.title,
  );
  let opened = ours;
  let lastLook = Date.now();
  let failures = 0;
  const look = async (): Promise<Backfill | undefined> => {
    const found = await readBackfill(client, id);
    if (found === undefined && messageId !== undefined) await refuseIfSetAside(client, messageId);
    return found;
  };
  try {
    if (ours) worker?.dispatcher.start();
    for (;;) {
      const backfill = await look().catch((error: unknown) => {
        // The work goes on elsewhere while the documents cannot be read from here.
        failures += 1;
        if (error instanceof RequestError || failures > LOOKS_IN_VAIN) throw error;
      });
      if (backfill !== undefined) {
        failures = 0;
        display.show(backfill);
        if (isFinished(backfill)) return backfill;
      }
      await sleep(client.pollMs);
      if (worker === undefined && Date.now() - lastLook > TAKE_OVER_MS) {
        lastLook = Date.now();
        worker = await client.openWorker('backfill');
        opened = worker !== undefined;
        worker?.dispatcher.start();
      }
    }
  } finally {
    display.end();
    if (opened) await worker?.close();
  }
}

async function refuseIfSetAside(client: Client, messageId: string): Promise<void> {
  for (const { reason } of await deadLetters(client, { messageId })) throw new RequestError(reason);
}
