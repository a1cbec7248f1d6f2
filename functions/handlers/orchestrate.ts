/** `RunCompleted`: records what became of a run, then decides from what is stored which runs follow, and asks for them. */
import { isPlanned } from '../../shared/domain/decide/backfill-survey.ts';
import { decideFollowers, type Change } from '../../shared/domain/decide/followers.ts';
import { wantedIn } from '../../shared/domain/decide/wanted.ts';
import { isAnswered, type PartitionRef } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { isLastGames } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import {
  completionRecorded,
  completionSuperseded,
  partitionFailed,
} from '../../shared/observe/events/partitions.ts';
import type { RunCompleted } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { activeBackfills, readPlan } from '../../shared/state/backfills.ts';
import { recordCompletion } from '../../shared/state/record-completion.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { markFollowed } from '../../shared/state/runs.ts';
import { seasonsOf, withLaterSeasons } from '../../shared/state/views.ts';
import { originInRun } from '../../shared/observe/tracing.ts';
import { refreshCalendars } from '../control/refresh-calendars.ts';
import { carryOut } from '../steps/actions.ts';
import { advancePlanned, type PlannedBackfill } from '../steps/advance.ts';
import type { HandlerContext } from '../steps/context.ts';
import { messageView, type MessageView } from '../steps/message-view.ts';
import { leaveToOtherCode } from '../steps/other-code.ts';

/**
 * Handles the announcement of a run. Example: `nbac_team_boxscore` is complete for 2024-01-05. Its completion is recorded, the
 * live runs that read it are asked for, and every backfill that is under way is advanced.
 */
export async function orchestrate(context: HandlerContext, message: RunCompleted): Promise<Outcome> {
  const { ports, registry } = context;
  if (!registry.has(message.table)) return leaveToOtherCode(context, message);
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
    const refreshed = await refreshCalendars(ports, seasons);
    if (refreshed !== undefined) return { kind: 'retry', reason: refreshed };
  }
  for (const { date, status, reason } of message.dates) {
    if (status === 'failed')
      partitionFailed(ports, { table, date, runId, mode, backfillId, reason: reason ?? 'failed' });
  }
  const active = await plannedBackfills(context);
  const seen = messageView(context);
  if (changes.length > 0 || message.dates.some(({ status }) => status === 'failed')) {
    const { isAnyRefused } = await askLive(context, seen, message, changes, active);
    // What was to be built together with a refused run is not to wait for it.
    if (isAnyRefused) await askLive(context, seen, message, [], active);
  }
  const dates = message.dates.map(({ date }) => date);
  for (const planned of active) await advancePlanned(context, seen, planned, dates);
  await markFollowed(ports, message.runId);
  return ack;
}

/**
 * Asks for the live runs that follow changes. Without changes, only the partitions are looked at that are wanted already: they may have
 * waited to be built together with one that has failed.
 * @returns whether a run was not asked for after all, for example because its gate did not pass
 */
async function askLive(
  context: HandlerContext,
  seen: MessageView,
  message: RunCompleted,
  changes: readonly Change[],
  active: readonly PlannedBackfill[],
): Promise<{ readonly isAnyRefused: boolean }> {
  const { ports, policy, registry } = context;
  const seasons = await withLaterSeasons(
    ports,
    registry,
    seasonsOf(message.dates.map(({ date }) => date)),
    changes.map(({ table }) => table),
  );
  const options = { gameHashes: false, acceptMissing: false };
  const bare = await seen.of(seasons, options);
  if (changes.length === 0 && wantedIn(bare).length === 0) return { isAnyRefused: false };
  const view = needsGameHashes(bare, message)
    ? await seen.of(seasons, { ...options, gameHashes: true })
    : bare;
  const actions = decideFollowers(view, changes, leftToBackfills(view, active), policy.batchSize);
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
  if (actions.length > 0) seen.forget();
  return { isAnyRefused: events.length < actions.filter(({ kind }) => kind === 'request run').length };
}

/**
 * Whether the decision needs game hashes. They are needed to compare a partition that is built from last games: one of the
 * table itself, or one of a table that reads it. After a live change every such reader counts. After a change by a backfill
 * only readers with states in the season count: no other reader has a partition that could become stale.
 */
function needsGameHashes(view: View, message: RunCompleted): boolean {
  const { registry } = view;
  const readsGames = ({ definition }: RegisteredTable): boolean =>
    definition.inputs.some(({ window }) => isLastGames(window));
  if (readsGames(registry.get(message.table)) || wantedIn(view).some(({ table }) => readsGames(table)))
    return true;
  // When a source has nothing for a date, every table of the date is settled, and all their readers are looked at.
  if (
    registry.resultSources.includes(message.table) &&
    message.dates.some(({ status }) => status === 'empty')
  )
    return true;
  const readers = registry
    .readersOf(message.table)
    .flatMap(({ table }) => (readsGames(table) ? [table.definition.name] : []));
  if (message.mode === 'live') return readers.length > 0;
  return readers.some((name) => view.seasons.values().some(({ states }) => states.has(name)));
}

/** The backfills that have not ended, each with its plan. */
async function plannedBackfills({ ports }: HandlerContext): Promise<PlannedBackfill[]> {
  const planned: PlannedBackfill[] = [];
  for (const backfill of await activeBackfills(ports)) {
    const plan = await readPlan(ports, backfill);
    if (plan !== undefined) planned.push({ backfill, plan });
  }
  return planned;
}

/** Whether a running backfill will still build a partition: the plan has it, and the backfill has not built it yet. */
function leftToBackfills(view: View, active: readonly PlannedBackfill[]): (ref: PartitionRef) => boolean {
  const running = active.filter(({ backfill }) => backfill.state === 'running');
  return (ref) => {
    const state = stateOf(view, ref.table, ref.date);
    const isBuiltBy = ({ id, stage }: PlannedBackfill['backfill']): boolean =>
      stage === 'main' && state?.backfillId === id && isAnswered(state);
    return running.some(({ backfill, plan }) => isPlanned(plan.batches, ref) && !isBuiltBy(backfill));
  };
}
