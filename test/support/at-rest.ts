/**
 * What must hold whenever the pipeline has come to rest, whatever went wrong on the way: the invariants I1-I10 in the
 * states of partitions, runs and backfills. Each failure names its invariant.
 */
import { computedRows } from '../../functions/steps/computed-rows.ts';
import { computing } from './computing.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  isBuilt,
  isInFlight,
  isSettled,
  refName,
  type PartitionState,
} from '../../shared/domain/partition.ts';
import { isRaw, PHASES } from '../../shared/domain/table.ts';
import { readStart } from '../../shared/domain/window.ts';
import { evaluate, staleCause } from '../../shared/domain/evaluation.ts';
import { whyNoPartition, type View } from '../../shared/domain/view.ts';
import type { BackfillDateDocument } from '../../shared/state/backfill-dates.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import {
  paths,
  type CompletionDocument,
  type DeadLetterDocument,
  type RunDocument,
} from '../../shared/state/documents.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import type { World } from './world.ts';

/** Every partition of every completion document: `table@date` -> state. */
export function partitionsOf(world: World): Map<string, PartitionState> {
  const found = new Map<string, PartitionState>();
  for (const [path, doc] of world.store.dump()) {
    if (!/^phase\d_completion\//.test(path)) continue;
    const document = doc as unknown as CompletionDocument;
    for (const [table, state] of Object.entries(document.tables))
      found.set(`${table}@${document.date}`, state);
  }
  return found;
}

/**
 * What is equal for two worlds that did the same work, however they got there. Readers of rows that vanished have been
 * built from inputs that were built twice, so their input fingerprints are left out where that has happened.
 */
export function comparableStates(
  world: World,
  only: (name: string) => boolean = () => true,
  vanished = false,
): Record<string, unknown> {
  const entries = [...partitionsOf(world)]
    .filter(([name]) => only(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(
      ([
        name,
        {
          runId: _run,
          token: _token,
          revision: _revision,
          mode: _mode,
          backfillId: _backfill,
          updatedAt: _at,
          reopened: _,
          ...state
        },
      ]) => [name, vanished ? { ...state, inputFingerprint: null } : state],
    ),
  );
}

export function contentsOf(world: World): Record<string, string> {
  return Object.fromEntries([...world.warehouse.contents()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function documents<T>(world: World, collection: string): T[] {
  return [...world.store.dump()]
    .filter(([path]) => path.slice(0, path.lastIndexOf('/')) === collection)
    .map(([, doc]) => doc as unknown as T);
}

/** @returns every broken promise, in words; empty when all hold */
export async function brokenPromises(world: World): Promise<string[]> {
  const broken: string[] = [];
  const states = partitionsOf(world);
  const runs = new Map(documents<RunDocument>(world, 'runs').map((run) => [run.runId, run]));
  const view = await loadView(world.context.ports, world.registry, await knownSeasons(world.context.ports));
  broken.push(
    ...atMostOnce(world, runs),
    ...nothingLeftBehind(world, view, states, runs),
    ...nothingLost(states, runs),
    ...blockedSaysWhy(states),
  );
  broken.push(
    ...backfillsAddUp(world, runs),
    ...indexIsTheDocuments(world, states),
    ...(await documentsAreTrue(world, view)),
  );
  return broken;
}

/**
 * I1: the same inputs are never built twice for one partition, unless the first run failed, its answer was lost or given
 * up, its inputs moved while it was at work, or the partition was blocked since. A world in which a person forced it, or
 * rows vanished from the warehouse, is not judged.
 */
function atMostOnce(world: World, runs: ReadonlyMap<string, RunDocument>): string[] {
  if (documents<Backfill>(world, 'backfills').some(({ request }) => request.force)) return [];
  const letters = documents<DeadLetterDocument>(world, 'dead_letters').map(({ body }) => body);
  const givenUp = new Set(
    world.events.flatMap(({ event, runId }) => (event === 'completion_lost' ? [runId] : [])),
  );
  const isLost = ({ runId }: RunDocument): boolean =>
    givenUp.has(runId) || letters.some((body) => body.includes(`"completed:${runId}`));
  if ([...partitionsOf(world).values()].some(({ reopened }) => reopened > 0)) return [];
  const blocked = new Set([
    ...[...world.store.dump().keys()].flatMap(
      (path) => /^backfills\/[^/]+\/failures\/(.*)$/.exec(path)?.[1] ?? [],
    ),
    ...world.events.flatMap(({ event, table, dates }) =>
      event === 'gate_closed' ? (dates as GameDate[]).map((date) => `${String(table)}@${date}`) : [],
    ),
  ]);
  const seen = new Map<string, string>();
  const broken: string[] = [];
  for (const run of [...runs.values()].sort((a, b) => a.token - b.token)) {
    for (const { date, inputFingerprint } of run.dates) {
      const key = `${run.table}@${date} ${inputFingerprint}`;
      const outcome = run.outcome?.find((result) => result.date === date);
      if (
        blocked.has(`${run.table}@${date}`) ||
        outcome === undefined ||
        outcome.status === 'failed' ||
        outcome.inputFingerprint !== inputFingerprint ||
        isLost(run)
      )
        continue;
      const other = seen.get(key);
      if (other !== undefined && !isReturn(runs, run, other, date))
        broken.push(`I1: ${key} was built by ${other} and again by ${run.runId}`);
      seen.set(key, run.runId);
    }
  }
  return broken;
}

/** Whether between two runs of one partition there was one with other inputs, so that the second had to come back to them. */
function isReturn(
  runs: ReadonlyMap<string, RunDocument>,
  run: RunDocument,
  other: string,
  date: GameDate,
): boolean {
  const first = runs.get(other);
  if (first === undefined) return true;
  return [...runs.values()].some(
    (each) =>
      each.table === run.table &&
      each.token > first.token &&
      each.token < run.token &&
      each.dates.some((of) => of.date === date),
  );
}

/** I2, I3, I7: nothing is under way or waiting to be sent, and whoever waits, waits for something that is really missing. */
function nothingLeftBehind(
  world: World,
  view: View,
  states: ReadonlyMap<string, PartitionState>,
  runs: ReadonlyMap<string, RunDocument>,
): string[] {
  const broken: string[] = [];
  const evaluation = evaluate(view);
  for (const [name, state] of states) {
    const [table = '', date = ''] = name.split('@');
    if (isInFlight(state))
      broken.push(`I3: ${name} is ${state.status} (${state.runId}) and nobody is at work on it`);
    if (
      state.want !== null &&
      evaluation.unmet(world.registry.get(table), date as GameDate).lost.length === 0
    ) {
      broken.push(`I2: ${name} is wanted live, has everything it needs, and is ${state.status}`);
    }
  }
  for (const run of runs.values())
    if (run.state !== 'settled') broken.push(`I3: run ${run.runId} of ${run.table} is ${run.state}`);
  for (const { eventId } of documents<{ eventId: string }>(world, 'outbox'))
    broken.push(`I3: ${eventId} was never sent`);
  for (const [subscription, n] of world.bus.backlog())
    broken.push(`I7: ${n} messages are left on ${subscription}`);
  for (const backfill of documents<Backfill>(world, 'backfills')) {
    if (backfill.finishedAt === null && backfill.state !== 'paused')
      broken.push(`I2: backfill ${backfill.id} is ${backfill.state} for ever`);
  }
  return broken;
}

/** I4, I5: what every settled run reported is in the completion document, unless a newer run answers for the partition. */
function nothingLost(
  states: ReadonlyMap<string, PartitionState>,
  runs: ReadonlyMap<string, RunDocument>,
): string[] {
  const broken: string[] = [];
  for (const run of runs.values()) {
    for (const result of run.outcome ?? []) {
      const name = refName({ table: run.table, date: result.date });
      const state = states.get(name);
      if (state === undefined)
        broken.push(`I4: ${name} has no document, though ${run.runId} reported ${result.status}`);
      else if (state.runId !== run.runId) {
        if (state.token * 1000 < run.token)
          broken.push(`I5: ${name} speaks of an older run than ${run.runId}`);
      } else if (state.status !== result.status && isSettled(state)) {
        broken.push(`I4: ${name} is ${state.status}, though ${run.runId} reported ${result.status}`);
      }
    }
  }
  return broken;
}

/** I6: a blocked partition names what it waits for, or its gate and when the gate is asked again. */
function blockedSaysWhy(states: ReadonlyMap<string, PartitionState>): string[] {
  return [...states].flatMap(([name, state]) => {
    if (state.status !== 'blocked' && state.status !== 'failed') return [];
    if (state.reason === null) return [`I6: ${name} is ${state.status} without a reason`];
    const isGated = state.gates.some((gate) => gate.retryAt !== undefined && gate.detail !== '');
    return state.status === 'failed' ||
      state.waitingFor.length > 0 ||
      isGated ||
      state.stale?.cause === 'forced'
      ? []
      : [`I6: ${name} is blocked and does not say by what`];
  });
}

/** I8, I9: a backfill asked for nothing outside its phases, and its counts add up. */
function backfillsAddUp(world: World, runs: ReadonlyMap<string, RunDocument>): string[] {
  const broken: string[] = [];
  for (const backfill of documents<Backfill>(world, 'backfills')) {
    const [from, through] = [PHASES.indexOf(backfill.request.from), PHASES.indexOf(backfill.request.through)];
    for (const run of runs.values()) {
      if (run.backfillId !== backfill.id) continue;
      const phase = PHASES.indexOf(run.phase);
      if (phase < from || phase > through)
        broken.push(
          `I8: ${backfill.id} (${backfill.request.from} to ${backfill.request.through}) asked for ${run.table}`,
        );
    }
    if (backfill.finishedAt === null) continue;
    const failures = documents<{ partition: string }>(world, paths.backfillFailures(backfill.id));
    if (backfill.state === 'done' && failures.length > 0)
      broken.push(`I9: ${backfill.id} is done with ${failures.length} failures`);
    if (
      backfill.state === 'done_with_failures' &&
      failures.length === 0 &&
      backfill.noGo.length === 0 &&
      backfill.dates.requested > 0
    ) {
      broken.push(`I9: ${backfill.id} has failures and names none`);
    }
    if (backfill.state === 'cancelled') continue;
    for (const { table, planned, done, failed, unchanged, running } of backfill.progress) {
      if (planned !== done + failed + unchanged || running !== 0) {
        broken.push(
          `I9: ${backfill.id} planned ${planned} of ${table}: ${done} done, ${failed} failed, ${unchanged} unchanged, ${running} running`,
        );
      }
    }
    for (const date of documents<BackfillDateDocument>(world, paths.backfillDates(backfill.id))) {
      if (date.state === 'planned')
        broken.push(`I9: ${backfill.id} has ended and ${date.date} is still ${JSON.stringify(date.tables)}`);
      if (date.state === 'done' && failures.some(({ partition }) => partition.endsWith(`@${date.date}`)))
        broken.push(`I9: ${backfill.id} calls ${date.date} done in spite of failures`);
    }
  }
  return broken;
}

/** I10: what decisions are computed from is what the completion documents say. */
function indexIsTheDocuments(world: World, states: ReadonlyMap<string, PartitionState>): string[] {
  const broken: string[] = [];
  const indexed = new Set<string>();
  for (const { table, dates } of documents<{ table: string; dates: Record<string, PartitionState> }>(
    world,
    'table_seasons',
  )) {
    for (const [date, state] of Object.entries(dates)) {
      indexed.add(`${table}@${date}`);
      const { readyPct: _, ...document } = (states.get(`${table}@${date}`) ?? {}) as Record<string, unknown>;
      if (JSON.stringify(sorted(document)) !== JSON.stringify(sorted({ ...state })))
        broken.push(`I10: the index and the document of ${table}@${date} differ`);
    }
  }
  for (const name of states.keys()) if (!indexed.has(name)) broken.push(`I10: ${name} is not in the index`);
  const wanted = [...states].flatMap(([name, { want }]) => (want === null ? [] : [name])).sort();
  const named = documents<{ date: string; tables?: readonly string[] }>(world, 'live_wants')
    .flatMap(({ date, tables = [] }) => tables.map((table) => `${table}@${date}`))
    .sort();
  if (JSON.stringify(wanted) !== JSON.stringify(named))
    broken.push(`I10: ${wanted.join(' ')} are wanted, and live_wants names ${named.join(' ')}`);
  return broken;
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The documents are true: the warehouse holds what they say, whatever was built from the inputs of now holds what a run
 * would build now, and whatever was built from others is marked stale.
 */
async function documentsAreTrue(world: World, view: View): Promise<string[]> {
  const broken: string[] = [];
  const evaluation = evaluate(view);
  const copy = world.warehouse.copy();
  for (const season of view.seasons.values()) {
    for (const table of world.registry.all) {
      const { name } = table.definition;
      for (const [text, state] of Object.entries(season.states.get(name) ?? {})) {
        const date = text as GameDate;
        if (!isSettled(state) || !isBuilt(state)) continue;
        const published = await copy.published(table, [date]);
        const held = published.ok ? published.value[0]?.fingerprint : undefined;
        if (held !== state.outputFingerprint)
          broken.push(`truth: the warehouse holds other rows of ${name}@${date} than its document says`);
        if (isRaw(table.definition) || whyNoPartition(view, table, date) !== undefined) continue;
        const { pending, lost } = evaluation.unmet(table, date);
        if (pending.length + lost.length > 0) continue;
        if (!evaluation.isCurrent(table, date)) {
          const cause = staleCause(state.inputFingerprint, evaluation.inputFingerprint(table, date));
          if (state.stale === null)
            broken.push(
              `truth: ${name}@${date} was built from other inputs (${cause}) and is not marked stale`,
            );
          continue;
        }
        const starts = table.definition.inputs.map((input) =>
          readStart(input.window, date, season.calendar.openingNight),
        );
        const rows = await computedRows(computing(world.registry), copy, table, [date], season.calendar);
        const staged = !rows.ok
          ? rows
          : await copy.stage({
              ...{ table, runId: 'check', dates: [date] },
              readStart: starts.reduce((a, b) => (a < b ? a : b), date),
              ...(rows.value === undefined ? {} : { rows: rows.value.rows }),
            });
        const now = staged.ok ? staged.value.dates[0]?.fingerprint : held;
        if (now !== held)
          broken.push(
            `truth: ${name}@${date} says it is built from the inputs of now, but holds something else`,
          );
      }
    }
  }
  return broken;
}
