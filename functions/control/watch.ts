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
  type ActiveBackfill,
  type Backfill,
  type FinishedBackfill,
} from '../../shared/state/backfills.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import { gateAhead, isAnyRunHeld, isAnySourceAsked, lackOf, WaitedInVain } from './patience.ts';

/** The right to do the work of a home, with the dispatcher that hands out its messages. */
export interface Working {
  readonly dispatcher: {
    readonly start: () => void;
    /** Whether a message is being handled at this moment. */
    readonly isBusy?: () => boolean;
    /** The error because of which no more messages are handled here. */
    readonly fault?: () => Error | undefined;
    /** Why a message could not be handled here the last time that happened. */
    readonly lastFailure?: () => string | undefined;
  };
  readonly close: () => Promise<void>;
}

export interface WatchingPorts {
  readonly store: StateStore;
  /** Milliseconds between two reads of the backfill's document. */
  readonly pollMs: number;
  /** Takes over the work of the home. @returns undefined while another process does it */
  readonly openWorker: (what: string) => Promise<Working | undefined>;
  /** The process that does the work; absent where deployed functions do it. */
  readonly holder?: (() => string | undefined) | undefined;
}

export interface RequestingPorts extends WatchingPorts {
  readonly publisher: Publisher;
}

export interface WatchOptions {
  /** The worker of this process, when it has one already. */
  readonly worker?: Working | undefined;
  /** Is called with the backfill each time its document is read, the last time included. */
  readonly onLook?: ((backfill: Backfill) => void) | undefined;
  /** Is called when another process does the work: once, and again each time that nothing has moved for half a minute. */
  readonly onWait?: ((holder: string, isStill: boolean) => void) | undefined;
  /** Milliseconds without any sign of life after which waiting ends. */
  readonly patienceMs?: number | undefined;
}

export interface Finished {
  readonly backfill: FinishedBackfill;
  readonly seconds: number;
}

/** Reads that may fail one after the other before a watcher gives up. */
const FAILED_LOOKS = 60;
/** Milliseconds without any sign of life after which a command ends. */
const PATIENCE_MS = 60_000;
/** The same where this process does all the work and is at work on nothing: longer than any pause before a message comes again. */
const IDLE_MS = 20_000;
/** Milliseconds without a change after which it is looked for a reason, and between two such looks. */
const LOOK_CLOSER_MS = 2000;
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
 * @throws Error when the work in this process has ended because the disk is full or fails
 * @throws WaitedInVain when nothing moves for a minute, no run is held and nobody has paused the backfill; or when all that is
 * left waits for a gate that opens later
 */
export async function watchBackfill(
  ports: WatchingPorts,
  id: string,
  { worker: given, onLook, onWait, patienceMs = PATIENCE_MS }: WatchOptions = {},
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
  const stop = endOfPatience({ store }, id, patienceMs);
  const tellWaiting = waitingTeller(ports, onWait);
  try {
    opened?.dispatcher.start();
    for (;;) {
      const backfill = await look().catch((error: unknown): undefined => {
        // A failed read is no reason to stop: the work goes on in another process.
        failures += 1;
        if (error instanceof RequestError || failures > FAILED_LOOKS) throw error;
        return undefined;
      });
      if (backfill !== undefined) {
        failures = 0;
        onLook?.(backfill);
        if (isFinished(backfill)) return backfill;
      }
      const fault = (given ?? opened)?.dispatcher.fault?.();
      if (fault !== undefined) throw fault;
      if (given === undefined && opened === undefined) tellWaiting(backfill);
      await stop(backfill, (given ?? opened)?.dispatcher);
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

/**
 * Watches for signs of life: the document of the backfill changes, a process holds a run, a message is being handled here, or
 * the backfill is paused.
 * @returns what is to be called after each look; it throws WaitedInVain
 */
function endOfPatience(
  ports: { readonly store: StateStore },
  id: string,
  patienceMs: number,
): (backfill: ActiveBackfill | undefined, own: Working['dispatcher'] | undefined) => Promise<void> {
  let [alive, looked, before] = [Date.now(), Date.now(), ''];
  const give = (text: string): WaitedInVain =>
    new WaitedInVain(
      `The backfill ${id} does not move: ${text}. What is built stays; the same command goes on with the rest`,
    );
  return async (backfill, own) => {
    const now = Date.now();
    const version = versionOf(backfill);
    const isAlive = own?.isBusy?.() === true || version !== before || backfill?.state === 'paused';
    before = version;
    if (isAlive) alive = now;
    if (now - Math.max(alive, looked) < Math.min(LOOK_CLOSER_MS, patienceMs)) return;
    looked = now;
    const gate = backfill === undefined ? undefined : await gateAhead(ports, backfill, new Date(now));
    if (gate !== undefined) throw give(gate);
    // A run that this process holds without being at work on it was given up.
    const isOwn = own?.isBusy !== undefined;
    if (!isOwn && (await isAnyRunHeld(ports, new Date(now)))) alive = now;
    const isFetching = backfill?.stage === 'fetch';
    if (!isOwn && isFetching && (await isAnySourceAsked(ports, id, new Date(now)))) alive = now;
    if (now - alive < (isOwn ? Math.min(IDLE_MS, patienceMs) : patienceMs)) return;
    const why = own?.lastFailure?.();
    const lack = await lackOf(ports, id, backfill, new Date(now));
    throw give(why === undefined ? lack : `${lack}. The last error was: ${why}`);
  };
}

/** A text that differs when the document of a backfill has changed. */
function versionOf(backfill: ActiveBackfill | undefined): string {
  return `${backfill?.updatedAt ?? ''} ${JSON.stringify([backfill?.progress ?? [], backfill?.fetches ?? null])}`;
}

/** Milliseconds without a change after which a person is told again who has the work. */
const STILL_MS = 30_000;

/** Says for whom a command waits; what is returned is called after each look. */
function waitingTeller(
  { holder }: WatchingPorts,
  onWait: WatchOptions['onWait'],
): (backfill: ActiveBackfill | undefined) => void {
  let [told, moved, before] = [0, Date.now(), ''];
  return (backfill) => {
    const version = versionOf(backfill);
    if (version !== before) moved = Date.now();
    before = version;
    const isStill = Date.now() - Math.max(told, moved) > STILL_MS;
    if (told !== 0 && !isStill) return;
    const other = holder?.();
    if (other === undefined) return;
    told = Date.now();
    onWait?.(other, isStill);
  };
}

async function refuseIfSetAside(store: StateStore, messageId: string): Promise<void> {
  for (const { reason } of await deadLetters({ store }, { messageId })) throw new RequestError(reason);
}
