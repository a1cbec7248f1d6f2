/** The rows of every `cases/*.yaml` through the query of its table: the batch at once, and each of its dates alone; `npm test` draws one. */
import { describe, expect, it } from 'vitest';
import { readSql } from '../../functions/processors/load-sql.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { isComputed, isSealing, qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { mismatches } from '../support/cases/mismatches.ts';
import { readCases, type Case } from '../support/cases/read-cases.ts';
import { insertRows, loadDefinitions, openTables, rowsSelect, run, type Row } from '../support/tables.ts';

const definitions = await loadDefinitions();
const registry = loadRegistry();
const computed = [...definitions.values()].filter(isComputed);

describe.each(computed.map((table) => [table.name, table] as const))('%s', (name, table) => {
  const cases = readCases(table, definitions.values());

  it('has a query or code with at least one case', () => {
    expect(readSql(name, 'query.sql') !== undefined).toBe(table.rowsFrom === 'query');
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const connection = await tablesWith(table, each);

    const rows = await rowsOf(connection, table, each.batch, each);

    expect(mismatches(rows, each)).toEqual([]);
    // The batch of one date has been computed.
    if (each.batch.length === 1) return;
    const dates = proof === 'small' ? drawnOf(each.batch, 1, 'cases', name, each.name) : each.batch;
    const oneByOne = await Promise.all(dates.map((date) => rowsOf(connection, table, [date], each)));
    const ofDates = rows.filter((row) => dates.some((date) => date === row[table.partitionColumn]));
    expect(byKey(oneByOne.flat(), table.key)).toEqual(byKey(ofDates, table.key));
  });
});

async function tablesWith(table: TableDefinition, each: Case) {
  const inputs = table.inputs
    .map((input) => definitions.get(input.table))
    .filter((input) => input !== undefined);
  // A table that seals rows reads what is published of itself.
  const connection = await openTables(isSealing(table) ? [...inputs, table] : inputs);
  for (const input of new Set(inputs))
    await insertRows(connection, input, each.inputs[qualifiedName(input)] ?? []);
  return connection;
}

async function rowsOf(
  connection: Awaited<ReturnType<typeof openTables>>,
  table: TableDefinition,
  dates: readonly GameDate[],
  each: Case,
) {
  const batch = { dates, readStart: each.readStart };
  return run(connection, await rowsSelect(connection, registry, table, batch, each.readStart), batch);
}

function byKey(rows: readonly Row[], keys: readonly string[]): Row[] {
  return rows.toSorted((a, b) => (keyOf(a, keys) < keyOf(b, keys) ? -1 : 1));
}

function keyOf(row: Row, keys: readonly string[]): string {
  return keys.map((key) => String(row[key])).join(' ');
}
