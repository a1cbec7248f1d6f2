/** The rows of every `cases/*.json` through the query of its table on both engines, and as they are stored. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { quoted } from '../../shared/adapters/embedded/dialect.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { batchSelect, insertRows, openTables, type Row } from '../sql/tables.ts';
import {
  asDuckDbDates,
  differences,
  parametersFor,
  runOnBoth,
  storedDifferences,
  valuesOf,
} from './both-engines.ts';
import { haveJudge, openJudge, PATIENCE_MS, type Judge } from './judge.ts';

interface Case {
  readonly name: string;
  readonly batch: readonly string[];
  readonly readStart: string;
  readonly inputs: Readonly<Record<string, readonly Row[]>>;
}

const registry = loadRegistry();
const cases = registry.all.flatMap((table) =>
  table.definition.kind === 'computed'
    ? casesOf(table.definition).map(
        (each) => [`${table.definition.name}: ${each.name}`, table, each] as const,
      )
    : [],
);

describe.skipIf(!haveJudge('the cases of every table on GoogleSQL'))('the same rows on both engines', () => {
  let judge: Judge;
  beforeAll(async () => {
    judge = await openJudge();
  }, PATIENCE_MS);
  afterAll(() => judge.close());

  it.each(cases)(
    '%s',
    async (_name, { definition, query = '' }, each) => {
      const inputs = registry.all
        .map((input) => input.definition)
        .filter(({ name }) => definition.inputs.some(({ table }) => table === name));
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
      const dates = each.batch.map(gameDate);
      const [start = gameDate(each.readStart), end = start] = [dates[0], dates.at(-1)];

      const asked = { start, end, readStart: gameDate(each.readStart) };
      const both = await runOnBoth(judge, connection, query, tables, asked);
      expect(differences(both, definition.key)).toEqual([]);

      const names = both.columns.map(([name]) => name);
      const part = names.indexOf(definition.partitionColumn);
      const google = both.google.filter((row) => each.batch.includes(String(row[part])));
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

function casesOf({ name }: TableDefinition): Case[] {
  const folder = new URL(`../../functions/processors/${name}/cases/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case);
}
