/**
 * The gate of the portable subset: SQL that BigQuery and DuckDB read alike. The text is parsed by DuckDB, and every node
 * of its syntax tree must be on a list; what is not on a list is refused, whatever it is.
 */
import { toDuckDb } from './dialect.ts';

export interface PortableQuery {
  /** What is outside the subset, in words; empty when the query is portable. */
  readonly violations: readonly string[];
  /** `dataset.table` of everything the query reads. */
  readonly tables: readonly string[];
}

/** Turns the text of one SELECT into its syntax tree, as `json_serialize_sql` of DuckDB writes it. */
export type Parse = (sql: string) => Promise<string>;

const FUNCTIONS: ReadonlySet<string> = new Set([
  ...[
    '+',
    '-',
    '*',
    '/',
    '||',
    'abs',
    'sign',
    'sqrt',
    'round',
    'floor',
    'ceil',
    'mod',
    'nullif',
    'ifnull',
    'safe_divide',
  ],
  ...[
    'unix_date',
    'date_part',
    'length',
    'lower',
    'upper',
    'substr',
    'trim',
    'replace',
    'starts_with',
    '~~',
    '!~~',
  ],
  ...[
    'sum',
    'avg',
    'min',
    'max',
    'count',
    'count_star',
    'countif',
    'stddev_samp',
    'any_value',
    'min_by',
    'max_by',
    'string_agg',
  ],
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
    'EMPTY_FROM',
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

/** Types a CAST may name, as DuckDB names them; BigQuery's own names are aliases of these. */
const CASTS: ReadonlySet<string> = new Set(['BIGINT', 'DOUBLE', 'VARCHAR', 'DATE', 'BOOLEAN', 'TIMESTAMP']);

/** Judges one query. A text that cannot be parsed, or is not one SELECT, is a violation too. */
export async function judgePortable(sql: string, parse: Parse): Promise<PortableQuery> {
  const violations = new Set<string>();
  const tables = new Set<string>();
  if (sql.includes('`')) violations.add('quoted names (`) are not needed: write dataset.table');
  let tree: unknown;
  try {
    tree = JSON.parse(await parse(toDuckDb(sql)));
  } catch (error) {
    return {
      violations: [`cannot be parsed: ${error instanceof Error ? error.message : String(error)}`],
      tables: [],
    };
  }
  const {
    error,
    error_message: message,
    statements,
  } = tree as { error?: boolean; error_message?: string; statements?: unknown[] };
  if (error === true) return { violations: [message ?? 'cannot be parsed'], tables: [] };
  if (statements?.length !== 1) violations.add('must be exactly one SELECT');
  walk(statements, new Set(namesOfCtes(statements)), violations, tables);
  return { violations: [...violations], tables: [...tables].sort() };
}

type Node = Readonly<Record<string, unknown>>;

function walk(value: unknown, ctes: ReadonlySet<string>, violations: Set<string>, tables: Set<string>): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, ctes, violations, tables);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  judge(node, ctes, violations, tables);
  for (const child of Object.values(node)) walk(child, ctes, violations, tables);
}

function judge(node: Node, ctes: ReadonlySet<string>, violations: Set<string>, tables: Set<string>): void {
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
  if (type !== 'BASE_TABLE') return;
  const name = textOf(node['table_name']);
  const schema = textOf(node['schema_name']);
  if (schema !== '') tables.add(`${schema}.${name}`);
  else if (!ctes.has(name) && name !== 'staged') violations.add(`${name} must be written dataset.table`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Values of constants carry a `type` of their own, which is an object; syntax carries its type as text beside a class or position. */
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
