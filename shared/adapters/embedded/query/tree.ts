/**
 * Looks at the syntax tree of a query before DuckDB runs it: it must be one SELECT that reads tables of the registry and
 * nothing else. Division gets BigQuery's meaning. Pure.
 */
import { RequestError } from '../../../domain/failure.ts';
import { nearest } from '../../../domain/nearest.ts';
import { told } from './engine-words.ts';
import { isOfTheEngine } from './functions.ts';
import { INFORMATION_VIEWS } from './information.ts';

/** A text of JSON whose numbers keep their digits: a place in a text or a whole number may be larger than 2^53. */
const rawNumber = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined
    ? (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(context.source)
    : value;

type Node = Record<string, unknown>;

/** What a query may read. */
export interface Readable {
  /** Tables and views, as `dataset.table`. */
  readonly tables: ReadonlySet<string>;
}

/**
 * The syntax tree of `json_serialize_sql` as a checked tree, for `json_deserialize_sql`.
 * @throws RequestError when the text cannot be read, is no SELECT, or reads something else than `readable`
 */
export function checkedTree(text: string, { tables }: Readable): string {
  const tree = JSON.parse(text, rawNumber) as Node;
  if (tree['error'] === true) throw new RequestError(syntaxFault(String(tree['error_message'])));
  if ((tree['statements'] as unknown[]).length !== 1) throw new RequestError('Ask one SELECT at a time');
  const ctes = new Set(namesOfCtes(tree).map((name) => name.toLowerCase()));
  visit(tree, (node) => {
    if (node['type'] === 'BASE_TABLE') checkTable(node, tables, ctes);
    if (node['type'] === 'SELECT_NODE') groupByAliases(node);
    if (node['type'] === 'TABLE_FUNCTION') checkTableFunction(node);
    const name = node['function_name'];
    if (typeof name !== 'string') return;
    if (!name.startsWith('bq_') && isOfTheEngine(name))
      throw new RequestError(
        `${name.toUpperCase()} reads the engine and not the tables, which a query may not`,
      );
    const macro = name === '/' ? 'bq_divide' : hasEscapes(node) ? LIKES[name] : undefined;
    if (macro !== undefined) Object.assign(node, { function_name: macro, is_operator: false });
  });
  return JSON.stringify(tree);
}

/** `LIKE` and `NOT LIKE`, as DuckDB calls them, and what takes a backslash before a character of the pattern for an escape. */
const LIKES: Readonly<Record<string, string>> = { '~~': 'bq_like', '!~~': 'bq_not_like' };

/** Whether the second argument is anything but a text without a backslash. */
function hasEscapes(node: Node): boolean {
  const pattern = (node['children'] as Node[] | undefined)?.[1];
  const text = (pattern?.['value'] as Node | undefined)?.['value'];
  return typeof text !== 'string' || text.includes('\\');
}

/** A name in GROUP BY is a column of the SELECT list where it has one of this name, as in BigQuery; DuckDB takes that of a table. */
function groupByAliases(node: Node): void {
  const listed = node['select_list'] as Node[];
  const groups = node['group_expressions'] as Node[];
  node['group_expressions'] = groups.map((group) => {
    const names = group['column_names'];
    if (group['type'] !== 'COLUMN_REF' || !Array.isArray(names) || names.length !== 1) return group;
    const meant = listed.find((item) => nameOfItem(item) === String(names[0]).toLowerCase());
    return meant === undefined ? group : { ...structuredCloneOf(meant), alias: '' };
  });
}

/** How a column of a SELECT list is called, in small letters. */
function nameOfItem(item: Node): string | undefined {
  const alias = textAt(item, 'alias');
  const names = item['type'] === 'COLUMN_REF' ? (item['column_names'] as unknown[]) : [];
  const name = alias === '' ? names.at(-1) : alias;
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

/** A copy of a part of the tree, with the digits of its numbers. */
const structuredCloneOf = (node: Node): Node => JSON.parse(JSON.stringify(node), rawNumber) as Node;

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, look);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  look(value as Node);
  for (const child of Object.values(value)) visit(child, look);
}

function checkTable(node: Node, tables: ReadonlySet<string>, ctes: ReadonlySet<string>): void {
  const [catalog, schema, name] = ['catalog_name', 'schema_name', 'table_name'].map((part) =>
    textAt(node, part),
  );
  if (
    catalog === '' &&
    schema === '' &&
    (ctes.has((name ?? '').toLowerCase()) || INFORMATION_VIEWS.includes(name ?? ''))
  )
    return;
  const asked = [catalog, schema, name].filter((part) => part !== '').join('.');
  if (catalog === '' && tables.has(`${schema}.${name}`)) return;
  const same = [...tables].filter((each) => each.endsWith(`.${name}`));
  const near = same.length > 0 ? same : nearest(`${schema}.${name}`, tables);
  throw new RequestError(
    `There is no table ${asked}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ';'} \`fullcourt tables\` lists them`,
  );
}

function textAt(node: Node | undefined, name: string): string {
  const value = node?.[name];
  return typeof value === 'string' ? value : '';
}

const TABLE_FUNCTIONS = ['unnest', 'generate_series', 'range'];

function checkTableFunction(node: Node): void {
  const name = textAt(node['function'] as Node | undefined, 'function_name');
  if (!TABLE_FUNCTIONS.includes(name.toLowerCase()))
    throw new RequestError(`${name.toUpperCase()} is no table: a query reads tables of the warehouse only`);
}

function namesOfCtes(value: unknown): string[] {
  const names: string[] = [];
  visit(value, (node) => {
    const map = (node['cte_map'] as { map?: { key?: string }[] } | undefined)?.map ?? [];
    for (const { key } of map) if (key !== undefined) names.push(key);
    if (node['type'] === 'RECURSIVE_CTE_NODE' || node['type'] === 'CTE_NODE')
      names.push(String(node['cte_name']));
  });
  return names;
}

/** DuckDB's words for a text that it cannot read, in ours. */
function syntaxFault(message: string): string {
  if (/only select statements/i.test(message))
    return 'Only a SELECT can be asked: nothing can be changed by a query';
  if (/max expression depth/i.test(message))
    return 'The query has more than 1000 operations inside of each other: write them as a list, such as x IN (1, 2), or in several WITH';
  return told(message);
}
