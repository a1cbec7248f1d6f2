/** `RunCompleted`: record it, then look at the state and ask for whatever it makes possible. */
import { decideFollowers } from '../../shared/domain/decide.ts';
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName, type PartitionRef } from '../../shared/domain/partition.ts';
import type { Season } from '../../shared/domain/season.ts';
import { PHASES } from '../../shared/domain/table.ts';
import type { RunCompleted } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { recordCompletion } from '../../shared/state/completions.ts';
import { paths, type BackfillDocument, type PlanDocument } from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { carryOut } from './actions.ts';
import { advanceBackfill, planId, recordFailure } from './advance.ts';
import type { App } from './app.ts';

/** Tables from which the calendar of a season is read. */
const CALENDAR_SOURCES: readonly string[] = ['nbac_schedule', 'nbac_game_results'];

export async function orchestrate(app: App, message: RunCompleted): Promise<Outcome> {
  const { ports, registry } = app;
  if (!registry.has(message.table)) return { kind: 'dead_letter', reason: `There is no table ${message.table}` };
  const seasons = seasonsOf(message.dates.map(({ date }) => date));
  const { changes, superseded } = await recordCompletion(ports, registry, message);
  if (superseded.length > 0) ports.log({ severity: 'INFO', event: 'completion_superseded', runId: message.runId, table: message.table, dates: superseded });
  if (CALENDAR_SOURCES.includes(message.table)) {
    const refreshed = await refreshCalendars(app, seasons);
    if (refreshed !== undefined) return { kind: 'retry', reason: refreshed };
  }
  const late = new Set(superseded);
  if (message.backfillId !== null) {
    for (const result of message.dates) {
      if (result.status !== 'failed' || late.has(result.date)) continue;
      const name = refName({ table: message.table, date: result.date });
      ports.log({ severity: 'WARNING', event: 'partition_failed', partition: name, runId: message.runId, reason: result.reason });
      await recordFailure(app, message.backfillId, name, result.reason ?? 'failed');
    }
  }
  const running = await activeBackfills(app);
  if (changes.length > 0 && reachesReaders(app, message)) {
    const covered = await coveredBy(app, running);
    const view = await loadView(ports, registry, seasons, { gameHashes: changes.some(({ want }) => want !== null) || (await isRebuild(app, message)) });
    const actions = decideFollowers(view, changes, covered);
    const events = await carryOut(app, view, actions, {
      mode: 'live',
      backfillId: null,
      through: message.through,
      correlationId: message.correlationId,
      causationId: message.eventId,
      acceptMissing: false,
    });
    if (events.length > 0) await dispatchOutbox(ports, events);
  }
  for (const backfill of running) await advanceBackfill(app, backfill.id, message.dates.map(({ date }) => date));
  return ack;
}

function reachesReaders(app: App, message: RunCompleted): boolean {
  return app.registry.readersOf(message.table).some(({ table }) => PHASES.includes(table.definition.phase));
}

/** Whether something that reads the table has been built before, so that it may have become stale. */
async function isRebuild(app: App, message: RunCompleted): Promise<boolean> {
  const indexes = await app.ports.store.getAll(
    app.registry.readersOf(message.table).flatMap(({ table }) =>
      seasonsOf(message.dates.map(({ date }) => date)).map((season) => paths.tableSeason(table.definition.name, season)),
    ),
  );
  return indexes.some((index) => index !== undefined);
}

async function activeBackfills({ ports }: App): Promise<BackfillDocument[]> {
  const found = await Promise.all(
    (['running', 'paused', 'cancelled'] as const).map((state) => ports.store.list('backfills', { state })),
  );
  return found
    .flat()
    .map(({ data }) => data as unknown as BackfillDocument)
    .filter((backfill) => backfill.finishedAt === null);
}

/** Partitions that a running backfill will come to by itself. */
async function coveredBy(app: App, running: readonly BackfillDocument[]): Promise<(ref: PartitionRef) => boolean> {
  const covered = new Map<string, Set<GameDate>>();
  for (const backfill of running) {
    if (backfill.state !== 'running') continue;
    const plan = await app.ports.store.get<PlanDocument>(`${paths.backfillPlans(backfill.id)}/${planId(backfill)}`);
    for (const { table, dates } of plan?.batches ?? []) {
      const known = covered.get(table) ?? new Set<GameDate>();
      for (const date of dates) known.add(date);
      covered.set(table, known);
    }
  }
  return ({ table, date }) => covered.get(table)?.has(date) ?? false;
}

/** Reads from the warehouse which games exist. @returns the reason when it cannot be read now */
async function refreshCalendars({ ports }: App, seasons: readonly Season[]): Promise<string | undefined> {
  const facts = await ports.warehouse.scheduleFacts(seasons);
  if (!facts.ok) return `The schedule could not be read: ${facts.failure.detail}`;
  for (const season of seasons) {
    const ofSeason = facts.value.filter((fact) => fact.season === season);
    const openingNight = ofSeason.find(({ regularGames }) => regularGames > 0)?.date;
    if (openingNight === undefined) continue;
    const calendar: SeasonCalendar = {
      season,
      openingNight,
      dates: ofSeason.map(({ date }) => date),
      games: Object.fromEntries(ofSeason.map(({ date, games, finalGames }) => [date, { games, finalGames }])),
    };
    await ports.store.transaction((tx) => Promise.resolve(tx.set(paths.expectations(season), calendar)));
  }
  return undefined;
}
