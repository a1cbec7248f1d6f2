/** `BackfillRequest`: expand it to dates, plan, write the plan down, and start. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { refName } from '../../shared/domain/partition.ts';
import {
  partitionDates,
  partitionsOf,
  planBackfill,
  tablesInScope,
  type MissingInput,
  type Plan,
  type PlanRequest,
} from '../../shared/domain/plan.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import type { Phase } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { traceIdOf, type TraceOrigin } from '../../shared/domain/trace-context.ts';
import { backfillDryRun, backfillRefused, backfillStarted } from '../../shared/observe/events.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import {
  readBackfill,
  refuseBackfill,
  startBackfill,
  type NewBackfill,
  type NormalRequest,
  type PlanDocument,
} from '../../shared/state/backfills.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import { recordBackfill } from '../../shared/observe/tracing.ts';
import { advanceBackfill } from '../steps/advance.ts';
import { settleExcluded } from '../steps/exclusions.ts';
import type { HandlerContext } from '../steps/context.ts';

/** @param trace where the backfill begins in a trace; in one of its own, unless whoever asks for it says so */
export async function requestBackfill(
  context: HandlerContext,
  request: BackfillRequest,
  messageId: string,
  trace: TraceOrigin = { traceId: traceIdOf(backfillIdOf(request, messageId)), parentId: null },
): Promise<Outcome> {
  const { ports } = context;
  const id = backfillIdOf(request, messageId);
  if ((await readBackfill(ports, id)) !== undefined) {
    await advanceBackfill(context, id);
    return ack;
  }
  let planned: { request: NormalRequest; view: View; plan: Plan };
  try {
    planned = await planRequest(context, request);
  } catch (error) {
    if (error instanceof RequestError) return { kind: 'dead_letter', reason: error.message };
    throw error;
  }
  if (request.dryRun === true) {
    const { dates, batches } = planned.plan;
    backfillDryRun(ports, { backfillId: id, dateCounts: { ...dates }, runs: batches.length });
    return ack;
  }
  await start(context, id, request, messageId, trace, planned);
  return ack;
}

/**
 * What a request comes to now: its defaults, its dates, its plan. Writes nothing.
 * @throws RequestError when it names a table that does not exist or dates of which nothing is known
 */
export async function planRequest(
  context: HandlerContext,
  request: BackfillRequest,
): Promise<{ request: NormalRequest; view: View; plan: Plan }> {
  const { registry, policy, ports } = context;
  const from: Phase = request.from ?? 'phase3';
  const through: Phase = request.through ?? 'phase5';
  const unknown = (request.tables ?? []).filter((name) => !registry.has(name));
  if (unknown.length > 0) {
    throw new RequestError(
      `There is no table ${unknown.join(', ')}; tables are ${registry.all.map(({ definition }) => definition.name).join(', ')}`,
    );
  }
  const seasons = (await knownSeasons(ports)).filter((season) => mayContain(request, season));
  const acceptMissing = request.skipPreflight !== undefined;
  const view = await loadView(ports, registry, seasons, { acceptMissing });
  const scope = tablesInScope(view, {
    from,
    through,
    ...(request.tables === undefined ? {} : { tables: request.tables }),
  });
  if (request.tables !== undefined && scope.length === 0) {
    throw new RequestError(`None of ${request.tables.join(', ')} is in the phases ${from} to ${through}`);
  }
  const dates = expandDates(request, view, from);
  const normal: NormalRequest = {
    dates,
    from,
    through,
    tables: request.tables ?? null,
    only: request.only ?? 'all',
    restate: request.restate ?? 'auto',
    force: request.force ?? false,
    maxInFlight: request.maxInFlight ?? policy.maxInFlight,
    requestedBy: request.requestedBy ?? null,
  };
  const { tables, ...rest } = normal;
  const planRequest: PlanRequest = { ...rest, ...(tables === null ? {} : { tables }) };
  return { request: normal, view, plan: planBackfill(view, planRequest, policy.batchSize) };
}

function mayContain(request: BackfillRequest, season: Season): boolean {
  if (request.season !== undefined) return request.season === season;
  if (request.dates !== undefined) return request.dates.some((date) => seasonOf(date) === season);
  const { startDate, endDate } = request;
  return (
    startDate !== undefined &&
    endDate !== undefined &&
    seasonOf(startDate) <= season &&
    season <= seasonOf(endDate)
  );
}

/** The game dates a request means, ascending. For raw tables also the dates that only their files know. */
function expandDates(request: BackfillRequest, view: View, from: Phase): GameDate[] {
  const dates = new Set<GameDate>();
  for (const season of view.seasons.values()) {
    for (const date of season.calendar.dates) dates.add(date);
    if (from !== 'phase2') continue;
    for (const table of view.registry.inPhase('phase2'))
      for (const date of partitionDates(table, season)) dates.add(date);
  }
  const listed = request.dates === undefined ? undefined : new Set(request.dates);
  const wanted = [...dates].filter(
    (date) =>
      (listed === undefined || listed.has(date)) &&
      (request.season === undefined || seasonOf(date) === request.season) &&
      (request.startDate === undefined || date >= request.startDate) &&
      (request.endDate === undefined || date <= request.endDate),
  );
  return wanted.sort();
}

async function start(
  context: HandlerContext,
  id: string,
  request: BackfillRequest,
  messageId: string,
  trace: TraceOrigin,
  { request: normal, view, plan }: { request: NormalRequest; view: View; plan: Plan },
): Promise<void> {
  const { ports } = context;
  const noGo = request.skipPreflight === undefined ? plan.missing : [];
  const refused = noGo.length > 0 || normal.dates.length === 0;
  const backfill: NewBackfill = {
    id,
    requestId: request.requestId ?? messageId,
    trace,
    request: normal,
    dates: plan.dates,
    plannedRuns: refused ? 0 : plan.batches.length,
    skipPreflight: request.skipPreflight ?? null,
  };
  if (refused) {
    const verdict =
      normal.dates.length === 0 ? noDatesVerdict(view) : `NO-GO: ${noGo.map(describeMissing).join('; ')}`;
    recordBackfill(ports, await refuseBackfill(ports, backfill, noGo, verdict));
    backfillRefused(ports, { backfillId: id, reason: verdict });
    return;
  }
  await settleExcluded(context, plan.excluded, id);
  const planned: PlanDocument = {
    stage: 'main',
    batches: plan.batches,
    ...(normal.force ? { forcedSince: tokensOf(view, plan) } : {}),
  };
  const started = await startBackfill(ports, backfill, planned);
  if (started)
    backfillStarted(ports, {
      backfillId: id,
      traceId: trace.traceId,
      dateCounts: { ...plan.dates },
      runs: plan.batches.length,
    });
  await advanceBackfill(context, id);
}

function tokensOf(view: View, plan: Plan): Record<string, number> {
  return Object.fromEntries(
    partitionsOf(plan.batches).map((ref) => [refName(ref), stateOf(view, ref.table, ref.date)?.token ?? 0]),
  );
}

function noDatesVerdict(view: View): string {
  const known = [...view.seasons.keys()];
  return known.length === 0
    ? 'NO-GO: no schedule is known for these dates; load one first with `fullcourt import` or `fullcourt simulate`'
    : `NO-GO: there are no scheduled games on these dates (known seasons: ${known.join(', ')})`;
}

/** What is missing, where, and the command that fills it. */
export function describeMissing({ table, phase, dates, neededBy }: MissingInput): string {
  const first = dates[0] ?? '';
  const last = dates.at(-1) ?? '';
  const command =
    phase === 'phase2'
      ? 'fullcourt import --from DIR'
      : `fullcourt backfill --start ${first} --end ${last} --from ${phase} --through ${phase}`;
  return `${table} is missing on ${dates.length} dates (${first} to ${last}), needed by ${neededBy.join(', ')}; fill it with \`${command}\``;
}
