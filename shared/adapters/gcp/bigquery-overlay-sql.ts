/** The statements that make an overlay. The functions here only make text. */
import type { Names } from '../../derive/names.ts';
import type { GameDate } from '../../domain/game-date.ts';
import { sourceColumns, type TableDefinition } from '../../domain/table.ts';
import type { ReadThrough } from '../overlay-dates.ts';
import { dateList, identifier, stringLiteral, tableOf, timestampLiteral } from './bigquery-dialect.ts';

/** The dataset of an overlay, and when its views expire. */
export interface OverlayDataset {
  readonly name: string;
  readonly expiresAt: Date;
}

/** What the view of a table in an overlay shows. */
export interface OverlayView {
  readonly overlay: OverlayDataset;
  readonly definition: TableDefinition;
  readonly through: ReadThrough;
  /** Staged table of the overlay -> the dates of which its rows are shown. */
  readonly held: ReadonlyMap<string, readonly GameDate[]>;
}

/** Makes the dataset. @param days after which its tables expire */
export function createOverlaySql({ name }: OverlayDataset, location: string, days: number): string {
  return [
    `CREATE SCHEMA ${identifier(name)}`,
    `OPTIONS (location = ${stringLiteral(location)}, default_table_expiration_days = ${days}, labels = [('app', 'fullcourt')])`,
  ].join('\n');
}

/** Makes the view of a table: the rows that are held, and the published ones of other dates. */
export function overlayViewSql({ overlay, definition, through, held }: OverlayView, below: Names): string {
  const part = identifier(definition.partitionColumn);
  const columns = columnsOf(definition);
  const { only, without } = through;
  const filters = [
    // Published tables ask for a filter by date, which every game passes.
    only === undefined ? `${part} >= DATE '1946-11-01'` : inDates(part, only),
    ...(without.length === 0 ? [] : [`NOT (${inDates(part, without)})`]),
  ];
  const selects = [
    ...(only?.length === 0
      ? []
      : [`SELECT ${columns} FROM ${tableOf(definition, below)} WHERE ${filters.join(' AND ')}`]),
    ...[...held].map(
      ([staged, dates]) =>
        `SELECT ${columns} FROM ${identifier(overlay.name)}.${identifier(staged)} WHERE ${inDates(part, dates)}`,
    ),
  ];
  const query = selects.length === 0 ? nothing(definition) : selects.join('\nUNION ALL\n');
  return createOverlayViewSql(overlay, definition.name, query);
}

/** Makes a view of an overlay, or replaces it. */
export function createOverlayViewSql(
  { name, expiresAt }: OverlayDataset,
  view: string,
  query: string,
): string {
  return [
    `CREATE OR REPLACE VIEW ${identifier(name)}.${identifier(view)}`,
    `OPTIONS (expiration_timestamp = ${timestampLiteral(expiresAt)}) AS`,
    query,
  ].join('\n');
}

/** A query without rows that has the columns of a table. */
function nothing(definition: TableDefinition): string {
  const columns = [...Object.entries(definition.columns), ...sourceColumns(definition)].map(
    ([column, { type }]) => `CAST(NULL AS ${type}) AS ${identifier(column)}`,
  );
  return `SELECT ${columns.join(', ')} FROM (SELECT 1 AS one) AS nothing WHERE one = 0`;
}

function columnsOf(definition: TableDefinition): string {
  return [...Object.keys(definition.columns), ...sourceColumns(definition).map(([column]) => column)]
    .map(identifier)
    .join(', ');
}

function inDates(part: string, dates: readonly GameDate[]): string {
  return `${part} IN (${dateList(dates)})`;
}
