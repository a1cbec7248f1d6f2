/** Every query of the computed tables on both engines over the rows of a built home, and what is stored there beside it. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { installDialect, quoted } from '../../shared/adapters/embedded/dialect.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { type QueryTable, qualifiedName, isOncePerSeason } from '../../shared/domain/table.ts';
import { readStart } from '../../shared/domain/window.ts';
import { inputsOf } from './clipped-warehouse.ts';
import { builtHome } from './homes.ts';
import { drawn, drawnOf } from './draw.ts';
import { proof } from './proof.ts';
import {
  differences,
  rowsRead,
  runOnBoth,
  storedDifferences,
  undeclaredTypes,
  valuesOf,
  type Dates,
} from './both-engines.ts';
import { openJudge, type Judge, type JudgedTable, PATIENCE_MS } from './judge.ts';

/** A closed home and the dates to compute again. */
export interface Range {
  readonly home: string;
  readonly openingNight: GameDate;
  readonly start: GameDate;
  readonly end: GameDate;
}

export type ComputedRegistered = RegisteredTable & { readonly definition: QueryTable };

const registry = loadRegistry();
/**
 * The tables of one phase, or of both, that a query computes, but for those with one partition in a season: it has no rows where no
 * earlier season is loaded. Their cases are judged like all others.
 */
export function computedTables(...phases: readonly string[]): ComputedRegistered[] {
  return registry.all.filter(
    (table): table is ComputedRegistered =>
      table.definition.rowsFrom === 'query' &&
      !isOncePerSeason(table.definition) &&
      phases.includes(table.definition.phase),
  );
}

/** Two tables of these phases, by the draw; with the whole proof all of them. Simulated weeks have every table in every run. */
export function someTables(...phases: readonly string[]): ComputedRegistered[] {
  const all = computedTables(...phases);
  return drawnOf(all, proof === 'all' ? all.length : 2, 'googlesql');
}

/** Three days of November or December 2023, by the draw; with the whole proof the month of December. */
export function realRange(): { readonly start: GameDate; readonly end: GameDate } {
  if (proof === 'all') return { start: gameDate('2023-12-01'), end: gameDate('2023-12-31') };
  const start = addDays(gameDate('2023-11-13'), drawn('googlesql', 'days').below(45));
  return { start, end: addDays(start, 2) };
}

/** Those dates of the season that several tests share, with their history since opening night. */
export async function realDates(): Promise<Range> {
  const { folder } = await builtHome('2023-24');
  return { home: folder, openingNight: gameDate('2023-10-24'), ...realRange() };
}

/** Broken promises are looked for in so many rows. */
const MIXED_ROWS = 2_000;

/** Defines the tests of `tables`; `open` builds or finds the home. */
export function describeTables(tables: readonly ComputedRegistered[], open: () => Promise<Range>): void {
  let range: Range;
  let connection: DuckDBConnection;
  let close: () => void;
  let judge: Judge;
  let googleSeconds = 0;

  beforeAll(async () => {
    range = await open();
    const instance = await DuckDBInstance.create(join(range.home, 'warehouse.duckdb'), {
      access_mode: 'READ_ONLY',
    });
    connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
    close = () => {
      connection.closeSync();
      instance.closeSync();
    };
    judge = await openJudge();
  }, PATIENCE_MS);
  afterAll(async () => {
    close();
    await judge.close();
    console.log(
      `GoogleSQL computed ${tables.length} tables for ${range.start} to ${range.end} in ${googleSeconds.toFixed(0)} s of CPU`,
    );
  });

  const datesOf = (table: QueryTable): Dates => ({
    start: range.start,
    end: range.end,
    readStart: table.inputs
      .map((input) => readStart(input.window, range.start, range.openingNight))
      .reduce((a, b) => (a < b ? a : b), range.start),
  });
  const read = (table: QueryTable, sql: string): Promise<JudgedTable[]> =>
    Promise.all(
      inputsOf(registry, table)
        .filter(([, inputs]) => inputs.length > 0)
        .map(([input, inputs]) => rowsRead(connection, input, inputs, sql, range, range.openingNight)),
    );

  describe.each(tables.map((table) => [table.definition.name, table] as const))('%s', (_name, table) => {
    const { definition, query, expectedQuery, checksQuery } = table;

    it(
      'has the same rows on both engines, and they are those that are stored',
      async () => {
        if (query === undefined) throw new Error('There is no query');
        const dates = datesOf(definition);
        const both = await runOnBoth(judge, connection, query, await read(definition, query), dates);
        googleSeconds += both.seconds.google;

        expect(undeclaredTypes(both.columns, definition.columns)).toEqual([]);
        expect(differences(both, definition.key)).toEqual([]);
        expect(both.google.length).toBeGreaterThan(0);
        const columns = both.columns.map(([name]) => quoted(name)).join(', ');
        const stored = await valuesOf(
          connection,
          `SELECT ${columns} FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} BETWEEN DATE '${range.start}' AND DATE '${range.end}'`,
        );
        expect(storedDifferences(both, stored, definition.columns, definition.key)).toEqual([]);
      },
      PATIENCE_MS,
    );

    it(
      'expects the same rows and games on both engines',
      async () => {
        if (expectedQuery === undefined) throw new Error('There is no expectation');
        const tablesRead = await read(definition, expectedQuery);
        const both = await runOnBoth(judge, connection, expectedQuery, tablesRead, datesOf(definition));
        expect(both.google.length).toBeGreaterThan(0);
        expect(differences(both, ['expected_date'])).toEqual([]);
      },
      PATIENCE_MS,
    );

    it.skipIf(checksQuery === undefined)(
      'finds the same broken promises on both engines',
      async () => {
        const sql = checksQuery ?? '';
        const key = ['check_date', 'check_name', 'severity'];
        const words = new Set<string>(sql.match(/\w+/g));
        const columns = Object.entries(definition.columns)
          .filter(([name]) => words.has(name))
          .map(([name, { type }]) => [name, type] as const);
        const check = async (rows: string) => {
          await connection.run(`CREATE OR REPLACE TEMP TABLE staged AS ${rows}`);
          const staged = {
            name: 'staged',
            columns,
            rows: await valuesOf(
              connection,
              `SELECT ${columns.map(([name]) => name).join(', ')} FROM staged`,
            ),
          };
          const both = await runOnBoth(judge, connection, sql, [staged]);
          expect(differences(both, key)).toEqual([]);
          return both.google.length;
        };
        const some = `FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} BETWEEN DATE '${range.start}' AND DATE '${range.end}' ORDER BY ${definition.key.join(', ')} LIMIT ${MIXED_ROWS}`;
        await check(`SELECT * ${some}`);
        // Each column of another row: nothing fits together, so that the promises are broken.
        const mixed = columns.map(
          ([name], i) =>
            `(SELECT ${quoted(name)} FROM (SELECT * ${some}) ORDER BY md5(concat_ws(' ', ${i}, ${definition.key.join(', ')})))`,
        );
        expect(await check(`SELECT * FROM ${mixed.join(' POSITIONAL JOIN ')}`)).toBeGreaterThan(0);
      },
      PATIENCE_MS,
    );
  });
}
