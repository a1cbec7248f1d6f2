/** Takes a backfill as far as it can go now: blocks, requests, restatement, verdict. Safe to call at any time, by anybody. */
import type { Action } from '../../shared/domain/decide/action.ts';
import {
  decideBackfill,
  withInputsSeen,
  type BackfillDecision,
} from '../../shared/domain/decide/backfill.ts';
import type { BackfillWork, PartitionProgress } from '../../shared/domain/decide/backfill-survey.ts';
import { decideRestatement } from '../../shared/domain/decide/restatement.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, refName, type PartitionRef } from '../../shared/domain/partition.ts';
import { isLastGames } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { planBackfill, type Batch } from '../../shared/domain/plan.ts';
import { backfillExtended, backfillFinished } from '../../shared/observe/events.ts';
import {
  paths,
  type BackfillDateDocument,
  type BackfillDocument,
  type BackfillState,
  type PlanDocument,
} from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView, seasonsOf, withGameHashes } from '../../shared/state/views.ts';
import { contextOfBackfill, originInBackfill, recordBackfill, within } from '../../shared/observe/tracing.ts';
import { carryOut } from './actions.ts';
import { settleExcluded } from './exclusions.ts';
import type { HandlerContext } from './context.ts';

/** Plans after the first one, after which a backfill stops following changes that others keep making. */
const MAX_ROUNDS = 5;

/** @param changed dates whose partitions have just changed; undefined: look at all of them */
export async function advanceBackfill(
  from: HandlerContext,
  id: string,
  changed?: readonly GameDate[],
): Promise<void> {
  const backfill = await from.ports.store.get<BackfillDocument>(paths.backfill(id));
  if (backfill === undefined || !isActive(backfill.state)) return;
  // Whichever message it is advanced by, what is done for it is part of its own trace.
  const ports = within(from.ports, contextOfBackfill(from.ports, backfill));
  const context: HandlerContext = { ...from, ports };
  const plan = await ports.store.get<PlanDocument>(`${paths.backfillPlans(id)}/${planId(backfill)}`);
  if (plan === undefined) return;
  const work: BackfillWork = {
    id,
    batches: plan.batches,
    stage: backfill.stage,
    ...(plan.forcedSince === undefined ? {} : { forcedSince: new Map(Object.entries(plan.forcedSince)) }),
    maxInFlight: backfill.state === 'running' ? backfill.request.maxInFlight : 0,
    failed: await failuresOf(context, id),
    now: ports.clock().toISOString(),
  };
  const seasons = seasonsOf(plan.batches.flatMap(({ dates }) => dates.slice(0, 1)));
  const seen = await loadView(ports, context.registry, seasons, {
    gameHashes: false,
    acceptMissing: backfill.skipPreflight !== null,
  });
  let view = seen;
  let decision = decideBackfill(seen, work);
  const judged = decision.actions.flatMap((action) =>
    action.kind === 'request run' && readsLastGames(context, action.table)
      ? action.dates.map(({ date }): PartitionRef => ({ table: action.table, date }))
      : [],
  );
  if (judged.length > 0 || backfill.stage === 'restate') {
    view = await withGameHashes(ports, seen);
    // What has never been built is asked for whatever the hashes are; only what it is built from has to be said.
    decision =
      backfill.stage === 'main' && judged.every(({ table, date }) => !isBuilt(stateOf(seen, table, date)))
        ? withInputsSeen(view, decision)
        : decideBackfill(view, work);
  }

  // What is blocked by something that has become due since the plan was made is not blocked: the plan is longer.
  const isUnplanned = (action: Action): boolean =>
    action.kind === 'block' && action.for.some((ref) => !decision.partitions.has(refName(ref)));
  if (
    backfill.state !== 'cancelled' &&
    decision.actions.some(isUnplanned) &&
    (await planOn(context, backfill, decision, 'main'))
  )
    return;
  const touched = new Set(changed);
  if (backfill.state !== 'cancelled') {
    for (const action of decision.actions) if (action.kind === 'block') touched.add(action.ref.date);
    const events = await carryOut(context, view, decision.actions, {
      mode: 'backfill',
      backfillId: id,
      through: backfill.request.through,
      correlationId: id,
      causationId: null,
      trace: originInBackfill(backfill),
      acceptMissing: backfill.skipPreflight !== null,
    });
    if (events.length > 0) await dispatchOutbox(ports, events);
  }
  const isOver =
    decision.finished ||
    (backfill.state === 'cancelled' && decision.progress.every(({ running }) => running === 0));
  if (backfill.stage === 'main')
    await writeProgress(
      context,
      id,
      plan.batches,
      decision,
      isOver || changed === undefined ? undefined : touched,
      isOver || isRecentlyTold(backfill, decision, ports.clock()),
    );
  if (isOver) await finish(context, backfill, decision);
}

/**
 * The one document of a backfill is not to be written by everything that happens: its counts are written about once a
 * second while runs are under way, and their ends write the last ones.
 */
function isRecentlyTold(backfill: BackfillDocument, { progress }: BackfillDecision, now: Date): boolean {
  return (
    backfill.state === 'running' &&
    backfill.progress.length > 0 &&
    progress.some(({ running }) => running > 0) &&
    now.getTime() - Date.parse(backfill.updatedAt) < COUNTS_MS
  );
}

/** Milliseconds between two writings of the counts of a backfill that is under way. */
const COUNTS_MS = 1000;

export function isActive(state: BackfillState): boolean {
  return state === 'running' || state === 'paused' || state === 'cancelled';
}

export function planId(backfill: Pick<BackfillDocument, 'stage' | 'round'>): string {
  return backfill.stage === 'main' ? 'main' : `restate-${backfill.round}`;
}

function readsLastGames(context: HandlerContext, table: string): boolean {
  return context.registry.get(table).definition.inputs.some((input) => isLastGames(input.window));
}

/** Partitions, as `table@date`, that this backfill has tried in vain or found blocked. */
export async function failuresOf(context: Pick<HandlerContext, 'ports'>, id: string): Promise<Set<string>> {
  const failures = await context.ports.store.list(paths.backfillFailures(id));
  return new Set(failures.map((failure) => failure.id));
}

/** Date documents one transaction reads and writes at most. */
const DATES_PER_TRANSACTION = 200;

/**
 * What a date or a partition is called that has come so far; it never goes back. Which runs are under way is told by the
 * completion documents.
 */
const ORDER = ['planned', 'done', 'failed'] as const;

const WORDS: Readonly<Record<PartitionProgress, (typeof ORDER)[number]>> = {
  waiting: 'planned',
  running: 'planned',
  done: 'done',
  unchanged: 'done',
  failed: 'failed',
};

function further(a: string | undefined, b: string): string {
  return ORDER.indexOf(a as never) > ORDER.indexOf(b as never) ? (a ?? b) : b;
}

/**
 * Writes how far the backfill is, by table and by date: for the dates of `only`, or all.
 * @param isTold the counts by table have just been written, and are left to whoever comes next
 */
async function writeProgress(
  context: HandlerContext,
  id: string,
  batches: readonly Batch[],
  decision: BackfillDecision,
  only: ReadonlySet<GameDate> | undefined,
  isTold: boolean,
): Promise<void> {
  const { ports } = context;
  const tables = new Map<GameDate, Record<string, string>>();
  for (const { table, dates } of batches) {
    for (const date of dates) {
      if (only !== undefined && !only.has(date)) continue;
      const ofDate = tables.get(date) ?? {};
      ofDate[table] = WORDS[decision.partitions.get(refName({ table, date })) ?? 'waiting'];
      tables.set(date, ofDate);
    }
  }
  const all = [...tables];
  for (let i = 0; i < all.length; i += DATES_PER_TRANSACTION) {
    const chunk = all.slice(i, i + DATES_PER_TRANSACTION);
    await ports.store.transaction(async (tx) => {
      const known = await tx.getAll<BackfillDateDocument>(
        chunk.map(([date]) => `${paths.backfillDates(id)}/${date}`),
      );
      chunk.forEach(([date, ofDate], at) => {
        const before = known[at];
        // A plan that has grown since this one was read has tables for the date that this one does not know.
        const merged = { ...before?.tables };
        for (const [table, word] of Object.entries(ofDate)) merged[table] = further(merged[table], word);
        const words = Object.values(merged);
        const state = words.includes('failed')
          ? 'failed'
          : words.every((word) => word === 'done')
            ? 'done'
            : 'planned';
        if (before?.state === state && JSON.stringify(before.tables) === JSON.stringify(merged)) return;
        tx.set(`${paths.backfillDates(id)}/${date}`, {
          date,
          state,
          tables: merged,
        } satisfies BackfillDateDocument);
      });
    });
  }
  if (isTold) return;
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<BackfillDocument>(paths.backfill(id));
    if (current === undefined || !isActive(current.state) || current.stage !== 'main') return;
    if (JSON.stringify(current.progress) === JSON.stringify(decision.progress)) return;
    tx.set(paths.backfill(id), {
      ...current,
      progress: decision.progress,
      updatedAt: ports.clock().toISOString(),
    });
  });
}

/** The plan is done: go on with what is left to do for the request, or say how it ended. */
async function finish(
  context: HandlerContext,
  backfill: BackfillDocument,
  decision: BackfillDecision,
): Promise<void> {
  const { ports } = context;
  const { id } = backfill;
  const progress = backfill.stage === 'main' ? { progress: decision.progress } : {};
  if (backfill.state !== 'cancelled' && (await planOn(context, backfill, decision, 'restate'))) return;
  const failures = await failuresOf(context, id);
  await markFailedDates(context, id, failures);
  const state: BackfillState =
    backfill.state === 'cancelled' ? 'cancelled' : failures.size > 0 ? 'done_with_failures' : 'done';
  const now = ports.clock().toISOString();
  const ended = await ports.store.transaction(async (tx) => {
    const current = await tx.get<BackfillDocument>(paths.backfill(id));
    if (
      current === undefined ||
      current.state !== backfill.state ||
      current.round !== backfill.round ||
      current.finishedAt !== null
    )
      return undefined;
    const verdict =
      state === 'cancelled'
        ? 'cancelled; what was under way has been finished'
        : failures.size > 0
          ? `${failures.size} partitions failed or are blocked`
          : 'every planned partition is built';
    const next: BackfillDocument = {
      ...current,
      ...progress,
      state,
      verdict,
      updatedAt: now,
      finishedAt: now,
    };
    tx.set(paths.backfill(id), next);
    return next;
  });
  if (ended === undefined) return;
  recordBackfill(ports, ended);
  const seconds = (new Date(now).getTime() - new Date(backfill.createdAt).getTime()) / 1000;
  backfillFinished(ports, { backfillId: id, status: state, failures: failures.size, seconds });
}

/**
 * Plans what is left to do for a request: first what it asks for, is missing, and was not due when it was planned (the
 * schedule or the results have come since, or were loaded by the request itself), then, as far as `through`, restatement.
 * @returns whether there is something, or others have seen to it; the backfill has gone on with it then
 */
async function planOn(
  context: HandlerContext,
  backfill: BackfillDocument,
  decision: BackfillDecision,
  through: PlanDocument['stage'],
): Promise<boolean> {
  const { ports, registry } = context;
  const { request, id, round } = backfill;
  if (round >= MAX_ROUNDS) return false;
  const view = await loadView(ports, registry, seasonsOf(request.dates), {
    acceptMissing: backfill.skipPreflight !== null,
  });
  const failed = await failuresOf(context, id);
  const late = backfill.stage === 'main' ? await lateBatches(context, view, backfill, decision, failed) : [];
  const restated = late.length === 0 && through === 'restate' && request.restate === 'auto';
  const batches = restated
    ? decideRestatement(view, request.from, request.through, failed, context.policy.batchSize)
    : late;
  if (batches.length === 0) return false;
  const stage = restated ? 'restate' : 'main';
  const moved = await ports.store.transaction(async (tx) => {
    const current = await tx.get<BackfillDocument>(paths.backfill(id));
    if (current === undefined || current.round !== round || current.state !== backfill.state) return false;
    const next: BackfillDocument = {
      ...current,
      ...(backfill.stage === 'main' ? { progress: decision.progress } : {}),
      stage,
      round: round + 1,
      plannedRuns: current.plannedRuns + late.length,
      updatedAt: ports.clock().toISOString(),
    };
    const path = `${paths.backfillPlans(id)}/${planId(next)}`;
    const known = await tx.get<PlanDocument>(path);
    tx.set(path, {
      ...known,
      stage,
      batches: [...(known?.batches ?? []), ...batches],
    } satisfies PlanDocument);
    tx.set(paths.backfill(id), next);
    return true;
  });
  if (moved) {
    backfillExtended(ports, { backfillId: id, status: stage, runs: batches.length });
    await advanceBackfill(context, id);
  }
  return true;
}

/** Batches of what a request asks for, is missing, and is not in its plan. */
async function lateBatches(
  context: HandlerContext,
  view: View,
  { request, id }: BackfillDocument,
  decision: BackfillDecision,
  failed: ReadonlySet<string>,
): Promise<Batch[]> {
  if (request.only !== 'all' && request.only !== 'missing') return [];
  const { tables, ...rest } = request;
  const plan = planBackfill(
    view,
    { ...rest, ...(tables === null ? {} : { tables }), only: 'missing', force: false },
    context.policy.batchSize,
  );
  await settleExcluded(context, plan.excluded, id);
  const isLate = (name: string): boolean => !failed.has(name) && !decision.partitions.has(name);
  return plan.batches
    .map(({ table, dates }) => ({ table, dates: dates.filter((date) => isLate(refName({ table, date }))) }))
    .filter(({ dates }) => dates.length > 0);
}

/** A partition that failed while later dates were restated belongs to a date that was called done before. */
async function markFailedDates(
  { ports }: HandlerContext,
  id: string,
  failures: ReadonlySet<string>,
): Promise<void> {
  for (const name of failures) {
    const [table = '', date = ''] = name.split('@');
    const path = `${paths.backfillDates(id)}/${date}`;
    await ports.store.transaction(async (tx) => {
      const current = await tx.get<BackfillDateDocument>(path);
      if (current === undefined || (current.state === 'failed' && current.tables[table] === 'failed')) return;
      tx.set(path, { ...current, state: 'failed', tables: { ...current.tables, [table]: 'failed' } });
    });
  }
}
