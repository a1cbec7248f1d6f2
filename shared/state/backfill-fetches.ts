/**
 * What a backfill asks live sources, what that costs, what it leaves out, and how far it is: the one writer of
 * `backfills/{id}/plans/fetch`, and of the backfill while it is in its stage `fetch`.
 */
import * as z from 'zod';
import { TARGETS } from '../domain/fetch.ts';
import type { GameDate } from '../domain/game-date.ts';
import { formatTraceparent } from '../domain/trace-context.ts';
import { SCHEMA_VERSION, type FetchRequested } from '../messages/schemas.ts';
import { contextOfBackfill } from '../observe/tracing.ts';
import type { DocumentPorts } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import {
  backfillIn,
  isFinished,
  NOTHING_FETCHED,
  planPath,
  type ActiveBackfill,
  type FetchProgress,
  type NewBackfill,
  type PlanDocument,
} from './backfills.ts';
import { gameDateField, paths } from './documents.ts';
import { intendFetch } from './outbox.ts';
import { readerOf } from './stored.ts';

const text = z.string();
const target = z.enum(TARGETS);
const dates = z.array(gameDateField).readonly();

const item = z.object({ date: gameDateField, targets: z.array(target).readonly() }).readonly();
/** What is asked about one date. */
export type FetchItem = z.infer<typeof item>;

const price = z
  .object({
    source: text,
    /** Scheme and host. */
    host: text,
    targets: z.array(target).readonly(),
    dates: z.int(),
    /** Questions that have no answer in the archive, at most. */
    requests: z.int(),
    /** What they cost of what has been paid; 0 where questions cost nothing. */
    credits: z.int(),
    /** Credits that are left, as the source last said, and how many of them are kept for live lines; null where it never said. */
    creditsLeft: z.number().nullable(),
    creditsKept: z.number(),
    /** At the declared rate of the source. */
    seconds: z.number(),
  })
  .readonly();
/** What the questions to one source cost. */
export type FetchPrice = z.infer<typeof price>;

const leftOut = z
  .object({
    target,
    dates,
    /** `off`: no source that tells it is on. `floor`: the credits that are left are kept for live lines. */
    reason: z.enum(['off', 'floor']),
    /** The source that would be asked. */
    source: text,
    /** What turns it. */
    detail: text,
  })
  .readonly();
/** What is not asked although the archive lacks it. */
export type FetchLeftOut = z.infer<typeof leftOut>;

const fetchPlan = z
  .object({
    stage: z.literal('fetch'),
    /** Ascending by date. */
    items: z.array(item).readonly(),
    prices: z.array(price).readonly(),
    leftOut: z.array(leftOut).readonly(),
    /** Why nothing could be planned; null when it could. */
    problem: text.nullable(),
  })
  .readonly();
/** `backfills/{id}/plans/fetch`. */
export type FetchPlan = z.infer<typeof fetchPlan>;

const plans = readerOf<FetchPlan>(fetchPlan);

type Timed = Pick<DocumentPorts, 'store' | 'clock'>;

function pathOf(backfillId: string): string {
  return `${paths.backfillPlans(backfillId)}/fetch`;
}

/** The plan of the fetches of a backfill; undefined while it is not made. */
export async function readFetchPlan(
  { store }: Pick<DocumentPorts, 'store'>,
  backfillId: string,
): Promise<FetchPlan | undefined> {
  return plans.read(pathOf(backfillId), await store.get(pathOf(backfillId)));
}

/** Stores the plan, unless there is one: what was asked for follows one plan from its beginning to its end. */
export async function writeFetchPlan(
  { store }: Pick<DocumentPorts, 'store'>,
  backfillId: string,
  plan: Omit<FetchPlan, 'stage'>,
): Promise<void> {
  const path = pathOf(backfillId);
  await store.transaction(async (tx) => {
    if (plans.read(path, await tx.get(path)) !== undefined) return;
    tx.set(path, plans.made({ stage: 'fetch' as const, ...plan }));
  });
}

/**
 * Writes that the fetches of a backfill are to be planned, by the service that knows which sources are on. The planning is a part of the
 * trace of the backfill.
 * @returns the event
 */
export function intendFetchPlan(
  ports: Pick<DocumentPorts, 'tracer' | 'clock'>,
  tx: Transaction,
  backfill: Pick<NewBackfill, 'id' | 'trace'>,
  first: GameDate,
): string {
  const backfillId = backfill.id;
  const message: FetchRequested = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'fetch_requested',
    eventId: `fetch:plan.${backfillId}`,
    correlationId: backfillId,
    causationId: null,
    traceparent: formatTraceparent(contextOfBackfill(ports, backfill).trace),
    ...{ fetchId: `plan.${backfillId}`, date: first, askId: null, plans: backfillId },
  };
  intendFetch(tx, 'backfill', message, ports.clock());
  return message.eventId;
}

/** The same once more, because the first message may have been lost. @returns the event to dispatch */
export function askForFetchPlan(
  ports: DocumentPorts,
  backfill: Pick<NewBackfill, 'id' | 'trace'>,
  first: GameDate,
): Promise<string> {
  return ports.store.transaction((tx) => Promise.resolve(intendFetchPlan(ports, tx, backfill, first)));
}

/**
 * Gives a backfill that has asked live sources the plan of its runs. Nothing happens when another handler has done so, or a person
 * has paused or cancelled it, since `seen` was read.
 * @returns whether it was given
 */
export function beginRuns(
  { store, clock }: Timed,
  seen: ActiveBackfill,
  planned: Pick<NewBackfill, 'dates' | 'plannedRuns' | 'outsideScope'> & { readonly fetches: FetchProgress },
  plan: PlanDocument,
): Promise<boolean> {
  return store.transaction(async (tx) => {
    const current = await backfillIn(tx, seen.id);
    if (current?.stage !== 'fetch' || isFinished(current) || current.state !== seen.state) return false;
    const { dates, plannedRuns, outsideScope = [], fetches } = planned;
    tx.set(paths.backfill(seen.id), {
      ...{ ...current, dates, plannedRuns, fetches, stage: 'main' },
      ...(outsideScope.length === 0 ? {} : { outsideScope }),
      updatedAt: clock().toISOString(),
    } satisfies ActiveBackfill);
    tx.set(planPath({ id: seen.id, stage: 'main', round: 0 }), plan);
    return true;
  });
}

/** Writes how far a backfill is with its fetches; they never become fewer. */
export async function recordFetches(
  { store, clock }: Timed,
  id: string,
  { planned, asked, done }: Pick<FetchProgress, 'planned' | 'asked' | 'done'>,
): Promise<void> {
  await store.transaction(async (tx) => {
    const current = await backfillIn(tx, id);
    if (current?.stage !== 'fetch' || isFinished(current)) return;
    const known = current.fetches ?? NOTHING_FETCHED;
    const next = {
      ...known,
      ...{ planned, asked: Math.max(known.asked, asked), done: Math.max(known.done, done) },
    };
    if (JSON.stringify(next) === JSON.stringify(known)) return;
    tx.set(paths.backfill(id), { ...current, fetches: next, updatedAt: clock().toISOString() });
  });
}
