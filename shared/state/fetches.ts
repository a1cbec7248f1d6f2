/** The one writer of fetches: what was asked of which source about which date, why, and what became of it. */
import * as z from 'zod';
import { OCCASIONS, TARGETS, type Occasion, type Target } from '../domain/fetch.ts';
import type { GameDate } from '../domain/game-date.ts';
import type { Mode } from '../domain/partition.ts';
import { SCHEMA_VERSION, type FetchRequested } from '../messages/schemas.ts';
import type { DocumentPorts } from '../ports/index.ts';
import { gameDateField, paths } from './documents.ts';
import { intendFetch } from './outbox.ts';
import { readerOf } from './stored.ts';

const text = z.string();
const target = z.enum(TARGETS);
const ask = z
  .object({
    askId: text,
    source: text,
    targets: z.array(target).readonly(),
    /** The source in whose place it is asked. */
    fallbackFor: text.nullable(),
    askedAt: text,
    /** Until when a process may be asking; nobody else asks before. Absent while nobody does, and in live fetches. */
    heldUntil: text.exactOptional(),
    finishedAt: text.nullable(),
    /** The worst that became of one of its questions; null while it is asked, and when there was nothing to ask. */
    status: text.nullable(),
    failed: z.array(target).readonly(),
    uncovered: z.array(target).readonly(),
    /** Answers that are archived. */
    entries: z.int(),
    seconds: z.number(),
    credits: z.number().nullable(),
    /** The first questions without a sound answer, one line each. */
    details: z.array(text).readonly(),
  })
  .readonly();
/** One source that is asked within a fetch. */
export type FetchAsk = z.infer<typeof ask>;

const fetchDocument = z
  .object({
    fetchId: text,
    date: gameDateField,
    occasion: z.enum(OCCASIONS),
    /** When it was due. */
    at: text,
    requestedAt: text,
    /** For each target the sources in the order in which they are asked; null until the fetch is opened. */
    orders: z.partialRecord(target, z.array(text).readonly()).readonly().nullable(),
    /** The sources that could be asked when it was opened. */
    on: z.array(text).readonly(),
    asks: z.array(ask).readonly(),
    /** Whether something is not known yet, as of a game that is being played. */
    isWaiting: z.boolean(),
    finishedAt: text.nullable(),
    /** Whether everything was told for which a source is on. */
    isAnswered: z.boolean(),
    /** What nobody has told. */
    unanswered: z.array(target).readonly(),
    /** The backfill that wants to know; absent for a live fetch. */
    backfillId: text.exactOptional(),
    /** What it wants to know of the date; absent for everything that belongs to the occasion. */
    targets: z.array(target).readonly().exactOptional(),
    /**
     * What another source has told before in the place of the first ones, each with that source. Only those before it in the order are
     * asked again.
     */
    before: z.partialRecord(target, text).readonly().exactOptional(),
    /** For a backfill: whether something is still to be asked. */
    isOpen: z.boolean().exactOptional(),
  })
  .readonly();
/** `fetches/{fetchId}`. */
export type FetchDocument = z.infer<typeof fetchDocument>;

const fetches = readerOf<FetchDocument>(fetchDocument);

type Ports = Pick<DocumentPorts, 'store' | 'clock'>;

/** What was told, each with the source that has told it. */
export type Told = Readonly<Partial<Record<Target, string>>>;

/** A fetch that is due. */
export interface DueFetch {
  readonly date: GameDate;
  readonly occasion: Occasion;
  readonly at: Date;
  /** What of its occasion is asked about; absent for everything. */
  readonly targets?: readonly Target[];
  /** What was told by another source in the place of the first ones, each with that source; only those before it are asked. */
  readonly before?: Told;
  /** The backfill that wants to know something of the date, and what it wants to know; absent for a live fetch. */
  readonly backfill?: { readonly id: string; readonly targets: readonly Target[] };
}

/** The id of a fetch: the same date, occasion and time are one fetch; so are the same date and backfill. */
export function fetchIdOf({ date, occasion, at, backfill }: DueFetch): string {
  const of = backfill?.id ?? `${at.toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  return `${date}.${occasion}.${of}`;
}

/** The fetches of these ids, in their order; undefined for one that was never due. */
export async function fetchesOf(
  { store }: Pick<DocumentPorts, 'store'>,
  ids: readonly string[],
): Promise<(FetchDocument | undefined)[]> {
  const wanted = ids.map(paths.fetch);
  const found = await store.getAll(wanted);
  return wanted.map((path, i) => fetches.read(path, found[i]));
}

/** All fetches of a date, or all that are kept, ascending by id. */
export async function listFetches(
  { store }: Pick<DocumentPorts, 'store'>,
  date?: GameDate,
): Promise<FetchDocument[]> {
  return fetches.readAll(await store.list('fetches', date === undefined ? {} : { date }));
}

/** The fetches of a backfill of which something is still to be asked. */
export async function openFetchesOf(
  { store }: Pick<DocumentPorts, 'store'>,
  backfillId: string,
): Promise<FetchDocument[]> {
  return fetches.readAll(await store.list('fetches', { backfillId, isOpen: true }));
}

/**
 * What a fetch knows only from another source than the first ones, each with that source, because an earlier one in the order has failed.
 * Such a source may be back later.
 */
export function toldInstead({ asks, before = {} }: Pick<FetchDocument, 'asks' | 'before'>): Told {
  const found: Partial<Record<Target, string>> = { ...before };
  for (const { targets, source, failed, uncovered, finishedAt } of asks)
    for (const each of targets) {
      if (finishedAt === null || failed.includes(each) || uncovered.includes(each)) continue;
      if (asks.some((other) => other.failed.includes(each))) found[each] = source;
      else delete found[each];
    }
  return found;
}

/**
 * Asks for a fetch that is due, unless it was asked for before.
 * @returns the event to dispatch; undefined when it was asked for before
 */
export async function requestFetch({ store, clock }: Ports, due: DueFetch): Promise<string | undefined> {
  const fetchId = fetchIdOf(due);
  const path = paths.fetch(fetchId);
  const now = clock();
  return store.transaction(async (tx) => {
    if (fetches.read(path, await tx.get(path)) !== undefined) return undefined;
    const fetch: FetchDocument = {
      ...{ fetchId, date: due.date, occasion: due.occasion, at: due.at.toISOString() },
      ...{ requestedAt: now.toISOString(), orders: null, on: [], asks: [] },
      ...{ isWaiting: false, finishedAt: null, isAnswered: false, unanswered: [] },
      ...(due.backfill === undefined
        ? {
            ...(due.targets === undefined ? {} : { targets: due.targets }),
            ...(due.before === undefined ? {} : { before: due.before }),
          }
        : { backfillId: due.backfill.id, targets: due.backfill.targets, isOpen: true }),
    };
    tx.set(path, fetches.made(fetch));
    const message = messageOf(fetch, null);
    intendFetch(tx, modeOf(fetch), message, now);
    return message.eventId;
  });
}

/** What a change of a fetch adds: new questions, and what is known of the whole. */
export type FetchChange = Partial<
  Pick<FetchDocument, 'orders' | 'on' | 'asks' | 'isWaiting' | 'isAnswered' | 'unanswered'>
> & {
  readonly newAsks: readonly Pick<FetchAsk, 'source' | 'targets' | 'fallbackFor'>[];
  readonly isFinished: boolean;
};

/**
 * Changes a fetch in one transaction and writes the messages of its new questions.
 * @param change computed from the stored fetch; undefined leaves it as it is
 * @returns the fetch as it is now; undefined when there is none
 */
export async function changeFetch(
  { store, clock }: Ports,
  fetchId: string,
  change: (fetch: FetchDocument, now: string) => FetchChange | undefined,
): Promise<FetchDocument | undefined> {
  const path = paths.fetch(fetchId);
  const now = clock();
  return store.transaction(async (tx) => {
    const fetch = fetches.read(path, await tx.get(path));
    const changed = fetch === undefined ? undefined : change(fetch, now.toISOString());
    if (fetch === undefined || changed === undefined) return fetch;
    const { newAsks, isFinished, ...fields } = changed;
    const before = fields.asks ?? fetch.asks;
    const added = newAsks.map((planned, i): FetchAsk => ({
      ...planned,
      askId: `${planned.source}.${before.length + i + 1}`,
      ...{ askedAt: now.toISOString(), finishedAt: null, status: null },
      ...{ failed: [], uncovered: [], entries: 0, seconds: 0, credits: null, details: [] },
    }));
    const after: FetchDocument = {
      ...{ ...fetch, ...fields },
      asks: [...before, ...added],
      finishedAt: isFinished ? now.toISOString() : null,
      ...(fetch.isOpen === undefined ? {} : { isOpen: !isFinished }),
    };
    tx.set(path, fetches.made(after));
    for (const { askId } of added) intendFetch(tx, modeOf(after), messageOf(after, askId), now);
    return after;
  });
}

/**
 * Takes a question of a backfill's fetch, so that a second delivery of its message does not ask the same at the same time.
 * @param seconds for which nobody else asks, unless the process frees it
 * @returns whether it was free
 */
export async function holdAsk(
  { store, clock }: Ports,
  fetchId: string,
  askId: string,
  seconds: number,
): Promise<boolean> {
  const path = paths.fetch(fetchId);
  const now = clock();
  return store.transaction(async (tx) => {
    const fetch = fetches.read(path, await tx.get(path));
    const own = fetch?.asks.find((each) => each.askId === askId);
    if (fetch === undefined || own === undefined || own.finishedAt !== null || isHeld(own, now)) return false;
    const heldUntil = new Date(now.getTime() + seconds * 1000).toISOString();
    const asks = fetch.asks.map((each) => (each === own ? { ...own, heldUntil } : each));
    tx.set(path, fetches.made({ ...fetch, asks }));
    return true;
  });
}

function isHeld({ heldUntil }: FetchAsk, now: Date): boolean {
  return heldUntil !== undefined && new Date(heldUntil) > now;
}

/** The fetches of all backfills of which something is still to be asked. */
export async function openFetches({ store }: Pick<DocumentPorts, 'store'>): Promise<FetchDocument[]> {
  return fetches.readAll(await store.list('fetches', { isOpen: true }));
}

/**
 * Frees the questions that are asked within fetches, so that their messages are handled again at once. Called by a process that knows
 * that nobody asks them.
 */
export async function freeAsks(
  { store }: Ports,
  asked: readonly Pick<FetchDocument, 'fetchId'>[],
): Promise<void> {
  for (const { fetchId } of asked) {
    const path = paths.fetch(fetchId);
    await store.transaction(async (tx) => {
      const fetch = fetches.read(path, await tx.get(path));
      if (fetch === undefined || !fetch.asks.some(({ heldUntil }) => heldUntil !== undefined)) return;
      tx.set(path, fetches.made({ ...fetch, asks: fetch.asks.map(({ heldUntil: _, ...ask }) => ask) }));
    });
  }
}

/**
 * Asks once more for what is open in a backfill's fetch and was not taken up for a while: its message may have been lost, or its
 * process may have ended.
 * @param overdueSeconds since the question was asked for, or since its process should have ended
 * @returns the events to dispatch
 */
export async function reviveFetch(
  { store, clock }: Ports,
  fetchId: string,
  overdueSeconds: number,
): Promise<string[]> {
  const path = paths.fetch(fetchId);
  const now = clock();
  const isOverdue = (since: string): boolean => now.getTime() - Date.parse(since) > overdueSeconds * 1000;
  return store.transaction(async (tx) => {
    const fetch = fetches.read(path, await tx.get(path));
    if (fetch === undefined || fetch.finishedAt !== null) return [];
    const open =
      fetch.orders === null
        ? [{ askId: null, since: fetch.requestedAt }]
        : fetch.asks
            .filter(({ finishedAt }) => finishedAt === null)
            .map(({ askId, askedAt, heldUntil = askedAt }) => ({ askId, since: heldUntil }));
    return open
      .filter(({ since }) => isOverdue(since))
      .map(({ askId }) => {
        const message = messageOf(fetch, askId);
        intendFetch(tx, modeOf(fetch), message, now);
        return message.eventId;
      });
  });
}

/**
 * Ends the open questions of a backfill's fetch that nobody will answer, because their message was set aside.
 * @returns whether the fetch was open
 */
export async function giveUpFetch({ store, clock }: Ports, fetchId: string, why: string): Promise<boolean> {
  const path = paths.fetch(fetchId);
  const now = clock().toISOString();
  return store.transaction(async (tx) => {
    const fetch = fetches.read(path, await tx.get(path));
    if (fetch?.isOpen !== true) return false;
    const asks = fetch.asks.map(({ heldUntil: _, ...ask }) =>
      ask.finishedAt === null
        ? { ...ask, finishedAt: now, status: 'failed', failed: ask.targets, details: [why] }
        : ask,
    );
    const lost = asks.flatMap((ask, i) => (fetch.asks[i]?.finishedAt === null ? ask.targets : []));
    const unanswered = [
      ...new Set([...fetch.unanswered, ...(fetch.orders === null ? (fetch.targets ?? []) : lost)]),
    ];
    tx.set(path, fetches.made({ ...fetch, asks, unanswered, isOpen: false, finishedAt: now }));
    return true;
  });
}

/** The events of the questions of a fetch that have no answer yet. */
export function openEvents(fetch: FetchDocument): string[] {
  return fetch.asks
    .filter(({ finishedAt }) => finishedAt === null)
    .map(({ askId }) => eventIdOf(fetch.fetchId, askId));
}

function eventIdOf(fetchId: string, askId: string | null): string {
  return `fetch:${fetchId}${askId === null ? '' : `:${askId}`}`;
}

function modeOf({ backfillId }: FetchDocument): Mode {
  return backfillId === undefined ? 'live' : 'backfill';
}

function messageOf({ fetchId, date, backfillId }: FetchDocument, askId: string | null): FetchRequested {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'fetch_requested',
    eventId: eventIdOf(fetchId, askId),
    // What a backfill asks for is in the trace of the backfill.
    correlationId: backfillId ?? `fetch:${fetchId}`,
    causationId: askId === null ? null : eventIdOf(fetchId, null),
    ...{ fetchId, date, askId },
  };
}

const refreshes = readerOf(z.object({ date: gameDateField, at: text }).readonly());

/** When the tables of a date were last built again for what moved before its tip-offs (ISO, UTC); undefined when never. */
export async function lastRefresh(
  { store }: Pick<DocumentPorts, 'store'>,
  date: GameDate,
): Promise<string | undefined> {
  const path = paths.refresh(date);
  return refreshes.read(path, await store.get(path))?.at;
}

/** Notes that the tables of a date are built again. @param at the business time */
export async function noteRefresh(
  { store }: Pick<DocumentPorts, 'store'>,
  date: GameDate,
  at: Date,
): Promise<void> {
  const document = refreshes.made({ date, at: at.toISOString() });
  await store.transaction((tx) => Promise.resolve(tx.set(paths.refresh(date), document)));
}
