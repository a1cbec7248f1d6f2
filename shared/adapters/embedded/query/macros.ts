/**
 * Functions of GoogleSQL in the words of DuckDB. Their names begin with `bq_`, so that DuckDB's own functions keep their
 * meaning beside them. {@link FUNCTIONS} says which function of a query becomes which of these.
 */

/** `x` rounded to a whole number, away from zero at a half. */
const ROUND = 'round(CAST(x AS DOUBLE))';

// A double is the sum of powers of two. 2.65 is stored as 2.6499999999999999112, so it is rounded to 2.6, and 0.125, which is
// stored as it is written, to 0.13. The scaled number tells a half only within its own rounding. There the digits of the stored
// number decide: printf writes them all.
const SCALED = '(abs(CAST(x AS DOUBLE)) * pow(10.0::DOUBLE, n))';
const NEAR_HALF = `abs(${SCALED} - floor(${SCALED}) - 0.5) < 1e-6 * greatest(1, ${SCALED} * 1e-9)`;
const DIGITS = `printf('%.60f', abs(CAST(x AS DOUBLE)))`;
/** The digits after those that are kept: above 5, exactly 5, or below. */
const REST = `substr(${DIGITS}, strpos(${DIGITS}, '.') + 1 + CAST(n AS INTEGER))`;
const ROUND_TO = `CASE
  WHEN x IS NULL OR n IS NULL THEN NULL
  WHEN NOT isfinite(CAST(x AS DOUBLE)) OR ${SCALED} >= 9007199254740992 THEN CAST(x AS DOUBLE)
  WHEN n < 0 THEN round(CAST(x AS DOUBLE) / pow(10.0::DOUBLE, -n)) * pow(10.0::DOUBLE, -n)
  WHEN n > 0 AND n <= 15 AND ${NEAR_HALF} THEN sign(CAST(x AS DOUBLE)) * (floor(${SCALED}) + IF(${REST} >= '5', 1, 0)) / pow(10.0::DOUBLE, n)
  ELSE sign(CAST(x AS DOUBLE)) * round(${SCALED}) / pow(10.0::DOUBLE, n) END`;

const TRUNC_TO = 'trunc(CAST(x AS DOUBLE) * pow(10.0::DOUBLE, n)) / pow(10.0::DOUBLE, n)';

const IS_FRACTION = "(typeof(x) IN ('DOUBLE', 'FLOAT') OR starts_with(typeof(x), 'DECIMAL'))";

/** CAST(x AS INT64): away from zero at a half. A text must be a whole number. */
const INT64 = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN ${IS_FRACTION} THEN ${cast}(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) AS BIGINT)
  WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(trim(CAST(x AS VARCHAR)), '[+-]?[0-9]+')
    THEN ${cast === 'CAST' ? "CAST(error('\"' || CAST(x AS VARCHAR) || '\" is no whole number') AS BIGINT)" : 'NULL'}
  ELSE ${cast}(x AS BIGINT) END`;

/** CAST(x AS STRING): 2.0 is `2`, a time has its zone. */
const STRING = `CASE
  WHEN ${IS_FRACTION} THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '')
  WHEN typeof(x) = 'TIMESTAMP' THEN CAST(x AS VARCHAR) || '+00'
  ELSE CAST(x AS VARCHAR) END`;

/** The wall clock of a zone at a time. */
export const zoned = (time: string, zone: string): string =>
  `((${time} AT TIME ZONE 'UTC') AT TIME ZONE ${zone})`;

/** Whether a pattern has a group that takes part of the match. */
const HAS_GROUP = "regexp_matches(replace(replace(p, '\\\\', ''), '\\(', ''), '\\((?:[^?]|\\?P?<)')";

/** Parameters and body of each macro; several bodies take different numbers of parameters. */
const MACROS: Readonly<Record<string, readonly string[]>> = {
  bq_round: [`(x) AS ${ROUND}`, `(x, n) AS ${ROUND_TO}`],
  bq_trunc: ['(x) AS trunc(CAST(x AS DOUBLE))', `(x, n) AS ${TRUNC_TO}`],
  bq_ceil: ['(x) AS ceil(CAST(x AS DOUBLE))'],
  bq_floor: ['(x) AS floor(CAST(x AS DOUBLE))'],
  bq_divide: [
    "(x, y) AS CASE WHEN y = 0 THEN CAST(error('division by zero; SAFE_DIVIDE(x, y) gives NULL') AS DOUBLE) ELSE CAST(x AS DOUBLE) / CAST(y AS DOUBLE) END",
  ],
  bq_div: [
    "(x, y) AS CASE WHEN y = 0 THEN CAST(error('division by zero') AS BIGINT) ELSE CAST((x - x % y) / y AS BIGINT) END",
  ],
  bq_mod: ["(x, y) AS CASE WHEN y = 0 THEN CAST(error('division by zero') AS BIGINT) ELSE x % y END"],
  bq_log: ['(x) AS ln(x)', '(x, b) AS ln(x) / ln(b)'],
  bq_int64: [`(x) AS ${INT64('CAST')}`],
  bq_safe_int64: [`(x) AS ${INT64('TRY_CAST')}`],
  bq_string: [`(x) AS ${STRING}`],
  bq_date: [
    '(x) AS CAST(x AS DATE)',
    `(x, z) AS CAST(${zoned('CAST(x AS TIMESTAMP)', 'z')} AS DATE)`,
    '(y, m, d) AS make_date(CAST(y AS BIGINT), CAST(m AS BIGINT), CAST(d AS BIGINT))',
  ],
  bq_timestamp: [
    '(x) AS CAST(x AS TIMESTAMP)',
    "(x, z) AS (CAST(x AS TIMESTAMP) AT TIME ZONE z) AT TIME ZONE 'UTC'",
  ],
  bq_today: ["() AS CAST(now() AT TIME ZONE 'UTC' AS DATE)", '(z) AS CAST(now() AT TIME ZONE z AS DATE)'],
  bq_now: ["() AS CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)"],
  bq_week_start: ['(x, s) AS CAST(x AS DATE) - CAST((dayofweek(CAST(x AS DATE)) - s + 7) % 7 AS INTEGER)'],
  bq_date_add: ['(x, i) AS CAST(CAST(x AS DATE) + i AS DATE)'],
  bq_date_sub: ['(x, i) AS CAST(CAST(x AS DATE) - i AS DATE)'],
  bq_timestamp_add: ['(x, i) AS CAST(x AS TIMESTAMP) + i'],
  bq_timestamp_sub: ['(x, i) AS CAST(x AS TIMESTAMP) - i'],
  bq_last_day: ['(x) AS last_day(CAST(x AS DATE))'],
  bq_from_unix_date: ["(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)"],
  bq_unix_seconds: ['(x) AS epoch_us(CAST(x AS TIMESTAMP)) // 1000000'],
  bq_unix_millis: ['(x) AS epoch_us(CAST(x AS TIMESTAMP)) // 1000'],
  bq_unix_micros: ['(x) AS epoch_us(CAST(x AS TIMESTAMP))'],
  bq_from_seconds: ['(n) AS make_timestamp(CAST(n AS BIGINT) * 1000000)'],
  bq_from_millis: ['(n) AS make_timestamp(CAST(n AS BIGINT) * 1000)'],
  bq_from_micros: ['(n) AS make_timestamp(CAST(n AS BIGINT))'],
  bq_substr: [
    '(x, p) AS substr(x, IF(p = 0 OR p < -length(x), 1, CAST(p AS BIGINT)))',
    "(x, p, n) AS IF(n < 0, error('SUBSTR of a length below 0'), substr(x, IF(p = 0 OR p < -length(x), 1, CAST(p AS BIGINT)), CAST(n AS BIGINT)))",
  ],
  bq_trim: [
    "(x) AS trim(x, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ')",
    '(x, c) AS trim(x, c)',
  ],
  bq_ltrim: [
    "(x) AS ltrim(x, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ')",
    '(x, c) AS ltrim(x, c)',
  ],
  bq_rtrim: [
    "(x) AS rtrim(x, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ')",
    '(x, c) AS rtrim(x, c)',
  ],
  bq_split: ["(x) AS string_split(x, ',')", '(x, d) AS string_split(x, d)'],
  bq_lpad: ["(x, n) AS lpad(x, CAST(n AS INTEGER), ' ')", '(x, n, p) AS lpad(x, CAST(n AS INTEGER), p)'],
  bq_rpad: ["(x, n) AS rpad(x, CAST(n AS INTEGER), ' ')", '(x, n, p) AS rpad(x, CAST(n AS INTEGER), p)'],
  bq_left: ['(x, n) AS substr(x, 1, CAST(n AS BIGINT))'],
  bq_right: ['(x, n) AS right(x, CAST(n AS BIGINT))'],
  bq_regexp_extract: [
    `(x, p) AS IF(regexp_matches(x, p), IF(${HAS_GROUP}, regexp_extract(x, p, 1), regexp_extract(x, p)), NULL)`,
  ],
  bq_regexp_replace: ["(x, p, r) AS regexp_replace(x, p, r, 'g')"],
  bq_contains_substr: ['(x, s) AS contains(lower(CAST(x AS VARCHAR)), lower(s))'],
  bq_approx_quantiles: ['(x, n) AS quantile_disc(x, list_transform(range(0, n + 1), lambda k: k / n))'],
  bq_generate_array: ['(a, b) AS generate_series(a, b)', '(a, b, s) AS generate_series(a, b, s)'],
  bq_generate_date_array: [
    '(a, b) AS list_transform(generate_series(0, bq_date(b) - bq_date(a)), lambda n: bq_date(a) + CAST(n AS INTEGER))',
    '(a, b, i) AS list_transform(generate_series(CAST(bq_date(a) AS TIMESTAMP), CAST(bq_date(b) AS TIMESTAMP), i), lambda t: CAST(t AS DATE))',
  ],
  bq_offset: ["(n) AS CASE WHEN n < 0 THEN CAST(error('OFFSET below 0') AS BIGINT) ELSE n + 1 END"],
  bq_array_length: ['(x) AS len(x)'],
};

/** The statements that give a connection the functions of queries. */
export const QUERY_MACROS: readonly string[] = Object.entries(MACROS)

  .map(([name, bodies]) => `CREATE OR REPLACE TEMP MACRO ${name} ${bodies.join(', ')}`);
