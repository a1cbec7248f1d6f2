/** Takes a backfill as far as it can go now: blocks, requests, restatement, verdict. Safe to call at any time, by anybody. */
import { decideBackfill, decideRestatement, type BackfillWork, type TableProgress } from '../../shared/domain/decide.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isInFlight, isSettled, refName } from '../../shared/domain/partition.ts';
import { isLastGames } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import {
  paths,
  type BackfillDateDocument,
  type BackfillDocument,
  type BackfillState,
  type PlanDocument,
} from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { carryOut } from './actions.ts';
import type { App } from './app.ts';

/** Restatements after which a backfill stops following changes that others keep making. */
const MAX_ROUNDS = 5;

/** @param changed dates whose partitions have just changed; undefined: look at all of them */
export async function advanceBackfill(app: App, id: string, changed?: readonly GameDate[]): Promise<void> {
  const { ports } = app;
  const backfill = await ports.store.get<BackfillDocument>(paths.backfill(id));
  if (backfill === undefined || !isActive(backfill.state)) return;
  const plan = await ports.store.get<PlanDocument>(`${paths.backfillPlans(id)}/${planId(backfill)}`);
  if (plan === undefined) return;
  const failed = await failuresOf(app, id);
  const view = await viewOf(app, plan.batches, backfill, false);
  const work: BackfillWork = {
    id,
    batches: plan.batches,
    stage: backfill.stage,
    force: backfill.request.force,
    maxInFlight: backfill.state === 'running' ? backfill.request.maxInFlight : 0,
    failed,
  };
  let decision = decideBackfill(view, work);
  let usedView = view;
  if (decision.actions.some((action) => action.kind === 'request run' && readsLastGames(app, action.table)) || backfill.stage === 'restate') {
    usedView = await viewOf(app, plan.batches, backfill, true);
    decision = decideBackfill(usedView, work);
  }

  if (backfill.state === 'running') {
    for (const action of decision.actions) {
      if (action.kind === 'block') await recordFailure(app, id, refName(action.ref), `waits for ${action.for.slice(0, 5).map(refName).join(', ')}`);
    }
    const events = await carryOut(app, usedView, decision.actions, {
      mode: 'backfill',
      backfillId: id,
      through: backfill.request.through,
      correlationId: id,
      causationId: null,
      acceptMissing: backfill.skipPreflight !== null,
    });
    if (events.length > 0) await dispatchOutbox(ports, events);
  }
  await writeDates(app, id, plan.batches, await viewOf(app, plan.batches, backfill, false), failed, changed, decision.progress, backfill);
  const nothingUnderWay = decision.progress.every(({ running }) => running === 0);
  if (decision.finished || (backfill.state === 'cancelled' && nothingUnderWay)) await finish(app, backfill, decision.progress);
}

export function isActive(state: BackfillState): boolean {
  return state === 'running' || state === 'paused' || state === 'cancelled';
}

export function planId(backfill: Pick<BackfillDocument, 'stage' | 'round'>): string {
  return backfill.stage === 'main' ? 'main' : `restate-${backfill.round}`;
}

function readsLastGames(app: App, table: string): boolean {
  return app.registry.get(table).definition.inputs.some((input) => isLastGames(input.window));
}

function viewOf(app: App, batches: readonly Batch[], backfill: BackfillDocument, gameHashes: boolean): Promise<View> {
  return loadView(app.ports, app.registry, seasonsOf(batches.flatMap(({ dates }) => dates.slice(0, 1))), {
    gameHashes,
    acceptMissing: backfill.skipPreflight !== null,
  });
}

/** Partitions, as `table@date`, that this backfill has tried in vain or found blocked. */
export async function failuresOf(app: Pick<App, 'ports'>, id: string): Promise<Set<string>> {
  const failures = await app.ports.store.list(paths.backfillFailures(id));
  return new Set(failures.map((failure) => failure.id));
}

/** Remembers that this backfill will not try the partition again. */
export async function recordFailure(app: Pick<App, 'ports'>, id: string, name: string, reason: string): Promise<void> {
  await app.ports.store.transaction((tx) => Promise.resolve(tx.set(`${paths.backfillFailures(id)}/${name}`, { partition: name, reason })));
}

async function writeDates(
  app: App,
  id: string,
  batches: readonly Batch[],
  view: View,
  failed: ReadonlySet<string>,
  changed: readonly GameDate[] | undefined,
  progress: readonly TableProgress[],
  backfill: BackfillDocument,
): Promise<void> {
  const { ports } = app;
  const only = changed === undefined ? undefined : new Set(changed);
  const tables = new Map<GameDate, Record<string, string>>();
  for (const { table, dates } of batches) {
    for (const date of dates) {
      if (only !== undefined && !only.has(date)) continue;
      const ofDate = tables.get(date) ?? {};
      const state = stateOf(view, table, date);
      const ours = state?.backfillId === id;
      if (failed.has(refName({ table, date }))) ofDate[table] = 'failed';
      else if (isInFlight(state) && ours) ofDate[table] = 'running';
      else if (isSettled(state) && (ours || backfill.stage === 'restate')) ofDate[table] = 'done';
      else ofDate[table] = 'planned';
      tables.set(date, ofDate);
    }
  }
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<BackfillDocument>(paths.backfill(id));
    if (current === undefined || !isActive(current.state)) return;
    for (const [date, ofDate] of tables) {
      const states = Object.values(ofDate);
      const document: BackfillDateDocument = {
        date,
        state: states.includes('failed') ? 'failed' : states.every((state) => state === 'done') ? 'done' : 'planned',
        tables: ofDate,
      };
      tx.set(`${paths.backfillDates(id)}/${date}`, document);
    }
    tx.set(paths.backfill(id), { ...current, progress: backfill.stage === 'main' ? progress : current.progress, updatedAt: ports.clock().toISOString() });
  });
}

/** The range is done: restate what it left stale, or say how it ended. */
async function finish(app: App, backfill: BackfillDocument, progress: readonly TableProgress[]): Promise<void> {
  const { ports, registry, policy } = app;
  const { request, id } = backfill;
  if (backfill.state !== 'cancelled' && request.restate === 'auto' && backfill.round < MAX_ROUNDS) {
    const view = await loadView(ports, registry, seasonsOf(request.dates), { acceptMissing: backfill.skipPreflight !== null });
    const failed = await failuresOf(app, id);
    const batches = decideRestatement(view, request.from, request.through, failed, policy.batchSize);
    if (batches.length > 0) {
      const round = backfill.round + 1;
      const plan: PlanDocument = { stage: 'restate', batches };
      const moved = await ports.store.transaction(async (tx) => {
        const current = await tx.get<BackfillDocument>(paths.backfill(id));
        if (current === undefined || current.round !== backfill.round || current.state !== backfill.state) return false;
        tx.set(`${paths.backfillPlans(id)}/restate-${round}`, plan);
        tx.set(paths.backfill(id), { ...current, stage: 'restate', round, updatedAt: ports.clock().toISOString() });
        return true;
      });
      if (moved) await advanceBackfill(app, id);
      return;
    }
  }
  const failures = await ports.store.list(paths.backfillFailures(id));
  const state: BackfillState = backfill.state === 'cancelled' ? 'cancelled' : failures.length > 0 ? 'done_with_failures' : 'done';
  const now = ports.clock().toISOString();
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<BackfillDocument>(paths.backfill(id));
    if (current === undefined || !isActive(current.state) || current.finishedAt !== null) return;
    const verdict =
      state === 'cancelled'
        ? 'cancelled; what was under way has been finished'
        : failures.length > 0
          ? `${failures.length} partitions failed or are blocked`
          : 'every planned partition is built';
    tx.set(paths.backfill(id), {
      ...current,
      state,
      verdict,
      progress: backfill.stage === 'main' ? progress : current.progress,
      updatedAt: now,
      finishedAt: now,
    });
  });
  ports.log({ severity: failures.length > 0 ? 'WARNING' : 'INFO', event: 'backfill_finished', backfillId: id, state, failures: failures.length });
}
