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
// A NUMERIC has nine decimals, which are whole numbers of billionths.
const BILLIONTHS = "CAST(replace(CAST(CAST(x AS DECIMAL(38, 9)) AS VARCHAR), '.', '') AS HUGEINT)";
const UNIT = 'CAST(pow(10, 9 - CAST(n AS INTEGER)) AS HUGEINT)';
const ROUND_TO = `CASE
  WHEN starts_with(typeof(x), 'DECIMAL') AND n < 9
    THEN CAST(sign(${BILLIONTHS}) * ((abs(${BILLIONTHS}) + ${UNIT} // 2) // ${UNIT}) AS DOUBLE) / pow(10.0::DOUBLE, n)
  WHEN x IS NULL OR n IS NULL THEN NULL
  WHEN NOT isfinite(CAST(x AS DOUBLE)) OR ${SCALED} >= 9007199254740992 THEN CAST(x AS DOUBLE)
  WHEN n < 0 THEN round(CAST(x AS DOUBLE) / pow(10.0::DOUBLE, -n)) * pow(10.0::DOUBLE, -n)
  WHEN n > 0 AND n <= 15 AND ${NEAR_HALF} THEN sign(CAST(x AS DOUBLE)) * (floor(${SCALED}) + IF(${REST} >= '5', 1, 0)) / pow(10.0::DOUBLE, n)
  ELSE sign(CAST(x AS DOUBLE)) * round(${SCALED}) / pow(10.0::DOUBLE, n) END`;

/** Cut off after `n` digits of the stored number, which is a little less than 1.23 for 1.23. */
const TRUNC_TO = `CASE
  WHEN starts_with(typeof(x), 'DECIMAL') OR n <= 0 OR NOT isfinite(CAST(x AS DOUBLE))
    THEN trunc(CAST(x AS DOUBLE) * pow(10.0::DOUBLE, n)) / pow(10.0::DOUBLE, n)
  WHEN n >= 60 THEN CAST(x AS DOUBLE)
  ELSE sign(CAST(x AS DOUBLE)) * CAST(substr(${DIGITS}, 1, strpos(${DIGITS}, '.') + CAST(n AS INTEGER)) AS DOUBLE) END`;

const IS_FRACTION = "(typeof(x) IN ('DOUBLE', 'FLOAT') OR starts_with(typeof(x), 'DECIMAL'))";

/** CAST(x AS INT64): away from zero at a half. A text must be a whole number. */
const INT64 = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN ${IS_FRACTION} THEN ${cast}(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) AS BIGINT)
  WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(trim(CAST(x AS VARCHAR)), '[+-]?[0-9]+|0[xX][0-9a-fA-F]+')
    THEN ${cast === 'CAST' ? "CAST(error('\"' || CAST(x AS VARCHAR) || '\" is no whole number') AS BIGINT)" : 'NULL'}
  ELSE ${cast}(x AS BIGINT) END`;

/** What becomes of a text that a cast does not read. */
const unread = (cast: 'CAST' | 'TRY_CAST', what: string, type: string): string =>
  cast === 'CAST' ? `CAST(error('"' || CAST(x AS VARCHAR) || '" is no ${what}') AS ${type})` : 'NULL';

/** CAST(x AS BOOL): of all texts only true and false. */
const BOOL = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN typeof(x) <> 'VARCHAR' THEN ${cast}(x AS BOOLEAN)
  WHEN x IS NULL THEN NULL
  ELSE CASE lower(CAST(x AS VARCHAR)) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE ${unread(cast, 'BOOL', 'BOOLEAN')} END END`;

/** CAST(x AS FLOAT64): a text has no separators between its digits. */
const FLOAT64 = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN typeof(x) = 'VARCHAR' AND contains(CAST(x AS VARCHAR), '_') THEN ${unread(cast, 'number', 'DOUBLE')}
  WHEN typeof(x) = 'VARCHAR' AND regexp_full_match(CAST(x AS VARCHAR), '0[xX][0-9a-fA-F]+') THEN CAST(${cast}(CAST(x AS VARCHAR) AS BIGINT) AS DOUBLE)
  ELSE ${cast}(x AS DOUBLE) END`;

/** CAST(x AS DATE): a text is year, month and day, and nothing else. */
const DATE = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), '\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\s*') THEN ${unread(cast, 'date', 'DATE')}
  ELSE ${cast}(x AS DATE) END`;

/** CAST(x AS TIMESTAMP): a text may end with an offset or the name of a zone, and is in UTC without one. */
const HAS_ZONE =
  "regexp_matches(CAST(x AS VARCHAR), '[0-9]:[0-9.]+ *(?:[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Za-z_]+(?:/[A-Za-z_]+)*)$')";
const TIMESTAMP = (cast: 'CAST' | 'TRY_CAST'): string => `CASE
  WHEN typeof(x) = 'VARCHAR' AND ${HAS_ZONE} THEN timezone('UTC', ${cast}(CAST(x AS VARCHAR) AS TIMESTAMPTZ))
  ELSE ${cast}(x AS TIMESTAMP) END`;

/** The date of a function that has another meaning for a time. */
const PLAIN_DATE = `CASE
  WHEN starts_with(typeof(x), 'TIMESTAMP') THEN CAST(error('The value is a TIMESTAMP here, and the function is for a DATE: write DATE(x), or a function such as TIMESTAMP_TRUNC or TIMESTAMP_DIFF') AS DATE)
  ELSE CAST(x AS DATE) END`;

const NUMBER = 'TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)';
const TEXT = 'CAST(x AS VARCHAR)';

/** CAST(x AS STRING): a number has 15 digits where they tell it, else 17; a time has its zone and three or six digits of a fraction. */
const STRING = `CASE
  WHEN starts_with(typeof(x), 'DECIMAL') THEN regexp_replace(regexp_replace(${TEXT}, '(\\..*?)0+$', '\\1'), '\\.$', '')
  WHEN ${IS_FRACTION} THEN CASE
    WHEN ${NUMBER} = 0 THEN '0'
    WHEN NOT isfinite(${NUMBER}) THEN ${TEXT}
    WHEN CAST(printf('%.15g', ${NUMBER}) AS DOUBLE) = ${NUMBER} THEN printf('%.15g', ${NUMBER})
    ELSE printf('%.17g', ${NUMBER}) END
  WHEN typeof(x) = 'TIMESTAMP' THEN CASE
    WHEN strpos(${TEXT}, '.') = 0 THEN ${TEXT}
    WHEN length(${TEXT}) - strpos(${TEXT}, '.') > 3 THEN rpad(${TEXT}, CAST(strpos(${TEXT}, '.') + 6 AS INTEGER), '0')
    ELSE rpad(${TEXT}, CAST(strpos(${TEXT}, '.') + 3 AS INTEGER), '0') END || '+00'
  ELSE ${TEXT} END`;

/** The wall clock of a zone at a time. */
export const zoned = (time: string, zone: string): string =>
  `((${time} AT TIME ZONE 'UTC') AT TIME ZONE ${zone})`;

/** A pattern with `x` for everything in it that is a backslash with its letter, or a class such as `[(]`. */
const BARE = String.raw`regexp_replace(regexp_replace(p, '\\.', 'x', 'g'), '\[\^?\]?[^\]]*\]', 'x', 'g')`;
const GROUP = String.raw`\((?:[^?]|\?P?<[A-Za-z_])`;
/** What a group matches. It has matched nothing at all, not even an empty text, when it is empty and cannot be. */
const INSIDE = String.raw`regexp_extract(${BARE}, '\(((?:[^()?][^()]*)?)\)', 1)`;

/** The part of `x` that the group of a pattern takes, or the whole match of a pattern without a group. */
const REGEXP_EXTRACT = `CASE
  WHEN NOT regexp_matches(x, p) THEN NULL
  WHEN NOT regexp_matches(${BARE}, '${GROUP}') THEN regexp_extract(x, p)
  WHEN regexp_matches(${BARE}, '(?s)${GROUP}.*${GROUP}') THEN error('REGEXP_EXTRACT takes a pattern with one group at most; (?:…) groups without taking')
  WHEN regexp_extract(x, p, 1) = '' AND NOT regexp_full_match('', ${INSIDE}) THEN NULL
  ELSE regexp_extract(x, p, 1) END`;

/** Every character that Unicode counts as white space. */
const BLANKS =
  "'\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'";

/** The places at which `s` stands in `x`, from place `p` on, or from there to the beginning where `p` counts from the end. */
const PLACES = `list_filter(
  IF(p > 0, range(1, length(x) + 1), range(length(x), 0, -1)),
  lambda i: substr(x, i, length(s)) = s AND IF(p > 0, i >= p, i <= length(x) + p + 1))`;
const INSTR = `CASE
  WHEN p = 0 OR n < 1 THEN CAST(error('INSTR counts places and finds from 1, or places from -1') AS BIGINT)
  WHEN x IS NULL OR s IS NULL OR p IS NULL OR n IS NULL THEN NULL
  ELSE coalesce((${PLACES})[n], 0) END`;

/** Characters of which the next one begins a word. */
const BEFORE_WORD = String.raw`'[\s\[\](){}/|<>!?@"^#$&~_,.:;*%+\-\\]'`;
const INITCAP = `array_to_string(list_transform(range(1, length(x) + 1), lambda i:
  IF(i = 1 OR regexp_matches(substr(x, i - 1, 1), ${BEFORE_WORD}), upper(substr(x, i, 1)), lower(substr(x, i, 1)))), '')`;

/** A value, or an error for a length below 0. */
const notNegative = (name: string, value: string): string =>
  `IF(n < 0, error('${name} of a length below 0'), ${value})`;

/** Parameters and body of each macro; several bodies take different numbers of parameters. */
const MACROS: Readonly<Record<string, readonly string[]>> = {
  bq_round: [`(x) AS ${ROUND}`, `(x, n) AS ${ROUND_TO}`],
  bq_trunc: ['(x) AS trunc(CAST(x AS DOUBLE))', `(x, n) AS ${TRUNC_TO}`],
  bq_ceil: ['(x) AS ceil(CAST(x AS DOUBLE))'],
  bq_floor: ['(x) AS floor(CAST(x AS DOUBLE))'],
  // The numerator stands in it once, so that a chain of quotients stays as long as it was written.
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
  bq_bool: [`(x) AS ${BOOL('CAST')}`],
  bq_safe_bool: [`(x) AS ${BOOL('TRY_CAST')}`],
  bq_float64: [`(x) AS ${FLOAT64('CAST')}`],
  bq_safe_float64: [`(x) AS ${FLOAT64('TRY_CAST')}`],
  bq_cast_date: [`(x) AS ${DATE('CAST')}`],
  bq_safe_date: [`(x) AS ${DATE('TRY_CAST')}`],
  bq_safe_timestamp: [`(x) AS ${TIMESTAMP('TRY_CAST')}`],
  bq_plain_date: [`(x) AS ${PLAIN_DATE}`],
  bq_like: [String.raw`(x, p) AS x LIKE p ESCAPE '\'`],
  bq_not_like: [String.raw`(x, p) AS x NOT LIKE p ESCAPE '\'`],
  bq_floor_div: ['(n, m) AS (n - ((n % m) + m) % m) // m'],
  bq_upper: ["(x) AS upper(replace(x, 'ß', 'ss'))"],
  bq_repeat: [`(x, n) AS ${notNegative('REPEAT', 'repeat(x, n)')}`],
  bq_string: [`(x) AS ${STRING}`],
  bq_date: [
    '(x) AS CAST(x AS DATE)',
    `(x, z) AS CAST(${zoned('CAST(x AS TIMESTAMP)', 'z')} AS DATE)`,
    '(y, m, d) AS make_date(CAST(y AS BIGINT), CAST(m AS BIGINT), CAST(d AS BIGINT))',
  ],
  bq_timestamp: [
    `(x) AS ${TIMESTAMP('CAST')}`,
    "(x, z) AS (CAST(x AS TIMESTAMP) AT TIME ZONE z) AT TIME ZONE 'UTC'",
  ],
  bq_today: ["() AS CAST(now() AT TIME ZONE 'UTC' AS DATE)", '(z) AS CAST(now() AT TIME ZONE z AS DATE)'],
  bq_now: ["() AS CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)"],
  bq_week_start: ['(x, s) AS CAST(x AS DATE) - CAST((dayofweek(CAST(x AS DATE)) - s + 7) % 7 AS INTEGER)'],
  bq_date_add: ['(x, i) AS CAST(bq_plain_date(x) + i AS DATE)'],
  bq_date_sub: ['(x, i) AS CAST(bq_plain_date(x) - i AS DATE)'],
  bq_timestamp_add: ['(x, i) AS bq_timestamp(x) + i'],
  bq_timestamp_sub: ['(x, i) AS bq_timestamp(x) - i'],
  bq_iso_year_start: ['(y) AS bq_week_start(make_date(CAST(y AS BIGINT), 1, 4), 1)'],
  bq_from_unix_date: ["(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)"],
  bq_unix_seconds: ['(x) AS bq_floor_div(epoch_us(bq_timestamp(x)), 1000000)'],
  bq_unix_millis: ['(x) AS bq_floor_div(epoch_us(bq_timestamp(x)), 1000)'],
  bq_unix_micros: ['(x) AS epoch_us(bq_timestamp(x))'],
  bq_from_seconds: ['(n) AS make_timestamp(CAST(n AS BIGINT) * 1000000)'],
  bq_from_millis: ['(n) AS make_timestamp(CAST(n AS BIGINT) * 1000)'],
  bq_from_micros: ['(n) AS make_timestamp(CAST(n AS BIGINT))'],
  bq_substr: [
    '(x, p) AS substr(x, IF(p = 0 OR p < -length(x), 1, CAST(p AS BIGINT)))',
    "(x, p, n) AS IF(n < 0, error('SUBSTR of a length below 0'), substr(x, IF(p = 0 OR p < -length(x), 1, CAST(p AS BIGINT)), CAST(n AS BIGINT)))",
  ],
  bq_trim: [`(x) AS trim(x, ${BLANKS})`, '(x, c) AS trim(x, c)'],
  bq_ltrim: [`(x) AS ltrim(x, ${BLANKS})`, '(x, c) AS ltrim(x, c)'],
  bq_rtrim: [`(x) AS rtrim(x, ${BLANKS})`, '(x, c) AS rtrim(x, c)'],
  bq_split: ["(x) AS string_split(x, ',')", '(x, d) AS string_split(x, d)'],
  bq_lpad: [
    `(x, n) AS ${notNegative('LPAD', "lpad(x, CAST(n AS INTEGER), ' ')")}`,
    `(x, n, p) AS ${notNegative('LPAD', 'lpad(x, CAST(n AS INTEGER), p)')}`,
  ],
  bq_rpad: [
    `(x, n) AS ${notNegative('RPAD', "rpad(x, CAST(n AS INTEGER), ' ')")}`,
    `(x, n, p) AS ${notNegative('RPAD', 'rpad(x, CAST(n AS INTEGER), p)')}`,
  ],
  bq_left: [`(x, n) AS ${notNegative('LEFT', 'substr(x, 1, CAST(n AS BIGINT))')}`],
  bq_right: [`(x, n) AS ${notNegative('RIGHT', 'right(x, CAST(n AS BIGINT))')}`],
  bq_regexp_extract: [`(x, p) AS ${REGEXP_EXTRACT}`],
  bq_regexp_extract_all: [
    `(x, p) AS CASE WHEN regexp_matches(${BARE}, '${GROUP}') THEN regexp_extract_all(x, p, 1) ELSE regexp_extract_all(x, p) END`,
  ],
  bq_nth_place: [`(x, s, p, n) AS ${INSTR}`],
  bq_instr: [
    '(x, s) AS strpos(x, s)',
    '(x, s, p) AS bq_nth_place(x, s, p, 1)',
    '(x, s, p, n) AS bq_nth_place(x, s, p, n)',
  ],
  bq_initcap: [`(x) AS ${INITCAP}`],
  bq_array_to_string: [
    '(a, d) AS array_to_string(a, d)',
    '(a, d, n) AS array_to_string(list_transform(a, lambda e: coalesce(e, n)), d)',
  ],
  bq_range_bucket: ['(x, a) AS CASE WHEN x IS NULL THEN NULL ELSE len(list_filter(a, lambda e: e <= x)) END'],
  bq_regexp_replace: ["(x, p, r) AS regexp_replace(x, p, r, 'g')"],
  bq_contains_substr: ['(x, s) AS contains(lower(CAST(x AS VARCHAR)), lower(s))'],
  bq_approx_quantiles: ['(x, n) AS quantile_disc(x, list_transform(range(0, n + 1), lambda k: k / n))'],
  bq_generate_array: ['(a, b) AS generate_series(a, b)', '(a, b, s) AS generate_series(a, b, s)'],
  bq_generate_date_array: [
    '(a, b) AS list_transform(generate_series(0, bq_date(b) - bq_date(a)), lambda n: bq_date(a) + CAST(n AS INTEGER))',
    '(a, b, i) AS list_transform(generate_series(CAST(bq_date(a) AS TIMESTAMP), CAST(bq_date(b) AS TIMESTAMP), i), lambda t: CAST(t AS DATE))',
  ],
  bq_offset: ["(n) AS CASE WHEN n < 0 THEN CAST(error('OFFSET below 0') AS BIGINT) ELSE n + 1 END"],
  bq_safe_offset: ['(n) AS CASE WHEN n < 0 THEN NULL ELSE n + 1 END'],
  bq_array_length: ['(x) AS len(x)'],
};

/** The statements that give a connection the functions of queries. */
export const QUERY_MACROS: readonly string[] = Object.entries(MACROS).map(
  ([name, bodies]) => `CREATE OR REPLACE TEMP MACRO ${name} ${bodies.join(', ')}`,
);
