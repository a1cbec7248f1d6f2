/**
 * Which tables a query reads without a filter that tells their partitions apart, as BigQuery requires it of a table with
 * `require_partition_filter`: a comparison of the bare partition column with constants or parameters, in the WHERE of the
 * SELECT that names the table or in the ON of a join that is pushed down to it.
 */

type Node = Readonly<Record<string, unknown>>;

export interface TableReference {
  /** `dataset.table`. */
  readonly table: string;
  readonly isFiltered: boolean;
}

/**
 * @param tree syntax tree of a query, as `json_serialize_sql` of DuckDB writes it
 * @param partitionColumn the partition column of `dataset.table`; undefined for a table without one
 */
export function tableReferences(
  tree: unknown,
  partitionColumn: (table: string) => string | undefined,
): TableReference[] {
  const found: TableReference[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      const node = value as Node;
      if (node['type'] === 'SELECT_NODE')
        walkFrom(node['from_table'] as Node, conjuncts(node['where_clause']), partitionColumn, found);
      Object.values(node).forEach(visit);
    }
  };
  visit(tree);
  return found;
}

function walkFrom(
  from: Node | undefined,
  filters: readonly Node[],
  partitionColumn: (table: string) => string | undefined,
  found: TableReference[],
): void {
  if (from?.['type'] === 'JOIN') {
    const on = conjuncts(from['condition']);
    const kind = String(from['join_type']);
    // Rows of the kept side of an outer join appear whatever its condition says.
    const left = kind === 'LEFT' || kind === 'FULL' || kind === 'OUTER' ? filters : [...filters, ...on];
    const right = kind === 'RIGHT' || kind === 'FULL' || kind === 'OUTER' ? filters : [...filters, ...on];
    walkFrom(from['left'] as Node, left, partitionColumn, found);
    walkFrom(from['right'] as Node, right, partitionColumn, found);
    return;
  }
  if (from?.['type'] !== 'BASE_TABLE' || text(from['schema_name']) === '') return;
  const table = `${text(from['schema_name'])}.${text(from['table_name'])}`;
  const column = partitionColumn(table);
  if (column === undefined) return;
  const alias = text(from['alias']) || text(from['table_name']);
  found.push({ table, isFiltered: filters.some((filter) => tells(filter, column, alias)) });
}

function conjuncts(condition: unknown): Node[] {
  if (typeof condition !== 'object' || condition === null) return [];
  const node = condition as Node;
  return node['type'] === 'CONJUNCTION_AND' ? (node['children'] as Node[]).flatMap(conjuncts) : [node];
}

/** Whether a condition compares the bare column with what is known before the query runs. */
function tells(condition: Node, column: string, alias: string): boolean {
  const isColumn = (node: unknown): boolean => {
    const { type, column_names: names } = (node ?? {}) as { type?: string; column_names?: string[] };
    if (type !== 'COLUMN_REF' || names?.at(-1) !== column) return false;
    return names.length === 1 || names.at(-2) === alias;
  };
  switch (condition['type']) {
    case 'COMPARE_BETWEEN':
      return isColumn(condition['input']) && isConstant(condition['lower']) && isConstant(condition['upper']);
    case 'COMPARE_IN':
    case 'OPERATOR_IN': {
      const [first, ...rest] = condition['children'] as unknown[];
      return isColumn(first) && rest.every(isConstant);
    }
    case 'COMPARE_EQUAL':
    case 'COMPARE_LESSTHAN':
    case 'COMPARE_GREATERTHAN':
    case 'COMPARE_LESSTHANOREQUALTO':
    case 'COMPARE_GREATERTHANOREQUALTO':
      return (
        (isColumn(condition['left']) && isConstant(condition['right'])) ||
        (isColumn(condition['right']) && isConstant(condition['left']))
      );
    default:
      return false;
  }
}

function isConstant(value: unknown): boolean {
  const node = (value ?? {}) as Node;
  switch (node['type']) {
    case 'VALUE_CONSTANT':
    case 'VALUE_PARAMETER':
      return true;
    case 'OPERATOR_CAST':
      return isConstant(node['child']);
    case 'FUNCTION':
      return (node['children'] as unknown[]).every(isConstant);
    default:
      return false;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
