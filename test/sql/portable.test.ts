import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { installDialect } from '../../shared/adapters/embedded/dialect.ts';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { checkPortable, type PortableQuery } from '../../shared/adapters/embedded/portable.ts';
import { scheduleFactsQuery, scheduleQuery } from '../../shared/derive/schedule-queries.ts';
import { undeclaredReads } from '../../shared/domain/registry.ts';
import { isComputed, qualifiedName } from '../../shared/domain/table.ts';
import { KNOWN_ANSWERS } from '../support/known-answers.ts';

const registry = loadRegistry();
const definitions = registry.all.map(({ definition }) => definition);
const computed = registry.all.filter(({ definition }) => isComputed(definition));

let warehouse: DuckDbWarehouse;
let parser: DuckDBConnection;

beforeAll(async () => {
  warehouse = await openWarehouse(registry, { path: ':memory:' });
  await warehouse.prepare();
  parser = await (await DuckDBInstance.create(':memory:')).connect();
  await installDialect((sql) => parser.run(sql));
});
afterAll(() => {
  warehouse.close();
  parser.closeSync();
});

function check(sql: string): Promise<PortableQuery> {
  return checkPortable(sql, async (text) => {
    const reader = await parser.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR) AS tree', { text });
    const [tree] = reader.getRowsJson()[0] ?? [];
    return typeof tree === 'string' ? tree : '';
  });
}

describe.each(computed.map((table) => [table.definition.name, table] as const))(
  'the SQL of %s',
  (_name, table) => {
    it('is inside the portable subset: query, expectation and checks', async () => {
      for (const sql of [table.query, table.expectedQuery, table.checksQuery]) {
        if (sql !== undefined) expect((await check(sql)).violations).toEqual([]);
      }
      expect(table.query === undefined).toBe(table.definition.rowsFrom === 'code');
      expect(table.expectedQuery).toBeDefined();
    });

    it('reads exactly what the definition declares: query and expectation', async () => {
      const expectation = await check(table.expectedQuery ?? '');
      // Code is handed what it declares, and has no way to read more.
      const read =
        table.query === undefined
          ? table.definition.inputs.map((input) => qualifiedName(registry.get(input.table).definition))
          : (await check(table.query)).tables;
      const tables = [...new Set([...read, ...expectation.tables])];
      expect(undeclaredReads(table.definition, tables, definitions)).toEqual({ undeclared: [], unused: [] });
    });

    it('counts its expectation from declared inputs, and checks nothing but the staged rows', async () => {
      const expected = await check(table.expectedQuery ?? '');
      expect(undeclaredReads(table.definition, expected.tables, definitions).undeclared).toEqual([]);
      expect(expected.tables).not.toEqual([]);
      if (table.checksQuery !== undefined) expect((await check(table.checksQuery)).tables).toEqual([]);
    });

    it('filters a partition in a WHERE, and joins no stored table from the outside', () => {
      for (const sql of [table.query, table.expectedQuery])
        expect((sql ?? '').match(/\b(LEFT|RIGHT|FULL)( OUTER)? JOIN nba_\w+\.\w+/g)).toBeNull();
    });

    it('uses no parameter but those of the batch', () => {
      const named = [table.query, table.expectedQuery].flatMap((sql) =>
        [...(sql ?? '').matchAll(/@(?!include)(\w+)/g)].map(([, name]) => name),
      );
      expect(
        [...new Set(named)].filter((name) => !['start_date', 'end_date', 'read_start'].includes(name ?? '')),
      ).toEqual([]);
    });
  },
);

describe('a construct of the subset', () => {
  it.each(KNOWN_ANSWERS.map((answer) => [answer.construct, answer] as const))(
    '%s',
    async (_construct, { sql, rows }) => {
      const found = await warehouse.query(sql);
      expect(found.ok ? found.value.map((row) => Object.values(row)) : found.failure.detail).toEqual(rows);
    },
  );

  it('sums floats of which the last bits depend on the order to the same stored value', async () => {
    const found = await warehouse.query(
      'SELECT ROUND(ROUND((x + y) * 1e7) / 1e7 * 1e1) / 1e1 = ROUND(ROUND(z * 1e7) / 1e7 * 1e1) / 1e1 AS v FROM (SELECT CAST(0.1 AS FLOAT64) AS x, CAST(0.2 AS FLOAT64) AS y, CAST(0.3 AS FLOAT64) AS z) AS t',
    );
    expect(found).toEqual({ ok: true, value: [{ v: true }] });
  });
});

/** By what is wrong with them, as a person is told. */
const REFUSED: readonly (readonly [sql: string, because: RegExp])[] = [
  // Functions outside the list, whatever they do.
  ['SELECT GREATEST(1, 2)', /function GREATEST/],
  ['SELECT LEAST(1, NULL)', /function LEAST/],
  ["SELECT CONCAT('a', NULL)", /function CONCAT/],
  ['SELECT UNKNOWN_FUNCTION(1)', /function UNKNOWN_FUNCTION/],
  ["SELECT DATE_DIFF('day', DATE '2024-01-01', DATE '2024-01-02')", /function DATE_DIFF/],
  ["SELECT DATE_TRUNC('month', DATE '2024-01-15')", /function DATE_TRUNC/],
  ["SELECT DATE '2024-01-01' + INTERVAL 1 DAY", /function TO_DAYS/],
  ['SELECT MEDIAN(k) FROM nba_raw.t', /function MEDIAN/],
  ['SELECT APPROX_QUANTILE(k, 0.5) FROM nba_raw.t', /function APPROX_QUANTILE/],
  ['SELECT STDDEV(k) FROM nba_raw.t', /function STDDEV/],
  ["SELECT REGEXP_MATCHES('a', 'b')", /function REGEXP_MATCHES/],
  ["SELECT 'a' ILIKE 'A'", /function ~~\*/],
  ['SELECT 7 // 2', /function \/\//],
  ['SELECT 7 % 2', /function %/],
  ['SELECT 2 ^ 3', /function \^/],
  ['SELECT NTILE(4) OVER (ORDER BY k) FROM nba_raw.t', /NTILE/],
  ['SELECT RANDOM()', /function RANDOM/],
  ['SELECT NOW()', /function NOW/],
  ['SELECT CURRENT_DATE', /reads the clock or the session/],
  ['SELECT CURRENT_TIMESTAMP', /clock or the session|function/],
  ['SELECT current_schema', /reads the clock or the session/],
  ["SELECT GETENV('HOME')", /function GETENV/],
  ["SELECT CURRENT_SETTING('threads')", /function CURRENT_SETTING/],
  ["SELECT EXTRACT(DAYOFWEEK FROM DATE '2024-01-07')", /EXTRACT of anything but YEAR, MONTH or DAY/],
  ["SELECT EXTRACT(WEEK FROM DATE '2024-01-07')", /EXTRACT of anything but YEAR, MONTH or DAY/],
  ["SELECT SUBSTR('apple', 0, 2)", /SUBSTR from a place before 1/],
  ["SELECT SUBSTR('apple', -2)", /SUBSTR from a place before 1/],
  ["SELECT SUBSTR('apple', 2, -1)", /SUBSTR of a length below 0/],
  ["SELECT TRIM(' a ')", /function TRIM/],
  ["SELECT LOWER('İ')", /function LOWER/],
  ["SELECT UPPER('ß')", /function UPPER/],
  ['SELECT SIGN(x) FROM nba_raw.t', /function SIGN/],
  ['SELECT ANY_VALUE(k) FROM nba_raw.t', /function ANY_VALUE/],
  ['SELECT MAX_BY(k, x) FROM nba_raw.t', /function MAX_BY/],
  ['SELECT MIN_BY(k, x) FROM nba_raw.t', /function MIN_BY/],
  ['SELECT LAG(k IGNORE NULLS) OVER (ORDER BY k) FROM nba_raw.t', /IGNORE NULLS in LAG and LEAD/],
  ['SELECT 1 / 0', /write SAFE_DIVIDE/],
  ['SELECT 1 / k FROM nba_raw.t', /write SAFE_DIVIDE/],
  ['SELECT MOD(1, k) FROM nba_raw.t', /MOD by what may be 0/],
  ['SELECT ROUND(k, 2) FROM nba_raw.t', /write ROUND\(x \* 1e2\) \/ 1e2/],
  ["SELECT STRING_AGG(g, ',') FROM nba_raw.t", /STRING_AGG without ORDER BY/],
  // Arrays, structs and what makes or opens them.
  ['SELECT [1, 2]', /function LIST_VALUE/],
  ['SELECT ARRAY_AGG(k) FROM nba_raw.t', /function ARRAY_AGG/],
  ['SELECT k[1] FROM nba_raw.t', /array extract/],
  ['SELECT * FROM UNNEST([1, 2]) AS t', /UNNEST|table function/],
  ['SELECT UNNEST([1, 2])', /UNNEST/],
  ["SELECT {'a': 1}", /function STRUCT_PACK/],
  ['SELECT STRUCT(1 AS a)', /outside the subset|parsed|error/i],
  ['SELECT ROW(1, 2)', /function ROW/],
  ['SELECT list_transform([1], x -> x + 1)', /lambda/],
  // Types.
  ['SELECT TRY_CAST(1 AS INT64)', /TRY_CAST/],
  ['SELECT CAST(1 AS NUMERIC)', /CAST to DECIMAL/],
  ['SELECT CAST(1 AS INTEGER)', /CAST to INTEGER/],
  ["SELECT CAST('a' AS VARCHAR)", /type by another name/],
  ['SELECT CAST(1 AS DOUBLE)', /type by another name/],
  ["SELECT CAST('a' AS JSON)", /CAST to JSON/],
  ['SELECT CAST(1 AS TIME)', /CAST to TIME/],
  ['SELECT CAST(2.5 AS INT64)', /CAST to INT64 of what may have a fraction/],
  ['SELECT CAST(k AS INT64) FROM nba_raw.t', /CAST to INT64 of what may have a fraction/],
  ['SELECT CAST(AVG(k) AS STRING) FROM nba_raw.t', /CAST to STRING of what may have a fraction/],
  ["SELECT CAST(TIMESTAMP '2024-01-05 10:00:00' AS STRING)", /CAST to STRING of what may have a fraction/],
  ["SELECT CAST('nan' AS FLOAT64)", /text that is no number/],
  ["SELECT TIMESTAMP '2024-01-05 10:00:00+02'", /date or time that is not written/],
  ["SELECT DATE '2024/01/05'", /date or time that is not written/],
  ['SELECT CAST(k AS TIMESTAMP) FROM nba_raw.t', /CAST to TIMESTAMP of anything but a constant/],
  ['SELECT 1::BIGINT', /::, write CAST/],
  // Clauses.
  ['SELECT COUNTIF(k > 1) OVER (ORDER BY k) FROM nba_raw.t', /COUNTIF over a window/],
  ['SELECT SUM(k) FILTER (WHERE k > 1) FROM nba_raw.t', /FILTER/],
  ['SELECT SUM(k) FILTER (WHERE k > 1) OVER () FROM nba_raw.t', /FILTER/],
  ['SELECT DISTINCT ON (g) g, k FROM nba_raw.t', /DISTINCT ON/],
  ['SELECT g, COUNT(*) FROM nba_raw.t GROUP BY ALL', /GROUP BY ALL/],
  ['SELECT g, COUNT(*) FROM nba_raw.t GROUP BY ROLLUP (g)', /grouping set/],
  ['SELECT k FROM nba_raw.t ORDER BY ALL', /changed or patterned \*/],
  ['SELECT * EXCLUDE (k) FROM nba_raw.t', /changed or patterned \*/],
  ['SELECT * REPLACE (1 AS k) FROM nba_raw.t', /changed or patterned \*/],
  ['SELECT COLUMNS(*) FROM nba_raw.t', /changed or patterned \*/],
  ["SELECT COLUMNS('k.*') FROM nba_raw.t", /changed or patterned \*/],
  ['SELECT 1 UNION SELECT 2', /other than UNION ALL/],
  ['SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS a', /other than UNION ALL/],
  ['SELECT 1 EXCEPT SELECT 2', /other than UNION ALL/],
  ['SELECT 1 INTERSECT SELECT 2', /other than UNION ALL/],
  ['WITH a AS MATERIALIZED (SELECT 1 AS k) SELECT k FROM a', /MATERIALIZED/],
  ['WITH a(k) AS (SELECT 1) SELECT k FROM a', /list of column names/],
  ['SELECT k FROM nba_raw.t AS t(k)', /list of column names/],
  [
    'WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT n FROM a',
    /recursive cte/,
  ],
  [
    'SELECT SUM(k) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) FROM nba_raw.t',
    /EXCLUDE in a frame/,
  ],
  ['SELECT SUM(k) OVER (ORDER BY k GROUPS 1 PRECEDING) FROM nba_raw.t', /frame of GROUPS/],
  ['SELECT 1 FROM nba_raw.t ASOF JOIN nba_raw.u ON t.k >= u.k', /kind of JOIN/],
  ['SELECT 1 FROM nba_raw.t POSITIONAL JOIN nba_raw.u', /kind of JOIN/],
  ['SELECT 1 FROM nba_raw.t NATURAL JOIN nba_raw.u', /kind of JOIN/],
  ['SELECT 1 FROM nba_raw.t SEMI JOIN nba_raw.u USING (k)', /kind of JOIN/],
  ['SELECT 1 FROM nba_raw.t ANTI JOIN nba_raw.u USING (k)', /kind of JOIN/],
  ...[
    'LEFT JOIN nba_raw.u AS b ON b.k < a.k',
    'LEFT JOIN nba_raw.u AS b ON b.k BETWEEN a.k AND a.k + 7',
    'LEFT JOIN nba_raw.u AS b ON TRUE',
    'LEFT JOIN nba_raw.u AS b ON b.k = 5 AND b.d < a.d',
    'LEFT JOIN nba_raw.u AS b ON b.k = b.d AND a.k = a.d',
    'LEFT JOIN nba_raw.u AS b ON a.k - b.k = 0',
    'LEFT JOIN nba_raw.u AS b ON a.k + b.k = b.k',
    'LEFT JOIN nba_raw.u AS b ON a.k = b.k OR a.d = b.d',
    'LEFT JOIN nba_raw.u AS b ON NOT a.k = b.k',
    'LEFT JOIN nba_raw.u AS b ON k = d',
    'RIGHT JOIN nba_raw.u AS b ON b.k < a.k',
    'FULL JOIN nba_raw.u AS b ON b.k <> a.k',
    'FULL OUTER JOIN nba_raw.u AS b ON b.k <= a.k',
    'JOIN nba_raw.u AS b ON b.k = a.k LEFT JOIN nba_raw.v AS c ON c.k > a.k',
  ].map((join) => [`SELECT 1 FROM nba_raw.t AS a ${join}`, /outer JOIN without an equality/] as const),
  [
    'SELECT k IN (SELECT a.k FROM nba_raw.t AS a LEFT JOIN nba_raw.u AS b ON b.k > a.k) FROM nba_raw.v',
    /outer JOIN without an equality/,
  ],
  ['SELECT 1 FROM nba_raw.t, LATERAL (SELECT t.k) AS u', /LATERAL/],
  ['SELECT k FROM nba_raw.t USING SAMPLE 10%', /a sample/],
  ['SELECT k FROM nba_raw.t TABLESAMPLE 10%', /a sample/],
  ['SELECT k FROM nba_raw.t LIMIT 10%', /limit percent/],
  ['SELECT * FROM (VALUES (1)) AS t', /expression list/],
  ['SELECT 1 WHERE 1 = ANY (SELECT 1)', /ANY or ALL of a query/],
  ['SELECT k IS DISTINCT FROM 1 FROM nba_raw.t', /compare distinct from/],
  ["SELECT 'a' COLLATE NOCASE", /collate/],
  // Spellings.
  ["SELECT 'it''s'", /quote or a backslash inside a string/],
  ["SELECT 'a\\n'", /quote or a backslash inside a string/],
  ['SELECT "k" FROM nba_raw.t', /quoted name/],
  ['SELECT k FROM `nba_raw.t`', /quoted name/],
  ["SELECT e'a'", /prefix before a string/],
  ['SELECT 1 == 1', /==, write =/],
  ['SELECT $1', /parameter with \$/],
  ['SELECT 1_000', /number with _/],
  ['SELECT COUNT() FROM nba_raw.t', /COUNT\(\), write COUNT\(\*\)/],
  ['FROM nba_raw.t', /begins with FROM/],
  ['SELECT k FROM (FROM nba_raw.t) AS t', /begins with FROM/],
  ['SELECT #1 FROM nba_raw.t', /positional reference|parsed/],
  // Tables.
  ['SELECT k FROM t', /t must be written dataset\.table/],
  ['WITH a AS (SELECT 1 AS k) SELECT a.k FROM a JOIN b USING (k)', /b must be written dataset\.table/],
  ['SELECT k FROM other.nba_raw.t', /not a table of a dataset/],
  ['SELECT table_name FROM information_schema.tables', /not a table of a dataset/],
  ['SELECT k FROM main.t', /not a table of a dataset/],
  ["SELECT * FROM read_csv('/etc/passwd')", /READ_CSV|table function/],
  ["SELECT * FROM '/etc/passwd'", /dataset\.table/],
  ['SELECT * FROM range(3)', /RANGE|table function/],
  ['SELECT * FROM duckdb_settings()', /DUCKDB_SETTINGS|table function/],
  // Anything but one SELECT.
  ['SELECT 1; SELECT 2', /exactly one SELECT/],
  ['', /exactly one SELECT|parsed|Only SELECT|No statement/i],
  ['SELEC 1', /syntax error/],
  ['CREATE TABLE nba_raw.t (k INT64)', /Only SELECT/],
  ['DROP TABLE nba_raw.nbac_schedule', /Only SELECT/],
  ['INSERT INTO nba_raw.t VALUES (1)', /Only SELECT/],
  ['UPDATE nba_raw.t SET k = 1', /Only SELECT/],
  ['DELETE FROM nba_raw.nbac_schedule', /Only SELECT/],
  ["COPY nba_raw.nbac_schedule TO '/tmp/x'", /Only SELECT/],
  ["ATTACH '/tmp/x.db'", /Only SELECT/],
  ['PRAGMA database_list', /Only SELECT/],
  ['SET threads = 1', /Only SELECT/],
  ['INSTALL httpfs', /Only SELECT/],
  ['EXPLAIN SELECT 1', /Only SELECT/],
  ['DESCRIBE nba_raw.nbac_schedule', /outside the subset|Only SELECT/],
  ['PIVOT nba_raw.t ON k USING SUM(k)', /Only SELECT/],
];

describe('what is outside the subset', () => {
  it.each(REFUSED)('is refused with the reason: %s', async (sql, because) => {
    const { violations } = await check(sql);
    expect(violations.join('; ')).toMatch(because);
    const found = await warehouse.query(sql);
    expect(found).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'not_portable' } });
  });

  it.each([
    'LEFT JOIN nba_raw.u AS b ON b.k = a.k AND b.d < a.d',
    'LEFT JOIN nba_raw.u AS B ON (b.d > a.d AND (A.d > 1 AND a.k = b.k))',
    'LEFT JOIN nba_raw.u AS b ON b.k + 1 = a.k',
    'RIGHT JOIN nba_raw.u AS b ON b.k = a.k',
    'FULL JOIN nba_raw.u ON u.k = a.k',
    'LEFT JOIN nba_raw.u AS b USING (k)',
    'LEFT JOIN (SELECT k FROM nba_raw.u) AS b ON b.k = a.k',
    'JOIN nba_raw.u AS b ON b.k < a.k',
    'JOIN nba_raw.u AS b ON b.k < a.k LEFT JOIN nba_raw.v AS c ON c.k = b.k',
    'CROSS JOIN nba_raw.u AS b',
  ])('has no join that BigQuery accepts: %s', async (join) => {
    expect((await check(`SELECT 1 FROM nba_raw.t AS a ${join}`)).violations).toEqual([]);
  });

  it('does not hold the queries that join the schedule with the results', async () => {
    const rawTable = (table: string): string => `nba_raw.${table}`;
    for (const sql of [
      scheduleQuery(rawTable, "DATE '2023-10-01'"),
      scheduleFactsQuery(rawTable, ["'2023-24'"], "BETWEEN DATE '2023-10-24' AND DATE '2024-06-17'"),
    ])
      expect((await check(sql)).violations).toEqual([]);
  });

  it('leaves everything as it was', async () => {
    const tables = await warehouse.query('SELECT COUNT(*) AS n FROM nba_raw.nbac_schedule');
    expect(tables).toEqual({ ok: true, value: [{ n: 0 }] });
  });

  it('names every fault of a query at once', async () => {
    const { violations } = await check('SELECT GREATEST(k, 1) == 2, TRY_CAST(k AS INT64) FROM t');
    expect(violations).toHaveLength(4);
  });

  it('is not mistaken for what stands in a comment or a string', async () => {
    const sql = `-- GREATEST("a"::INT) == it's\nSELECT 'a::b "c" == d -- e' AS v /* $1 */`;
    expect(await check(sql)).toEqual({ violations: [], tables: [] });
    expect(await warehouse.query(sql)).toEqual({ ok: true, value: [{ v: 'a::b "c" == d -- e' }] });
  });
});
