/** The scheduled look at what may have been left behind. Everything it does, it does through the ordinary door. */
import { decideWanted } from '../../shared/domain/decide.ts';
import { PRESENT_SHARE, isBuilt, isSettled } from '../../shared/domain/partition.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { SCHEMA_VERSION, type RunRequested, type SweepRequested } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { reopen } from '../../shared/state/completions.ts';
import { paths, type BackfillDocument, type RunDocument } from '../../shared/state/documents.ts';
import { dispatchOutbox, intend } from '../../shared/state/outbox.ts';
import { endLeases } from '../../shared/state/runs.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import { carryOut, forgetMetWants } from './actions.ts';
import { advanceBackfill } from './advance.ts';
import type { App } from './app.ts';

/** Seconds a run may wait to be taken up before it is asked for again. */
const TAKE_UP_SECONDS = 900;

export async function sweep(app: App, message: SweepRequested): Promise<Outcome> {
  const { ports, registry } = app;
  await dispatchOutbox(ports);
  const now = ports.clock();
  const ended = await endLeases(ports, (run) => run.lease === null || new Date(run.lease.expiresAt) <= now);
  const overdue = (await ports.store.list('runs', { state: 'requested' }))
    .map(({ data }) => data as unknown as RunDocument)
    .filter((run) => now.getTime() - new Date(run.requestedAt).getTime() > TAKE_UP_SECONDS * 1000);
  const again = new Map([...ended, ...overdue].map((run) => [run.runId, run]));
  for (const run of again.values()) await askAgain(app, run);
  if (again.size > 0) {
    ports.log({ severity: 'WARNING', event: 'sweep_asked_again', runs: [...again.keys()] });
    await dispatchOutbox(ports);
  }

  const view = await loadView(ports, registry, await knownSeasons(ports));
  if (message.reconcile === true) await reconcile(app, view);
  const events = await carryOut(app, view, decideWanted(view), {
    mode: 'live',
    backfillId: null,
    through: 'phase5',
    correlationId: `sweep:${now.getTime()}`,
    causationId: null,
    acceptMissing: false,
  });
  if (events.length > 0) await dispatchOutbox(ports, events);
  await forgetMetWants(app, view);
  for (const state of ['running', 'paused', 'cancelled'] as const) {
    for (const { data } of await ports.store.list('backfills', { state })) {
      const backfill = data as unknown as BackfillDocument;
      if (backfill.finishedAt === null) await advanceBackfill(app, backfill.id);
    }
  }
  return ack;
}

/** Publishes the request of a run once more; the run document decides whether that means anything. */
async function askAgain({ ports }: App, run: RunDocument): Promise<void> {
  const message: RunRequested = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run_requested',
    eventId: `requested:${run.runId}`,
    correlationId: run.correlationId,
    causationId: null,
    runId: run.runId,
    table: run.table,
    dates: run.dates.map((date) => ({ ...date })),
    mode: run.mode,
    backfillId: run.backfillId,
    through: run.through,
  };
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<RunDocument>(paths.run(run.runId));
    if (current !== undefined && current.state !== 'settled') intend(tx, run.phase, message, ports.clock());
  });
}

/** Compares the rows every document speaks of with those the warehouse holds, and reopens what lies. */
async function reconcile(app: App, view: Awaited<ReturnType<typeof loadView>>): Promise<void> {
  const { ports, registry } = app;
  for (const season of view.seasons.values()) {
    const first = season.calendar.dates[0];
    const last = season.calendar.dates.at(-1);
    if (first === undefined || last === undefined) continue;
    for (const table of registry.all) {
      const states = Object.entries(season.states.get(table.definition.name) ?? {}).filter(([, state]) => isSettled(state) && isBuilt(state));
      if (states.length === 0) continue;
      const counted = await ports.warehouse.rowCounts(table, first, last);
      if (!counted.ok) continue;
      for (const [text, state] of states) {
        const date = text as GameDate;
        if (date < first || date > last || (counted.value.get(date) ?? 0) >= PRESENT_SHARE * state.rows) continue;
        const reason = `the warehouse holds ${counted.value.get(date) ?? 0} of ${state.rows} rows`;
        if (await reopen(ports, registry, { table: table.definition.name, date }, reason)) {
          ports.log({ severity: 'ERROR', event: 'partition_reopened', table: table.definition.name, date, reason });
        }
      }
    }
  }
}
