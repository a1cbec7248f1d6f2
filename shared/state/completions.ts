/**
 * The one writer of completion documents and of the season index derived from them. Every change reads the completion
 * document in the transaction that writes both, so the index can never be behind or ahead of it.
 */
import { SOURCE_UNAVAILABLE } from '../domain/calendar.ts';
import type { GameDate } from '../domain/game-date.ts';
import type { DateRequest } from '../domain/decide/action.ts';
import type { Change } from '../domain/decide/followers.ts';
import { digest } from '../domain/hash.ts';
import {
  isInFlight,
  isSettled,
  refName,
  UNTOUCHED,
  type GateVerdict,
  type LiveWant,
  type Mode,
  type PartitionRef,
  type PartitionState,
} from '../domain/partition.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import { seasonOf } from '../domain/season.ts';
import type { Phase } from '../domain/table.ts';
import { traceIdOf } from '../domain/trace-context.ts';
import {
  SCHEMA_VERSION,
  type CompletedDate,
  type RunCompleted,
  type RunRequested,
} from '../messages/schemas.ts';
import { runRequested } from '../observe/events.ts';
import type { Ports } from '../ports/index.ts';
import { traceparentOfRun } from '../observe/tracing.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths, type CompletionDocument, type RunDocument, type TraceOrigin } from './documents.ts';
import { isHeld, noteFailure } from './backfills.ts';
import { intend } from './outbox.ts';
import { datesInMessage } from './runs.ts';
import { gameTables } from './views.ts';

/** Dates whose completion documents one transaction reads and writes at most. */
const DATES_PER_TRANSACTION = 60;

/** At most this many names of what is missing are kept in a document; the rest is counted. */
const MAX_NAMED = 20;

type Apply = (state: PartitionState, date: GameDate) => PartitionState | undefined;

/**
 * Whether a partition is still what a decision saw. A decision is computed from a view that may be old by the time it is
 * carried out; what has happened to the partition since then is never undone by it.
 */
function isAsSeen(state: PartitionState | undefined, seen: PartitionState | undefined): boolean {
  const [now, then] = [state ?? UNTOUCHED, seen ?? UNTOUCHED];
  return now.token === then.token && now.status === then.status && now.revision === then.revision;
}

/** The state of a table in a completion document. What somebody else has put there under its name does not count. */
function stateOfTable(document: CompletionDocument | undefined, table: string): PartitionState | undefined {
  const entry = document?.tables[table];
  return typeof entry?.token === 'number' && typeof entry.updatedAt === 'string'
    ? stripped(entry)
    : undefined;
}

function documentsOf(
  tx: Transaction,
  table: RegisteredTable,
  dates: readonly GameDate[],
): Promise<(CompletionDocument | undefined)[]> {
  return tx.getAll<CompletionDocument>(dates.map((date) => paths.completion(table.definition.phase, date)));
}

/** Applies `apply` to the state of `table` in the `documents` of `dates`; undefined leaves a date as it is. */
function applyTo(
  tx: Transaction,
  table: RegisteredTable,
  dates: readonly GameDate[],
  documents: readonly (CompletionDocument | undefined)[],
  now: string,
  apply: Apply,
): GameDate[] {
  const { name, phase } = table.definition;
  const changed: GameDate[] = [];
  const index = new Map<string, Map<readonly string[], unknown>>();
  dates.forEach((date, i) => {
    const document = documents[i];
    const after = apply(stateOfTable(document, name) ?? UNTOUCHED, date);
    if (after === undefined) return;
    const state: PartitionState = { ...after, updatedAt: now };
    changed.push(date);
    const readyPct = state.rows > 0 ? Math.round((10_000 * state.readyRows) / state.rows) / 100 : null;
    const written: CompletionDocument = {
      phase,
      date,
      tables: { ...document?.tables, [name]: { ...state, readyPct } },
      updatedAt: now,
    };
    tx.set(paths.completion(phase, date), written);
    const path = paths.tableSeason(name, seasonOf(date));
    const fields =
      index.get(path) ??
      new Map<readonly string[], unknown>([
        [['table'], name],
        [['season'], seasonOf(date)],
      ]);
    fields.set(['dates', date], state);
    index.set(path, fields);
  });
  for (const [path, fields] of index) tx.merge(path, fields);
  return changed;
}

function stripped(entry: PartitionState & { readonly readyPct?: number | null }): PartitionState {
  const { readyPct: _, ...state } = entry;
  return state;
}

/** Applies `apply` in transactions of bounded size. @returns the dates that changed */
async function update(
  ports: Ports,
  table: RegisteredTable,
  dates: readonly GameDate[],
  apply: Apply,
): Promise<GameDate[]> {
  const changed: GameDate[] = [];
  for (let i = 0; i < dates.length; i += DATES_PER_TRANSACTION) {
    const chunk = dates.slice(i, i + DATES_PER_TRANSACTION);
    const now = ports.clock().toISOString();
    changed.push(
      ...(await ports.store.transaction(async (tx) =>
        applyTo(tx, table, chunk, await documentsOf(tx, table, chunk), now, apply),
      )),
    );
  }
  return changed;
}

export interface RunRequest {
  readonly table: string;
  readonly dates: readonly DateRequest[];
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly through: Phase;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Where it begins in a trace; by itself in the trace of its correlation id, if nobody says. */
  readonly trace?: TraceOrigin;
  readonly want: LiveWant | null;
  /** The states the request was decided from, in the order of `dates`; without them only runs under way are in its way. */
  readonly seen?: readonly (PartitionState | undefined)[];
}

/**
 * Asks for a run, unless somebody is already at work on one of its dates, has been since the request was decided, or the
 * backfill is no longer running: the partitions, the run document and the message are one transaction. A live want that
 * comes too early for that is kept with the partitions, and met when they are free.
 * @returns the event to dispatch, or undefined when nothing was asked for
 */
export async function requestRun(
  ports: Ports,
  registry: Registry,
  request: RunRequest,
): Promise<{ eventId: string; runId: string } | undefined> {
  const table = registry.get(request.table);
  const { phase } = table.definition;
  const { seen, want } = request;
  const dates = request.dates.map(({ date }) => date);
  const now = ports.clock();
  const asked = await ports.store.transaction(async (tx) => {
    if (request.mode === 'backfill' && request.backfillId !== null && (await isHeld(tx, request.backfillId)))
      return undefined;
    const documents = await documentsOf(tx, table, dates);
    const states = documents.map((document) => stateOfTable(document, request.table));
    const hasChanged = (i: number): boolean => seen !== undefined && !isAsSeen(states[i], seen[i]);
    if (
      states.some(
        (state, i) =>
          isInFlight(state) || hasChanged(i) || (request.mode === 'backfill' && state?.want != null),
      )
    ) {
      // What has changed is written again, so that a season index that has lost touch with the documents finds it.
      const at = new Map(dates.map((date, i) => [date, i]));
      applyTo(
        tx,
        table,
        dates,
        documents,
        now.toISOString(),
        (state, date) =>
          (want === null ? undefined : withWant(state, want)) ??
          (hasChanged(at.get(date) ?? 0) ? state : undefined),
      );
      return undefined;
    }
    const token = Math.max(0, ...states.map((state) => state?.token ?? 0)) + 1;
    const runId = `run-${digest(`${request.table} ${token} ${request.dates.map(({ date, inputFingerprint }) => `${date}:${inputFingerprint}`).join(' ')}`)}`;
    applyTo(tx, table, dates, documents, now.toISOString(), (state) => ({
      ...state,
      status: 'requested',
      token,
      runId,
      mode: request.mode,
      backfillId: request.backfillId ?? state.backfillId,
      want: request.want,
      waitingFor: [],
      gates: [],
      // That there was no source stays known while it is looked for again.
      reason: state.reason === SOURCE_UNAVAILABLE ? state.reason : null,
    }));
    const run: RunDocument = {
      runId,
      table: request.table,
      phase,
      dates: request.dates,
      mode: request.mode,
      backfillId: request.backfillId,
      through: request.through,
      correlationId: request.correlationId,
      trace: request.trace ?? { traceId: traceIdOf(request.correlationId), parentId: null },
      state: 'requested',
      token: token * TAKEOVERS,
      attempt: 0,
      lease: null,
      requestedAt: now.toISOString(),
      askedAt: now.toISOString(),
      afterFailure: states.some((state) => state?.status === 'failed'),
      startedAt: null,
      finishedAt: null,
      lastError: null,
      outcome: null,
      followed: false,
      manifest: table.definition.inputs.map((input) => ({
        table: input.table,
        window: describeWindow(input.window),
        required: input.required,
      })),
    };
    tx.set(paths.run(runId), run);
    const message: RunRequested = {
      schemaVersion: SCHEMA_VERSION,
      kind: 'run_requested',
      eventId: `requested:${runId}`,
      correlationId: request.correlationId,
      causationId: request.causationId,
      traceparent: traceparentOfRun(ports, run),
      runId,
      table: request.table,
      dates: datesInMessage(run),
      mode: request.mode,
      backfillId: request.backfillId,
      through: request.through,
    };
    intend(tx, phase, message, now);
    return { eventId: message.eventId, runId };
  });
  if (asked !== undefined) {
    const { mode, backfillId } = request;
    runRequested(ports, { runId: asked.runId, table: request.table, phase, mode, backfillId, dates });
  }
  return asked;
}

/** Attempts one run may have before its tokens would meet those of the next. */
export const TAKEOVERS = 1000;

function describeWindow(window: RegisteredTable['definition']['inputs'][number]['window']): string {
  switch (window.kind) {
    case 'same_date':
      return 'same date';
    case 'season_to_date':
      return 'season to date';
    case 'previous_days':
      return `previous ${window.days} days`;
    case 'last_games':
      return `last ${window.games} games per ${window.per}`;
    case 'around_date':
      return `${window.back} days back to ${window.ahead} ahead`;
    default:
      return window satisfies never;
  }
}

/** The state with a live want beside it; undefined when it has that want already. */
function withWant(state: PartitionState, want: LiveWant): PartitionState | undefined {
  return state.want?.correlationId === want.correlationId && state.want.through === want.through
    ? undefined
    : { ...state, want };
}

/**
 * Records what became of a run, and with a backfill that asked for it, what of it failed. A date that a newer run has
 * been asked for since is left alone. Recording twice changes nothing.
 * @returns partitions whose content, or whose being settled, is new; and the dates that were superseded
 */
export async function recordCompletion(
  ports: Ports,
  registry: Registry,
  message: RunCompleted,
): Promise<{ readonly changes: Change[]; readonly superseded: GameDate[] }> {
  const table = registry.get(message.table);
  const results = new Map(message.dates.map((result) => [result.date, result]));
  const want =
    message.mode === 'live' ? { through: message.through, correlationId: message.correlationId } : null;
  const keepsHashes = new Set(gameTables(registry)).has(message.table);
  const changes: Change[] = [];
  const superseded: GameDate[] = [];
  const dates = message.dates.map(({ date }) => date);
  for (let i = 0; i < dates.length; i += DATES_PER_TRANSACTION) {
    const chunk = dates.slice(i, i + DATES_PER_TRANSACTION);
    const now = ports.clock().toISOString();
    const done = await ports.store.transaction(async (tx) => {
      const changed: Change[] = [];
      const old: GameDate[] = [];
      const hashes = new Map<string, Map<readonly string[], unknown>>();
      applyTo(tx, table, chunk, await documentsOf(tx, table, chunk), now, (state, date) => {
        const result = results.get(date);
        if (result === undefined || state.runId !== message.runId) {
          old.push(date);
          return undefined;
        }
        if (!isInFlight(state)) {
          // Told before: say again what followed from it, since the first telling may have been cut short.
          if (isSettled(state)) changed.push({ table: message.table, date, want });
          return undefined;
        }
        const next = afterRun(state, result, message.correlationId);
        if (isSettled(next)) changed.push({ table: message.table, date, want });
        else if (message.backfillId !== null)
          noteFailure(tx, message.backfillId, { table: message.table, date }, next.reason ?? 'failed');
        if (keepsHashes && result.gameHashes !== undefined) {
          const path = paths.gameHashes(message.table, date);
          hashes.set(path, (hashes.get(path) ?? new Map()).set(['dates', date], result.gameHashes));
        }
        return next;
      });
      for (const [path, fields] of hashes) tx.merge(path, fields);
      return { changed, old };
    });
    changes.push(...done.changed);
    superseded.push(...done.old);
  }
  return { changes, superseded };
}

function afterRun(state: PartitionState, result: CompletedDate, correlationId: string): PartitionState {
  // A want that somebody else left while the run was under way is still to be met.
  const want = state.want?.correlationId === correlationId ? null : state.want;
  if (result.status === 'failed')
    return { ...state, status: 'failed', reason: result.reason ?? 'failed', want };
  return {
    ...state,
    status: result.status,
    revision: state.outputFingerprint === result.outputFingerprint ? state.revision : state.revision + 1,
    rows: result.rows,
    expectedRows: result.expectedRows,
    games: result.games,
    expectedGames: result.expectedGames,
    readyRows: result.readyRows,
    syntheticRows: result.syntheticRows,
    inputFingerprint: result.inputFingerprint,
    outputFingerprint: result.outputFingerprint,
    stale: null,
    want,
    reason: result.reason ?? null,
  };
}

function named(refs: readonly PartitionRef[]): string[] {
  const names = refs.slice(0, MAX_NAMED).map(refName);
  return refs.length > MAX_NAMED ? [...names, `and ${refs.length - MAX_NAMED} more`] : names;
}

/** What a mark is decided from, and on whose behalf. */
export interface MarkOptions {
  /** The state the decision saw; a partition that has changed since is left alone. */
  readonly seen: PartitionState | undefined;
  readonly backfillId?: string | null;
  /** The live want to be kept with the partition, so that the sweep asks again. */
  readonly want?: LiveWant | null;
}

/**
 * Says that a partition cannot be built, and what would have to be there first. A backfill will not try it again when
 * its inputs are missing (`blockers` without `gates`); a gate is asked again.
 */
export async function markBlocked(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  blockers: readonly PartitionRef[],
  gates: readonly GateVerdict[],
  { seen, backfillId = null, want = null }: MarkOptions,
): Promise<void> {
  const table = registry.get(ref.table);
  const reason =
    blockers.length > 0 ? `waits for ${named(blockers).join(', ')}` : (gates[0]?.detail ?? 'blocked');
  const now = ports.clock().toISOString();
  await ports.store.transaction(async (tx) => {
    const documents = await documentsOf(tx, table, [ref.date]);
    const state = stateOfTable(documents[0], ref.table);
    if (isInFlight(state) || !isAsSeen(state, seen)) return;
    applyTo(tx, table, [ref.date], documents, now, (before) => ({
      ...before,
      status: 'blocked',
      waitingFor: named(blockers),
      gates,
      backfillId: backfillId ?? before.backfillId,
      reason,
      want: want ?? before.want,
    }));
    if (backfillId !== null && gates.length === 0) noteFailure(tx, backfillId, ref, reason);
  });
}

/** Says that a live partition is to be built as soon as what it reads is there, or as soon as the run under way has ended. */
export async function markWaiting(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  blockers: readonly PartitionRef[],
  want: LiveWant,
): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state)
      ? withWant(state, want)
      : {
          ...state,
          status: isSettled(state) ? state.status : 'waiting',
          want,
          mode: 'live',
          waitingFor: named(blockers),
        },
  );
}

/** Says that what a built partition was built from has changed. */
export async function markStale(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  cause: 'data' | 'code' | 'forced',
  because: string,
  { seen }: MarkOptions,
): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isAsSeen(state, seen) ? undefined : { ...state, stale: { cause, because } },
  );
}

/** Takes back that a partition is stale, because what it was built from has become again what it was. */
export async function markCurrent(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  { seen }: MarkOptions,
): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isAsSeen(state, seen) || state.stale === null || state.stale.cause === 'forced'
      ? undefined
      : { ...state, stale: null },
  );
}

/** Forgets a live want that has been met without a run. */
export async function clearWant(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  { seen }: MarkOptions,
): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    state.want === null || isInFlight(state) || !isAsSeen(state, seen)
      ? undefined
      : { ...state, want: null, waitingFor: [] },
  );
}

/** Records that partitions lawfully have no rows. @returns the dates that were not recorded so before */
export async function settleWithoutRows(
  ports: Ports,
  registry: Registry,
  table: string,
  dates: readonly GameDate[],
  status: 'skipped' | 'empty',
  reason: string,
  backfillId: string | null,
): Promise<GameDate[]> {
  return update(ports, registry.get(table), dates, (state) =>
    isInFlight(state) ||
    (state.status === status && state.reason === reason) ||
    state.outputFingerprint !== null
      ? undefined
      : { ...state, status, reason, backfillId, waitingFor: [], gates: [], want: null },
  );
}

/**
 * Takes back that a partition is settled, because the warehouse does not hold what its document says.
 * @returns whether it was still as it was seen
 */
export async function reopen(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  reason: string,
  { seen }: MarkOptions,
): Promise<boolean> {
  const changed = await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isSettled(state) || !isAsSeen(state, seen)
      ? undefined
      : {
          ...state,
          status: 'blocked',
          stale: { cause: 'forced', because: reason },
          reason,
          reopened: state.reopened + 1,
        },
  );
  return changed.length > 0;
}

/**
 * Frees the partitions of a settled run whose announcement never arrived: what they hold is unknown until they are built
 * again, which whoever wanted them asks for as if nothing had been asked before.
 * @returns the dates that were freed
 */
export async function freeUnannounced(
  ports: Ports,
  registry: Registry,
  run: RunDocument,
): Promise<GameDate[]> {
  const reason = `the answer of ${run.runId} was lost`;
  return update(
    ports,
    registry.get(run.table),
    run.dates.map(({ date }) => date),
    (state) =>
      isInFlight(state) && state.runId === run.runId
        ? { ...state, status: 'waiting', stale: { cause: 'forced', because: reason }, reason }
        : undefined,
  );
}

/** Makes the season index of `table` anew from the completion documents. */
export async function rebuildIndex(
  ports: Ports,
  registry: Registry,
  table: string,
  dates: readonly GameDate[],
): Promise<void> {
  await update(ports, registry.get(table), dates, (state) => (state.updatedAt === '' ? undefined : state));
}
