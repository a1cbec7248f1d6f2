/** Each construct of the portable subset has a known answer, and GoogleSQL gives it as DuckDB does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBDateValue, DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { installDialect, toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import { PORTABLE } from '../../shared/adapters/embedded/portable.ts';
import { dayNumber, gameDate } from '../../shared/domain/game-date.ts';
import { KNOWN_ANSWERS } from '../support/known-answers.ts';
import { ASKED_ANSWERS } from '../support/asked-answers.ts';
import { valuesOf } from '../support/both-engines.ts';
import { haveJudge, isRefused, openJudge, PATIENCE_MS, type Judge } from '../support/judge.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await installDialect((sql) => connection.run(sql));
});
afterAll(() => connection.closeSync());

/** The parameters of a batch are dates. */
const PARAMETERS = {
  sql: 'SELECT @start_date - 1, @end_date >= @start_date, CAST(@end_date AS STRING)',
  rows: [['2024-02-29', true, '2024-03-31']],
  values: { start_date: gameDate('2024-03-01'), end_date: gameDate('2024-03-31') },
};

/** What a syntax tree of DuckDB is made of, named as the lists of the subset name it. */
function partsOf(
  value: unknown,
  found: { functions: Set<string>; nodes: Set<string>; casts: Set<string> },
): void {
  if (Array.isArray(value)) for (const each of value) partsOf(each, found);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const node = value as Readonly<Record<string, unknown>>;
  if (typeof node['type'] === 'string') found.nodes.add(node['type']);
  if (typeof node['function_name'] === 'string') found.functions.add(node['function_name'].toLowerCase());
  const cast = node['cast_type'] as
    { id?: string; type_info?: { user_type_name?: string } | null } | undefined;
  if (cast !== undefined) {
    const name = (cast.type_info?.user_type_name ?? cast.id ?? '').toUpperCase();
    found.casts.add({ INT64: 'BIGINT', FLOAT64: 'DOUBLE', STRING: 'VARCHAR', BOOL: 'BOOLEAN' }[name] ?? name);
  }
  for (const child of Object.values(node)) partsOf(child, found);
}

it('everything the subset allows has a known answer', async () => {
  const found = { functions: new Set<string>(), nodes: new Set<string>(), casts: new Set<string>() };
  for (const { sql } of [...KNOWN_ANSWERS, PARAMETERS]) {
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', {
      sql: toDuckDb(sql),
    });
    const [[tree] = []] = reader.getRowsJson();
    if (typeof tree === 'string') partsOf(JSON.parse(tree), found);
  }
  const without = (kind: keyof typeof found): string[] =>
    [...PORTABLE[kind]].filter((name) => !found[kind].has(name));
  expect({ functions: without('functions'), nodes: without('nodes'), casts: without('casts') }).toEqual({
    functions: [],
    nodes: [],
    casts: [],
  });
});

describe.skipIf(!haveJudge('the known answers on GoogleSQL'))(
  'a construct of the subset, on both engines',
  () => {
    let judge: Judge;
    beforeAll(async () => {
      judge = await openJudge();
    }, PATIENCE_MS);
    afterAll(() => judge.close());

    it.each(KNOWN_ANSWERS.map((answer) => [answer.construct, answer] as const))(
      '%s',
      async (_construct, { sql, rows }) => {
        const google = await judge.execute(sql);
        expect(isRefused(google) ? google.error : google.rows).toEqual(rows);
        expect(await valuesOf(connection, toDuckDb(sql))).toEqual(rows);
      },
      PATIENCE_MS,
    );

    it.each(ASKED_ANSWERS.flatMap(({ sql, rows, judged }) => (judged ? [[sql, rows] as const] : [])))(
      'a query of a person: %s',
      async (sql, rows) => {
        const google = await judge.execute(sql);
        expect(isRefused(google) ? google.error : google.rows).toEqual(rows);
      },
      PATIENCE_MS,
    );

    it('parameters', async () => {
      const { sql, rows, values } = PARAMETERS;
      const given = Object.entries(values);
      const google = await judge.execute(
        sql,
        undefined,
        given.map(([name, date]) => [name, 'DATE', date]),
      );
      expect(isRefused(google) ? google.error : google.rows).toEqual(rows);
      const dates = given.map(([name, date]) => [name, new DuckDBDateValue(dayNumber(date))]);
      expect(await valuesOf(connection, toDuckDb(sql), Object.fromEntries(dates))).toEqual(rows);
    });
  },
);
