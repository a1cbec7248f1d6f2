/**
 * The one writer of completion documents and of the season index derived from them. Every change reads the completion
 * document in the transaction that writes both, so the index can never be behind or ahead of it.
 */
import type { GameDate } from '../domain/game-date.ts';
import type { Change, DateRequest } from '../domain/decide.ts';
import { digest } from '../domain/hash.ts';
import { isInFlight, isSettled, refName, UNTOUCHED, type GateVerdict, type LiveWant, type Mode, type PartitionRef, type PartitionState } from '../domain/partition.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import { seasonOf } from '../domain/season.ts';
import type { Phase } from '../domain/table.ts';
import { SCHEMA_VERSION, type CompletedDate, type RunCompleted, type RunRequested } from '../messages/schemas.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths, type CompletionDocument, type RunDocument } from './documents.ts';
import { intend } from './outbox.ts';
import { gameTables } from './views.ts';

/** Dates whose completion documents one transaction reads and writes at most. */
const DATES_PER_TRANSACTION = 60;

/** At most this many names of what is missing are kept in a document; the rest is counted. */
const MAX_NAMED = 20;

type Apply = (state: PartitionState, date: GameDate) => PartitionState | undefined;

/** Applies `apply` to the state of `table` on `dates` inside `tx`; undefined leaves a date as it is. */
async function applyTo(tx: Transaction, table: RegisteredTable, dates: readonly GameDate[], now: string, apply: Apply): Promise<GameDate[]> {
  const { name, phase } = table.definition;
  const documents = await tx.getAll<CompletionDocument>(dates.map((date) => paths.completion(phase, date)));
  const changed: GameDate[] = [];
  const index = new Map<string, Map<readonly string[], unknown>>();
  dates.forEach((date, i) => {
    const document = documents[i];
    const before = document?.tables[name];
    const after = apply(before === undefined ? UNTOUCHED : stripped(before), date);
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
    const fields = index.get(path) ?? new Map<readonly string[], unknown>([[['table'], name], [['season'], seasonOf(date)]]);
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
async function update(ports: Ports, table: RegisteredTable, dates: readonly GameDate[], apply: Apply): Promise<GameDate[]> {
  const changed: GameDate[] = [];
  for (let i = 0; i < dates.length; i += DATES_PER_TRANSACTION) {
    const chunk = dates.slice(i, i + DATES_PER_TRANSACTION);
    const now = ports.clock().toISOString();
    changed.push(...(await ports.store.transaction((tx) => applyTo(tx, table, chunk, now, apply))));
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
  readonly want: LiveWant | null;
}

/**
 * Asks for a run, unless somebody is already at work on one of its dates: the partitions, the run document and the
 * message are one transaction.
 * @returns the event to dispatch, or undefined when nothing was asked for
 */
export async function requestRun(ports: Ports, registry: Registry, request: RunRequest): Promise<{ eventId: string; runId: string } | undefined> {
  const table = registry.get(request.table);
  const { phase } = table.definition;
  const dates = request.dates.map(({ date }) => date);
  const now = ports.clock();
  return ports.store.transaction(async (tx) => {
    const documents = await tx.getAll<CompletionDocument>(dates.map((date) => paths.completion(phase, date)));
    const states = documents.map((document) => document?.tables[request.table]);
    if (states.some((state) => isInFlight(state) || (request.mode === 'backfill' && state?.want != null))) return undefined;
    const token = Math.max(0, ...states.map((state) => state?.token ?? 0)) + 1;
    const runId = `run-${digest(`${request.table} ${token} ${request.dates.map(({ date, inputFingerprint }) => `${date}:${inputFingerprint}`).join(' ')}`)}`;
    await applyTo(tx, table, dates, now.toISOString(), (state) => ({
      ...state,
      status: 'requested',
      token,
      runId,
      mode: request.mode,
      backfillId: request.backfillId ?? state.backfillId,
      want: request.want,
      waitingFor: [],
      gates: [],
      reason: null,
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
      state: 'requested',
      token: token * TAKEOVERS,
      attempt: 0,
      lease: null,
      requestedAt: now.toISOString(),
      startedAt: null,
      finishedAt: null,
      lastError: null,
      outcome: null,
      manifest: table.definition.inputs.map((input) => ({ table: input.table, window: describeWindow(input.window), required: input.required })),
    };
    tx.set(paths.run(runId), run);
    const message: RunRequested = {
      schemaVersion: SCHEMA_VERSION,
      kind: 'run_requested',
      eventId: `requested:${runId}`,
      correlationId: request.correlationId,
      causationId: request.causationId,
      runId,
      table: request.table,
      dates: [...request.dates],
      mode: request.mode,
      backfillId: request.backfillId,
      through: request.through,
    };
    intend(tx, phase, message, now);
    return { eventId: message.eventId, runId };
  });
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

/**
 * Records what became of a run. A date that a newer run has been asked for since is left alone. Recording twice changes
 * nothing.
 * @returns partitions whose content, or whose being settled, is new; and the dates that were superseded
 */
export async function recordCompletion(
  ports: Ports,
  registry: Registry,
  message: RunCompleted,
): Promise<{ readonly changes: Change[]; readonly superseded: GameDate[] }> {
  const table = registry.get(message.table);
  const results = new Map(message.dates.map((result) => [result.date, result]));
  const want = message.mode === 'live' ? { through: message.through, correlationId: message.correlationId } : null;
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
      await applyTo(tx, table, chunk, now, (state, date) => {
        const result = results.get(date);
        if (result === undefined || state.runId !== message.runId) {
          old.push(date);
          return undefined;
        }
        const next = afterRun(state, result);
        if (!isInFlight(state)) {
          // Told before: say again what followed from it, since the first telling may have been cut short.
          if (isSettled(state)) changed.push({ table: message.table, date, want });
          return undefined;
        }
        if (isSettled(next)) changed.push({ table: message.table, date, want });
        if (keepsHashes && result.gameHashes !== undefined) tx.set(paths.gameHashes(message.table, date), { hashes: result.gameHashes });
        return next;
      });
      return { changed, old };
    });
    changes.push(...done.changed);
    superseded.push(...done.old);
  }
  return { changes, superseded };
}

function afterRun(state: PartitionState, result: CompletedDate): PartitionState {
  if (result.status === 'failed') return { ...state, status: 'failed', reason: result.reason ?? 'failed', want: null };
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
    want: null,
    reason: result.reason ?? null,
  };
}

function named(refs: readonly PartitionRef[]): string[] {
  const names = refs.slice(0, MAX_NAMED).map(refName);
  return refs.length > MAX_NAMED ? [...names, `and ${refs.length - MAX_NAMED} more`] : names;
}

/** Says that a partition cannot be built, and what would have to be there first. */
export async function markBlocked(
  ports: Ports,
  registry: Registry,
  ref: PartitionRef,
  blockers: readonly PartitionRef[],
  gates: readonly GateVerdict[],
  backfillId: string | null,
): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state)
      ? undefined
      : {
          ...state,
          status: 'blocked',
          waitingFor: named(blockers),
          gates,
          backfillId: backfillId ?? state.backfillId,
          reason: blockers.length > 0 ? `waits for ${named(blockers).join(', ')}` : (gates[0]?.detail ?? 'blocked'),
        },
  );
}

/** Says that a live partition is to be built as soon as what it reads is there. */
export async function markWaiting(ports: Ports, registry: Registry, ref: PartitionRef, blockers: readonly PartitionRef[], want: LiveWant): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state)
      ? undefined
      : { ...state, status: isSettled(state) ? state.status : 'waiting', want, mode: 'live', waitingFor: named(blockers) },
  );
}

/** Says that what a built partition was built from has changed. */
export async function markStale(ports: Ports, registry: Registry, ref: PartitionRef, cause: 'data' | 'code' | 'forced', because: string): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) => (isInFlight(state) ? undefined : { ...state, stale: { cause, because } }));
}

/** Forgets a live want that has been met without a run. */
export async function clearWant(ports: Ports, registry: Registry, ref: PartitionRef): Promise<void> {
  await update(ports, registry.get(ref.table), [ref.date], (state) =>
    state.want === null ? undefined : { ...state, want: null, waitingFor: [] },
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
    isInFlight(state) || (state.status === status && state.reason === reason) || state.outputFingerprint !== null
      ? undefined
      : { ...state, status, reason, backfillId, waitingFor: [], gates: [] },
  );
}

/** Takes back that a partition is settled, because the warehouse does not hold what its document says. */
export async function reopen(ports: Ports, registry: Registry, ref: PartitionRef, reason: string): Promise<boolean> {
  const changed = await update(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isSettled(state) ? undefined : { ...state, status: 'blocked', stale: { cause: 'forced', because: reason }, reason },
  );
  return changed.length > 0;
}

/** Makes the season index of `table` anew from the completion documents. */
export async function rebuildIndex(ports: Ports, registry: Registry, table: string, dates: readonly GameDate[]): Promise<void> {
  await update(ports, registry.get(table), dates, (state) => (state.updatedAt === '' ? undefined : state));
}
