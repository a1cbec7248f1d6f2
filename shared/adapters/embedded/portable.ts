/**
 * Checks that a query is in the portable subset: SQL that has the same meaning in BigQuery and in DuckDB.
 * DuckDB parses the text. Every node of the syntax tree must be on one of the lists below; everything else is
 * refused.
 */
import { toDuckDb } from './dialect.ts';
import { isOuterJoinWithoutEquality } from './portable-joins.ts';

/** What the check found in a query. */
export interface PortableQuery {
  /** What is outside the subset, in words; empty when the query is portable. */
  readonly violations: readonly string[];
  /** The tables and views that the query reads, as `dataset.table`. */
  readonly tables: readonly string[];
}

/** Gives the syntax tree of one SELECT as JSON text, in the form of DuckDB's `json_serialize_sql`. */
export type Parse = (sql: string) => Promise<string>;

const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '||', 'safe_divide', 'nullif'],
  ...['abs', 'sqrt', 'pow', 'round', 'floor', 'ceil', 'mod'],
  ...['unix_date', 'date_part', 'length', 'substr', 'replace', 'starts_with', '~~', '!~~'],
  ...['sum', 'avg', 'min', 'max', 'count', 'count_star', 'countif', 'stddev_samp', 'string_agg'],
  ...['row_number', 'rank', 'dense_rank', 'lag', 'lead', 'first_value', 'last_value'],
]);

const NODES: ReadonlySet<string> = new Set([
  ...[
    'SELECT_NODE',
    'SET_OPERATION_NODE',
    'BASE_TABLE',
    'SUBQUERY',
    'JOIN',
    'EMPTY',
    'DISTINCT_MODIFIER',
    'ORDER_MODIFIER',
    'LIMIT_MODIFIER',
  ],
  ...[
    'ORDER_DEFAULT',
    'ASCENDING',
    'DESCENDING',
    'DECIMAL_TYPE_INFO',
    'CASE_EXPR',
    'COLUMN_REF',
    'VALUE_CONSTANT',
    'VALUE_PARAMETER',
    'STAR',
    'FUNCTION',
  ],
  ...[
    'COMPARE_BETWEEN',
    'COMPARE_EQUAL',
    'COMPARE_NOTEQUAL',
    'COMPARE_GREATERTHAN',
    'COMPARE_GREATERTHANOREQUALTO',
    'COMPARE_LESSTHAN',
  ],
  ...[
    'COMPARE_LESSTHANOREQUALTO',
    'COMPARE_IN',
    'COMPARE_NOT_IN',
    'CONJUNCTION_AND',
    'CONJUNCTION_OR',
    'OPERATOR_CAST',
    'OPERATOR_COALESCE',
  ],
  ...[
    'OPERATOR_IS_NULL',
    'OPERATOR_IS_NOT_NULL',
    'OPERATOR_NOT',
    'WINDOW_AGGREGATE',
    'WINDOW_FIRST_VALUE',
    'WINDOW_LAST_VALUE',
    'WINDOW_LAG',
  ],
  ...['WINDOW_LEAD', 'WINDOW_ROW_NUMBER', 'WINDOW_RANK', 'WINDOW_RANK_DENSE'],
]);

/** Types that a CAST may name, by DuckDB's names. `castName` translates BigQuery's. */
const CASTS: ReadonlySet<string> = new Set(['BIGINT', 'DOUBLE', 'VARCHAR', 'DATE', 'BOOLEAN', 'TIMESTAMP']);

/** The lists. Tests compare the answers of both engines for each entry. */
export const PORTABLE: Readonly<Record<'functions' | 'nodes' | 'casts', ReadonlySet<string>>> = {
  functions: FUNCTIONS,
  nodes: NODES,
  casts: CASTS,
};

type Node = Readonly<Record<string, unknown>>;

/** Parts of a date that EXTRACT may name: both engines define them in the same way. */
const DATE_PARTS: ReadonlySet<unknown> = new Set(['year', 'month', 'day']);
/** Names that look like columns but read the clock, the session or the storage. */
const NOT_COLUMNS: ReadonlySet<string> = new Set([
  ...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'rowid'],
  ...['current_user', 'current_role', 'session_user', 'current_schema', 'current_catalog'],
]);
/** Built-in schemas of DuckDB. */
const ENGINE_SCHEMAS: ReadonlySet<string> = new Set([
  'main',
  'temp',
  'system',
  'information_schema',
  'pg_catalog',
]);
const JOINS: ReadonlySet<unknown> = new Set(['INNER', 'LEFT', 'RIGHT', 'FULL', 'OUTER']);

/** A date or a time as both engines read it: `2024-01-31` or `2024-01-31 20:30:00`, without a zone. */
const WRITTEN_TIME = /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d{1,6})?)?$/;
/** Functions whose result is always a float. */
const FRACTIONS: ReadonlySet<string> = new Set([
  ...['/', 'safe_divide', 'sqrt', 'pow', 'round', 'floor', 'ceil', 'avg', 'stddev_samp'],
]);

/** Clauses that are refused on an allowed node, because BigQuery lacks them or reads them differently. */
const CLAUSES: readonly (readonly [what: string, isPresent: (node: Node) => boolean])[] = [
  ['FILTER', (node) => isGiven(node['filter']) || isGiven(node['filter_expr'])],
  ['EXCLUDE in a frame', (node) => 'exclude_clause' in node && node['exclude_clause'] !== 'NO_OTHER'],
  [
    'a frame of GROUPS',
    (node) => [node['start'], node['end']].some((end) => typeof end === 'string' && end.endsWith('_GROUPS')),
  ],
  [
    'a changed or patterned *',
    (node) =>
      node['type'] === 'STAR' &&
      ['exclude_list', 'replace_list', 'rename_list', 'qualified_exclude_list', 'columns', 'expr'].some(
        (name) => isGiven(node[name]),
      ),
  ],
  ['DISTINCT ON', (node) => isGiven(node['distinct_on_targets'])],
  ['GROUP BY ALL', (node) => node['aggregate_handling'] === 'FORCE_AGGREGATES'],
  ['a grouping set', (node) => Array.isArray(node['group_sets']) && node['group_sets'].length > 1],
  [
    'a set operation other than UNION ALL',
    (node) => 'setop_type' in node && (node['setop_type'] !== 'UNION' || node['setop_all'] !== true),
  ],
  [
    'a list of column names after an alias',
    (node) => isGiven(node['column_name_alias']) || ('materialized' in node && isGiven(node['aliases'])),
  ],
  ['a sample', (node) => isGiven(node['sample'])],
  [
    'this kind of JOIN',
    (node) =>
      node['type'] === 'JOIN' &&
      (!JOINS.has(node['join_type']) || !['REGULAR', 'CROSS'].includes(String(node['ref_type']))),
  ],
  ['an outer JOIN without an equality of alias.column of both sides', isOuterJoinWithoutEquality],
  [
    'STRING_AGG without ORDER BY',
    (node) =>
      functionOf(node) === 'string_agg' && !isGiven((node['order_bys'] as Node | undefined)?.['orders']),
  ],
  [
    'EXTRACT of anything but YEAR, MONTH or DAY',
    (node) => functionOf(node) === 'date_part' && !DATE_PARTS.has(constantOf(childOf(node, 0))),
  ],
  [
    'SUBSTR from a place before 1',
    (node) => functionOf(node) === 'substr' && Number(constantOf(childOf(node, 1)) ?? 1) < 1,
  ],
  [
    'SUBSTR of a length below 0',
    (node) => functionOf(node) === 'substr' && Number(constantOf(childOf(node, 2)) ?? 0) < 0,
  ],
  // BigQuery fails; DuckDB gives an infinity or NULL.
  [
    'division by what may be 0 (write SAFE_DIVIDE)',
    (node) => functionOf(node) === '/' && !isOtherThanZero(childOf(node, 1)),
  ],
  ['MOD by what may be 0', (node) => functionOf(node) === 'mod' && !isOtherThanZero(childOf(node, 1))],
  // The power of a number below 0 is an error in BigQuery and no number in DuckDB.
  [
    'POW of anything but a constant above 0',
    (node) => functionOf(node) === 'pow' && !(Number(constantOf(childOf(node, 0)) ?? 0) > 0),
  ],
  // 2.675 is stored as a little less than 2.675. GoogleSQL rounds the stored number, DuckDB the written one.
  [
    'ROUND to decimals (write ROUND(x * 1e2) / 1e2)',
    (node) => functionOf(node) === 'round' && childOf(node, 1) !== undefined,
  ],
  [
    'IGNORE NULLS in LAG and LEAD',
    (node) => ['lag', 'lead'].includes(functionOf(node) ?? '') && node['ignore_nulls'] === true,
  ],
  // BigQuery counts over a window, but its emulator, which runs all queries in tests, does not.
  [
    'COUNTIF over a window (write SUM(IF(condition, 1, 0)) OVER)',
    (node) => functionOf(node) === 'countif' && node['type'] === 'WINDOW_AGGREGATE',
  ],
  [
    'CAST to INT64 of what may have a fraction (write CAST(ROUND(x) AS INT64))',
    (node) => castOf(node) === 'BIGINT' && !isWhole(node['child'] as Node),
  ],
  [
    'CAST to STRING of what may have a fraction',
    (node) => castOf(node) === 'VARCHAR' && isFraction(node['child'] as Node),
  ],
  [
    'CAST to FLOAT64 of a text that is no number',
    (node) => castOf(node) === 'DOUBLE' && /nan|inf/i.test(textOf(constantOf(node['child'] as Node))),
  ],
  [
    "a date or time that is not written as '2024-01-31' or '2024-01-31 20:30:00'",
    (node) =>
      ['DATE', 'TIMESTAMP'].includes(castOf(node) ?? '') &&
      typeof constantOf(node['child'] as Node) === 'string' &&
      !WRITTEN_TIME.test(textOf(constantOf(node['child'] as Node))),
  ],
  [
    'CAST to TIMESTAMP of anything but a constant',
    (node) => castOf(node) === 'TIMESTAMP' && typeof constantOf(node['child'] as Node) !== 'string',
  ],
  [
    'what reads the clock or the session',
    (node) =>
      node['type'] === 'COLUMN_REF' &&
      NOT_COLUMNS.has(String((node['column_names'] as string[]).at(-1)).toLowerCase()),
  ],
];

/**
 * Spellings that DuckDB accepts and BigQuery does not. The syntax tree does not show them, so they are looked
 * for in the text, after its strings have been emptied.
 */
const SPELLINGS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['::, write CAST', /::/],
  ['==, write =', /==/],
  ['a parameter with $, write @name', /\$/],
  ['a prefix before a string', /\b(?:e|x|b|r|u&)''/i],
  ['a number with _ or 0x', /\b(?:\d+_\d|0x)/i],
  ['COUNT(), write COUNT(*)', /\bcount\s*\(\s*\)/i],
  ['a query that begins with FROM', /(?:^|\()\s*FROM\b/i],
  ['LATERAL', /\bLATERAL\b/i],
  ['MATERIALIZED', /\bMATERIALIZED\b/i],
  ['ANY or ALL of a query, write IN', /[=<>]\s*(?:ANY|ALL)\s*\(/i],
  ["a type by another name than BigQuery's", /\bAS\s+(?:VARCHAR|TEXT|DOUBLE|REAL|FLOAT|HUGEINT)\b/i],
];

/** Checks one query. A text that cannot be parsed is a violation too, and so is anything but one SELECT. */
export async function checkPortable(sql: string, parse: Parse): Promise<PortableQuery> {
  const violations = new Set(spellingsIn(sql).map((what) => `${what} (outside the subset)`));
  const tables = new Set<string>();
  let tree: unknown;
  try {
    tree = JSON.parse(await parse(toDuckDb(sql)));
  } catch (error) {
    violations.add(`cannot be parsed: ${error instanceof Error ? error.message : String(error)}`);
    return { violations: [...violations], tables: [] };
  }
  const {
    error,
    error_message: message,
    statements,
  } = tree as { error?: boolean; error_message?: string; statements?: unknown[] };
  if (error === true) return { violations: [...violations, message ?? 'cannot be parsed'], tables: [] };
  if (statements?.length !== 1) violations.add('must be exactly one SELECT');
  walk(statements, new Set(namesOfCtes(statements)), violations, tables);
  return { violations: [...violations], tables: [...tables].sort() };
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The spellings in `sql` that BigQuery does not accept. */
function spellingsIn(sql: string): string[] {
  const found: string[] = [];
  const code = sql.replace(TOKEN, (token) => {
    if (token.startsWith('-') || token.startsWith('/')) return ' ';
    if (!token.startsWith("'")) found.push('a quoted name');
    else if (/''|\\/.test(token.slice(1, -1))) found.push('a quote or a backslash inside a string');
    return "''";
  });
  return [...found, ...SPELLINGS.filter(([, pattern]) => pattern.test(code)).map(([what]) => what)];
}

function walk(value: unknown, ctes: ReadonlySet<string>, violations: Set<string>, tables: Set<string>): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, ctes, violations, tables);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  checkNode(node, ctes, violations, tables);
  for (const child of Object.values(node)) walk(child, ctes, violations, tables);
}

function checkNode(
  node: Node,
  ctes: ReadonlySet<string>,
  violations: Set<string>,
  tables: Set<string>,
): void {
  const { type } = node;
  if (typeof type === 'string' && isSyntax(node) && !NODES.has(type))
    violations.add(`${type.toLowerCase().replaceAll('_', ' ')} is outside the subset`);
  if (typeof node['function_name'] === 'string' && !FUNCTIONS.has(node['function_name'].toLowerCase())) {
    violations.add(`the function ${node['function_name'].toUpperCase()} is outside the subset`);
  }
  const cast = node['cast_type'] as { id?: string } | undefined;
  if (type === 'OPERATOR_CAST' && cast !== undefined && !CASTS.has(castName(cast)))
    violations.add(`CAST to ${castName(cast)} is outside the subset`);
  if (type === 'OPERATOR_CAST' && node['try_cast'] === true) violations.add('TRY_CAST is outside the subset');
  for (const [what, isPresent] of CLAUSES)
    if (isPresent(node)) violations.add(`${what} is outside the subset`);
  if (type !== 'BASE_TABLE') return;
  const name = textOf(node['table_name']);
  const schema = textOf(node['schema_name']);
  if (textOf(node['catalog_name']) !== '' || ENGINE_SCHEMAS.has(schema)) {
    violations.add(`${schema}.${name} is not a table of a dataset`);
  } else if (schema !== '') tables.add(`${schema}.${name}`);
  else if (!ctes.has(name) && name !== 'staged') violations.add(`${name} must be written dataset.table`);
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
}

function functionOf(node: Node): string | undefined {
  const name = node['function_name'];
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

function childOf(node: Node, i: number): Node | undefined {
  return (node['children'] as Node[] | undefined)?.[i];
}

/** The value of a constant. A negative one is a minus and a constant in the tree. */
function constantOf(node: Node | undefined): unknown {
  if (node === undefined) return undefined;
  if (functionOf(node) === '-' && childOf(node, 1) === undefined)
    return -Number(constantOf(childOf(node, 0)));
  const value = node['value'] as Node | undefined;
  return node['type'] === 'VALUE_CONSTANT' ? value?.['value'] : undefined;
}

/** DuckDB's name of the type that an ordinary CAST names; undefined for any other node. */
function castOf(node: Node): string | undefined {
  const cast = node['cast_type'] as Node | undefined;
  return node['type'] === 'OPERATOR_CAST' && node['try_cast'] !== true && cast !== undefined
    ? castName(cast)
    : undefined;
}

function isOtherThanZero(node: Node | undefined): boolean {
  const value = Number(constantOf(node) ?? 0);
  return Number.isFinite(value) && value !== 0;
}

/**
 * Whether a CAST of this expression to INT64 is safe: its syntax shows a whole number, a text or a condition.
 */
function isWhole(node: Node): boolean {
  const type = String(node['type']);
  if (type === 'VALUE_CONSTANT') return !isFraction(node);
  if (/^(?:COMPARE|CONJUNCTION|OPERATOR_IS|OPERATOR_NOT)/.test(type)) return true;
  if (castOf(node) !== undefined) return ['BIGINT', 'BOOLEAN'].includes(castOf(node) ?? '');
  return ['round', 'floor', 'ceil'].includes(functionOf(node) ?? '');
}

function isFraction(node: Node): boolean {
  const constant = (node['value'] as Node | undefined)?.['type'] as Node | undefined;
  return (
    FRACTIONS.has(functionOf(node) ?? '') ||
    ['DOUBLE', 'TIMESTAMP'].includes(castOf(node) ?? '') ||
    ['DECIMAL', 'DOUBLE'].includes(String(constant?.['id']))
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Whether `node` is syntax. Values of constants (they have `is_null`) and names of types (they have `id`) are
 * not.
 */
function isSyntax(node: Node): boolean {
  return !('id' in node) && !('is_null' in node);
}

function castName(cast: Readonly<Record<string, unknown>>): string {
  const info = cast['type_info'] as { user_type_name?: string; name?: string } | null | undefined;
  const user = info?.user_type_name ?? info?.name;
  if (user === undefined) return String(cast['id']);
  return (
    { FLOAT64: 'DOUBLE', INT64: 'BIGINT', STRING: 'VARCHAR', BOOL: 'BOOLEAN' }[user.toUpperCase()] ?? user
  );
}

function namesOfCtes(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesOfCtes);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Node;
  const map = (node['cte_map'] as { map?: { key: string }[] } | undefined)?.map ?? [];
  return [...map.map(({ key }) => key), ...Object.values(node).flatMap(namesOfCtes)];
}
