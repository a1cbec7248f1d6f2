/**
 * The constructs of the portable subset, each with the answer that BigQuery documents. `t` of {@link ROWS} is
 * (k INT64, g STRING, x INT64, y FLOAT64): (1, 'a', 3, 1.5), (2, 'a', NULL, 2.5), (3, 'b', 3, NULL), (4, 'b', 5, -0.5), (5, NULL, 1, 4.0).
 */
import type { Cell } from '../../shared/ports/warehouse.ts';

export interface KnownAnswer {
  readonly construct: string;
  readonly sql: string;
  /** Rows in the order of the query, values in the order of its columns. */
  readonly rows: readonly (readonly Cell[])[];
}

const ROWS = `WITH t AS (
  SELECT 1 AS k, 'a' AS g, 3 AS x, CAST(1.5 AS FLOAT64) AS y
  UNION ALL SELECT 2, 'a', NULL, CAST(2.5 AS FLOAT64)
  UNION ALL SELECT 3, 'b', 3, NULL
  UNION ALL SELECT 4, 'b', 5, CAST(-0.5 AS FLOAT64)
  UNION ALL SELECT 5, NULL, 1, CAST(4.0 AS FLOAT64))`;

/** A value without a table. */
const value = (construct: string, expression: string, expected: Cell): KnownAnswer => ({
  construct,
  sql: `SELECT ${expression} AS v`,
  rows: [[expected]],
});

const over = (construct: string, query: string, rows: KnownAnswer['rows']): KnownAnswer => ({
  construct,
  sql: `${ROWS} ${query}`,
  rows,
});

/** One aggregate over all rows of `t`. */
const aggregate = (construct: string, expression: string, expected: Cell): KnownAnswer =>
  over(construct, `SELECT ${expression} AS v FROM t`, [[expected]]);

/** One window over the rows of `t`, by k. */
const windowed = (construct: string, expression: string, ...expected: Cell[]): KnownAnswer =>
  over(
    construct,
    `SELECT k, ${expression} AS v FROM t ORDER BY k`,
    expected.map((cell, i) => [i + 1, cell]),
  );

const float = (text: string): string => `CAST(${text} AS FLOAT64)`;

export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  // Arithmetic
  value('/ of integers is a float', '7 / 2', 3.5),
  value('/ of NULL', 'CAST(NULL AS INT64) / 2', null),
  value('+ - *', '2 + 3 * 4 - 5', 9),
  value('unary -', '-(3 - 5)', 2),
  value('MOD has the sign of the dividend', 'MOD(-7, 3)', -1),
  value('MOD has the sign of the dividend', 'MOD(7, -3)', 1),
  value('/ by a constant', '7 / -2', -3.5),
  value('SAFE_DIVIDE', 'SAFE_DIVIDE(7, 2)', 3.5),
  value('SAFE_DIVIDE by 0', 'SAFE_DIVIDE(1, 0)', null),
  value('SAFE_DIVIDE of 0 by 0', 'SAFE_DIVIDE(0, 0)', null),
  value('SAFE_DIVIDE of NULL', 'SAFE_DIVIDE(NULL, 2)', null),
  value('SAFE_DIVIDE by NULL', 'SAFE_DIVIDE(2, NULL)', null),
  value('ROUND goes away from zero at a half', `ROUND(${float('2.5')})`, 3),
  value('ROUND goes away from zero at a half', `ROUND(${float('-2.5')})`, -3),
  value('ROUND goes away from zero at a half', `ROUND(${float('0.5')})`, 1),
  value('ROUND of NULL', `ROUND(${float('NULL')})`, null),
  // 2.675 is stored as a little less; times a hundred it is 267.5 again.
  value('decimals by arithmetic', `ROUND(${float('2.675')} * 1e2) / 1e2`, 2.68),
  value('decimals by arithmetic', `ROUND(${float('-0.125')} * 1e2) / 1e2`, -0.13),
  value('FLOOR', `FLOOR(${float('-1.5')})`, -2),
  value('CEIL', `CEIL(${float('-1.5')})`, -1),
  value('ABS', 'ABS(-3)', 3),
  value('SQRT', `SQRT(${float('2.25')})`, 1.5),
  value('POW', 'POW(2, 10)', 1024),
  value('POW of a fraction', `ROUND(POW(2, 1 / 3) * 1e9) / 1e9`, 1.25992105),
  value('POW below 0', 'POW(2, -3)', 0.125),
  value('POW of NULL', 'POW(2, CAST(NULL AS INT64))', null),
  value('floats are binary', `${float('0.1')} + ${float('0.2')} = ${float('0.3')}`, false),

  // NULL and conditions
  value('= with NULL', 'CAST(NULL AS INT64) = CAST(NULL AS INT64)', null),
  value('AND with NULL', 'NULL AND FALSE', false),
  value('OR with NULL', 'NULL OR TRUE', true),
  value('NOT NULL', 'NOT CAST(NULL AS BOOL)', null),
  value('IS NULL', 'CAST(NULL AS INT64) IS NULL', true),
  value('IS NOT NULL', '0 IS NOT NULL', true),
  value('<> != < <= > >=', '1 <> 2 AND 1 != 2 AND 1 < 2 AND 2 <= 2 AND 3 > 2 AND 2 >= 2', true),
  value('IF takes the second at NULL', 'IF(CAST(NULL AS INT64) > 1, 1, 2)', 2),
  value('IF', 'IF(2 > 1, 1, 2)', 1),
  value('CASE with conditions', "CASE WHEN 1 > 2 THEN 'a' WHEN NULL THEN 'b' ELSE 'c' END", 'c'),
  value('CASE of a value', "CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", 'b'),
  value('CASE without ELSE', 'CASE WHEN 1 > 2 THEN 1 END', null),
  value('COALESCE', 'COALESCE(CAST(NULL AS INT64), 0, 2)', 0),
  value('IFNULL', 'IFNULL(CAST(NULL AS INT64), 3)', 3),
  value('NULLIF of equals', 'NULLIF(0, 0)', null),
  value('NULLIF of others', 'NULLIF(0, 1)', 0),
  value('IN', '2 IN (1, 2)', true),
  value('IN with NULL in the list', '1 IN (2, NULL)', null),
  value('NOT IN with NULL in the list', '1 NOT IN (2, NULL)', null),
  value('IN of NULL', 'CAST(NULL AS INT64) IN (1)', null),
  value('BETWEEN takes both ends', '1 BETWEEN 1 AND 2 AND 2 BETWEEN 1 AND 2', true),
  value('BETWEEN of NULL', 'CAST(NULL AS INT64) BETWEEN 1 AND 2', null),
  value('NOT BETWEEN', '3 NOT BETWEEN 1 AND 2', true),

  // Text
  value('||', "'a' || 'b' || ''", 'ab'),
  value('|| with NULL', "'a' || CAST(NULL AS STRING)", null),
  value('LIKE', "'abc' LIKE 'a%' AND 'abc' LIKE 'a_c' AND 'abc' LIKE '%'", true),
  value('LIKE knows case', "'abc' LIKE 'A%'", false),
  value('NOT LIKE', "'abc' NOT LIKE 'b%'", true),
  value('LIKE of NULL', "CAST(NULL AS STRING) LIKE '%'", null),
  value('SUBSTR from a place', "SUBSTR('apple', 3)", 'ple'),
  value('SUBSTR with a length', "SUBSTR('apple', 2, 2)", 'pp'),
  value('SUBSTR beyond the end', "SUBSTR('apple', 10)", ''),
  value('LENGTH counts characters', "LENGTH('Dončić')", 6),
  value('REPLACE', "REPLACE('aXbX', 'X', 'y')", 'ayby'),
  value('STARTS_WITH', "STARTS_WITH('abc', 'ab')", true),
  value('texts compare by code point', "'Z' < 'a' AND 'a' < 'č'", true),

  // Dates and times
  value('date - n', "DATE '2024-03-01' - 1", '2024-02-29'),
  value('date + n', "DATE '2023-12-31' + 1", '2024-01-01'),
  value('UNIX_DATE', "UNIX_DATE(DATE '1970-01-01')", 0),
  value('UNIX_DATE before 1970', "UNIX_DATE(DATE '1969-12-31')", -1),
  value('days between dates', "UNIX_DATE(DATE '2024-03-01') - UNIX_DATE(DATE '2024-02-28')", 2),
  value('EXTRACT YEAR', "EXTRACT(YEAR FROM DATE '2024-02-29')", 2024),
  value('EXTRACT MONTH', "EXTRACT(MONTH FROM DATE '2024-02-29')", 2),
  value('EXTRACT DAY', "EXTRACT(DAY FROM DATE '2024-02-29')", 29),
  value('dates compare', "DATE '2024-02-29' < DATE '2024-03-01'", true),
  value('timestamps compare', "TIMESTAMP '2024-01-05 10:00:00' < TIMESTAMP '2024-01-05 10:00:01'", true),

  // Casts
  value('CAST date to text', "CAST(DATE '2024-01-05' AS STRING)", '2024-01-05'),
  value('CAST text to date', "CAST('2024-02-29' AS DATE)", '2024-02-29'),
  value('CAST integer to text', 'CAST(42 AS STRING)', '42'),
  value('CAST text to integer', "CAST('42' AS INT64)", 42),
  value('CAST bool to integer', 'CAST(TRUE AS INT64)', 1),
  value('CAST bool to text', 'CAST(FALSE AS STRING)', 'false'),
  value('CAST text to float', "CAST('1.5' AS FLOAT64)", 1.5),
  value('CAST of a rounded float', `CAST(ROUND(${float('2.5')}) AS INT64)`, 3),
  value('CAST of a floor', `CAST(FLOOR(${float('2.9')}) AS INT64)`, 2),
  value('CAST timestamp to date', "CAST(TIMESTAMP '2024-01-05 23:59:59' AS DATE)", '2024-01-05'),

  // Aggregates
  aggregate('COUNT(*)', 'COUNT(*)', 5),
  aggregate('COUNT leaves NULL out', 'COUNT(x)', 4),
  aggregate('COUNT DISTINCT', 'COUNT(DISTINCT x)', 3),
  aggregate('COUNTIF', 'COUNTIF(x = 3)', 2),
  aggregate('COUNTIF of nothing but NULL', 'COUNTIF(x > CAST(NULL AS INT64))', 0),
  over('COUNTIF of no rows', 'SELECT COUNTIF(x = 3) AS v FROM t WHERE k > 9', [[0]]),
  aggregate('SUM of integers is an integer', 'SUM(x)', 12),
  over('SUM of no rows', 'SELECT SUM(x) AS v FROM t WHERE k > 9', [[null]]),
  aggregate('AVG leaves NULL out', 'AVG(x)', 3),
  aggregate('AVG of integers is a float', 'AVG(k + 0) / 2', 1.5),
  aggregate('MIN and MAX of floats', 'MAX(y) - MIN(y)', 4.5),
  aggregate('MAX of dates', "MAX(DATE '2024-01-01' + x)", '2024-01-06'),
  aggregate('STDDEV_SAMP', 'STDDEV_SAMP(x) * STDDEV_SAMP(x) * 3', 8),
  over('STDDEV_SAMP of one row', 'SELECT STDDEV_SAMP(y) AS v FROM t WHERE k = 1', [[null]]),
  aggregate('STRING_AGG in order, without NULL', "STRING_AGG(g, ',' ORDER BY g DESC, k)", 'b,b,a,a'),
  over('STRING_AGG of no rows', "SELECT STRING_AGG(g, ',' ORDER BY g) AS v FROM t WHERE k > 9", [[null]]),
  over('GROUP BY makes a group of NULL', 'SELECT g, COUNT(*) AS n FROM t GROUP BY g ORDER BY g', [
    [null, 1],
    ['a', 2],
    ['b', 2],
  ]),
  over('HAVING', 'SELECT g, SUM(x) AS n FROM t GROUP BY g HAVING SUM(x) > 2 ORDER BY g', [
    ['a', 3],
    ['b', 8],
  ]),

  // Order
  over('ORDER BY puts NULL first', 'SELECT x FROM t ORDER BY x, k', [[null], [1], [3], [3], [5]]),
  over('ORDER BY DESC puts NULL last', 'SELECT x FROM t ORDER BY x DESC, k', [[5], [3], [3], [1], [null]]),
  over('ORDER BY ASC', 'SELECT k FROM t WHERE x = 3 ORDER BY k ASC', [[1], [3]]),
  over('LIMIT and OFFSET', 'SELECT k FROM t ORDER BY k LIMIT 2 OFFSET 1', [[2], [3]]),
  over('SELECT DISTINCT keeps one NULL', 'SELECT DISTINCT g FROM t ORDER BY g', [[null], ['a'], ['b']]),

  // Windows
  windowed('ROW_NUMBER, NULL first', 'ROW_NUMBER() OVER (ORDER BY x, k)', 3, 1, 4, 5, 2),
  windowed('ROW_NUMBER DESC, NULL last', 'ROW_NUMBER() OVER (ORDER BY x DESC, k)', 2, 5, 3, 1, 4),
  windowed('RANK', 'RANK() OVER (ORDER BY x)', 3, 1, 3, 5, 2),
  windowed('DENSE_RANK', 'DENSE_RANK() OVER (ORDER BY x)', 3, 1, 3, 4, 2),
  windowed('PARTITION BY makes a group of NULL', 'COUNT(*) OVER (PARTITION BY g)', 2, 2, 2, 2, 1),
  windowed('LAG at the edge', 'LAG(x) OVER (ORDER BY k)', null, 3, null, 3, 5),
  windowed('LAG of two with a default', 'LAG(k, 2, 0) OVER (ORDER BY k)', 0, 0, 1, 2, 3),
  windowed('LEAD at the edge', 'LEAD(x) OVER (ORDER BY k)', null, 3, 5, 1, null),
  windowed('FIRST_VALUE', 'FIRST_VALUE(k) OVER (PARTITION BY g ORDER BY k)', 1, 1, 3, 3, 5),
  windowed(
    'LAST_VALUE ends at the current row',
    'LAST_VALUE(k) OVER (PARTITION BY g ORDER BY k)',
    1,
    2,
    3,
    4,
    5,
  ),
  windowed(
    'LAST_VALUE over the whole partition',
    'LAST_VALUE(k) OVER (PARTITION BY g ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)',
    ...[2, 2, 4, 4, 5],
  ),
  windowed('LAST_VALUE IGNORE NULLS', 'LAST_VALUE(x IGNORE NULLS) OVER (ORDER BY k)', 3, 3, 3, 5, 1),
  windowed('a sum in order takes its peers in', 'SUM(k) OVER (ORDER BY x)', 11, 2, 11, 15, 7),
  windowed('ROWS frame', 'SUM(k) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)', 1, 3, 5, 7, 9),
  windowed(
    'ROWS frame before the row',
    'COUNT(*) OVER (ORDER BY k ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)',
    0,
    1,
    2,
    2,
    2,
  ),
  windowed(
    'a sum over an empty frame',
    'SUM(k) OVER (ORDER BY k ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)',
    null,
    1,
    3,
    5,
    7,
  ),
  windowed(
    'RANGE frame of days',
    "SUM(k) OVER (ORDER BY UNIX_DATE(DATE '2024-01-01' + 2 * k) RANGE BETWEEN 3 PRECEDING AND CURRENT ROW)",
    ...[1, 3, 5, 7, 9],
  ),
  windowed(
    'AVG over a frame leaves NULL out',
    'AVG(x) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
    3,
    3,
    3,
    4,
    3,
  ),
  over(
    'named windows, one extending the other',
    `SELECT k, SUM(k) OVER two AS v, COUNT(*) OVER by_k AS n FROM t
     WINDOW by_k AS (PARTITION BY g ORDER BY k), two AS (by_k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY k`,
    [
      [1, 1, 1],
      [2, 3, 2],
      [3, 3, 1],
      [4, 7, 2],
      [5, 5, 1],
    ],
  ),
  over(
    'QUALIFY',
    'SELECT k FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY g ORDER BY k DESC) = 1 ORDER BY k',
    [[2], [4], [5]],
  ),

  // Tables
  over(
    'INNER JOIN drops NULL keys',
    'SELECT a.k, b.k AS other FROM t AS a JOIN t AS b ON a.g = b.g AND a.k < b.k ORDER BY a.k',
    [
      [1, 2],
      [3, 4],
    ],
  ),
  over(
    'LEFT JOIN',
    'SELECT a.k, b.k AS other FROM t AS a LEFT JOIN t AS b ON b.x = a.k ORDER BY a.k, other',
    [
      [1, 5],
      [2, null],
      [3, 1],
      [3, 3],
      [4, null],
      [5, 4],
    ],
  ),
  over(
    'FULL JOIN',
    'SELECT a.k, b.k AS other FROM t AS a FULL JOIN t AS b ON b.k = a.k + 4 ORDER BY a.k, other',
    [
      [null, 1],
      [null, 2],
      [null, 3],
      [null, 4],
      [1, 5],
      [2, null],
      [3, null],
      [4, null],
      [5, null],
    ],
  ),
  over('CROSS JOIN', 'SELECT COUNT(*) AS n FROM t AS a CROSS JOIN t AS b', [[25]]),
  over('JOIN USING', 'SELECT k, a.x FROM t AS a JOIN t AS b USING (k) WHERE b.x = 1', [[5, 1]]),
  over('UNION ALL keeps equals', 'SELECT 1 AS v UNION ALL SELECT 1 UNION ALL SELECT 2 ORDER BY v', [
    [1],
    [1],
    [2],
  ]),
  over('a query in FROM', 'SELECT MAX(n) AS v FROM (SELECT g, COUNT(*) AS n FROM t GROUP BY g) AS counted', [
    [2],
  ]),
  over('a query as a value', 'SELECT k FROM t WHERE x = (SELECT MAX(x) FROM t)', [[4]]),
  over('IN a query', 'SELECT k FROM t WHERE k IN (SELECT x FROM t) ORDER BY k', [[1], [3], [5]]),
  over('EXISTS', 'SELECT k FROM t AS a WHERE NOT EXISTS (SELECT 1 FROM t AS b WHERE b.x = a.k) ORDER BY k', [
    [2],
    [4],
  ]),
  over('a CTE over a CTE', ', u AS (SELECT k + 1 AS k FROM t) SELECT MAX(k) AS v FROM u', [[6]]),
  over('SELECT *', 'SELECT * FROM t WHERE k = 1', [[1, 'a', 3, 1.5]]),
];
