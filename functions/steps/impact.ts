/**
 * What a correction, an acceptance or a backfill will change, before anybody does it. Everything works on layers over the documents
 * and the archive, and in an overlay of the warehouse: nothing is written, and nothing is published.
 */
import type { Config } from '../../shared/config.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, refName, type PartitionRef } from '../../shared/domain/partition.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { largestMoves, type Move } from '../../shared/domain/row-differences.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { stalenessOf } from '../../shared/domain/staleness.ts';
import { inPhases } from '../../shared/domain/plan.ts';
import { isComputed, type Phase } from '../../shared/domain/table.ts';
import { partitionDates, stateOf, whyNoPartition, type View } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import { acceptCellsOf } from '../control/accept.ts';
import { archivePlanned, type SourceFile } from '../control/archive-files.ts';
import { noDatesText } from '../control/date-range.ts';
import { planImport, type ArchiveOptions } from '../control/import-plan.ts';
import { refusalsOf, tryImport } from '../control/import-trial.ts';
import { fewerRows } from '../control/imports.ts';
import { loadedWith } from '../control/load-wanted.ts';
import { describeMissing, planRequest } from '../control/plan.ts';
import { planIdOf } from '../control/plan-id.ts';
import type { Policy } from '../control/policy.ts';
import { targetsFilling } from '../control/target-tables.ts';
import { tryOut, type Trial, type TriedPartition } from './try-out.ts';

/** What is asked about: files that correct what is known, or a request, which may be one that accepts something. */
export type Asked =
  | { readonly kind: 'correct'; readonly files: readonly SourceFile[]; readonly options: ArchiveOptions }
  | { readonly kind: 'request'; readonly request: BackfillRequest };

export interface ImpactPorts {
  /** A layer over the documents of the deployment, which is written. */
  readonly store: StateStore;
  /** A layer over its archive. */
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly businessClock?: Clock;
  readonly policy: Policy;
  readonly config: Pick<Config, 'target'>;
}

/** A partition of which rows change. */
export interface ImpactCell extends PartitionRef {
  /** Rows that are added, changed or removed; in an upper bound all that it has. */
  readonly rows: number;
  /** The columns in which rows change, in the order of the table; empty in an upper bound, where nobody knows them yet. */
  readonly columns: readonly string[];
}

/** What is to be known before anything is computed. */
export interface Prepared {
  readonly trial: Trial;
  /** Every partition that can change, and no other can. */
  readonly bound: readonly ImpactCell[];
  /** Why nothing would be done; empty when it would. */
  readonly refused: readonly string[];
  /** The id of the plan of a request. */
  readonly planId: string | null;
  /** Whether live sources are asked first, whose answers nobody knows. */
  readonly isFetched: boolean;
}

/** What will change. */
export interface Impact {
  readonly cells: readonly ImpactCell[];
  /** False for an upper bound: every cell that can change. */
  readonly exact: boolean;
  /** Rows that are added, changed and removed; null in an upper bound. */
  readonly rows: Record<'added' | 'changed' | 'removed', number> | null;
  /** Predictions that change, and those of them that recommend something else; null in an upper bound. */
  readonly predictions: { readonly rows: number; readonly recommendations: number } | null;
  /** The values that move most, compared with their size, one of each column. */
  readonly moves: readonly Move[];
  /** Partitions that would not be made, and why. */
  readonly notMade: readonly (PartitionRef & { readonly why: string })[];
  /** Why nothing would be done. */
  readonly refused: readonly string[];
  readonly planId: string | null;
  /** How many cells can change by the declared windows. */
  readonly bound: number;
}

/**
 * Finds out what would be done, and which partitions it can change.
 * @throws RequestError when it cannot be done: a damaged file, an unknown table, nothing to accept
 */
export async function prepareImpact(ports: ImpactPorts, asked: Asked): Promise<Prepared> {
  return asked.kind === 'correct' ? prepareCorrection(ports, asked) : prepareRequest(ports, asked.request);
}

async function prepareCorrection(
  ports: ImpactPorts,
  { files, options }: Extract<Asked, { kind: 'correct' }>,
): Promise<Prepared> {
  const { registry } = ports;
  const plan = await planImport(ports, files, options);
  const tried = await tryImport(ports, plan, { onlyKnown: true });
  const refused = refusalsOf(tried, options.replace === true);
  const report = await archivePlanned(ports, plan);
  const fewer = fewerRows(tried, options.replace === true);
  const shrinking = new Set(fewer.map(refName));
  const tables = [...new Set(plan.sources.map(({ table }) => table))];
  const anew = [...report.matchedAnew, ...plan.lookedAgain];
  const since = [...plan.sources, ...anew].map(({ season }) => season).sort()[0];
  const trial: Trial = {
    since: since ?? seasonOf('2000-01-01' as GameDate),
    loads: new Set([
      ...registry.calendarSources,
      ...tables,
      ...loadedWith(registry, tables),
      ...anew.map(({ table }) => table),
    ]),
    asked: new Map(),
    mayShrink: (table, date) => shrinking.has(refName({ table, date })),
    acceptMissing: false,
    rebuilds: () => true,
  };
  const bound = await boundOf(ports, trial, 'phase5');
  return { trial, bound, refused, planId: null, isFetched: false };
}

async function prepareRequest(ports: ImpactPorts, request: BackfillRequest): Promise<Prepared> {
  const { registry } = ports;
  const asked = await acceptCellsOf(ports, ports.archive, request, 'impact');
  const planned = await planRequest(ports, asked);
  const { request: normal, plan, view } = planned;
  const isFetched = targetsFilling(planned.fetched).length > 0;
  const noGo = request.skipPreflight === undefined && !isFetched ? plan.missing : [];
  const cells = Map.groupBy(
    plan.batches.flatMap(({ table, dates }) => dates.map((date) => ({ table, date }))),
    ({ table }) => table,
  );
  const seasons = new Set(normal.dates.map(seasonOf));
  const overSeasons = registry.downstreamOf(
    registry.all.flatMap(({ definition: { name, inputs } }) =>
      inputs.some(({ window }) => window.kind === 'previous_seasons') ? [name] : [],
    ),
  );
  const restated = ({ definition }: RegisteredTable, season: Season): boolean =>
    isComputed(definition) &&
    inPhases(definition.phase, normal.from, normal.through) &&
    (seasons.has(season) || overSeasons.has(definition.name));
  const trial: Trial = {
    since: [...seasons].sort()[0] ?? seasonOf(view.today),
    loads: new Set(),
    asked: new Map([...cells].map(([table, of]) => [table, of.map(({ date }) => date).sort()])),
    mayShrink: () => normal.force,
    acceptMissing: request.skipPreflight !== undefined,
    rebuilds: (table, season, cause) =>
      request.accept !== undefined ||
      (normal.restate === 'auto' && cause === 'data' && restated(table, season)),
  };
  return {
    trial,
    bound: await boundOf(ports, trial, request.accept === undefined ? normal.through : 'phase5'),
    refused: [
      ...(normal.dates.length === 0 ? [`NO-GO: ${noDatesText(view)}`] : []),
      ...noGo.map((missing) => `NO-GO: ${describeMissing(missing)}`),
    ],
    planId: planIdOf(planned),
    isFetched,
  };
}

/** Every partition that a trial can change, by the declared windows: what is stale or asked for, and what can follow from it. */
async function boundOf(ports: ImpactPorts, trial: Trial, through: Phase): Promise<ImpactCell[]> {
  const { registry } = ports;
  const seasons = (await knownSeasons(ports)).filter((season) => season >= trial.since);
  const view = await loadView(ports, registry, seasons, { acceptMissing: trial.acceptMissing });
  const evaluation = evaluate(view);
  const staleness = stalenessOf(view);
  const cells = new Map<string, PartitionRef>();
  const add = (ref: PartitionRef): void => void cells.set(refName(ref), ref);
  for (const table of registry.all) {
    const { name } = table.definition;
    for (const date of trial.asked.get(name) ?? []) add({ table: name, date });
    for (const season of view.seasons.values())
      for (const date of partitionDates(table, season)) {
        const isLoaded =
          trial.loads.has(name) &&
          whyNoPartition(view, table, date) === undefined &&
          !evaluation.isCurrent(table, date);
        if (isLoaded || isRebuilt(view, trial, staleness(table, date)?.cause, table, date))
          add({ table: name, date });
      }
  }
  for (const [table, dates] of reachOf(view, [...cells.values()], through))
    for (const date of dates)
      if (isRebuilt(view, trial, 'data', registry.get(table), date)) add({ table, date });
  const order = new Map(registry.all.map(({ definition }, i) => [definition.name, i]));
  return [...cells.values()]
    .map((ref) => ({ ...ref, rows: stateOf(view, ref.table, ref.date)?.rows ?? 0, columns: [] }))
    .sort((a, b) => (order.get(a.table) ?? 0) - (order.get(b.table) ?? 0) || (a.date < b.date ? -1 : 1));
}

function isRebuilt(
  view: View,
  trial: Trial,
  cause: Parameters<Trial['rebuilds']>[2] | undefined,
  table: RegisteredTable,
  date: GameDate,
): boolean {
  return (
    cause !== undefined &&
    isBuilt(stateOf(view, table.definition.name, date)) &&
    trial.rebuilds(table, seasonOf(date), cause)
  );
}

/** The answer without anything computed. */
export function boundImpact({ bound, refused, planId }: Prepared): Impact {
  return {
    ...{ cells: refused.length > 0 ? [] : bound, exact: refused.length > 0, rows: null, predictions: null },
    ...{ moves: [], notMade: [], refused, planId, bound: bound.length },
  };
}

/** Moves that an answer has. */
const MOVES = 10;

/**
 * The answer, computed in an overlay.
 * @throws RequestError for what can never be answered
 * @throws Error when the warehouse or the archive does not answer
 */
export async function exactImpact(
  ports: ImpactPorts,
  warehouse: Pick<Warehouse, 'openOverlay' | 'read'>,
  prepared: Prepared,
): Promise<Impact> {
  if (prepared.refused.length > 0) return boundImpact(prepared);
  const { changed, notMade } = await tryOut({ ...ports, warehouse }, prepared.trial);
  const rows = { added: 0, changed: 0, removed: 0 };
  for (const { differences } of changed) for (const { kind } of differences) rows[kind] += 1;
  return {
    cells: changed.map((each) => cellOf(ports.registry, each)),
    exact: !prepared.isFetched,
    rows,
    predictions: predictionsIn(changed),
    moves: largestMoves(movesIn(changed), MOVES),
    ...{ notMade, refused: [], planId: prepared.planId, bound: prepared.bound.length },
  };
}

function cellOf(registry: Registry, { table, date, differences }: TriedPartition): ImpactCell {
  const differing = new Set(differences.flatMap(({ cells }) => cells.map(({ column }) => column)));
  const columns = Object.keys(registry.get(table).definition.columns).filter((name) => differing.has(name));
  return { table, date, rows: differences.length, columns };
}

const PREDICTIONS = 'player_prop_predictions';

function predictionsIn(changed: readonly TriedPartition[]): Impact['predictions'] {
  const found = changed
    .filter(({ table }) => table === PREDICTIONS)
    .flatMap(({ differences }) => differences);
  const recommendations = found.filter(({ cells }) =>
    cells.some(({ column }) => column === 'recommendation'),
  );
  return { rows: found.length, recommendations: recommendations.length };
}

function* movesIn(changed: readonly TriedPartition[]): Generator<Move> {
  for (const { table, date, differences } of changed)
    for (const { key, cells } of differences)
      for (const cell of cells)
        if (typeof cell.old === 'number' && typeof cell.new === 'number') yield { table, date, key, ...cell };
}
