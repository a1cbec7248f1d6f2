/**
 * From an existing table to the declared one. A change that keeps every row and every value is made. Any
 * other change is refused, with what a person can do instead.
 */
import type { ColumnShape, TableShape } from './ddl.ts';

/** A column as the warehouse describes it. */
export interface ActualColumn {
  readonly name: string;
  /** In the words of GoogleSQL: `INT64`, not `INTEGER`. */
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
}

/** A table as the warehouse describes it. */
export interface ActualTable {
  readonly columns: readonly ActualColumn[];
  readonly partitioning: { readonly column: string; readonly unit: string } | null;
  readonly clusterBy: readonly string[];
  readonly requiresPartitionFilter: boolean;
  /** Whether the warehouse deletes the table after some time. */
  readonly tableExpires: boolean;
  /** Days after which the warehouse deletes a partition; null: never. */
  readonly partitionDays: number | null;
}

/** Changes to an existing table that keep every row and every value. */
export interface Alteration {
  readonly kind: 'alter';
  readonly add: readonly ColumnShape[];
  /** Columns that are to allow NULL. */
  readonly relax: readonly string[];
  /** Whether to require a filter by date of every query. */
  readonly requirePartitionFilter: boolean;
  /** Whether to stop the table from expiring. */
  readonly keepTable: boolean;
  /** Whether to set for how long partitions are kept. */
  readonly partitionExpiry: boolean;
}

/** What is to be done with one table. */
export type Migration =
  | { readonly kind: 'none' }
  | { readonly kind: 'create' }
  | Alteration
  | { readonly kind: 'refuse'; readonly reasons: readonly string[] };

/**
 * What makes the declared table out of the existing one.
 * @param actual undefined when there is no such table
 */
export function migrationOf(shape: TableShape, actual: ActualTable | undefined): Migration {
  if (actual === undefined) return { kind: 'create' };
  const reasons = [...columnRefusals(shape, actual), ...layoutRefusals(shape, actual)];
  if (reasons.length > 0) return { kind: 'refuse', reasons };
  const found = byName(actual.columns);
  const alteration: Alteration = {
    kind: 'alter',
    add: shape.columns.filter(({ name }) => !found.has(name.toLowerCase())),
    relax: shape.columns.flatMap(({ name, required }) =>
      !required && found.get(name.toLowerCase())?.mode === 'REQUIRED' ? [name] : [],
    ),
    requirePartitionFilter: !actual.requiresPartitionFilter,
    keepTable: actual.tableExpires,
    partitionExpiry: actual.partitionDays !== (shape.partitionDays ?? null),
  };
  return isNothing(alteration) ? { kind: 'none' } : alteration;
}

/**
 * The table after `migration`, as the warehouse would describe it.
 * @throws Error when a table that does not exist would be altered or kept
 */
export function migrated(
  shape: TableShape,
  actual: ActualTable | undefined,
  migration: Migration,
): ActualTable {
  switch (migration.kind) {
    case 'create':
      return {
        columns: shape.columns.map(actualColumn),
        partitioning: { column: shape.partitionColumn, unit: 'DAY' },
        clusterBy: shape.clusterBy,
        requiresPartitionFilter: true,
        tableExpires: false,
        partitionDays: shape.partitionDays ?? null,
      };
    case 'alter': {
      if (actual === undefined) throw new Error(`${shape.name} is not there to be altered`);
      const relaxed = new Set(migration.relax.map((name) => name.toLowerCase()));
      return {
        ...actual,
        columns: [
          ...actual.columns.map((column) =>
            relaxed.has(column.name.toLowerCase()) ? { ...column, mode: 'NULLABLE' as const } : column,
          ),
          ...migration.add.map(actualColumn),
        ],
        requiresPartitionFilter: true,
        tableExpires: false,
        partitionDays: shape.partitionDays ?? null,
      };
    }
    case 'none':
    case 'refuse':
      if (actual === undefined) throw new Error(`${shape.name} is not there`);
      return actual;
    default:
      return migration satisfies never;
  }
}

function columnRefusals(shape: TableShape, actual: ActualTable): string[] {
  const where = `${shape.dataset}.${shape.name}`;
  const found = byName(actual.columns);
  const declared = byName(shape.columns);
  const refusals: string[] = [];
  for (const column of shape.columns) {
    const there = found.get(column.name.toLowerCase());
    if (there === undefined) {
      if (column.required)
        refusals.push(
          `${where} has no column ${column.name}, and rows that are there could not have a value in it: ${ANEW}`,
        );
      continue;
    }
    if (there.mode === 'REPEATED')
      refusals.push(`${where}.${column.name} is an array; the declared column is not: ${ANEW}`);
    else if (there.type !== column.type)
      refusals.push(
        `${where}.${column.name} is ${there.type} and declared as ${column.type}: values would be converted or lost; ${NEW_COLUMN}`,
      );
    else if (column.required && there.mode !== 'REQUIRED')
      refusals.push(
        `${where}.${column.name} may be NULL and identifies rows by its declaration; BigQuery cannot forbid NULL afterwards: ${ANEW}`,
      );
  }
  for (const { name } of actual.columns) {
    if (!declared.has(name.toLowerCase()))
      refusals.push(
        `${where} has the column ${name}, which no definition declares: dropping it would lose its values. Declare it again, or drop it yourself (ALTER TABLE ${where} DROP COLUMN ${name}) and deploy again`,
      );
  }
  return refusals;
}

function layoutRefusals(shape: TableShape, actual: ActualTable): string[] {
  const where = `${shape.dataset}.${shape.name}`;
  const { partitioning } = actual;
  const refusals: string[] = [];
  if (
    partitioning === null ||
    partitioning.unit !== 'DAY' ||
    partitioning.column.toLowerCase() !== shape.partitionColumn.toLowerCase()
  )
    refusals.push(
      `${where} is partitioned by ${partitioning === null ? 'nothing' : `${partitioning.column} (${partitioning.unit})`} and declared by ${shape.partitionColumn} (DAY), which cannot change: ${ANEW}`,
    );
  if (actual.clusterBy.join(' ').toLowerCase() !== shape.clusterBy.join(' ').toLowerCase())
    refusals.push(
      `${where} is clustered by ${actual.clusterBy.join(', ') || 'nothing'} and declared by ${shape.clusterBy.join(', ') || 'nothing'}: rows that are there would stay in the old order; ${ANEW}`,
    );
  return refusals;
}

const ANEW =
  'move the table aside (ALTER TABLE … RENAME TO …), deploy, and fill the new one with a backfill of its dates';
const NEW_COLUMN = 'declare a column of a new name and leave this one declared, or move the table aside';

function isNothing(alteration: Alteration): boolean {
  return (
    alteration.add.length === 0 &&
    alteration.relax.length === 0 &&
    !alteration.requirePartitionFilter &&
    !alteration.keepTable &&
    !alteration.partitionExpiry
  );
}

function actualColumn({ name, type, required }: ColumnShape): ActualColumn {
  return { name, type, mode: required ? 'REQUIRED' : 'NULLABLE' };
}

function byName<T extends { readonly name: string }>(columns: readonly T[]): ReadonlyMap<string, T> {
  return new Map(columns.map((column) => [column.name.toLowerCase(), column]));
}
