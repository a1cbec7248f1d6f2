/** What DuckDB says of a query is told in the words of a person who asks in BigQuery's SQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { inOurWords } from '../../shared/adapters/embedded/query/engine-words.ts';
import { lackOf, RequestError } from '../../shared/domain/failure.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';

let warehouse: DuckDbWarehouse;
beforeAll(async () => {
  warehouse = await openWarehouse(loadRegistry(), { path: ':memory:' });
  await warehouse.prepare();
});
afterAll(() => warehouse.close());

const refusal = async (sql: string): Promise<string> => {
  try {
    const { chunks } = await warehouse.ask(sql);
    const rows = [];
    for await (const chunk of chunks) rows.push(...chunk);
    return `answered ${JSON.stringify(rows)}`;
  } catch (error) {
    return error instanceof RequestError ? error.message : `${String(error)} is no refusal`;
  }
};

const X = 'FROM UNNEST([1, 2, 3]) AS x';

describe('what DuckDB cannot do', () => {
  it.each([
    ['SELECT y', 'There is no column y here'],
    ['SELECT s.foo FROM (SELECT 1 AS a) AS s', 'There is no column foo in s'],
    ['SELECT x.y FROM (SELECT 1 AS x)', 'x is one value, so that x.y cannot be asked for'],
    ['SELECT * EXCEPT (b) FROM (SELECT 1 AS a)', 'There is no column b here'],
    ['SELECT * REPLACE (1 AS b) FROM (SELECT 1 AS a)', 'There is no column b here'],
    ['SELECT * EXCEPT (a) FROM (SELECT 1 AS a)', 'EXCEPT leaves no column'],
    ['SELECT *', '* needs a FROM'],
    [
      'SELECT a FROM (SELECT 1 AS a) AS t, (SELECT 2 AS a) AS u',
      'More than one table has a column a: write the alias of the table before it, such as t.a',
    ],
    [
      'SELECT 1 FROM (SELECT 1 AS a) AS t, (SELECT 2 AS a) AS t WHERE t.a = 1',
      'Two tables are called t here',
    ],
    [
      'SELECT 1 FROM (SELECT 1 AS a) AS t JOIN (SELECT 2 AS b) AS u USING (b)',
      'There is no column b on the left side of USING',
    ],
    ['WITH a AS (SELECT 1 AS x), a AS (SELECT 2 AS x) SELECT * FROM a', 'WITH names a twice'],
    [
      'WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a',
      'There is no table b before this place of the query',
    ],
    [`SELECT x ${X} WHERE SUM(x) > 3`, 'WHERE cannot have an aggregate in it: HAVING can'],
    [`SELECT x ${X} WHERE ROW_NUMBER() OVER () = 1`, 'WHERE cannot have a window in it: QUALIFY can'],
    [`SELECT x ${X} QUALIFY x = 1`, 'QUALIFY needs a window: write WHERE or HAVING'],
    [`SELECT SUM(SUM(x)) ${X}`, /^An aggregate cannot have another one in it/],
    [`SELECT SUM(RANK() OVER (ORDER BY x)) ${X}`, /^An aggregate cannot have a window in it/],
    [`SELECT ROW_NUMBER() ${X}`, 'ROW_NUMBER needs a window: ROW_NUMBER(…) OVER (ORDER BY …)'],
    [`SELECT LAG(x) ${X}`, 'LAG needs a window: LAG(…) OVER (ORDER BY …)'],
    [`SELECT SUM(x) OVER w ${X}`, 'There is no WINDOW w in this query'],
    [
      `SELECT SUM(x) OVER (ORDER BY x ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) ${X}`,
      'The frame of a window ends before it begins',
    ],
    [`SELECT NTILE(0) OVER (ORDER BY x) ${X}`, 'NTILE takes a number of parts from 1 on'],
    [
      `SELECT PERCENTILE_CONT(x, 2) OVER () ${X}`,
      'PERCENTILE_CONT and PERCENTILE_DISC take a part from 0 to 1',
    ],
    [`SELECT APPROX_QUANTILES(x, 0) ${X}`, 'APPROX_QUANTILES takes a number of parts from 1 on'],
    [`SELECT x ${X} GROUP BY 2`, 'GROUP BY names a column by a number from 1 to 1'],
    [`SELECT x ${X} ORDER BY 2`, 'ORDER BY names a column by a number from 1 to 1'],
    [`SELECT x ${X} LIMIT -1`, 'LIMIT and OFFSET cannot be below 0'],
    ['SELECT 1 UNION ALL SELECT 1, 2', 'Both sides of UNION, INTERSECT and EXCEPT need as many columns'],
    ['SELECT (SELECT 1, 2)', 'A query in brackets has 2 columns where 1 is needed'],
    [`SELECT (SELECT x ${X})`, /^A query in the place of a value gives more than one row/],
    ['SELECT * FROM UNNEST(1)', 'UNNEST takes an array'],
    ["SELECT 'a' + 1", '+ cannot take STRING, INT64'],
    ["SELECT MIN_BY('a')", 'MIN_BY cannot take STRING'],
    ['SELECT ARRAY_LENGTH(1)', 'ARRAY_LENGTH cannot take INT64'],
    ['SELECT LOGICAL_AND(1)', 'LOGICAL_AND cannot take INT64'],
    ['SELECT IF(TRUE)', 'IF cannot take these arguments'],
    ["SELECT 'a' = 1", '"a" is no INT64'],
    ["SELECT CAST('abc' AS FLOAT64)", '"abc" is no FLOAT64'],
    ["SELECT DATE '2024-02-30'", '"2024-02-30" is no DATE'],
    ['SELECT DATE(2024, 13, 1)', '"2024-13-1" is no DATE'],
    ["SELECT TIMESTAMP '2024-01-01 00:00:00' = 'noon'", '"noon" is no TIMESTAMP'],
    ["SELECT PARSE_DATE('%Y', 'abc')", '"abc" is not written as "%Y" says'],
    ['SELECT CAST(1 AS DATE)', 'A value of type INT64 is no DATE, and CAST cannot make it one'],
    ['SELECT TRUE > 1.5', 'BOOL and FLOAT64 cannot be compared'],
    ["SELECT COALESCE(1, DATE '2024-01-01')", 'INT64 and DATE cannot stand in one column or array: use CAST'],
    [
      "SELECT ARRAY_CONCAT([1], ['a'])",
      'ARRAY<INT64> and ARRAY<STRING> cannot stand in one column or array: use CAST',
    ],
    ['SELECT 9223372036854775807 + 1', '9223372036854775807 + 1 is too large or too small for INT64'],
    ['SELECT CAST(1e30 AS INT64)', '1e+30 is too large or too small for INT64'],
    ["SELECT REGEXP_CONTAINS('a', '[')", 'The pattern cannot be read: missing ]: ['],
    ["SELECT FORMAT('%d %d', 1)", 'FORMAT has 2 places for values in its text, and 1 value'],
    ["SELECT FORMAT('%d', 'a')", '%d in a format cannot take STRING'],
    [
      "SELECT CURRENT_DATE('Mars/Phobos')",
      'There is no time zone Mars/Phobos; one is written like America/New_York',
    ],
    ['SELECT', 'The query names no columns after SELECT'],
    ['SELECT 1 FROM', 'The query ends too early'],
  ] as const)('%s', async (sql, words) => {
    if (typeof words === 'string') expect(await refusal(sql)).toBe(words);
    else expect(await refusal(sql)).toMatch(words);
  });
});

describe('what only DuckDB reads, or what gives other rows each time, is refused by its name', () => {
  it.each([
    ['SELECT 1 UNION SELECT 1', 'UNION cannot be asked for: write UNION DISTINCT or UNION ALL'],
    ['SELECT 1 EXCEPT (SELECT 1)', 'EXCEPT cannot be asked for: write EXCEPT DISTINCT'],
    ['SELECT 1 INTERSECT ALL SELECT 1', 'INTERSECT ALL cannot be asked for: write INTERSECT DISTINCT'],
    ['VALUES (1)', 'A query begins with SELECT or WITH'],
    ['FROM nba_raw.nbac_schedule', 'A query begins with SELECT or WITH'],
    [`SELECT DISTINCT ON (x) x ${X}`, /^DISTINCT ON cannot be asked for: write QUALIFY/],
    [`SELECT x ${X} ORDER BY ALL`, 'ORDER BY ALL cannot be asked for: write the columns one by one'],
    [`SELECT x ${X} LIMIT 50 PERCENT`, 'PERCENT cannot be asked for: write a number of rows'],
    [`SELECT x ${X} USING SAMPLE 1`, /^USING SAMPLE cannot be asked for: write ORDER BY/],
    [`SELECT SUM(x) FILTER (WHERE x > 1) ${X}`, /^FILTER cannot be asked for: write COUNTIF/],
    [
      'SELECT 1 FROM (SELECT 1 AS a) AS t NATURAL JOIN (SELECT 1 AS a) AS u',
      /^NATURAL JOIN cannot be asked for/,
    ],
    [
      'SELECT 1 FROM (SELECT 1 AS a) AS t ASOF JOIN (SELECT 1 AS a) AS u USING (a)',
      /^ASOF JOIN cannot be asked for/,
    ],
    ["SELECT 'a' ILIKE 'A'", 'ILIKE cannot be asked for: write LOWER(x) LIKE …'],
    ["SELECT 'a' ~ 'a'", '~ is no SQL of BigQuery: write REGEXP_CONTAINS(x, …)'],
    ['SELECT 7//2', '// is no SQL of BigQuery: write DIV(x, y)'],
    ['SELECT 2 ** 3', '** is no SQL of BigQuery: write POW(x, y)'],
    ["SELECT {'a': 1}", '{ is no SQL of BigQuery: name the columns one by one'],
    ['SELECT 5!', '! is no SQL of BigQuery: write NOT x'],
    ['SELECT 1_000', '1_000 is no number: write 1 AS _000 for an alias'],
    ['SELECT RANDOM()', 'RANDOM cannot be asked for: it has another value each time'],
  ] as const)('%s', async (sql, words) => {
    if (typeof words === 'string') expect(await refusal(sql)).toBe(words);
    else expect(await refusal(sql)).toMatch(words);
  });

  it('and names that look like it are read', async () => {
    expect(await refusal('SELECT * EXCEPT (a) FROM (SELECT 1 AS a, 2 AS b)')).toBe('answered [[2]]');
    expect(await refusal('SELECT t.union, 5 != 4, ~5 FROM (SELECT 1 AS `union`) AS t')).toBe(
      'answered [[1,true,-6]]',
    );
    expect(await refusal('(SELECT 1 UNION ALL SELECT 2) ORDER BY 1')).toBe('answered [[1],[2]]');
  });
});

it('an error of the machine is no refusal, and a text in a query is no error of the machine', async () => {
  for (const message of [
    'Out of Memory Error: could not allocate block of size 256.0 KiB (28.4 MiB/28.6 MiB used)',
    'IO Error: Could not write file "x": No space left on device',
  ]) {
    const told = inOurWords(new Error(message));
    expect(told).not.toBeInstanceOf(RequestError);
    expect(lackOf(told.message)).toMatch(/^There is (?:not enough memory|no room left on the disk)$/);
  }
  expect(await refusal("SELECT CAST('out of memory' AS FLOAT64)")).toBe('"out of memory" is no FLOAT64');
});
