/**
 * The one reader and writer of `backfills/{id}` and of its subcollection `plans`; `backfill-dates.ts` has the subcollection
 * `dates`, `backfill-failures.ts` the subcollection `failures`. A stored backfill has all fields at all times. Before its end `verdict` and `finishedAt` are null.
 */
import * as z from 'zod';
import type { TableProgress } from '../domain/decide/backfill-survey.ts';
import type { Forecast, MeasuredRun, PastForecast } from '../domain/forecast.ts';
import { RESTATE_POLICIES } from '../domain/decide/restatement.ts';
import type { GameDate } from '../domain/game-date.ts';
import { ONLY, type Batch, type MissingInput } from '../domain/plan.ts';
import type { Decided } from '../domain/preflight.ts';
import { PHASES } from '../domain/table.ts';
import type { KeptValidation } from '../domain/validation.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths } from './documents.ts';
import { measuring } from './forecasts.ts';
import { readerOf } from './stored.ts';

const gameDate = z.custom<GameDate>((value) => typeof value === 'string', { error: 'must be a date' });
const phase = z.enum(PHASES);
const texts = z.array(z.string()).readonly();
const stage = z.enum(['fetch', 'main', 'restate']);

/** A `BackfillRequest` with its defaults filled in and its dates expanded. */
const normalRequest = z
  .object({
    dates: z.array(gameDate).readonly(),
    from: phase,
    through: phase,
    tables: texts.nullable(),
    only: z.enum(ONLY),
    restate: z.enum(RESTATE_POLICIES),
    force: z.boolean(),
    maxInFlight: z.number(),
    requestedBy: z.string().nullable(),
    /** `false` when live sources are not to be asked; absent otherwise. */
    fetch: z.exactOptional(z.literal(false)),
    /** Seasons of the range of which no game is known. */
    unknownSeasons: z.exactOptional(texts),
  })
  .readonly();
export type NormalRequest = z.infer<typeof normalRequest>;

const tableProgress: z.ZodType<TableProgress> = z.object({
  table: z.string(),
  planned: z.number(),
  done: z.number(),
  failed: z.number(),
  unchanged: z.number(),
  running: z.number(),
});

/** How far a backfill is with asking live sources; a fetch is all that it asks about one date. */
const fetchProgress = z
  .object({
    planned: z.int(),
    /** Fetches that were asked for. */
    asked: z.int(),
    done: z.int(),
    /** Dates of which something was not told that was asked for. Known at the end of the fetches. */
    failed: z.array(gameDate).readonly(),
    /** What was not told, and what was not asked for because of its price, for the verdict. */
    lacks: texts,
  })
  .readonly();
export type FetchProgress = z.infer<typeof fetchProgress>;

const missingInput: z.ZodType<MissingInput> = z.object({
  table: z.string(),
  phase,
  dates: z.array(gameDate),
  neededBy: z.array(z.string()),
  isArchived: z.exactOptional(z.literal(true)),
});

const verdict = z.enum(['GO', 'NO-GO']);
const decided: z.ZodType<Decided> = z.object({
  verdict,
  criteria: z.array(
    z.object({
      name: z.string(),
      weight: z.enum(['critical', 'high']),
      threshold: z.number(),
      value: z.number().nullable(),
      verdict,
      cure: z.string().nullable(),
    }),
  ),
  coverage: z.array(z.object({ table: z.string(), phase, expected: z.number(), present: z.number() })),
});

const forecast: z.ZodType<Forecast> = z.object({ p50: z.number(), p90: z.number(), work: z.number() });

const severity = z.enum(['fail', 'review']);
const scalar = z.union([z.string(), z.number()]).nullable();
const validation: z.ZodType<KeptValidation> = z.object({
  verdict: z.enum(['pass', 'review', 'fail', 'unknown']),
  ...{ start: z.string(), end: z.string() },
  checks: z.array(z.object({ check: z.string(), severity, table: z.string(), findings: z.number() })),
  first: z.array(
    z.object({
      ...{ check: z.string(), severity, table: z.string(), date: gameDate },
      ...{ entity: z.string().nullable(), value: scalar, threshold: scalar },
    }),
  ),
  detail: z.string().nullable(),
  seconds: z.number(),
});

/** What every backfill has. */
const common = z.object({
  id: z.string(),
  requestId: z.string(),
  /** The broker's id of the message that asked for it. */
  messageId: z.exactOptional(z.string()),
  /** Digest of what was asked for, as it was written. A request with the same id that asks for other work is set aside. */
  content: z.exactOptional(z.string()),
  /** Digest of the same with the game dates that it came to; absent where no calendar of its dates was known. */
  meaning: z.exactOptional(z.string()),
  /** The trace of all messages and runs it leads to; by default the trace that its id stands for. */
  trace: z.exactOptional(z.object({ traceId: z.string(), parentId: z.string().nullable() })),
  request: normalRequest,
  /** `fetch`: live sources are asked first; `main`: its dates are built; `restate`: later dates are. */
  stage,
  /** Absent where nothing was to be fetched. */
  fetches: z.exactOptional(fetchProgress),
  /** How often its plan has been extended: with dates that became due, or with later dates to restate. */
  round: z.number(),
  dates: z
    .object({
      requested: z.number(),
      processable: z.number(),
      bootstrap: z.number(),
      unchanged: z.number(),
    })
    .readonly(),
  plannedRuns: z.number(),
  /** How long it was going to take when it began; absent where that was not known, or live sources were asked first. */
  forecast: z.exactOptional(forecast),
  /** How it was decided whether it can run; absent for backfills of earlier versions. */
  decided: z.exactOptional(decided),
  /** Dates of which some table has no rows, because its games are outside of the scope of the files. */
  outsideScope: z.array(gameDate).readonly().exactOptional(),
  /** The missing inputs because of which nothing was started; empty when runs were started. */
  noGo: z.array(missingInput).readonly(),
  /** A person's decision to run in spite of missing inputs. */
  skipPreflight: z.object({ reason: z.string() }).nullable(),
  /** How far it is, table by table. */
  progress: z.array(tableProgress).readonly(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Tables of its plan that code without them has met; it was told of each once. */
  otherCode: z.array(z.string()).readonly().exactOptional(),
  /** When it was paused; absent while it is not. */
  pausedAt: z.exactOptional(z.string()),
  /** Seconds of all pauses that are over. */
  pausedSeconds: z.exactOptional(z.number()),
});

/** A backfill that has not ended: it runs, is paused, or is cancelled and waits for its last runs to end. */
const active = common
  .extend({
    state: z.enum(['running', 'paused', 'cancelled']),
    verdict: z.null(),
    finishedAt: z.null(),
  })
  .readonly();
export type ActiveBackfill = z.infer<typeof active>;

/** A backfill that has ended, with its verdict. A `refused` one was never begun: nothing of it was done. */
const finished = common
  .extend({
    state: z.enum(['done', 'done_with_failures', 'cancelled', 'refused']),
    verdict: z.string(),
    finishedAt: z.string(),
    /** Of what it has built; absent where it has built nothing, was cancelled, or an earlier version ended it. */
    validation: z.exactOptional(validation),
  })
  .readonly();
export type FinishedBackfill = z.infer<typeof finished>;

export type Backfill = ActiveBackfill | FinishedBackfill;
export type BackfillState = Backfill['state'];

/**
 * `backfills/{id}/plans/{stage}`: batches of partitions. They are kept apart from the backfill because they are large and
 * seldom change.
 */
const planDocument = z
  .object({
    stage: z.enum(['main', 'restate']),
    batches: z.array(z.object({ table: z.string(), dates: z.array(gameDate).readonly() })).readonly(),
    /** For a forced backfill: partition (`table@date`) -> its token at planning. A larger token means a newer run. */
    forcedSince: z.exactOptional(z.record(z.string(), z.number())),
  })
  .readonly();
export type PlanDocument = z.infer<typeof planDocument>;

/** Whether a backfill has ended. */
export function isFinished(backfill: Backfill): backfill is FinishedBackfill {
  return backfill.finishedAt !== null;
}

const backfills = readerOf<Backfill>(z.union([active, finished]));
const plans = readerOf<PlanDocument>(planDocument);

type Stores = Pick<Ports, 'store'>;
type Timed = Pick<Ports, 'store' | 'clock'>;

/** A backfill by its id; undefined when there is none. */
export async function readBackfill({ store }: Stores, id: string): Promise<Backfill | undefined> {
  return backfills.read(paths.backfill(id), await store.get(paths.backfill(id)));
}

/** A backfill as a transaction sees it; undefined when there is none. */
export async function backfillIn(tx: Transaction, id: string): Promise<Backfill | undefined> {
  return backfills.read(paths.backfill(id), await tx.get(paths.backfill(id)));
}

/** All backfills, ended ones too. */
export async function listBackfills({ store }: Stores): Promise<Backfill[]> {
  return backfills.readAll(await store.list('backfills'));
}

/** Backfills that have not ended: first the running, then the paused, then the cancelled ones. */
export async function activeBackfills({ store }: Stores): Promise<ActiveBackfill[]> {
  const found = await Promise.all(
    (['running', 'paused', 'cancelled'] as const).map((state) => store.list('backfills', { state })),
  );
  return backfills.readAll(found.flat()).filter((backfill) => !isFinished(backfill));
}

/** The plan of the stage and round that a backfill is in. */
export async function readPlan(
  { store }: Stores,
  backfill: Pick<Backfill, 'id' | 'stage' | 'round'>,
): Promise<PlanDocument | undefined> {
  return plans.read(planPath(backfill), await store.get(planPath(backfill)));
}

/** Where the plan of a stage and round is. */
export function planPath({ id, stage: of, round }: Pick<Backfill, 'id' | 'stage' | 'round'>): string {
  return `${paths.backfillPlans(id)}/${of === 'restate' ? `restate-${round}` : 'main'}`;
}

/** Whether a backfill is paused, cancelled or ended, so that no run may be asked for on its behalf. */
export async function isHeld(tx: Transaction, id: string): Promise<boolean> {
  const backfill = await backfillIn(tx, id);
  return backfill !== undefined && backfill.state !== 'running';
}

/** A backfill that is about to be stored for the first time. */
export type NewBackfill = Pick<
  ActiveBackfill,
  | 'id'
  | 'requestId'
  | 'messageId'
  | 'content'
  | 'meaning'
  | 'trace'
  | 'request'
  | 'dates'
  | 'plannedRuns'
  | 'forecast'
  | 'decided'
  | 'outsideScope'
  | 'skipPreflight'
>;

/** A backfill that asks live sources first has no plan yet: what they tell decides it. */
export const NOTHING_FETCHED: FetchProgress = { planned: 0, asked: 0, done: 0, failed: [], lacks: [] };

/** The document of a backfill that begins, or of one that ends before it has begun. */
function newDocument<End extends Pick<Backfill, 'state' | 'noGo' | 'verdict' | 'finishedAt'>>(
  asked: NewBackfill,
  now: string,
  end: End,
) {
  const { id, requestId, messageId, content, meaning, trace, request, dates } = asked;
  const { plannedRuns, forecast: expected, decided: matrix, outsideScope = [], skipPreflight } = asked;
  return {
    id,
    requestId,
    ...(messageId === undefined ? {} : { messageId }),
    ...(content === undefined ? {} : { content }),
    ...(meaning === undefined ? {} : { meaning }),
    ...(trace === undefined ? {} : { trace }),
    state: end.state as End['state'],
    request,
    stage: 'main' as const,
    round: 0,
    dates,
    plannedRuns,
    ...(expected === undefined ? {} : { forecast: expected }),
    ...(matrix === undefined ? {} : { decided: matrix }),
    ...(outsideScope.length === 0 ? {} : { outsideScope }),
    noGo: end.noGo,
    skipPreflight,
    verdict: end.verdict as End['verdict'],
    progress: [],
    createdAt: now,
    updatedAt: now,
    finishedAt: end.finishedAt as End['finishedAt'],
  };
}

/** Whether nothing stands under an id but a request that was refused: another request may have the id. */
function isFree(known: Backfill | undefined): boolean {
  return known === undefined || known.state === 'refused';
}

/**
 * Stores a backfill and its plan, unless the backfill is stored already. So a request that is delivered twice starts one
 * backfill. A backfill that was refused is replaced.
 * @param plan undefined when live sources are asked first
 * @param and what else is written in the same transaction
 * @returns whether it was stored now
 */
export function startBackfill(
  { store, clock }: Timed,
  backfill: NewBackfill,
  plan: PlanDocument | undefined,
  and: (tx: Transaction) => void = () => undefined,
): Promise<boolean> {
  const now = clock().toISOString();
  return store.transaction(async (tx) => {
    if (!isFree(await backfillIn(tx, backfill.id))) return false;
    const started: ActiveBackfill = newDocument(backfill, now, {
      state: 'running',
      noGo: [],
      verdict: null,
      finishedAt: null,
    } as const);
    tx.set(
      paths.backfill(backfill.id),
      plan === undefined ? { ...started, stage: 'fetch', fetches: NOTHING_FETCHED } : started,
    );
    if (plan !== undefined) tx.set(planPath({ id: backfill.id, stage: 'main', round: 0 }), plan);
    and(tx);
    return true;
  });
}

/** Stores a backfill that ended without starting any run, with the reason as its verdict. */
export async function refuseBackfill(
  { store, clock }: Timed,
  backfill: NewBackfill,
  noGo: readonly MissingInput[],
  verdict: string,
): Promise<FinishedBackfill> {
  const now = clock().toISOString();
  const state = 'refused' as const;
  const ended: FinishedBackfill = newDocument(backfill, now, { state, noGo, verdict, finishedAt: now });
  await store.transaction(async (tx) => {
    if (isFree(await backfillIn(tx, backfill.id))) tx.set(paths.backfill(backfill.id), ended);
  });
  return ended;
}

/** More batches for a backfill: for the stage it is in, or for the restatement of later dates. */
export interface Extension {
  readonly stage: PlanDocument['stage'];
  readonly batches: readonly Batch[];
  /** Runs that came to the main plan because dates have become due since it was made. */
  readonly lateRuns: number;
  /** The counts of the main plan, where they are to be written with the extension. */
  readonly progress?: readonly TableProgress[];
}

/**
 * Adds batches to a backfill. Nothing is added when another handler has extended it, or a person has paused or cancelled it,
 * since `seen` was read.
 * @returns whether they were added
 */
export function extendBackfill(
  { store, clock }: Timed,
  seen: ActiveBackfill,
  { stage: to, batches, lateRuns, progress }: Extension,
): Promise<boolean> {
  const { id } = seen;
  return store.transaction(async (tx) => {
    const current = await backfillIn(tx, id);
    if (current === undefined || isFinished(current)) return false;
    if (current.round !== seen.round || current.state !== seen.state) return false;
    const next: ActiveBackfill = {
      ...current,
      ...(progress === undefined ? {} : { progress }),
      stage: to,
      round: seen.round + 1,
      plannedRuns: current.plannedRuns + lateRuns,
      updatedAt: clock().toISOString(),
    };
    const path = planPath(next);
    const known = plans.read(path, await tx.get(path));
    tx.set(path, {
      ...known,
      stage: to,
      batches: [...(known?.batches ?? []), ...batches],
    } satisfies PlanDocument);
    tx.set(paths.backfill(id), next);
    return true;
  });
}

/**
 * Ends a backfill. It goes on when another handler has ended or extended it, or a person has changed its state, since `seen`
 * was read.
 * @param measured what later forecasts learn from; undefined where nothing was run
 * @returns the ended backfill; undefined when it was not ended here
 */
export async function endBackfill(
  { store }: Stores,
  seen: ActiveBackfill,
  state: FinishedBackfill['state'],
  verdict: string,
  now: string,
  more: Partial<Pick<FinishedBackfill, 'progress' | 'noGo' | 'fetches' | 'validation'>> = {},
  measured?: MeasuredBackfill,
): Promise<FinishedBackfill | undefined> {
  return store.transaction(async (tx) => {
    const current = await backfillIn(tx, seen.id);
    if (current === undefined || isFinished(current)) return undefined;
    if (current.state !== seen.state || current.round !== seen.round) return undefined;
    const measure = measured === undefined ? undefined : await measuring(tx);
    if (measured !== undefined) measure?.(measured.runs, pastOf(current, measured, now));
    const next: FinishedBackfill = {
      ...current,
      ...more,
      state,
      verdict,
      updatedAt: now,
      finishedAt: now,
    };
    tx.set(paths.backfill(seen.id), next);
    return next;
  });
}

/** What was measured of a backfill that ends. */
export interface MeasuredBackfill {
  /** Its runs, by table. */
  readonly runs: ReadonlyMap<string, readonly MeasuredRun[]>;
  /** Whether work went on from its beginning to its end. A home that nobody worked on, or a failure, says nothing of the next one. */
  readonly isSteady: boolean;
}

/** What was forecast of the work of a backfill, and the seconds that it took without its pauses. */
function pastOf(
  backfill: ActiveBackfill,
  { isSteady }: MeasuredBackfill,
  now: string,
): PastForecast | undefined {
  return backfill.forecast === undefined || !isSteady
    ? undefined
    : {
        work: backfill.forecast.work,
        seconds:
          (new Date(now).getTime() - new Date(backfill.createdAt).getTime()) / 1000 -
          (backfill.pausedSeconds ?? 0),
      };
}

/** Writes the counts of a backfill that is in its main stage. */
export async function recordCounts(
  { store, clock }: Timed,
  id: string,
  progress: readonly TableProgress[],
): Promise<void> {
  await store.transaction(async (tx) => {
    const current = await backfillIn(tx, id);
    if (current === undefined || current.stage !== 'main') return;
    if (current.state !== 'cancelled' && isFinished(current)) return;
    if (JSON.stringify(current.progress) === JSON.stringify(progress)) return;
    tx.set(paths.backfill(id), { ...current, progress, updatedAt: clock().toISOString() });
  });
}
