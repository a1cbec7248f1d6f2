/** The rows of every `cases/*.yaml` through the query of its table on both engines, and as they are stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { quoted } from '../../shared/adapters/embedded/dialect.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { batchSelect, insertRows, openTables } from '../support/tables.ts';
import { readCases } from '../support/cases/read-cases.ts';
import {
  asDuckDbDates,
  differences,
  parametersFor,
  runOnBoth,
  storedDifferences,
  valuesOf,
} from '../support/both-engines.ts';
import { drawn } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { haveJudge, openJudge, PATIENCE_MS, type Judge } from '../support/judge.ts';

const registry = loadRegistry();
const definitions = registry.all.map(({ definition }) => definition);
const all = registry.all.flatMap((table) =>
  table.definition.rowsFrom === 'query'
    ? readCases(table.definition, definitions).map(
        (each) => [`${table.definition.name}: ${each.name}`, table, each] as const,
      )
    : [],
);

/** Every sixth case, by the draw; with the whole proof all of them. DuckDB computes all cases in every run. */
const cases = proof === 'all' ? all : all.filter((_, i) => i % 6 === drawn('googlesql', 'cases').below(6));

describe.skipIf(!haveJudge('the cases of every table on GoogleSQL'))('the same rows on both engines', () => {
  let judge: Judge;
  beforeAll(async () => {
    judge = await openJudge();
  }, PATIENCE_MS);
  afterAll(() => judge.close());

  it.each(cases)(
    '%s',
    async (_name, { definition, query = '' }, each) => {
      const inputs = definitions.filter(({ name }) => definition.inputs.some(({ table }) => table === name));
      const connection = await openTables(inputs);
      for (const input of inputs)
        await insertRows(connection, input, each.inputs[qualifiedName(input)] ?? []);
      const tables = await Promise.all(
        inputs.map(async (input) => {
          const columns = Object.entries(input.columns).map(([name, { type }]) => [name, type] as const);
          const list = columns.map(([name]) => quoted(name)).join(', ');
          const rows = await valuesOf(connection, `SELECT ${list} FROM ${qualifiedName(input)}`);
          return { name: qualifiedName(input), columns, rows };
        }),
      );
      const dates = each.batch;
      const [start = each.readStart, end = start] = [dates[0], dates.at(-1)];

      const asked = { start, end, readStart: each.readStart };
      const both = await runOnBoth(judge, connection, query, tables, asked);
      expect(differences(both, definition.key)).toEqual([]);

      const names = both.columns.map(([name]) => name);
      const part = names.indexOf(definition.partitionColumn);
      const google = both.google.filter((row) => dates.some((date) => date === String(row[part])));
      const staged = batchSelect(definition, { dates, readStart: asked.readStart });
      const stored = await valuesOf(
        connection,
        `SELECT ${names.map(quoted).join(', ')} FROM (${staged})`,
        asDuckDbDates(parametersFor(query, asked)),
      );
      expect(storedDifferences({ ...both, google }, stored, definition.columns, definition.key)).toEqual([]);
      connection.closeSync();
    },
    PATIENCE_MS,
  );
});
