/** Queries of persons: what they are answered on the embedded engine, and what is refused in which words. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { CHECKED_FUNCTIONS } from '../../shared/adapters/embedded/query/functions.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Cell } from '../../shared/ports/warehouse.ts';
import { ASKED_ANSWERS } from '../support/asked-answers.ts';

let warehouse: DuckDbWarehouse;
beforeAll(async () => {
  warehouse = await openWarehouse(loadRegistry(), { path: ':memory:' });
  await warehouse.prepare();
});
afterAll(() => warehouse.close());

async function asked(
  sql: string,
): Promise<{ names: string[]; types: string[]; rows: Cell[][]; unchecked: readonly string[] }> {
  const { columns, chunks, unchecked } = await warehouse.ask(sql);
  const rows: Cell[][] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return { names: columns.map(({ name }) => name), types: columns.map(({ type }) => type), rows, unchecked };
}

const refusal = (sql: string): Promise<string> =>
  asked(sql).then(
    ({ rows }) => `answered ${JSON.stringify(rows)}`,
    (error: unknown) => (error as Error).message,
  );

it.each(ASKED_ANSWERS.map(({ sql, rows }) => [sql, rows] as const))('%s', async (sql, rows) => {
  expect((await asked(sql)).rows).toEqual(rows);
});

it('every function that counts as checked has a known answer', () => {
  const text = ASKED_ANSWERS.map(({ sql }) => sql.toUpperCase()).join('\n');
  expect(CHECKED_FUNCTIONS.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

describe('names', () => {
  it.each([
    ['a project in backticks', 'SELECT COUNT(*) AS n FROM `my-project.nba_raw.nbac_schedule`'],
    ['a project without backticks', 'SELECT COUNT(*) AS n FROM my-project.nba_raw.nbac_schedule'],
    ['a dataset and a table in backticks', 'SELECT COUNT(*) AS n FROM `nba_raw`.`nbac_schedule` AS s'],
    [
      'a table in backticks',
      'SELECT COUNT(*) AS n FROM `nba_raw.nbac_schedule` s WHERE s.game_date >= "2024-01-01"',
    ],
    ['a view', 'SELECT COUNT(*) AS n FROM nba_reference.nba_players_registry'],
  ])('%s is a table', async (_, sql) => {
    expect((await asked(sql)).rows).toEqual([[0]]);
  });

  it('a column without a name is called as it was written', async () => {
    const { names } = await asked(
      'SELECT 1 + 1, count( * ),\n  round(2.5)  , 3 AS three, 4 four, "x", t.a, t.* FROM (SELECT 5 AS a) AS t GROUP BY ALL',
    );
    expect(names).toEqual(['1 + 1', 'count( * )', 'round(2.5)', 'three', 'four', '"x"', 'a', 'a']);
  });

  it('the columns and tables of a dataset', async () => {
    const { rows } = await asked(
      "SELECT column_name, data_type, is_nullable FROM nba_analytics.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'player_game_summary' AND column_name IN ('game_date', 'points', 'win_flag', 'usage_rate', 'processed_at') ORDER BY column_name",
    );
    expect(rows).toEqual([
      ['game_date', 'DATE', 'NO'],
      ['points', 'INT64', 'YES'],
      ['processed_at', 'TIMESTAMP', 'YES'],
      ['usage_rate', 'FLOAT64', 'YES'],
      ['win_flag', 'BOOL', 'YES'],
    ]);
    const tables = await asked(
      'SELECT table_name, table_type FROM `p.nba_reference`.INFORMATION_SCHEMA.TABLES ORDER BY 1',
    );
    expect(tables.rows).toContainEqual(['nba_players_registry', 'VIEW']);
  });

  it('types are those of BigQuery', async () => {
    const { types } = await asked(
      "SELECT 1, 1.5, 'a', TRUE, DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00', SUM(1)",
    );
    expect(types).toEqual(['INT64', 'FLOAT64', 'STRING', 'BOOL', 'DATE', 'TIMESTAMP', 'INT64']);
  });
});

it('a function that nobody has checked is named', async () => {
  expect(await asked("SELECT levenshtein('abc', 'abd') AS v")).toMatchObject({
    rows: [[1]],
    unchecked: ['LEVENSHTEIN'],
  });
});

it('a list and a row inside of a row are JSON', async () => {
  const { rows } = await asked(
    "SELECT [1, 2], ['a', NULL], GENERATE_DATE_ARRAY('2024-01-01', '2024-01-02'), ARRAY<FLOAT64>[], t FROM (SELECT 1 AS a, 'x' AS b) AS t",
  );
  expect(rows).toEqual([['[1,2]', '["a",null]', '["2024-01-01","2024-01-02"]', '[]', '{"a":1,"b":"x"}']]);
});

it('many chunks come in order, and a connection is free again when no more are read', async () => {
  const sql = 'SELECT x FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS x ORDER BY x';
  expect((await asked(sql)).rows.map(([x]) => x)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
  for (let i = 0; i < 3; i += 1) {
    const { chunks } = await warehouse.ask(sql);
    await chunks.next();
    await chunks.return(undefined);
  }
  expect((await asked('SELECT 1 AS v')).rows).toEqual([[1]]);
});

it('values of every kind are right in every chunk, and no chunk has more than 256 rows', async () => {
  const { chunks } = await warehouse.ask(
    `SELECT x, IF(MOD(x, 3) = 0, NULL, x + 0.5) AS f, IF(MOD(x, 5) = 0, NULL, CONCAT('a text longer than twelve bytes ', CAST(x AS STRING))) AS t,
       DATE_ADD(DATE '2024-01-01', INTERVAL x DAY) AS d, MOD(x, 2) = 0 AS b, TIMESTAMP_SECONDS(x) AS s, CAST(x AS NUMERIC) AS n, ARRAY_LENGTH([x, NULL]) AS l
     FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS x ORDER BY x`,
  );
  const rows: Cell[][] = [];
  const sizes: number[] = [];
  for await (const chunk of chunks) {
    rows.push(...chunk);
    sizes.push(chunk.length);
  }
  const day = Date.UTC(2024, 0, 1);
  const expected = Array.from({ length: 5000 }, (_, i) => i + 1).map((x) => [
    x,
    x % 3 === 0 ? null : x + 0.5,
    x % 5 === 0 ? null : `a text longer than twelve bytes ${x}`,
    new Date(day + x * 86_400_000).toISOString().slice(0, 10),
    x % 2 === 0,
    new Date(x * 1000).toISOString(),
    x,
    2,
  ]);
  expect(rows).toEqual(expected);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
});

describe('what is refused', () => {
  it.each([
    ['nothing at all', ' -- nothing', 'The query is empty'],
    [
      'a change',
      "DELETE FROM nba_raw.nbac_schedule WHERE game_date = '2024-01-01'",
      'Only a SELECT can be asked: nothing can be changed by a query',
    ],
    [
      'a second query',
      'SELECT 1; DROP TABLE nba_raw.nbac_schedule',
      'Only one query can be asked at a time: there is a ; inside of the text',
    ],
    ['a file', 'SELECT * FROM creds.csv', 'There is no table creds.csv; `fullcourt tables` lists them'],
    [
      'a file in quotes',
      "SELECT * FROM '/etc/passwd'",
      'There is no table /etc/passwd; `fullcourt tables` lists them',
    ],
    [
      'a file in backticks',
      'SELECT * FROM `/etc/passwd`',
      'There is no table /etc/passwd; `fullcourt tables` lists them',
    ],
    [
      'a reader of files',
      "SELECT * FROM read_csv('/etc/passwd')",
      'READ_CSV reads the engine and not the tables, which a query may not',
    ],
    [
      'a reader of files in a column',
      "SELECT (SELECT content FROM read_text('/etc/passwd')) AS v",
      'READ_TEXT reads the engine and not the tables, which a query may not',
    ],
    [
      'a table of the engine',
      'SELECT * FROM duckdb_settings()',
      'DUCKDB_SETTINGS reads the engine and not the tables, which a query may not',
    ],
    [
      'a schema of the engine',
      'SELECT * FROM information_schema.tables',
      'INFORMATION_SCHEMA.tables needs a dataset before it, such as nba_raw.INFORMATION_SCHEMA.TABLES',
    ],
    [
      'a catalog of the engine',
      'SELECT * FROM pg_catalog.pg_class',
      'There is no table pg_catalog.pg_class; `fullcourt tables` lists them',
    ],
    [
      'a setting',
      "SELECT current_setting('threads')",
      'CURRENT_SETTING reads the engine and not the tables, which a query may not',
    ],
    [
      'a setting by an alias',
      'SELECT version() AS v',
      'VERSION reads the engine and not the tables, which a query may not',
    ],
    [
      'a query in a text',
      "SELECT * FROM query('SELECT 1')",
      'QUERY reads the engine and not the tables, which a query may not',
    ],
    [
      'a table that is misspelt',
      'SELECT * FROM nba_raw.nbac_shedule',
      'There is no table nba_raw.nbac_shedule; did you mean nba_raw.nbac_schedule? `fullcourt tables` lists them',
    ],
    [
      'a table without its dataset',
      'SELECT * FROM nbac_schedule',
      'There is no table nbac_schedule; did you mean nba_raw.nbac_schedule? `fullcourt tables` lists them',
    ],
    [
      'a column that is lacking',
      'SELECT game_dat FROM nba_raw.nbac_schedule',
      /^There is no column game_dat here; similar: game_date/,
    ],
    [
      'a function that is lacking',
      'SELECT NO_SUCH(1)',
      'There is no function NO_SUCH here; docs/query.md lists those that there are',
    ],
    ['a parameter', 'SELECT @x', '@x is a parameter, and no value can be given here: write the value itself'],
    ['division by zero', 'SELECT 1 / 0', 'division by zero; SAFE_DIVIDE(x, y) gives NULL'],
    ['a text that is no number', "SELECT CAST('2.5' AS INT64)", '"2.5" is no whole number'],
    ['what differs', 'SELECT STRUCT(1 AS a)', 'STRUCT cannot be asked for: name the columns one by one'],
    [
      'a letter of a format',
      "SELECT FORMAT_DATE('%N', DATE '2024-01-01')",
      /^%N in a format cannot be asked for; there are %Y %m/,
    ],
    [
      'a letter of a format that is only written',
      "SELECT PARSE_DATE('%Q %Y', '1 2024')",
      /^%Q in a format cannot be asked for; there are %Y .* where a text is read$/,
    ],
    [
      'several patterns at once',
      "SELECT 'a' LIKE ANY ('a%', 'b%')",
      "LIKE ANY cannot be asked for: write x LIKE 'a%' OR x LIKE 'b%'",
    ],
    ['a place 0', "SELECT INSTR('a', 'a', 0)", 'INSTR counts places and finds from 1, or places from -1'],
    [
      'the past',
      "SELECT * FROM nba_raw.nbac_schedule FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01 00:00:00'",
      'FOR SYSTEM_TIME AS OF cannot be asked for: only the present rows are kept',
    ],
    ['an open text', "SELECT 'abc", /^Line 1 of the query cannot be read at 'abc/],
    ['an open bracket', 'SELECT (1', 'The query has a ( that nothing closes'],
    ['a slip', 'SELECT 1 FROM WHERE 2', 'The query cannot be read at WHERE'],
    [
      'a chain without an end',
      `SELECT ${'1 + '.repeat(3000)}1`,
      /^The query has more than 1000 operations inside of each other/,
    ],
    ['a power', 'SELECT 2 ^ 3', '^ is no power in BigQuery: write POW(x, y)'],
    ['a remainder', 'SELECT 7 % 3', '% is no SQL of BigQuery: write MOD(x, y)'],
    ['a short cast', "SELECT '1'::INT64", ':: is no SQL of BigQuery: write CAST(x AS INT64)'],
    [
      'a pipe',
      'FROM nba_raw.nbac_schedule |> LIMIT 1',
      '|> cannot be asked for: write SELECT … FROM … WHERE …',
    ],
    [
      'a parameter without a name',
      'SELECT ?',
      '? is a parameter, and no value can be given here: write the value itself',
    ],
    [
      'a part of a list',
      'SELECT [1, 2, 3][1:2]',
      'A part of a list such as [1:2] is no SQL of BigQuery: use [OFFSET(n)]',
    ],
    [
      'named aggregates of PIVOT',
      "SELECT * FROM (SELECT 'a' AS g, 1 AS k) PIVOT(SUM(k) AS s FOR g IN ('a'))",
      /^PIVOT takes one aggregate without a name here/,
    ],
    [
      'numbers as columns of PIVOT',
      'SELECT * FROM (SELECT 1 AS g, 1 AS k) PIVOT(SUM(k) FOR g IN (1, 2))',
      /^A number in PIVOT … IN needs a name/,
    ],
    [
      'a type that no column has',
      "SELECT DATETIME '2024-01-02 03:04:05'",
      'DATETIME cannot be asked for: no column is a DATETIME',
    ],
    [
      'a time where a date belongs',
      "SELECT DATE_TRUNC(TIMESTAMP '2024-01-02 03:04:05', MONTH)",
      /^The value is a TIMESTAMP here, and the function is for a DATE: write DATE\(x\)/,
    ],
    [
      'hours on a date',
      "SELECT DATE_ADD(DATE '2024-01-02', INTERVAL 5 HOUR)",
      'DATE_ADD takes an INTERVAL of DAY, WEEK, MONTH, QUARTER, YEAR',
    ],
    ['a zone too many', "SELECT DATE_TRUNC('2024-01-02', DAY, 'UTC')", 'DATE_TRUNC takes 2 arguments'],
    ['a length below 0', "SELECT RIGHT('abc', -1)", 'RIGHT of a length below 0'],
    [
      'two groups',
      "SELECT REGEXP_EXTRACT('ab', r'(a)(b)')",
      'REGEXP_EXTRACT takes a pattern with one group at most; (?:…) groups without taking',
    ],
    ['a text that is no BOOL', "SELECT CAST('yes' AS BOOL)", '"yes" is no BOOL'],
    ['another type', 'SELECT LOWER(5)', 'LOWER cannot take INT64'],
    ['too few arguments', "SELECT SUBSTR('abc')", 'SUBSTR cannot take these arguments'],
    [
      'the schema of a region',
      'SELECT * FROM `region-us`.INFORMATION_SCHEMA.TABLES',
      /^There is no dataset region-us; there are nba_raw, /,
    ],
    [
      'a column outside of GROUP BY',
      'SELECT game_id, COUNT(*) FROM nba_raw.nbac_schedule',
      'game_id is neither in GROUP BY nor inside of an aggregate such as MAX(game_id)',
    ],
  ])('%s', async (_, sql, message) => {
    if (typeof message === 'string') expect(await refusal(sql)).toBe(message);
    else expect(await refusal(sql)).toMatch(message);
  });
});

it('the page on queries lists every function that is checked', () => {
  const page = readFileSync(new URL('../../docs/query.md', import.meta.url), 'utf8');
  expect(CHECKED_FUNCTIONS.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});
