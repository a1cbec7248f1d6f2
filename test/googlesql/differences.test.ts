/**
 * Why the subset ends where it ends: what the gate refuses means something else on DuckDB than in GoogleSQL, or is not
 * there at all, and mostly without an error.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { installDialect, toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import { checkPortable } from '../../shared/adapters/embedded/portable.ts';
import { differences, runOnBoth, valuesOf } from '../support/both-engines.ts';
import { haveJudge, isRefused, openJudge, PATIENCE_MS, type Judge, type Value } from '../support/judge.ts';

interface Difference {
  readonly sql: string;
  /** What BigQuery answers; `error` when it refuses. */
  readonly google: Value | { readonly error: RegExp };
  readonly duck: Value | { readonly error: RegExp };
  /** The part of the refusal that tells a person what it is about. */
  readonly because: RegExp;
}

const t = 'FROM (SELECT 1 AS k, CAST(NULL AS INT64) AS x UNION ALL SELECT 2, 5) AS t';
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a float becomes an integer by rounding away from zero, not to even': {
    sql: 'SELECT CAST(CAST(2.5 AS FLOAT64) AS INT64)',
    google: 3,
    duck: 2,
    because: /CAST to INT64/,
  },
  'division by zero is an error, not an infinity': {
    sql: 'SELECT 1 / 0',
    google: { error: /division by zero/ },
    duck: 'Infinity',
    because: /write SAFE_DIVIDE/,
  },
  'MOD by zero is an error, not NULL': {
    sql: 'SELECT MOD(1, 0)',
    google: { error: /division by zero/ },
    duck: null,
    because: /MOD by what may be 0/,
  },
  'ROUND to decimals rounds what is stored, not what is written': {
    sql: 'SELECT ROUND(CAST(2.675 AS FLOAT64), 2)',
    google: 2.67,
    duck: 2.68,
    because: /ROUND to decimals/,
  },
  'CONCAT with NULL is NULL': {
    sql: "SELECT CONCAT('a', CAST(NULL AS STRING))",
    google: null,
    duck: 'a',
    because: /function CONCAT/,
  },
  'SUBSTR from 0 starts at the first character': {
    sql: "SELECT SUBSTR('apple', 0, 2)",
    google: 'ap',
    duck: 'a',
    because: /SUBSTR from a place before 1/,
  },
  'SUBSTR of a length below 0 is an error': {
    sql: "SELECT SUBSTR('apple', 2, -1)",
    google: { error: /cannot be negative/ },
    duck: 'a',
    because: /SUBSTR of a length below 0/,
  },
  'days of the week go from 1 to 7, not from 0 to 6': {
    sql: "SELECT EXTRACT(DAYOFWEEK FROM DATE '2024-01-07')",
    google: 1,
    duck: 0,
    because: /EXTRACT of anything but/,
  },
  'weeks of the year begin on its first Sunday': {
    sql: "SELECT EXTRACT(WEEK FROM DATE '2024-01-06')",
    google: 0,
    duck: 1,
    because: /EXTRACT of anything but/,
  },
  'a truncated date names the part last, and weeks start on Sunday': {
    sql: "SELECT DATE_TRUNC(DATE '2024-01-10', WEEK)",
    google: '2024-01-07',
    duck: { error: /./ },
    because: /function DATE_TRUNC/,
  },
  'hours between moments are whole hours, not boundaries': {
    sql: "SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 11:05:00', TIMESTAMP '2024-01-01 10:55:00', HOUR)",
    google: 0,
    duck: { error: /./ },
    because: /function TIMESTAMP_DIFF/,
  },
  'a date and an interval make a date, not a moment': {
    sql: "SELECT DATE_ADD(DATE '2024-01-01', INTERVAL 1 DAY)",
    google: '2024-01-02',
    duck: 1_704_153_600_000_000,
    because: /function/,
  },
  'REGEXP_CONTAINS looks for a part': {
    sql: "SELECT REGEXP_CONTAINS('abc', 'b')",
    google: true,
    duck: { error: /./ },
    because: /function REGEXP_CONTAINS/,
  },
  'REGEXP_REPLACE replaces all, not the first': {
    sql: "SELECT REGEXP_REPLACE('aXbX', 'X', '-')",
    google: 'a-b-',
    duck: 'a-bX',
    because: /function REGEXP_REPLACE/,
  },
  'FORMAT has printf in it, not braces': {
    sql: "SELECT FORMAT('%d', 7)",
    google: '7',
    duck: '%d',
    because: /function FORMAT/,
  },
  'GREATEST of a NULL is NULL': {
    sql: 'SELECT GREATEST(1, CAST(NULL AS INT64))',
    google: null,
    duck: 1,
    because: /function GREATEST/,
  },
  'TRIM takes every white space': {
    sql: "SELECT TRIM('\t a')",
    google: 'a',
    duck: '\t a',
    because: /function TRIM/,
  },
  'UPPER of ß is two letters': {
    sql: "SELECT UPPER('ß')",
    google: 'SS',
    duck: 'ẞ',
    because: /function UPPER/,
  },
  'LOWER of a dotted capital keeps the dot': {
    sql: "SELECT LENGTH(LOWER('İ'))",
    google: 2,
    duck: 1,
    because: /function LOWER/,
  },
  'ANY_VALUE may be NULL': {
    sql: `SELECT ANY_VALUE(x) ${t}`,
    google: null,
    duck: 5,
    because: /function ANY_VALUE/,
  },
  'a whole float is spelled without a fraction': {
    sql: 'SELECT CAST(CAST(3 AS FLOAT64) AS STRING)',
    google: '3',
    duck: '3.0',
    because: /CAST to STRING/,
  },
  'a moment is spelled with its zone': {
    sql: "SELECT CAST(TIMESTAMP '2024-01-05 10:00:00' AS STRING)",
    google: '2024-01-05 10:00:00+00',
    duck: '2024-01-05 10:00:00',
    because: /CAST to STRING/,
  },
  'the zone of a moment counts': {
    sql: "SELECT TIMESTAMP '2024-02-29 10:00:00+02'",
    google: 1_709_193_600_000_000,
    duck: 1_709_200_800_000_000,
    because: /date or time that is not written/,
  },
  'NaN is not equal to itself': {
    sql: "SELECT CAST('nan' AS FLOAT64) = CAST('nan' AS FLOAT64)",
    google: false,
    duck: true,
    because: /text that is no number/,
  },
  'LAG cannot leave NULLs out': {
    sql: `SELECT MAX(v) FROM (SELECT LAG(x IGNORE NULLS) OVER (ORDER BY k) AS v ${t}) AS u`,
    google: { error: /IGNORE NULLS/ },
    duck: null,
    because: /IGNORE NULLS in LAG/,
  },
  'there is no division to a whole number': {
    sql: 'SELECT 7 // 2',
    google: { error: /Syntax error/ },
    duck: 3,
    because: /function \/\//,
  },
  '^ is a bit operation, not a power': {
    sql: 'SELECT 2 ^ 3',
    google: 1,
    duck: 8,
    because: /function \^/,
  },
  'a backslash begins an escape': {
    sql: "SELECT LENGTH('a\\\\n')",
    google: 3,
    duck: 4,
    because: /backslash inside a string/,
  },
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await installDialect((sql) => connection.run(sql));
});
afterAll(() => connection.closeSync());

const cases = Object.entries(DIFFERENCES);

it.each(cases)('the gate refuses: %s', async (_what, { sql, because }) => {
  const { violations } = await checkPortable(sql, async (text) => {
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR)', { text });
    const [[tree] = []] = reader.getRowsJson();
    return typeof tree === 'string' ? tree : '';
  });
  expect(violations.join('; ')).toMatch(because);
});

describe.skipIf(!haveJudge('what differs between the engines'))('the engines differ', () => {
  let judge: Judge;
  beforeAll(async () => {
    judge = await openJudge();
  }, PATIENCE_MS);
  afterAll(() => judge.close());

  it.each(cases)(
    '%s',
    async (_what, { sql, google, duck }) => {
      const answer = await judge.execute(sql);
      const ofGoogle = isRefused(answer) ? { error: answer.error } : answer.rows[0]?.[0];
      const ofDuck = await valuesOf(connection, toDuckDb(sql)).then(
        ([row]) => row?.[0],
        (error: unknown) => ({ error: String(error) }),
      );
      expect(ofGoogle).toEqual(expectedOf(google));
      expect(ofDuck).toEqual(expectedOf(duck));
      expect(ofDuck).not.toEqual(ofGoogle);
    },
    PATIENCE_MS,
  );

  it('are told by the comparison of rows', async () => {
    const sql = 'SELECT 1 AS k, ROUND(CAST(2.675 AS FLOAT64), 2) AS v, CAST(0.1 AS FLOAT64) AS same';
    const both = await runOnBoth(judge, connection, sql, []);
    expect(differences(both, ['k'])).toEqual(['1: v is 2.67 on GoogleSQL and 2.68 on DuckDB']);
    const fewer = { ...both, duck: [] };
    expect(differences(fewer, ['k'])).toEqual(['1 rows on GoogleSQL, 0 on DuckDB', '1: only on GoogleSQL']);
  });
});

function expectedOf(answer: Difference['google']): unknown {
  return typeof answer === 'object' && answer !== null && 'error' in answer
    ? { error: expect.stringMatching(answer.error) as unknown }
    : answer;
}
