/**
 * Lists, shows, pauses, resumes, cancels and retries backfills. The answers are values, so that commands and the simulator
 * use the same functions.
 */
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RestatePolicy } from '../../shared/domain/decide/restatement.ts';
import { refNamed } from '../../shared/domain/partition.ts';
import type { MissingInput } from '../../shared/domain/plan.ts';
import type { Phase } from '../../shared/domain/table.ts';
import type { KeptValidation } from '../../shared/domain/validation.ts';
import { traceIdOf } from '../../shared/domain/trace-context.ts';
import { MAX_REQUEST_DATES } from '../../shared/messages/schemas.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { wordsOfDates, type DateWord } from '../../shared/state/backfill-dates.ts';
import { failuresOf } from '../../shared/state/backfill-failures.ts';
import {
  isFinished,
  listBackfills,
  readBackfill,
  type ActiveBackfill,
  type Backfill,
  type BackfillState,
} from '../../shared/state/backfills.ts';
import { bandOf, type Estimate } from './plan.ts';
import { moveBackfill } from '../../shared/state/backfill-steering.ts';
import { countRunsOf } from '../../shared/state/runs.ts';

type Documents = Pick<Ports, 'store'>;
type Steering = Pick<Ports, 'store' | 'clock' | 'publisher'>;

/** All backfills, the newest first. */
export async function backfillsByAge(ports: Documents): Promise<Backfill[]> {
  return (await listBackfills(ports)).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/**
 * A backfill by its id, or the newest one by the word `last`.
 * @returns undefined when there is none
 */
export async function findBackfill(ports: Documents, idOrLast: string): Promise<Backfill | undefined> {
  return idOrLast === 'last' ? (await backfillsByAge(ports))[0] : readBackfill(ports, idOrLast);
}

/** The state of a backfill as a person sees it: a running one is `interrupted` while no process does the work of its home. */
export type SeenState = BackfillState | 'interrupted';

export interface Holding {
  /** The process that does the work; absent where deployed functions do it. */
  readonly holder?: (() => string | undefined) | undefined;
}

export function seenState({ holder }: Holding, { state }: Pick<Backfill, 'state'>): SeenState {
  return state === 'running' && holder !== undefined && holder() === undefined ? 'interrupted' : state;
}

/**
 * What became of the game dates that were asked for: asked = built + unchanged + failed + leftOut + open. `open` is 0 when the
 * backfill has ended. A date is left out when it has nothing to build: it is in the first days of a season and only features
 * are asked for, its games are not played yet, or it was never reached before the backfill was cancelled.
 */
export interface DateCounts {
  readonly asked: number;
  readonly built: number;
  /** Earlier dates that were built although nobody asked for them, because windows read them. Not among those asked for. */
  readonly builtFirst: number;
  /** Nothing to do: built before, from the same inputs. */
  readonly unchanged: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly open: number;
}

/** What became of a backfill, in dates and runs. */
export interface BackfillOutcome {
  readonly backfillId: string;
  readonly state: SeenState;
  readonly traceId: string;
  readonly dates: DateCounts;
  /**
   * Those of the dates of which some table has no rows because its games are outside of the scope of the files. Other tables may
   * have rows of them, so they are counted apart from `dates`.
   */
  readonly outsideScope: readonly GameDate[];
  readonly runs: number;
  /** From the request to the end. */
  readonly seconds: number;
  /** Those of them in which it was paused, also when it still is. */
  readonly pausedSeconds: number;
  /** What was forecast for the rest of them; null where that was not known. */
  readonly forecast: Estimate['seconds'];
  readonly verdict: string | null;
  /** Of what it has built; null before its end, and where it has built nothing. */
  readonly validation: KeptValidation | null;
  readonly noGo: readonly MissingInput[];
  readonly tables: Backfill['progress'];
}

export async function outcomeOf(
  { store, holder }: Documents & Holding,
  backfill: Backfill,
  seconds: number,
): Promise<BackfillOutcome> {
  const { id, trace, progress } = backfill;
  const [words, runs] = await Promise.all([wordsOfDates({ store }, id), countRunsOf({ store }, id)]);
  return {
    backfillId: id,
    state: seenState({ holder }, backfill),
    traceId: trace?.traceId ?? traceIdOf(id),
    dates: dateCounts(backfill, words),
    outsideScope: backfill.outsideScope ?? [],
    runs,
    seconds: thousandths(seconds),
    pausedSeconds: backfill.pausedSeconds ?? 0,
    forecast: backfill.forecast === undefined ? null : bandOf(backfill.forecast),
    verdict: backfill.verdict,
    validation: validationOf(backfill),
    noGo: backfill.noGo,
    tables: progress,
  };
}

/** What is kept of the validation of a backfill; null where nothing is. */
export function validationOf(backfill: Backfill): KeptValidation | null {
  return (isFinished(backfill) ? backfill.validation : undefined) ?? null;
}

const thousandths = (seconds: number): number => Math.round(seconds * 1000) / 1000;

function dateCounts(backfill: Backfill, words: ReadonlyMap<GameDate, DateWord>): DateCounts {
  const asked = new Set(backfill.request.dates);
  const counts = { planned: 0, done: 0, failed: 0 };
  let builtFirst = 0;
  for (const [date, word] of words) {
    if (asked.has(date)) counts[word] += 1;
    else if (word === 'done') builtFirst += 1;
  }
  const open = isFinished(backfill) ? 0 : counts.planned;
  const rest = asked.size - counts.done - counts.failed - open;
  const unchanged = Math.min(backfill.dates.unchanged, rest);
  return {
    asked: asked.size,
    built: counts.done,
    builtFirst,
    unchanged,
    failed: counts.failed,
    leftOut: rest - unchanged,
    open,
  };
}

/** One backfill with what it has done so far; `seconds` run to its end, or to this moment. */
export async function showBackfill(
  { store, clock, holder }: Pick<Ports, 'store' | 'clock'> & Holding,
  id: string,
): Promise<{ readonly backfill: Backfill; readonly outcome: BackfillOutcome } | undefined> {
  const backfill = await readBackfill({ store }, id);
  if (backfill === undefined) return undefined;
  const until = new Date(backfill.finishedAt ?? clock());
  const since = (instant: string): number => (until.getTime() - new Date(instant).getTime()) / 1000;
  const outcome = await outcomeOf({ store, holder }, backfill, since(backfill.createdAt));
  const pause = backfill.pausedAt === undefined ? 0 : since(backfill.pausedAt);
  return { backfill, outcome: { ...outcome, pausedSeconds: thousandths(outcome.pausedSeconds + pause) } };
}

export type SteerAnswer =
  | { readonly kind: 'moved'; readonly to: ActiveBackfill['state'] }
  | { readonly kind: 'unknown' }
  /** The backfill is in the state `state`; only from the states `needs` can it be moved as asked. */
  | { readonly kind: 'refused'; readonly state: BackfillState; readonly needs: readonly BackfillState[] };

/** Pauses a backfill: it starts no new runs, and runs under way finish. */
export function pauseBackfill(ports: Steering, id: string): Promise<SteerAnswer> {
  return steer(ports, id, ['running'], 'paused');
}

/** Goes on with a paused backfill. */
export function resumeBackfill(ports: Steering, id: string): Promise<SteerAnswer> {
  return steer(ports, id, ['paused'], 'running');
}

/** Cancels a backfill: runs under way finish, and then it ends. */
export function cancelBackfill(ports: Steering, id: string): Promise<SteerAnswer> {
  return steer(ports, id, ['running', 'paused'], 'cancelled');
}

async function steer(
  ports: Steering,
  id: string,
  needs: readonly BackfillState[],
  to: ActiveBackfill['state'],
): Promise<SteerAnswer> {
  const before = await readBackfill(ports, id);
  if (before === undefined) return { kind: 'unknown' };
  if (!(await moveBackfill(ports, id, needs, to))) return { kind: 'refused', state: before.state, needs };
  // The sweep advances every backfill, so that this one is looked at soon and not only at the next completion.
  await ports.publisher.publish(SWEEP_TOPIC, '{}');
  return { kind: 'moved', to };
}

/**
 * The request of a backfill, for the dates that it has not built: `restate`, `force`, `maxInFlight` and `skipPreflight` are
 * those of the backfill.
 */
export interface RetryRequest {
  readonly dates?: GameDate[];
  readonly startDate?: GameDate;
  readonly endDate?: GameDate;
  readonly from: Phase;
  readonly through: Phase;
  readonly tables?: string[];
  readonly only: 'all';
  readonly restate: RestatePolicy;
  readonly force: boolean;
  readonly maxInFlight: number;
  readonly fetch?: false;
  readonly skipPreflight?: { readonly reason: string };
}

export type RetryAnswer =
  | {
      readonly kind: 'ask';
      readonly request: RetryRequest;
    }
  | { readonly kind: 'nothing failed'; readonly state: BackfillState }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'still active'; readonly state: BackfillState };

/**
 * The request that tries again what a backfill has not built: the dates that failed; after a cancellation also those that it
 * had not reached; of a refused backfill all. Partitions of these dates that are built already and unchanged are not built
 * again, unless the backfill was a forced one.
 */
export async function retryOf(ports: Documents, id: string): Promise<RetryAnswer> {
  const backfill = await readBackfill(ports, id);
  if (backfill === undefined) return { kind: 'unknown' };
  const { state, request, skipPreflight } = backfill;
  if (!isFinished(backfill)) return { kind: 'still active', state };
  const failed = [...(await failuresOf(ports, id))].map(refNamed);
  const unfetched = backfill.fetches?.failed ?? [];
  const dates = [
    ...new Set([...failed.map(({ date }) => date), ...unfetched, ...(await undoneDates(ports, backfill))]),
  ].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return { kind: 'nothing failed', state };
  const { from, through, tables, restate, force, maxInFlight } = request;
  return {
    kind: 'ask',
    request: {
      ...(dates.length <= MAX_REQUEST_DATES ? { dates } : { startDate: first, endDate: last }),
      from,
      through,
      // Later dates that were restated may have failed in tables that the request does not name.
      ...(tables === null ? {} : { tables: [...new Set([...tables, ...failed.map(({ table }) => table)])] }),
      only: 'all',
      restate,
      force,
      maxInFlight,
      ...(request.fetch === false ? { fetch: false } : {}),
      ...(skipPreflight === null ? {} : { skipPreflight }),
    },
  };
}

/** Dates that were asked for and that nothing has been done for: all of a refused backfill, the rest of a cancelled one. */
async function undoneDates({ store }: Documents, { id, state, request }: Backfill): Promise<GameDate[]> {
  if (state === 'refused') return [...request.dates];
  if (state !== 'cancelled') return [];
  const words = await wordsOfDates({ store }, id);
  // Without any word, it was cancelled before its plan was written down.
  return words.size === 0
    ? [...request.dates]
    : request.dates.filter((date) => words.get(date) === 'planned');
}
