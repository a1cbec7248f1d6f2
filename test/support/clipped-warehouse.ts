/**
 * The warehouse of a home as queries would find it if part of it were not there: every table is a view of the stored one
 * that hides rows by conditions, and a query computed over the views is held against the rows that are stored.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { join } from 'node:path';
import { createTableSql, installDialect, quoted } from '../../shared/adapters/embedded/dialect.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { BOOTSTRAP_DAYS, type Season } from '../../shared/domain/season.ts';
import {
  type ComputedTable,
  type Input,
  isComputed,
  isLastGames,
  isRaw,
  qualifiedName,
  type TableDefinition,
} from '../../shared/domain/table.ts';
import { readEnd, readStart, type Window } from '../../shared/domain/window.ts';
import { rawStatements } from './real-raw.ts';
import { build, rowsSelect, run, type Batch, type Row } from './tables.ts';

const WAREHOUSE = 'warehouse.duckdb';

/**
 * Fills a warehouse file in `folder` with a season, each table computed by one statement over all its dates: the same rows
 * as batches give, sooner.
 */
export async function storeSeason(
  folder: string,
  registry: Registry,
  season: Season,
  openingNight: GameDate,
): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, WAREHOUSE));
  const connection = await instance.connect();
  await installDialect((sql) => connection.run(sql));
  for (const dataset of datasetsOf(registry)) await connection.run(`CREATE SCHEMA ${dataset}`);
  for (const { definition } of registry.all) await connection.run(createTableSql(definition));
  for (const statement of rawStatements([season])) await connection.run(statement);
  const scheduled = await run(
    connection,
    `SELECT DISTINCT CAST(game_date AS VARCHAR) AS date FROM nba_raw.nbac_schedule WHERE season_type IN ('regular', 'playoffs') ORDER BY date`,
  );
  const dates = scheduled.map((row) => String(row['date']) as GameDate);
  for (const { definition } of registry.all) {
    if (isRaw(definition)) continue;
    const first = definition.phase === 'phase3' ? openingNight : addDays(openingNight, BOOTSTRAP_DAYS);
    const batch = { dates: dates.filter((date) => date >= first), readStart: openingNight };
    const select = await rowsSelect(connection, registry, definition, batch, openingNight);
    await build(connection, definition, batch, select);
  }
  connection.closeSync();
  instance.closeSync();
}

function datasetsOf(registry: Registry): string[] {
  return [...new Set(registry.all.map(({ definition }) => definition.dataset))];
}

export interface ClippedWarehouse {
  /** Dates on which `table` has rows, ascending. */
  readonly datesOf: (table: TableDefinition) => Promise<GameDate[]>;
  /** From now on queries find only these rows of a table. */
  readonly show: (table: TableDefinition, rows: string) => Promise<void>;
  /** Rows that computing `date` over what is shown gives and the stored partition lacks, and the other way round. */
  readonly difference: (table: ComputedTable, date: GameDate) => Promise<Difference>;
  readonly close: () => void;
}

export interface Difference {
  readonly rows: number;
  readonly onlyComputed: number;
  readonly onlyStored: number;
  /** Columns in which the first differing rows of the same key differ. */
  readonly columns: readonly string[];
}

/** Opens the warehouse of `home`, which holds one season, to read; nothing is hidden yet. */
export async function openClipped(
  home: string,
  registry: Registry,
  openingNight: GameDate,
): Promise<ClippedWarehouse> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await installDialect((sql) => connection.run(sql));
  await connection.run(`ATTACH '${join(home, WAREHOUSE)}' AS whole (READ_ONLY)`);
  for (const dataset of datasetsOf(registry)) await connection.run(`CREATE SCHEMA ${dataset}`);
  const show = async (table: TableDefinition, rows: string): Promise<void> => {
    await connection.run(`CREATE OR REPLACE VIEW ${qualifiedName(table)} AS ${rows}`);
  };
  for (const { definition } of registry.all) await show(definition, allRowsOf(definition));
  return {
    datesOf: async (table) => {
      const rows = await run(
        connection,
        `SELECT DISTINCT CAST(${table.partitionColumn} AS VARCHAR) AS date FROM ${stored(table)} ORDER BY date`,
      );
      return rows.map((row) => String(row['date']) as GameDate);
    },
    show,
    difference: async (table, date) => {
      const batch = { dates: [date], readStart: earliestRead(table, date, openingNight) };
      const select = await rowsSelect(connection, registry, table, batch, openingNight);
      return differenceOf(connection, table, date, select, batch);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function stored(table: TableDefinition): string {
  return `whole.${qualifiedName(table)}`;
}

function allRowsOf(table: TableDefinition): string {
  return `SELECT * FROM ${stored(table)}`;
}

/** What is known before the games of `date`: the whole schedule, the lines and rosters of the date, nothing that was played on it or after it. */
export function knownBefore(table: TableDefinition, date: GameDate): string {
  if (table.name === 'nbac_schedule') return allRowsOf(table);
  const comparison = table.timing === 'pre_game' ? '<=' : '<';
  return `${allRowsOf(table)} WHERE ${table.partitionColumn} ${comparison} DATE '${date}'`;
}

/** Exactly the rows of `table` that the declared inputs of a run for `date` cover. */
export function declared(
  table: TableDefinition,
  inputs: readonly Input[],
  date: GameDate,
  openingNight: GameDate,
): string {
  const part = table.partitionColumn;
  const parts = inputs.map(({ window }): string => {
    if (isLastGames(window)) {
      if (!isComputed(table) || table.games === undefined)
        throw new Error(`${table.name} does not say what a game is`);
      const { entityColumn, playedColumn } = table.games;
      const played = playedColumn === undefined ? '' : ` AND ${playedColumn}`;
      return `SELECT * FROM ${stored(table)} WHERE ${part} >= DATE '${openingNight}' AND ${part} < DATE '${date}'${played}
        QUALIFY DENSE_RANK() OVER (PARTITION BY ${entityColumn} ORDER BY ${part} DESC) <= ${window.games}`;
    }
    return `SELECT * FROM ${stored(table)} WHERE ${part} BETWEEN DATE '${readStart(window, date, openingNight)}' AND DATE '${lastRead(window, date)}'`;
  });
  return parts.length === 0
    ? `${allRowsOf(table)} WHERE FALSE`
    : parts.map((each) => `(${each})`).join(' UNION ');
}

function lastRead(window: Window, date: GameDate): GameDate {
  switch (window.kind) {
    case 'same_date':
      return date;
    case 'around_date':
      return addDays(date, window.ahead);
    case 'previous_days':
    case 'season_to_date':
    case 'last_games':
      return addDays(date, -1);
    case 'previous_seasons':
      return readEnd(window, date);
    default:
      return window satisfies never;
  }
}

function earliestRead(table: TableDefinition, date: GameDate, openingNight: GameDate): GameDate {
  return table.inputs
    .map((input) => readStart(input.window, date, openingNight))
    .reduce((a, b) => (a < b ? a : b), date);
}

async function differenceOf(
  connection: DuckDBConnection,
  table: ComputedTable,
  date: GameDate,
  select: string,
  batch: Batch,
): Promise<Difference> {
  await run(connection, `CREATE OR REPLACE TEMP TABLE computed_rows AS ${select}`, batch);
  const columns = Object.keys(table.columns).map(quoted).join(', ');
  const here = `SELECT ${columns} FROM computed_rows`;
  const there = `SELECT ${columns} FROM ${stored(table)} WHERE ${table.partitionColumn} = DATE '${date}'`;
  // Equal sums of the rows' hashes are equal rows, and quicker to find than rows that only one side has.
  const content = `COUNT(*) AS n, SUM(hash(${columns})) AS content`;
  const [same] = await run(
    connection,
    `SELECT a.n AS rows, a.n = b.n AND a.content IS NOT DISTINCT FROM b.content AS is_same
     FROM (SELECT ${content} FROM (${here})) AS a, (SELECT ${content} FROM (${there})) AS b`,
  );
  if (same?.['is_same'] === true)
    return { rows: Number(same['rows']), onlyComputed: 0, onlyStored: 0, columns: [] };
  const [counts] = await run(
    connection,
    `SELECT (SELECT COUNT(*) FROM (${here})) AS rows, (SELECT COUNT(*) FROM (${here} EXCEPT ALL ${there})) AS computed,
      (SELECT COUNT(*) FROM (${there} EXCEPT ALL ${here})) AS stored`,
  );
  const found = {
    rows: Number(counts?.['rows']),
    onlyComputed: Number(counts?.['computed']),
    onlyStored: Number(counts?.['stored']),
  };
  if (found.onlyComputed + found.onlyStored === 0) return { ...found, columns: [] };
  const key = (row: Row): string => table.key.map((column) => String(row[column])).join(' ');
  const before = new Map(
    (await run(connection, `${there} EXCEPT ALL ${here}`)).map((row) => [key(row), row]),
  );
  const differing = new Set<string>();
  for (const row of await run(connection, `${here} EXCEPT ALL ${there}`)) {
    const other = before.get(key(row));
    for (const column of Object.keys(row))
      if (other !== undefined && row[column] !== other[column]) differing.add(column);
  }
  return { ...found, columns: [...differing] };
}

/** The tables a computed table reads, each with the inputs through which it does. */
export function inputsOf(
  registry: Registry,
  table: ComputedTable,
): (readonly [TableDefinition, readonly Input[]])[] {
  return registry.all.map(
    ({ definition }) =>
      [definition, table.inputs.filter((input) => input.table === definition.name)] as const,
  );
}

/** `n` dates of `dates`, chosen by a seeded shuffle, ascending. */
export function chosen(
  dates: readonly GameDate[],
  n: number,
  random: { readonly below: (bound: number) => number },
): GameDate[] {
  const rest = [...dates];
  const taken: GameDate[] = [];
  while (taken.length < n && rest.length > 0) taken.push(...rest.splice(random.below(rest.length), 1));
  return taken.sort();
}
