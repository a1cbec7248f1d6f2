/**
 * `RunRequested`: claims the run, stages, audits and publishes its dates, reads them back, settles the run and announces
 * what became of it.
 */
import { audit } from '../../shared/domain/audit.ts';
import type { DateRequest } from '../../shared/domain/decide/action.ts';
import { ok, transient, type Failure, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { isBuilt } from '../../shared/domain/partition.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { evaluate, fingerprintOfMovedInputs, fingerprintOfThisCode } from '../../shared/domain/evaluation.ts';
import { isRaw } from '../../shared/domain/table.ts';
import { runFailed, runStarted } from '../../shared/observe/events/runs.ts';
import type { CompletedDate, RunRequested } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { businessNow } from '../../shared/ports/index.ts';
import type { PublishedDate, Staged } from '../../shared/ports/warehouse.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import type { RunningRun } from '../../shared/state/documents.ts';
import { modelsKnown } from '../../shared/state/models.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { raiseToken } from '../../shared/state/raise-token.ts';
import { recordHistory } from '../../shared/state/run-history.ts';
import {
  claimRun,
  completionId,
  failedDate,
  failedOutcome,
  releaseRun,
  renewLease,
  settleRun,
} from '../../shared/state/runs.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { inSpan } from '../../shared/observe/tracing.ts';
import { askedBy, type Asked } from '../steps/asked.ts';
import { keepSealed } from '../control/sealed-rows.ts';
import { stageInRange } from '../steps/in-range.ts';
import { earliestRead, goneDates } from '../steps/batch-dates.ts';
import { computedRows, withComputed, type ComputeContext } from '../steps/computed-rows.ts';
import { withKnown } from '../steps/known-rows.ts';
import type { HandlerContext, LoadedRows } from '../steps/context.ts';
import { completedDate } from '../steps/completed-date.ts';
import { leaveToOtherCode } from '../steps/other-code.ts';

/** Failure code of a publication that a newer run has overtaken. */
const FENCED = 'fenced';

/**
 * Handles the request of a run. Delivered again, it does nothing while the run is held, and announces a settled run again.
 */
export async function runProcessor(context: HandlerContext, message: RunRequested): Promise<Outcome> {
  const { ports, registry, policy } = context;
  if (!registry.has(message.table)) return leaveToOtherCode(context, message);
  const claim = await inSpan(ports, 'claim', () =>
    claimRun(ports, message.runId, context.holder, policy.leaseSeconds, context.revision),
  );
  switch (claim.kind) {
    case 'unknown':
      return {
        kind: 'dead_letter',
        reason: `There is no run ${message.runId}; ask with a BackfillRequest instead`,
      };
    case 'held':
      return ack;
    case 'settled':
      // Only the announcement of this run: the service of a phase may publish on no other topic.
      await dispatchOutbox(ports, [completionId(claim.run)]);
      return ack;
    case 'granted':
      return whileHeld(context, claim.run, () => work(context, claim.run));
    default:
      return claim satisfies never;
  }
}

/** Does the work on a run and prolongs its lease meanwhile, so that a long run is not taken over. */
async function whileHeld(
  { ports, policy, every }: HandlerContext,
  run: RunningRun,
  work: () => Promise<Outcome>,
) {
  const stop = every?.(policy.leaseSeconds / 3, () => renewLease(ports, run, policy.leaseSeconds));
  try {
    return await work();
  } finally {
    stop?.();
  }
}

/** @param mayRaise whether the run may raise its token when its table refuses it */
async function work(context: HandlerContext, run: RunningRun, mayRaise = true): Promise<Outcome> {
  const { ports } = context;
  const { runId, phase, mode, backfillId, attempt } = run;
  const told = { runId, table: run.table, phase, mode, backfillId, attempt, dates: datesOf(run) };
  runStarted(ports, told);
  const table = context.registry.get(run.table);
  const asked = await askedBy(context, run);
  const result = await materialize(context, table, run, asked).catch(async (error: unknown) => {
    // A bug, or a store that does not answer. The lease must end: else the next delivery finds the run held and is
    // acknowledged.
    await releaseRun(ports, run, error instanceof Error ? error.message : String(error));
    throw error;
  });
  if (!result.ok) {
    const { kind, code, detail } = result.failure;
    runFailed(ports, { ...told, code, detail, status: code === FENCED ? FENCED : kind });
    if (code === FENCED && mayRaise) return afterFence(context, table, run, detail);
    await releaseRun(ports, run, `${code}: ${detail}`);
    await recordAttempt(context, table, run, failedOutcome(run, detail));
    return kind === 'transient' || code === FENCED
      ? { kind: 'retry', reason: `${code}: ${detail}` }
      : { kind: 'dead_letter', reason: `${code}: ${detail}` };
  }
  const outcome = await withInputsRead(context, table, run, result.value);
  const eventId = await inSpan(ports, 'settle', () => settleRun(ports, run, outcome));
  if (eventId === undefined) return ack;
  // What follows the run need not wait for its line in the history.
  await Promise.all([dispatchOutbox(ports, [eventId]), recordAttempt(context, table, run, outcome)]);
  return ack;
}

/**
 * The outcome, with a fingerprint that matches no input where inputs changed while the run was at work. Example: a table is
 * corrected during the run and the correction is undone before its end. The fingerprints before and after are then equal,
 * but it is unknown which rows the run has read. The input versions show the change, and the partition is built again. Code of
 * another version may have asked for the run: the rows are made by this code, and the fingerprint says so.
 */
async function withInputsRead(
  { ports, registry }: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  outcome: readonly CompletedDate[],
): Promise<CompletedDate[]> {
  const { name, inputs } = table.definition;
  const view = await loadView(ports, registry, seasonsOf(datesOf(run)), {
    gameHashes: false,
    tables: [name, ...inputs.map((input) => input.table)],
  });
  const evaluation = evaluate(view);
  const seen = new Map(run.dates.map(({ date, inputVersion }) => [date, inputVersion]));
  // A load has found out which names its rows have. They are part of its fingerprint.
  const found = (date: GameDate, asked: string): string =>
    isRaw(table.definition) ? evaluation.inputFingerprint(table, date) : fingerprintOfThisCode(table, asked);
  return outcome.map((result) =>
    result.status === 'failed'
      ? result
      : {
          ...result,
          inputFingerprint:
            evaluation.inputVersion(table, result.date) === seen.get(result.date)
              ? found(result.date, result.inputFingerprint)
              : fingerprintOfMovedInputs(table),
        },
  );
}

/** Goes on with a larger token, leaves the run to its new owner, or ends it where its partitions belong to another run. */
async function afterFence(
  context: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  detail: string,
): Promise<Outcome> {
  const { ports, registry } = context;
  const found = await ports.warehouse.published(table, datesOf(run));
  if (!found.ok) {
    await releaseRun(ports, run, describe(found.failure));
    await recordAttempt(context, table, run, failedOutcome(run, describe(found.failure)));
    return { kind: 'retry', reason: describe(found.failure) };
  }
  const newest = Math.max(...found.value.map(({ token }) => token));
  const refused = await raiseToken(ports, registry, run, newest);
  switch (refused.kind) {
    case 'raised':
      return whileHeld(context, refused.run, () => work(context, refused.run, false));
    case 'taken_over':
      return ack;
    case 'superseded': {
      const outcome = failedOutcome(run, detail);
      const eventId = await settleRun(ports, run, outcome);
      if (eventId === undefined) return ack;
      await recordAttempt(context, table, run, outcome);
      await dispatchOutbox(ports, [eventId]);
      return ack;
    }
    default:
      return refused satisfies never;
  }
}

function datesOf(run: RunningRun): GameDate[] {
  return run.dates.map(({ date }) => date);
}

/** Builds the dates of a run. @returns what became of each of them, or a failure of the run as a whole */
async function materialize(
  context: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  asked: Asked,
): Promise<Result<CompletedDate[]>> {
  const loaded = isRaw(table.definition)
    ? await inSpan(context.ports, 'load', () => context.load(table, datesOf(run), context.ports.context))
    : ok(undefined);
  if (!loaded.ok) return loaded;
  return build(context, table, run, run.dates, asked, loaded.value);
}

/**
 * Builds dates together. If they fail permanently, each half is built by itself, and so on: in the end only the dates that
 * cause the failure have failed.
 */
async function build(
  context: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  dates: readonly DateRequest[],
  asked: Asked,
  loaded: LoadedRows | undefined,
): Promise<Result<CompletedDate[]>> {
  const attempt = await buildTogether(context, table, run, dates, asked, loaded);
  if (attempt.ok || attempt.failure.kind === 'transient' || attempt.failure.code === FENCED) return attempt;
  const only = dates[0];
  if (dates.length === 1 && only !== undefined)
    return ok([failedDate(only.date, only.inputFingerprint, describe(attempt.failure))]);
  const half = Math.ceil(dates.length / 2);
  const first = await build(context, table, run, dates.slice(0, half), asked, loaded);
  if (!first.ok) return first;
  const second = await build(context, table, run, dates.slice(half), asked, loaded);
  return second.ok ? ok([...first.value, ...second.value]) : second;
}

function describe({ code, detail }: Failure): string {
  return `${code}: ${detail}`;
}

async function buildTogether(
  context: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  requested: readonly DateRequest[],
  asked: Asked,
  loaded: LoadedRows | undefined,
): Promise<Result<CompletedDate[]>> {
  const { warehouse } = context.ports;
  const dates = requested.map(({ date }) => date);
  const part = table.definition.partitionColumn;
  const wanted = new Set<unknown>(dates);
  const [first] = dates;
  if (first === undefined) throw new Error(`A run of ${table.definition.name} has no dates`);
  const calendar = await calendarOf(context.ports, seasonOf(first));
  const computed =
    table.definition.rowsFrom === 'code'
      ? await inSpan(context.ports, 'compute', () =>
          computedRows(computingAt(context), warehouse, table, dates, calendar),
        )
      : ok(undefined);
  if (!computed.ok) return computed;
  const rows = loaded?.rows.filter((row) => wanted.has(row[part])) ?? computed.value?.rows;
  const staged = await inSpan(context.ports, 'stage', () =>
    stageInRange(warehouse, {
      table,
      runId: run.runId,
      token: run.token,
      mode: run.mode,
      dates,
      readStart: earliestRead(table, first, calendar),
      ...(rows === undefined ? {} : { rows }),
    }),
  );
  if (!staged.ok) return staged;
  try {
    const completed = await publishAudited(
      context,
      run,
      await withKnown(context, withComputed(staged.value, computed.value), loaded),
      requested,
      asked,
      (date) => asked.force || loaded?.dates.get(date)?.hasLostGames === true,
      goneDates(table, dates, calendar, loaded),
    );
    // A run that ends before they are kept is delivered again, and keeps them then.
    const live = dates.filter((date) => computed.value?.live.has(date) === true);
    if (completed.ok) await keepSealed(context.archive, warehouse, table, live);
    return completed;
  } finally {
    await warehouse.discard(staged.value);
  }
}

/** What the code of tables is computed with at this moment. */
function computingAt({ ports, registry, archive }: HandlerContext): ComputeContext {
  return {
    ...{ registry, now: businessNow(ports), models: () => modelsKnown(ports), fileOf: archive.get },
    ...{ archives: (tables, season) => archivesOf(ports, tables, season), kept: archive },
  };
}

/**
 * Audits the staged dates, publishes those whose content differs from what is published, and reads them back.
 * @param mayShrink whether a person, or observations that agree, have said that rows of a date may go
 */
async function publishAudited(
  context: HandlerContext,
  run: RunningRun,
  staged: Staged,
  requested: readonly DateRequest[],
  { letThrough }: Asked,
  mayShrink: (date: GameDate) => boolean,
  gone: ReadonlySet<GameDate>,
): Promise<Result<CompletedDate[]>> {
  const { warehouse, clock } = context.ports;
  const { table } = staged;
  const dates = requested.map(({ date }) => date);
  const before = await inSpan(context.ports, 'audit', () => publishedBefore(context, staged, dates));
  if (!before.ok) return before;
  const published = byDate(before.value);
  const measured = new Map(staged.dates.map((date) => [date.date, date]));
  const completed: CompletedDate[] = [];
  const changed: GameDate[] = [];
  for (const request of requested) {
    const found = measured.get(request.date);
    if (found === undefined) throw new Error(`The warehouse staged nothing about ${request.date}`);
    const previous = published.get(request.date);
    const verdict = audit(
      table.definition,
      found,
      previous?.rows ?? 0,
      mayShrink(request.date),
      request.accepted ?? [],
      gone.has(request.date),
      letThrough,
    );
    if (verdict.kind === 'refuse') {
      completed.push({
        ...failedDate(request.date, request.inputFingerprint, verdict.reason),
        expectedRows: found.expectedRows,
      });
      continue;
    }
    // A former owner may still be at work. It must find a newer token on the rows, so rows without a change are
    // written too.
    const hasRivals = run.attempt > 1 || run.afterFailure;
    if (previous?.fingerprint !== found.fingerprint || hasRivals) changed.push(request.date);
    completed.push(completedDate(request, found, verdict));
  }
  if (changed.length > 0) {
    const written = await inSpan(context.ports, 'publish', () =>
      warehouse.publish({
        staged,
        dates: changed,
        token: run.token,
        mode: run.mode,
        processedAt: clock(),
        restated: changed.filter((date) => published.has(date)),
        backfillId: run.backfillId,
      }),
    );
    if (!written.ok) return written;
    const wrong = await inSpan(context.ports, 'read back', () => warehouse.readBack(staged, changed));
    if (!wrong.ok) return wrong;
    if (wrong.value.length > 0)
      return transient(
        'read_back_differs',
        `The warehouse does not hold what was written for ${wrong.value.join(', ')}`,
      );
  }
  return ok(completed);
}

/** The rows and fingerprints of those dates that are published already. */
async function publishedBefore(
  { ports }: HandlerContext,
  { table }: Staged,
  dates: readonly GameDate[],
): Promise<Result<PublishedDate[]>> {
  const first = dates[0];
  if (first === undefined) return ok([]);
  const index = await tableSeason(ports, table.definition.name, seasonOf(first));
  const built = dates.filter((date) => isBuilt(index?.dates[date]));
  return built.length === 0 ? ok([]) : ports.warehouse.published(table, built);
}

function byDate(dates: readonly PublishedDate[]): Map<GameDate, PublishedDate> {
  return new Map(dates.map((date) => [date.date, date]));
}

/** The rows of the run history for one attempt at the run. */
async function recordAttempt(
  { ports }: HandlerContext,
  table: RegisteredTable,
  run: RunningRun,
  outcome: readonly CompletedDate[],
): Promise<void> {
  await recordHistory(ports, table, { ...run, finishedAt: ports.clock().toISOString() }, outcome);
}
