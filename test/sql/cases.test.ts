import { describe, expect, it } from 'vitest';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readSql } from '../../functions/processors/load-sql.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { batchSelect, insertRows, loadDefinitions, openTables, run, type Row } from './tables.ts';

/** Rows in, rows out: what one `cases/*.json` file holds. */
interface Case {
  readonly name: string;
  readonly batch: readonly string[];
  readonly readStart: string;
  /** By `dataset.table`; columns left out are NULL. */
  readonly inputs: Readonly<Record<string, readonly Row[]>>;
  /** All rows; each is compared in the columns it names. */
  readonly expect: readonly Row[];
  readonly keys: readonly string[];
}

const definitions = await loadDefinitions();
const computed = [...definitions.values()].filter(({ kind }) => kind === 'computed');

describe.each(computed.map((table) => [table.name, table] as const))('%s', (name, table) => {
  const cases = casesOf(name);

  it('has a query with at least one case', () => {
    expect(readSql(name, 'query.sql')).toBeDefined();
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const connection = await tablesWith(table, each);
    const dates = each.batch.map(gameDate);

    const rows = await rowsOf(connection, table, dates, each);

    expect(picked(rows, each)).toEqual(byKey(each.expect, each.keys));
    const oneByOne = await Promise.all(dates.map((date) => rowsOf(connection, table, [date], each)));
    expect(byKey(oneByOne.flat(), table.key)).toEqual(byKey(rows, table.key));
  });
});

async function tablesWith(table: TableDefinition, each: Case) {
  const inputs = table.inputs
    .map((input) => definitions.get(input.table))
    .filter((input) => input !== undefined);
  const connection = await openTables(inputs);
  for (const [qualified, rows] of Object.entries(each.inputs)) {
    const input = inputs.find((candidate) => qualifiedName(candidate) === qualified);
    if (input === undefined)
      throw new Error(
        `The case "${each.name}" gives rows of ${qualified}, which ${table.name} does not read`,
      );
    await insertRows(connection, input, rows);
  }
  return connection;
}

function rowsOf(
  connection: Awaited<ReturnType<typeof openTables>>,
  table: TableDefinition,
  dates: readonly GameDate[],
  each: Case,
) {
  const batch = { dates, readStart: gameDate(each.readStart) };
  return run(connection, batchSelect(table, batch), batch);
}

/** The actual rows with the columns that the expected row of the same key names; a row nobody expects stays whole. */
function picked(rows: readonly Row[], each: Case): Row[] {
  const expected = new Map(each.expect.map((row) => [keyOf(row, each.keys), row]));
  const kept = rows.map((row) => {
    const wanted = expected.get(keyOf(row, each.keys));
    return wanted === undefined
      ? row
      : Object.fromEntries(Object.keys(wanted).map((column) => [column, row[column]]));
  });
  return byKey(kept, each.keys);
}

function byKey(rows: readonly Row[], keys: readonly string[]): Row[] {
  return rows.toSorted((a, b) => (keyOf(a, keys) < keyOf(b, keys) ? -1 : 1));
}

function keyOf(row: Row, keys: readonly string[]): string {
  return keys.map((key) => String(row[key])).join(' ');
}

function casesOf(name: string): Case[] {
  const folder = new URL(`../../functions/processors/${name}/cases/`, import.meta.url);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case);
}
