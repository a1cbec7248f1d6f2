/**
 * Turns to publish among all instances of all functions: a document for each table says who publishes and who waits. A
 * holder renews its lease while it works; one that dies loses its turn when the lease is over. The turn keeps statements
 * from running into each other; that an old owner cannot overwrite a newer one is seen to by its fencing token.
 */
import { randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/partition.ts';
import type { Clock } from '../../ports/index.ts';
import type { StateStore } from '../../ports/state-store.ts';
import type { PublishTurns } from '../publish-turns.ts';
import { GoogleError } from './google-failure.ts';

export interface TurnOptions {
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Milliseconds after which a holder, or somebody who waits, is taken for dead unless it has renewed. */
  readonly leaseMs?: number;
  /** Milliseconds between looks of somebody who waits. */
  readonly pollMs?: number;
  /** Milliseconds somebody waits at most; the message is delivered again then. */
  readonly maxWaitMs?: number;
}

/** `publish_turns/{table}`. */
export interface TurnDocument {
  readonly holder: { readonly id: string; readonly lane: Mode; readonly until: number } | null;
  /** In the order in which they came. */
  readonly waiting: readonly { readonly id: string; readonly lane: Mode; readonly until: number }[];
}

export const turnPath = (table: string): string => `publish_turns/${table}`;

const NOBODY: TurnDocument = { holder: null, waiting: [] };

export function firestoreTurns(store: StateStore, options: TurnOptions = {}): PublishTurns {
  const clock = options.clock ?? (() => new Date());
  const newId = options.newId ?? randomUUID;
  const leaseMs = options.leaseMs ?? 60_000;
  const pollMs = options.pollMs ?? 400;
  const maxWaitMs = options.maxWaitMs ?? 120_000;

  /** Changes the document of `table` as it is without the dead. @returns it, as it is afterwards */
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

  /** Takes the turn when it is this one's, else stands in line. */
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

  /** Keeps the turn for as long as this process lives. @returns the function that stops it */
  const renew = (table: string, id: string): (() => void) => {
    const timer = setInterval(() => {
      change(table, ({ holder, waiting }, now) => ({
        holder: holder?.id === id ? { ...holder, until: now + leaseMs } : holder,
        waiting,
      })).catch(() => {
        // The store is away for the moment: the next renewal, or the end of the lease, settles it.
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
        // A look is a read; only whoever seems to be next, or has to renew its place, writes.
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

/** The live lane before the backfill lane, first come first served within each. */
function nextOf(line: TurnDocument['waiting']): TurnDocument['waiting'][number] | undefined {
  return line.find(({ lane }) => lane === 'live') ?? line[0];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
