/**
 * Checks that an outer join has a condition that BigQuery accepts: at least one of its parts, split at AND, says that an
 * expression over one side equals an expression over the other. DuckDB accepts any condition.
 */

type Node = Readonly<Record<string, unknown>>;

const OUTER: ReadonlySet<unknown> = new Set(['LEFT', 'RIGHT', 'FULL', 'OUTER']);

/** Whether `node`, of DuckDB's syntax tree, is an outer join that compares no expressions of its two sides by `=`. */
export function isOuterJoinWithoutEquality(node: Node): boolean {
  if (node['type'] !== 'JOIN' || !OUTER.has(node['join_type'])) return false;
  const using = node['using_columns'];
  if (Array.isArray(using) && using.length > 0) return false;
  const [left, right] = [namesOf(node['left']), namesOf(node['right'])];
  return !partsOf(node['condition']).some((part) => {
    if (part['type'] !== 'COMPARE_EQUAL') return false;
    const [one, other] = [part['left'], part['right']];
    return (isOver(one, left) && isOver(other, right)) || (isOver(one, right) && isOver(other, left));
  });
}

/** The names by which columns of a side of a join are written. */
function namesOf(side: unknown): ReadonlySet<string> {
  if (!isNode(side)) return new Set();
  if (side['type'] === 'JOIN') return new Set([...namesOf(side['left']), ...namesOf(side['right'])]);
  const alias = textOf(side['alias']);
  return new Set([alias === '' ? textOf(side['table_name']) : alias]);
}

/** The parts of a condition that must all hold. */
function partsOf(condition: unknown): readonly Node[] {
  if (!isNode(condition)) return [];
  if (condition['type'] !== 'CONJUNCTION_AND') return [condition];
  return (condition['children'] as unknown[]).flatMap(partsOf);
}

/** Whether an expression has columns, and all of them belong to one of `tables`. A column without the name of a table does not. */
function isOver(expression: unknown, tables: ReadonlySet<string>): boolean {
  const owners = ownersIn(expression);
  return owners.length > 0 && owners.every((owner) => tables.has(owner));
}

/** The table of each column in an expression; an empty text where it is not written. */
function ownersIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(ownersIn);
  if (!isNode(value)) return [];
  if (value['type'] === 'COLUMN_REF') return [textOf((value['column_names'] as unknown[]).at(-2))];
  return Object.values(value).flatMap(ownersIn);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name as both engines compare it: without regard to capitals. */
function textOf(name: unknown): string {
  return typeof name === 'string' ? name.toLowerCase() : '';
}
