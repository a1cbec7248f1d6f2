/** The holes of all loaded seasons, or of a range: what should have rows and has none, or has lost them. */
import type { Config } from '../../shared/config.ts';
import { warehouseCost } from '../../shared/derive/bigquery-cost.ts';
import { costsOf, type RunCost } from '../../shared/domain/forecast.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { holesOf, type Hole } from '../../shared/domain/holes.ts';
import {
  isRightlyEmpty,
  ledgerOf,
  lostRows,
  withLost,
  type CellState,
  type LedgerCell,
  type LostRows,
  type RowsFound,
} from '../../shared/domain/ledger.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { View } from '../../shared/domain/view.ts';
import type { RowRange, Warehouse } from '../../shared/ports/warehouse.ts';
import { readMeasured } from '../../shared/state/forecasts.ts';
import { countRows, TABLE_GONE } from './count-rows.ts';
import { gameDatesBetween, loadedRange, unknownSeasons } from './date-range.ts';
import type { ReadingPorts } from './ports.ts';

export interface GapPorts extends ReadingPorts {
  readonly config: Pick<Config, 'target'>;
}

/** What is asked for. */
export interface GapsAsked {
  /** By default from the first to the last game date whose schedule is loaded. */
  readonly start?: GameDate | undefined;
  readonly end?: GameDate | undefined;
  /** By default every table. */
  readonly tables?: readonly string[] | undefined;
}

export interface Gaps {
  readonly start: GameDate;
  readonly end: GameDate;
  /** By table and date. */
  readonly holes: readonly Hole[];
  /** Cells that rightly have no rows. */
  readonly empty: readonly (PartitionRef & { readonly reason: string })[];
  /** How many cells are what. */
  readonly cells: Readonly<Record<CellState, number>>;
  /** Seasons of the range of which no game is known; none where no range was given. */
  readonly unknownSeasons: readonly Season[];
}

/** The ledger of a range, with what is needed to heal its holes. */
export interface SeenGaps {
  readonly gaps: Gaps;
  /** As the documents have it. */
  readonly stored: View;
  /** As it will be once what has lost rows is opened again. */
  readonly view: View;
  readonly lost: readonly LostRows[];
}

/**
 * The holes of a range, however old, by the documents and by the rows that the warehouse holds. Writes nothing.
 * @throws Error when the warehouse does not answer
 * @throws RequestError when no range is given and no schedule is loaded
 */
export async function gapsIn(
  ports: GapPorts,
  warehouse: Pick<Warehouse, 'rowCounts'>,
  asked: GapsAsked,
): Promise<SeenGaps> {
  const range = asked.start === undefined || asked.end === undefined ? await loadedRange(ports) : undefined;
  const [start, end] = range ?? [asked.start as GameDate, asked.end as GameDate];
  const { view: stored, dates } = await gameDatesBetween(ports, start, end, { gameHashes: false });
  // A hole of one table may begin in another one.
  const tables = ports.registry.all;
  const isAsked = ({ table }: Pick<PartitionRef, 'table'>): boolean => asked.tables?.includes(table) ?? true;
  const lost = lostRows(stored, tables, dates, await rowsFound(warehouse, tables, dates));
  const view = withLost(stored, lost);
  const ledger = ledgerOf(view, tables, dates);
  const own = ledger.filter(isAsked);
  return {
    stored,
    view,
    lost,
    gaps: {
      start,
      end,
      holes: holesOf(view, ledger, lost, await factsOf(ports)).filter(isAsked),
      empty: own.flatMap((cell) => (isRightlyEmpty(cell) ? [emptyOf(cell)] : [])),
      cells: countsOf(own),
      unknownSeasons: range === undefined ? unknownSeasons(view, { startDate: start, endDate: end }) : [],
    },
  };
}

function emptyOf({ table, date, reason }: LedgerCell): Gaps['empty'][number] {
  return { table, date, reason: reason ?? 'empty' };
}

function countsOf(ledger: readonly LedgerCell[]): Gaps['cells'] {
  const counts: Record<CellState, number> = {
    ...{ complete: 0, empty: 0, bootstrap: 0, waiting: 0 },
    ...{ degraded: 0, accepted: 0, failed: 0, missing: 0 },
  };
  for (const { state } of ledger) counts[state] += 1;
  return counts;
}

async function factsOf({ store, registry, config }: GapPorts): Promise<Parameters<typeof holesOf>[3]> {
  const costs = costsOf((await readMeasured({ store })).paces);
  const usd = new Map<string, number>();
  const priceOf = (table: string): number =>
    config.target === 'gcp'
      ? Math.round(warehouseCost([{ table, dates: ['2024-01-05' as GameDate] }], registry).dollars * 10_000) /
        10_000
      : 0;
  return {
    costOf: (table): RunCost | undefined => costs.get(table),
    usdOf: (table) => {
      const known = usd.get(table) ?? priceOf(table);
      usd.set(table, known);
      return known;
    },
  };
}

/** Counts the rows of some tables by date. A table that is gone holds none. */
async function rowsFound(
  warehouse: Pick<Warehouse, 'rowCounts'>,
  tables: readonly RegisteredTable[],
  dates: readonly GameDate[],
): Promise<RowsFound> {
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return () => undefined;
  const ranges = tables.map((table): RowRange => ({ table, first, last }));
  const counts = new Map<string, ReadonlyMap<GameDate, number>>();
  for (const { range, counted } of await countRows(warehouse, ranges)) {
    if (!counted.ok && counted.failure.code !== TABLE_GONE) throw new Error(counted.failure.detail);
    counts.set(range.table.definition.name, counted.ok ? counted.value : new Map());
  }
  return ({ table, date }) => {
    const ofTable = counts.get(table);
    return ofTable === undefined ? undefined : (ofTable.get(date) ?? 0);
  };
}
