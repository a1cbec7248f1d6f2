import { beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import {
  canonicalText,
  createTableSql,
  installDialect,
  parametersOf,
  stagedSelect,
  stagedValue,
  toDuckDb,
} from '../../shared/adapters/embedded/dialect.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { defineTable, type Column } from '../../shared/domain/table.ts';

const column = (type: Column['type'], decimals?: number): Column => ({
  type,
  description: 'x',
  ...(decimals === undefined ? {} : { decimals }),
});

describe('the portable subset on DuckDB', () => {
  let connection: DuckDBConnection;
  const answer = async (sql: string) => (await connection.runAndReadAll(toDuckDb(sql))).getRowsJson();

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
  });

  it('can be installed on a second connection, and twice on one', async () => {
    await installDialect((sql) => connection.run(sql));
    expect(await answer('SELECT SAFE_DIVIDE(1, 4)')).toEqual([[0.25]]);
  });

  it.each([
    ['SAFE_DIVIDE(1, 0)', null],
    ['SAFE_DIVIDE(NULL, 2)', null],
    ['SAFE_DIVIDE(7, 2)', 3.5],
    ["UNIX_DATE(DATE '2024-01-26')", '19748'],
    ["UNIX_DATE(DATE '2024-03-01') - UNIX_DATE(DATE '2024-02-28')", '2'],
    ["DATE '2024-03-01' - 2", '2024-02-28'],
    ['CAST(1 AS FLOAT64) / 2', 0.5],
    ["CAST(DATE '2024-01-26' AS STRING)", '2024-01-26'],
    ["NULLIF(SUBSTR('', 2), '')", null],
    ["SUBSTR(',a,b', 2)", 'a,b'],
    ['IF(NULL > 1, 1, 2)', 2],
    ['ROUND(CAST(2.5 AS FLOAT64))', 3],
    ['ROUND(CAST(-2.5 AS FLOAT64))', -3],
    ['1 / 2', 0.5],
  ])('%s is %s', async (expression, expected) => {
    expect(await answer(`SELECT ${expression}`)).toEqual([[expected]]);
  });

  it('counts nothing as 0, not as NULL', async () => {
    expect(
      await answer('SELECT COUNTIF(x > 1), COUNTIF(x > 1) > 0 FROM (SELECT 1 AS x) AS t WHERE x > 5'),
    ).toEqual([['0', false]]);
    expect(await answer('SELECT COUNTIF(x > 1) FROM (SELECT CAST(NULL AS INT64) AS x) AS t')).toEqual([
      ['0'],
    ]);
  });

  it('counts over a window frame', async () => {
    const sql = `SELECT x, COUNTIF(x > 1) OVER w FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3) AS t
      WINDOW w AS (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY x`;
    expect(await answer(sql)).toEqual([
      [1, '0'],
      [2, '1'],
      [3, '2'],
    ]);
  });

  it('puts NULL first going up and last going down', async () => {
    const sql = 'SELECT x FROM (SELECT 1 AS x UNION ALL SELECT NULL UNION ALL SELECT 2) AS t ORDER BY x';
    expect(await answer(sql)).toEqual([[null], [1], [2]]);
    expect(await answer(`${sql} DESC`)).toEqual([[2], [1], [null]]);
  });
});

describe('toDuckDb', () => {
  it('rewrites parameters and FLOAT64, but not in strings, identifiers and comments', () => {
    expect(
      toDuckDb(
        `SELECT @a, '@b FLOAT64', "@c" -- @d it's\n, CAST(x AS FLOAT64) /* @e */ FROM t WHERE y = @start_date`,
      ),
    ).toBe(
      `SELECT $a, '@b FLOAT64', "@c" -- @d it's\n, CAST(x AS DOUBLE) /* @e */ FROM t WHERE y = $start_date`,
    );
  });

  it('is not misled by an apostrophe in a comment or a quote in a string', () => {
    expect(toDuckDb("-- a player's team\nSELECT 'it''s', @x")).toBe("-- a player's team\nSELECT 'it''s', $x");
  });

  it('writes the dates that it is given into the text, but not into strings, identifiers and comments', () => {
    expect(
      toDuckDb(`SELECT @a, '@start_date' -- @start_date\nWHERE y BETWEEN @start_date - 6 AND @end_date`, {
        start_date: gameDate('2024-01-05'),
        end_date: gameDate('2024-01-07'),
      }),
    ).toBe(
      `SELECT $a, '@start_date' -- @start_date\nWHERE y BETWEEN DATE '2024-01-05' - 6 AND DATE '2024-01-07'`,
    );
  });

  it('names the parameters a text uses', () => {
    expect([...parametersOf("SELECT @start_date, '@no' -- @neither\n, @end_date + 14, @start_date")]).toEqual(
      ['start_date', 'end_date'],
    );
  });
});

describe('stored values', () => {
  let connection: DuckDBConnection;
  const one = async (expression: string) =>
    (await connection.runAndReadAll(`SELECT ${expression}`)).getRowsJson()[0]?.[0];

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
  });

  // 0.1 + 0.2 and 0.3 differ in their last bit; so do the sums below, and both are exact ties at two decimals.
  it('rounds twice, so that the order of a sum does not decide a tie', async () => {
    const [left, right] = ['CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE)', 'CAST(0.3 AS DOUBLE)'];
    expect(await one(`(${left}) = (${right})`)).toBe(false);
    for (const shift of ['0.705', '4.705']) {
      const tie = (sum: string) => stagedValue(`${sum} + CAST(${shift} AS DOUBLE)`, column('FLOAT64', 2));
      expect(await one(`${tie(left)} = ${tie(right)}`)).toBe(true);
    }
    expect(await one(stagedValue('CAST(1.005 AS DOUBLE)', column('FLOAT64', 2)))).toBe(1);
    expect(await one(stagedValue('CAST(2.675 AS DOUBLE)', column('FLOAT64', 2)))).toBe(2.68);
  });

  it.each([
    ["'Dončić'", column('STRING'), '=Dončić'],
    ["''", column('STRING'), '='],
    ["'~'", column('STRING'), '=~'],
    ['CAST(NULL AS VARCHAR)', column('STRING'), '~'],
    ['CAST(-3 AS BIGINT)', column('INT64'), '-3'],
    ['CAST(109.13 AS DOUBLE)', column('FLOAT64', 2), '10913'],
    ['CAST(-0.0 AS DOUBLE)', column('FLOAT64', 1), '0'],
    ['CAST(NULL AS DOUBLE)', column('FLOAT64', 1), '~'],
    ['TRUE', column('BOOL'), 'true'],
    ['FALSE', column('BOOL'), 'false'],
    ['CAST(NULL AS BOOLEAN)', column('BOOL'), '~'],
    ["DATE '2024-01-26'", column('DATE'), '2024-01-26'],
    ["TIMESTAMP '1970-01-02 00:00:00.5'", column('TIMESTAMP'), '86400500000'],
  ])('%s has one text', async (value, of, expected) => {
    const reader = await connection.runAndReadAll(
      `SELECT ${canonicalText('x', of)} FROM (SELECT ${value} AS x)`,
    );
    expect(reader.getRowsJson()).toEqual([[expected]]);
  });

  it('a table holds its declared columns and those of the framework, and a batch its own dates', async () => {
    const table = defineTable({
      name: 'sample',
      dataset: 'nba_analytics',
      phase: 'phase3',
      description: 'x',
      timing: 'post_game',
      calculationVersion: 'v1',
      partitionColumn: 'game_date',
      key: ['id'],
      clusterBy: [],
      readinessColumn: 'ready',
      inputs: [],
      columns: {
        id: column('INT64'),
        game_date: column('DATE'),
        value: column('FLOAT64', 1),
        ready: column('BOOL'),
      },
    });
    await connection.run('CREATE SCHEMA nba_analytics');
    await connection.run(createTableSql(table));
    await connection.run(createTableSql(table));
    const query = `SELECT TRUE AS ready, day AS game_date, 7 AS id, 1.25 AS value
      FROM (SELECT DATE '2024-01-10' AS day UNION ALL SELECT DATE '2024-01-11') AS days`;
    await connection.run(
      `INSERT INTO nba_analytics.sample (id, game_date, value, ready) ${stagedSelect(table, query, [gameDate('2024-01-11')])}`,
    );
    const reader = await connection.runAndReadAll('SELECT * FROM nba_analytics.sample');
    expect(reader.columnNames()).toEqual([
      'id',
      'game_date',
      'value',
      'ready',
      'run_id',
      'run_token',
      'run_mode',
      'calculation_version',
      'processed_at',
    ]);
    expect(reader.getRowsJson()).toEqual([['7', '2024-01-11', 1.3, true, null, null, null, null, null]]);
  });
});
