/** `SweepRequested`: the scheduled search for runs and partitions that were left behind, by a crash or a lost message. */
import { decideWanted } from '../../shared/domain/decide/wanted.ts';
import { PRESENT_SHARE, isAnswered } from '../../shared/domain/partition.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { View } from '../../shared/domain/view.ts';
import { completionLost, partitionReopened } from '../../shared/observe/events/partitions.ts';
import { reconcileFailed, sweepAskedAgain, sweepFinished } from '../../shared/observe/events/sweeps.ts';
import type { SweepRequested } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { activeBackfills } from '../../shared/state/backfills.ts';
import { noteWantsWhole, seasonsWithWants } from '../../shared/state/live-wants.ts';
import { freeUnannounced, reopen, type LostDate } from '../../shared/state/marks.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import {
  announceAgain,
  askAgain,
  endLeases,
  requestedRuns,
  unfollowedRuns,
} from '../../shared/state/runs.ts';
import { gameTables, knownSeasons, loadView, withGameHashes } from '../../shared/state/views.ts';
import { carryOut } from '../steps/actions.ts';
import { advanceBackfill } from '../steps/advance.ts';
import type { HandlerContext } from '../steps/context.ts';
import { countRows, TABLE_GONE } from '../control/count-rows.ts';
import { healGaps, tellAlarms } from '../steps/heal-gaps.ts';
import { liveDay } from '../steps/due-fetches.ts';
import { answerProbe } from '../steps/probe.ts';

/**
 * Publishes waiting messages, asks again for runs that were left behind, asks for partitions with a live want and advances
 * every backfill. With `fetch` it asks for the live fetches that are due, and with `reconcile` it compares the documents with the
 * warehouse; with `heal` it looks for holes, asks for small ones and tells of incidents; a probe is only answered.
 */
export async function sweep(context: HandlerContext, message: SweepRequested): Promise<Outcome> {
  const { ports } = context;
  if (message.probeId !== undefined) return answerProbe(context, message.probeId);
  await dispatchOutbox(ports);
  const now = ports.clock();
  await reviveRuns(context, now);
  await tellAgain(context, now);
  if (message.fetch === true) await liveDay(context);

  // Before the documents are compared: what is asked for here is under way then.
  if (message.heal === true) await healGaps(context);
  const view = await viewOfWanted(context, message.reconcile === true);
  if (message.reconcile === true) await reconcile(context, view);
  const events = await carryOut(context, view, decideWanted(view, now.toISOString()), {
    mode: 'live',
    backfillId: null,
    through: 'phase5',
    correlationId: `sweep:${now.getTime()}`,
    causationId: null,
    acceptMissing: false,
  });
  if (events.length > 0) await dispatchOutbox(ports, events);
  for (const { id } of await activeBackfills(ports)) await advanceBackfill(context, id);
  if (message.heal === true) await tellAlarms(context);
  sweepFinished(ports, { runs: events.length, seconds: (ports.clock().getTime() - now.getTime()) / 1000 });
  return ack;
}

/**
 * The view of the seasons in which a partition is wanted live, or of every season: to reconcile, and where the store does not say
 * where all wants are. Game hashes are many documents, and only partitions with a live want are compared by them. So they are
 * read only when there is a live want.
 */
async function viewOfWanted({ ports, registry }: HandlerContext, reconciles: boolean): Promise<View> {
  const wanted = reconciles ? undefined : await seasonsWithWants(ports);
  const seasons = wanted ?? (await knownSeasons(ports));
  const seen = await loadView(ports, registry, seasons, { gameHashes: false });
  const isWanted = [...seen.seasons.values()].some(({ states }) =>
    states.values().some((dates) => Object.values(dates).some(({ want }) => want !== null)),
  );
  if (isWanted) return withGameHashes(ports, seen);
  if (wanted === undefined) await noteWantsWhole(ports);
  return seen;
}

function isOverdue({ policy }: HandlerContext, since: string, now: Date): boolean {
  return now.getTime() - new Date(since).getTime() > policy.tellAgainSeconds * 1000;
}

/**
 * Asks again for runs whose lease is over, and for runs that no process has claimed for a while. Runs of tables that only other
 * code has are left to the sweep of that code.
 */
async function reviveRuns(context: HandlerContext, now: Date): Promise<void> {
  const { ports, registry } = context;
  const ended = await endLeases(
    ports,
    (run) => registry.has(run.table) && new Date(run.lease.expiresAt) <= now,
  );
  const overdue = (await requestedRuns(ports)).filter(
    (run) => registry.has(run.table) && isOverdue(context, run.askedAt, now),
  );
  const again = new Map([...ended, ...overdue].map((run) => [run.runId, run]));
  if (again.size === 0) return;
  for (const run of again.values()) await askAgain(ports, run);
  sweepAskedAgain(ports, { runIds: [...again.keys()], runs: again.size });
  await dispatchOutbox(ports);
}

/**
 * Announces settled runs again whose announcement was not handled in time. The announcement of a table with game hashes cannot
 * be made again in full, because the run document does not hold the hashes. Such a run gets twice the time. Then its
 * partitions are freed, and their backfill or live want asks for them anew.
 */
async function tellAgain(context: HandlerContext, now: Date): Promise<void> {
  const { ports, registry } = context;
  const untold = (await unfollowedRuns(ports)).filter(
    (run) => registry.has(run.table) && isOverdue(context, later(run.finishedAt, run.askedAt), now),
  );
  if (untold.length === 0) return;
  const keepHashes = gameTables(registry);
  for (const run of untold) {
    const isFirstTime = run.askedAt <= run.finishedAt;
    if (keepHashes.includes(run.table) && !isFirstTime) {
      const freed = await freeUnannounced(ports, registry, run);
      if (freed.length > 0) completionLost(ports, { runId: run.runId, table: run.table, dates: freed });
    }
    await announceAgain(ports, run, keepHashes.includes(run.table) && isFirstTime ? 'not yet' : 'now');
  }
  await dispatchOutbox(ports);
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

/**
 * Compares the row counts in the documents with the warehouse, and reopens partitions that have lost rows. A table that is gone is
 * told; it is brought back by `recover`.
 */
async function reconcile(context: HandlerContext, view: View): Promise<void> {
  const { ports, registry } = context;
  for (const season of view.seasons.values()) {
    const first = season.calendar.dates[0];
    const last = season.calendar.dates.at(-1);
    if (first === undefined || last === undefined) continue;
    for (const { range, counted } of await countRows(
      ports.warehouse,
      registry.all.map((table) => ({ table, first, last })),
    )) {
      const { definition } = range.table;
      if (!counted.ok) {
        reconcileFailed(ports, { detail: counted.failure.detail });
        // Only of a table that is gone is it known that the others can be counted.
        if (counted.failure.code === TABLE_GONE) continue;
        return;
      }
      const lost = new Map<GameDate, LostDate>();
      for (const [text, state] of Object.entries(season.states.get(definition.name) ?? {})) {
        const date = text as GameDate;
        const rows = counted.value.get(date) ?? 0;
        if (!isAnswered(state) || date < first || date > last || rows >= PRESENT_SHARE * state.rows) continue;
        lost.set(date, { date, seen: state, reason: `the warehouse holds ${rows} of ${state.rows} rows` });
      }
      for (const date of await reopen(ports, registry, definition.name, [...lost.values()]))
        partitionReopened(ports, { table: definition.name, date, reason: lost.get(date)?.reason ?? '' });
    }
  }
}
