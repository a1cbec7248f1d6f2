/** Asks for a run: one transaction writes the states of its partitions, the run document and the message. */
import { isUnavailable } from '../domain/calendar.ts';
import type { DateRequest } from '../domain/decide/action.ts';
import { runToken } from '../domain/fencing.ts';
import { digest } from '../domain/hash.ts';
import { isInFlight, type LiveWant, type Mode, type PartitionState } from '../domain/partition.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import type { Phase } from '../domain/table.ts';
import { traceIdOf, type TraceOrigin } from '../domain/trace-context.ts';
import { windowInManifest } from '../domain/window-text.ts';
import { runRequested } from '../observe/events/runs.ts';
import type { DocumentPorts } from '../ports/index.ts';
import { isHeld } from './backfills.ts';
import { isAsSeen, readCompletions, withWant, writeStates } from './completions.ts';
import type { RequestedRun } from './documents.ts';
import { intend } from './outbox.ts';
import { requestOf, writeRun } from './runs.ts';

export interface RunRequest {
  readonly table: string;
  readonly dates: readonly DateRequest[];
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly through: Phase;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Where the run begins in a trace; by default in the trace of its correlation id, below no other span. */
  readonly trace?: TraceOrigin;
  readonly want: LiveWant | null;
  /** The states that the request was decided from, in the order of `dates`; without them, later changes do not matter. */
  readonly seen?: readonly (PartitionState | undefined)[];
}

/**
 * Asks for a run. Nothing is asked for if another run is under way for one of its dates, if one of its dates has changed since
 * the request was decided, or if its backfill is no longer running. A request of a backfill also gives way to a live want. A
 * live request that gives way leaves its want with the partitions; it is met when they are free.
 * @returns the event to dispatch, or undefined when nothing was asked for
 */
export async function requestRun(
  ports: Omit<DocumentPorts, 'publisher'>,
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
    const completions = await readCompletions(tx, table, dates);
    const { states } = completions;
    const hasChanged = (i: number): boolean => seen !== undefined && !isAsSeen(states[i], seen[i]);
    if (
      states.some(
        (state, i) =>
          isInFlight(state) || hasChanged(i) || (request.mode === 'backfill' && state?.want != null),
      )
    ) {
      // States that have changed are written again unchanged: that repairs a season index that differs from the documents.
      const at = new Map(dates.map((date, i) => [date, i]));
      writeStates(
        tx,
        completions,
        now.toISOString(),
        (state, date) =>
          (want === null ? undefined : withWant(state, want)) ??
          (hasChanged(at.get(date) ?? 0) ? state : undefined),
      );
      return undefined;
    }
    const token = Math.max(0, ...states.map((state) => state?.token ?? 0)) + 1;
    const runId = runIdOf(request, token);
    writeStates(tx, completions, now.toISOString(), (state) => ({
      ...state,
      status: 'requested',
      token,
      runId,
      mode: request.mode,
      backfillId: request.backfillId ?? state.backfillId,
      want: request.want,
      waitingFor: [],
      gates: [],
      // A date without a source keeps that reason while the source is looked for again.
      reason: isUnavailable(state.reason) ? state.reason : null,
    }));
    const run = newRun(table, request, runId, token, states, now);
    writeRun(tx, run);
    const message = requestOf(ports, run, request.causationId);
    intend(tx, phase, message, now);
    return { eventId: message.eventId, runId };
  });
  if (asked !== undefined) {
    const { mode, backfillId } = request;
    runRequested(ports, { runId: asked.runId, table: request.table, phase, mode, backfillId, dates });
  }
  return asked;
}

/** The same partitions with the same inputs and token are the same run. */
function runIdOf({ table, dates }: RunRequest, token: number): string {
  const inputs = dates.map(({ date, inputFingerprint }) => `${date}:${inputFingerprint}`);
  return `run-${digest(`${table} ${token} ${inputs.join(' ')}`)}`;
}

function newRun(
  { definition }: RegisteredTable,
  request: RunRequest,
  runId: string,
  token: number,
  states: readonly (PartitionState | undefined)[],
  now: Date,
): RequestedRun {
  return {
    runId,
    table: request.table,
    phase: definition.phase,
    dates: request.dates,
    mode: request.mode,
    backfillId: request.backfillId,
    through: request.through,
    correlationId: request.correlationId,
    trace: request.trace ?? { traceId: traceIdOf(request.correlationId), parentId: null },
    state: 'requested',
    token: runToken(token),
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
    manifest: definition.inputs.map((input) => ({
      table: input.table,
      window: windowInManifest(input.window),
      required: input.required,
    })),
  };
}
