/** `RunCompleted`: record it, then look at the state and ask for whatever it makes possible. */
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import { isPlanned } from '../../shared/domain/decide/backfill-survey.ts';
import { decideFollowers } from '../../shared/domain/decide/followers.ts';
import { isAnswered, type PartitionRef } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import { isLastGames } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { completionRecorded, completionSuperseded, partitionFailed } from '../../shared/observe/events.ts';
import type { RunCompleted } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { calendarOf, replaceCalendar } from '../../shared/state/calendars.ts';
import { recordCompletion } from '../../shared/state/record-completion.ts';
import { tableSeasonsOf } from '../../shared/state/completions.ts';
import { paths, type BackfillDocument, type PlanDocument } from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { markFollowed } from '../../shared/state/runs.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { originInRun } from '../../shared/observe/tracing.ts';
import { carryOut } from '../steps/actions.ts';
import { advanceBackfill, planId } from '../steps/advance.ts';
import type { HandlerContext } from '../steps/context.ts';

export async function orchestrate(context: HandlerContext, message: RunCompleted): Promise<Outcome> {
  const { ports, registry } = context;
  if (!registry.has(message.table))
    return { kind: 'dead_letter', reason: `There is no table ${message.table}` };
  const seasons = seasonsOf(message.dates.map(({ date }) => date));
  const { runId, table, mode, backfillId } = message;
  const { changes, superseded } = await recordCompletion(ports, registry, message);
  completionRecorded(ports, {
    runId,
    table,
    mode,
    backfillId,
    dates: message.dates.map(({ date }) => date),
    changed: changes.length,
  });
  if (superseded.length > 0) completionSuperseded(ports, { runId, table, dates: superseded });
  if (registry.calendarSources.includes(message.table)) {
    const refreshed = await refreshCalendars(context, seasons);
    if (refreshed !== undefined) return { kind: 'retry', reason: refreshed };
  }
  for (const { date, status, reason } of message.dates) {
    if (status === 'failed')
      partitionFailed(ports, { table, date, runId, mode, backfillId, reason: reason ?? 'failed' });
  }
  const running = await activeBackfills(context);
  if (changes.length > 0) {
    const view = await loadView(ports, registry, seasons, {
      gameHashes: await needsGameHashes(context, message),
    });
    const actions = decideFollowers(view, changes, await coveredBy(context, view, running));
    const events = await carryOut(context, view, actions, {
      mode: 'live',
      backfillId: null,
      through: message.through,
      correlationId: message.correlationId,
      causationId: message.eventId,
      trace: originInRun(message),
      acceptMissing: false,
    });
    if (events.length > 0) await dispatchOutbox(ports, events);
  }
  for (const backfill of running)
    await advanceBackfill(
      context,
      backfill.id,
      message.dates.map(({ date }) => date),
    );
  await markFollowed(ports, message.runId);
  return ack;
}

/**
 * Whether a partition that is to be judged, of the table itself or of what reads it, is judged by game hashes: all of them
 * when the change is live, else those that have been built before.
 */
async function needsGameHashes({ registry, ports }: HandlerContext, message: RunCompleted): Promise<boolean> {
  const readsGames = ({ definition }: RegisteredTable): boolean =>
    definition.inputs.some(({ window }) => isLastGames(window));
  if (readsGames(registry.get(message.table))) return true;
  // A source with nothing for a date settles every table of the date, and with them whatever reads any of them.
  if (
    registry.resultSources.includes(message.table) &&
    message.dates.some(({ status }) => status === 'empty')
  )
    return true;
  const readers = registry
    .readersOf(message.table)
    .flatMap(({ table }) => (readsGames(table) ? [table.definition.name] : []));
  if (readers.length === 0 || message.mode === 'live') return readers.length > 0;
  const seasons = seasonsOf(message.dates.map(({ date }) => date));
  const indexes = await tableSeasonsOf(
    ports,
    readers.flatMap((table) => seasons.map((season) => ({ table, season }))),
  );
  return indexes.some((index) => index !== undefined);
}

async function activeBackfills({ ports }: HandlerContext): Promise<BackfillDocument[]> {
  const found = await Promise.all(
    (['running', 'paused', 'cancelled'] as const).map((state) => ports.store.list('backfills', { state })),
  );
  return found
    .flat()
    .map(({ data }) => data as unknown as BackfillDocument)
    .filter((backfill) => backfill.finishedAt === null);
}

/** Partitions that a running backfill will still come to by itself: all of its plan, but for what it has built already. */
async function coveredBy(
  context: HandlerContext,
  view: View,
  running: readonly BackfillDocument[],
): Promise<(ref: PartitionRef) => boolean> {
  const plans: { readonly backfill: BackfillDocument; readonly plan: PlanDocument }[] = [];
  for (const backfill of running) {
    if (backfill.state !== 'running') continue;
    const plan = await context.ports.store.get<PlanDocument>(
      `${paths.backfillPlans(backfill.id)}/${planId(backfill)}`,
    );
    if (plan !== undefined) plans.push({ backfill, plan });
  }
  return (ref) => {
    const state = stateOf(view, ref.table, ref.date);
    const isBuiltBy = ({ id, stage }: BackfillDocument): boolean =>
      stage === 'main' && state?.backfillId === id && isAnswered(state);
    return plans.some(({ backfill, plan }) => isPlanned(plan.batches, ref) && !isBuiltBy(backfill));
  };
}

/** Reads from the warehouse which games exist. @returns the reason when it cannot be read now */
async function refreshCalendars(
  { ports }: HandlerContext,
  seasons: readonly Season[],
): Promise<string | undefined> {
  for (const season of seasons) {
    for (;;) {
      const before = await calendarOf(ports, season);
      const facts = await ports.warehouse.scheduleFacts([season]);
      if (!facts.ok) return `The schedule could not be read: ${facts.failure.detail}`;
      const openingNight = facts.value.find(({ regularGames }) => regularGames > 0)?.date;
      if (openingNight === undefined) break;
      const calendar: SeasonCalendar = {
        season,
        openingNight,
        dates: facts.value.map(({ date }) => date),
        games: Object.fromEntries(
          facts.value.map(({ date, games, finalGames }) => [date, { games, finalGames }]),
        ),
      };
      if (await replaceCalendar(ports, before, calendar)) break;
    }
  }
  return undefined;
}
