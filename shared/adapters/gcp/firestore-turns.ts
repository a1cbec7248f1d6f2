/**
 * Turns to publish among all instances of all functions. A document for each table says which run publishes
 * and which runs wait. A run that publishes renews its lease; if its process dies, its turn ends with the
 * lease. Turns only keep publications from conflicting. The fencing token keeps an older run from overwriting
 * a newer one.
 */
import { randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/partition.ts';
import type { Clock } from '../../ports/index.ts';
import type { StateStore } from '../../ports/state-store.ts';
import type { PublishTurns } from '../publish-turns.ts';
import { GoogleError } from './google-failure.ts';

/** The times of turns; tests replace them. */
export interface TurnOptions {
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Milliseconds after which the holder, or a waiting run, counts as dead unless it has renewed its entry. */
  readonly leaseMs?: number;
  /** Milliseconds between two looks of a waiting run, on average. */
  readonly pollMs?: number;
  /** Milliseconds that a run waits at most. Then it fails, and its message is delivered again later. */
  readonly maxWaitMs?: number;
}

/** The document `publish_turns/{table}`. Times are milliseconds since 1970. */
export interface TurnDocument {
  readonly holder: { readonly id: string; readonly lane: Mode; readonly until: number } | null;
  /** The first to come is first. */
  readonly waiting: readonly { readonly id: string; readonly lane: Mode; readonly until: number }[];
}

/** The path of a table's document. */
export const turnPath = (table: string): string => `publish_turns/${table}`;

const NOBODY: TurnDocument = { holder: null, waiting: [] };

/**
 * Turns that are kept in `store`.
 * @throws GoogleError, from `acquire`, when the wait takes too long or the store fails
 */
export function firestoreTurns(store: StateStore, options: TurnOptions = {}): PublishTurns {
  const clock = options.clock ?? (() => new Date());
  const newId = options.newId ?? randomUUID;
  const leaseMs = options.leaseMs ?? 60_000;
  const pollMs = options.pollMs ?? 400;
  const maxWaitMs = options.maxWaitMs ?? 120_000;

  /**
   * Removes dead entries from the document of `table` and changes it by `next`.
   * @returns the changed document
   */
  const change = (
    table: string,
    next: (alive: TurnDocument, now: number) => TurnDocument,
  ): Promise<TurnDocument> =>
    store.transaction(async (tx) => {
      const found = await tx.get<TurnDocument>(turnPath(table));
      const now = clock().getTime();
      const changed = next(aliveOf(found ?? NOBODY, now), now);
      if (JSON.stringify(changed) !== JSON.stringify(found)) tx.set(turnPath(table), changed);
      return changed;
    });

  /**
   * Takes the turn when it is free and this run is next; otherwise waits in line, or renews its place there.
   */
  const ask = (table: string, id: string, lane: Mode): Promise<TurnDocument> =>
    change(table, (alive, now) => {
      const until = now + leaseMs;
      const line = alive.waiting.some((other) => other.id === id)
        ? alive.waiting.map((other) => (other.id === id ? { ...other, until } : other))
        : [...alive.waiting, { id, lane, until }];
      return alive.holder === null && nextOf(line)?.id === id
        ? { holder: { id, lane, until }, waiting: line.filter((other) => other.id !== id) }
        : { ...alive, waiting: line };
    });

  const leave = async (table: string, id: string): Promise<void> => {
    await change(table, ({ holder, waiting }) => ({
      holder: holder?.id === id ? null : holder,
      waiting: waiting.filter((other) => other.id !== id),
    }));
  };

  /** Renews the lease of the turn until it is stopped. @returns the function that stops it */
  const renew = (table: string, id: string): (() => void) => {
    const timer = setInterval(() => {
      change(table, ({ holder, waiting }, now) => ({
        holder: holder?.id === id ? { ...holder, until: now + leaseMs } : holder,
        waiting,
      })).catch(() => {
        // The store did not answer. The next renewal may succeed; otherwise the lease ends.
      });
    }, leaseMs / 3);
    timer.unref();
    return () => clearInterval(timer);
  };

  return {
    acquire: async (table, lane) => {
      const id = newId();
      const started = clock().getTime();
      let asked = started;
      let seen = await ask(table, id, lane);
      while (seen.holder?.id !== id) {
        const now = clock().getTime();
        if (now - started >= maxWaitMs) {
          await leave(table, id);
          throw new GoogleError({
            kind: 'transient',
            code: 'turn_not_reached',
            detail: `Others have been publishing into ${table} for ${Math.round((now - started) / 1000)} s`,
          });
        }
        await pause(pollMs * (0.5 + Math.random()));
        // A look only reads. A run writes when it seems to be next, or when it must renew its place.
        const looked = aliveOf((await store.get<TurnDocument>(turnPath(table))) ?? NOBODY, clock().getTime());
        const isNext = looked.holder === null && nextOf(looked.waiting)?.id === id;
        const isForgotten = !looked.waiting.some((other) => other.id === id);
        if (isNext || isForgotten || clock().getTime() - asked > leaseMs / 3) {
          asked = clock().getTime();
          seen = await ask(table, id, lane);
        }
      }
      const stopRenewing = renew(table, id);
      return async () => {
        stopRenewing();
        await leave(table, id);
      };
    },
  };
}

function aliveOf({ holder, waiting }: TurnDocument, now: number): TurnDocument {
  return {
    holder: holder !== null && holder.until > now ? holder : null,
    waiting: waiting.filter(({ until }) => until > now),
  };
}

/** The next of the waiting runs: the first of the live lane, or else the first of the backfill lane. */
function nextOf(line: TurnDocument['waiting']): TurnDocument['waiting'][number] | undefined {
  return line.find(({ lane }) => lane === 'live') ?? line[0];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
