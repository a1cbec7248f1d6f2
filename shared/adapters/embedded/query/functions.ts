/** Which functions of GoogleSQL a query may call, and what they become for DuckDB. Pure. */

/** Functions with the same name and meaning in both. */
const SAME = [
  ...['ABS', 'SIGN', 'SQRT', 'EXP', 'LN', 'LOG10', 'POW', 'POWER', 'SAFE_DIVIDE'],
  ...['COALESCE', 'IF', 'IFNULL', 'NULLIF'],
  ...['LOWER', 'LENGTH', 'CHAR_LENGTH', 'REPLACE', 'STARTS_WITH', 'ENDS_WITH', 'STRPOS', 'REVERSE'],
  ...['UNIX_DATE'],
  ...['SUM', 'AVG', 'MIN', 'MAX', 'COUNT', 'COUNTIF', 'ANY_VALUE', 'STRING_AGG', 'ARRAY_AGG'],
  ...[
    'STDDEV',
    'STDDEV_SAMP',
    'STDDEV_POP',
    'VARIANCE',
    'VAR_SAMP',
    'VAR_POP',
    'CORR',
    'COVAR_POP',
    'COVAR_SAMP',
  ],
  ...['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE'],
  ...[
    'LAG',
    'LEAD',
    'FIRST_VALUE',
    'LAST_VALUE',
    'NTH_VALUE',
    'UNNEST',
    'ARRAY',
    'EXISTS',
    'IN',
    'ROLLUP',
    'GROUPING',
  ],
];

/** Functions that are called otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...{ ROUND: 'bq_round', TRUNC: 'bq_trunc', CEIL: 'bq_ceil', CEILING: 'bq_ceil', FLOOR: 'bq_floor' },
  ...{ MOD: 'bq_mod', DIV: 'bq_div', LOG: 'bq_log' },
  ...{ DATE: 'bq_date', TIMESTAMP: 'bq_timestamp', CURRENT_DATE: 'bq_today', CURRENT_TIMESTAMP: 'bq_now' },
  ...{
    UPPER: 'bq_upper',
    REPEAT: 'bq_repeat',
    REGEXP_SUBSTR: 'bq_regexp_extract',
  },
  ...{
    DATE_FROM_UNIX_DATE: 'bq_from_unix_date',
    UNIX_SECONDS: 'bq_unix_seconds',
    UNIX_MILLIS: 'bq_unix_millis',
  },
  ...{
    UNIX_MICROS: 'bq_unix_micros',
    TIMESTAMP_SECONDS: 'bq_from_seconds',
    TIMESTAMP_MILLIS: 'bq_from_millis',
  },
  TIMESTAMP_MICROS: 'bq_from_micros',
  ...{ SUBSTR: 'bq_substr', SUBSTRING: 'bq_substr', TRIM: 'bq_trim', LTRIM: 'bq_ltrim', RTRIM: 'bq_rtrim' },
  ...{
    SPLIT: 'bq_split',
    LPAD: 'bq_lpad',
    RPAD: 'bq_rpad',
    LEFT: 'bq_left',
    RIGHT: 'bq_right',
    INSTR: 'bq_instr',
  },
  ...{ CHARACTER_LENGTH: 'length', REGEXP_CONTAINS: 'regexp_matches', REGEXP_EXTRACT: 'bq_regexp_extract' },
  ...{ ARRAY_TO_STRING: 'bq_array_to_string', RANGE_BUCKET: 'bq_range_bucket', INITCAP: 'bq_initcap' },
  ...{ BYTE_LENGTH: 'strlen', OCTET_LENGTH: 'strlen', REGEXP_EXTRACT_ALL: 'bq_regexp_extract_all' },
  ...{ IS_NAN: 'isnan', IS_INF: 'isinf' },
  ...{ REGEXP_REPLACE: 'bq_regexp_replace', CONTAINS_SUBSTR: 'bq_contains_substr' },
  ...{ LOGICAL_AND: 'bool_and', LOGICAL_OR: 'bool_or', MAX_BY: 'arg_max_null', MIN_BY: 'arg_min_null' },
  ...{
    PERCENTILE_CONT: 'quantile_cont',
    PERCENTILE_DISC: 'quantile_disc',
    APPROX_QUANTILES: 'bq_approx_quantiles',
  },
  ...{ GENERATE_ARRAY: 'bq_generate_array', GENERATE_DATE_ARRAY: 'bq_generate_date_array' },
  ...{ ARRAY_LENGTH: 'bq_array_length', ARRAY_REVERSE: 'list_reverse', ARRAY_CONCAT: 'list_concat' },
};

/** Functions whose call is written otherwise; the shapes of `shapes.ts` make them. */
const RESHAPED = [
  ...['CAST', 'SAFE_CAST', 'EXTRACT', 'CONCAT', 'GREATEST', 'LEAST', 'DATE_DIFF', 'DATE_TRUNC', 'LAST_DAY'],
  ...['FORMAT_DATE', 'FORMAT_TIMESTAMP', 'PARSE_DATE', 'PARSE_TIMESTAMP'],
  ...[
    'TIMESTAMP_DIFF',
    'TIMESTAMP_TRUNC',
    'DATE_ADD',
    'DATE_SUB',
    'TIMESTAMP_ADD',
    'TIMESTAMP_SUB',
    'APPROX_COUNT_DISTINCT',
    'FORMAT',
    'OFFSET',
    'ORDINAL',
    'SAFE_OFFSET',
  ],
];

/** What is known to mean something else, or to be lacking; each with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  STRUCT: 'name the columns one by one',
  ROW: 'name the columns one by one',
  COLUMNS: 'name the columns one by one',
  FILTER: 'write COUNTIF(…), or SUM(IF(…, x, NULL))',
  TO_JSON_STRING: 'use --json or --format ndjson',
  TO_JSON: 'use --json or --format ndjson',
  ...Object.fromEntries(
    ['JSON_VALUE', 'JSON_QUERY', 'JSON_EXTRACT', 'JSON_EXTRACT_SCALAR', 'PARSE_JSON'].map((name) => [
      name,
      'no column holds JSON',
    ]),
  ),
  ...Object.fromEntries(
    [
      'DATETIME',
      'DATETIME_ADD',
      'DATETIME_SUB',
      'DATETIME_DIFF',
      'DATETIME_TRUNC',
      'CURRENT_DATETIME',
      'FORMAT_DATETIME',
      'PARSE_DATETIME',
    ].map((name) => [name, 'no column is a DATETIME; there are functions of DATE and TIMESTAMP']),
  ),
  ...Object.fromEntries(
    [
      'TIME',
      'TIME_ADD',
      'TIME_SUB',
      'TIME_DIFF',
      'TIME_TRUNC',
      'CURRENT_TIME',
      'FORMAT_TIME',
      'PARSE_TIME',
    ].map((name) => [name, 'no column is a TIME; there are functions of TIMESTAMP']),
  ),
  ...Object.fromEntries(
    [
      'FARM_FINGERPRINT',
      'MD5',
      'SHA1',
      'SHA256',
      'SHA512',
      'TO_HEX',
      'FROM_HEX',
      'TO_BASE64',
      'FROM_BASE64',
    ].map((name) => [name, 'hashes and bytes differ between the engines']),
  ),
  ...Object.fromEntries(
    ['RAND', 'RANDOM', 'GENERATE_UUID', 'UUID', 'GEN_RANDOM_UUID', 'SESSION_USER'].map((name) => [
      name,
      'it has another value each time',
    ]),
  ),
  APPROX_TOP_COUNT: 'count by GROUP BY and ORDER BY … LIMIT',
  APPROX_TOP_SUM: 'sum by GROUP BY and ORDER BY … LIMIT',
  SOUNDEX: 'it is not known here',
  NORMALIZE: 'it is not known here',
  BIT_COUNT: 'it is not known here',
  IEEE_DIVIDE: 'use SAFE_DIVIDE, which gives NULL',
  SAFE_ADD: 'write +',
  SAFE_SUBTRACT: 'write -',
  SAFE_MULTIPLY: 'write *',
  ARRAY_SLICE: 'use [OFFSET(n)], or UNNEST(…) WITH OFFSET',
  REGEXP_INSTR: 'use STRPOS or REGEXP_EXTRACT',
};

/** Functions of the engine that read its settings, its storage or other files, which no query may do. */
const OF_THE_ENGINE =
  /^(?:current_(?:setting|query|database|databases|schema|schemas|role|user|catalog|connection_id|transaction_id)|get(?:env|variable|_block_size|_current_timestamp)|nextval|currval|set_config|setseed|txid_current|version|write_log|query|query_table|duckdb_|pg_|pragma_|has_|inet_|read_|write_|parse_duckdb|json_execute|sql_auto_complete|which_secret|checkpoint|force_checkpoint|col_description|obj_description|shobj_description|in_search_path|add_parquet_key|user$|session_user)/;

/** What becomes of a call of a function. */
export type FunctionUse =
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'unchecked'; readonly name: string }
  | { readonly kind: 'refused'; readonly reason: string };

const CALLED: ReadonlyMap<string, string> = new Map([
  ...SAME.map((name) => [name, name] as const),
  ...Object.entries(OTHER_NAMES),
]);

/** Every function of GoogleSQL that has a known answer, in alphabetical order. */
export const CHECKED_FUNCTIONS: readonly string[] = [...CALLED.keys(), ...RESHAPED].sort();

/** What becomes of a call of the function `name`, whatever its case. */
export function useOf(name: string): FunctionUse {
  const upper = name.toUpperCase();
  const called = CALLED.get(upper);
  if (called !== undefined) return { kind: 'call', name: called };
  if (RESHAPED.includes(upper)) return { kind: 'reshape' };
  const reason = REFUSED[upper];
  if (reason !== undefined) return { kind: 'refused', reason: `${upper} cannot be asked for: ${reason}` };
  if (isOfTheEngine(name))
    return { kind: 'refused', reason: `${upper} reads the engine and not the tables, which a query may not` };
  return { kind: 'unchecked', name };
}

/** Whether a function of DuckDB reads something else than its arguments. */
export function isOfTheEngine(name: string): boolean {
  return OF_THE_ENGINE.test(name.toLowerCase()) || name.toLowerCase().startsWith('bq_');
}
