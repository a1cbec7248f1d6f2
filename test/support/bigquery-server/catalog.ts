/** Datasets and tables beside their rows: everything DuckDB does not keep. */
import { BigQueryError } from './errors.ts';
import type { Options, TableName } from './translate.ts';
import type { Field } from './values.ts';

export interface TableEntry {
  readonly kind: 'TABLE' | 'VIEW';
  fields: readonly Field[];
  readonly partitionColumn: string | undefined;
  requireFilter: boolean;
  readonly clustering: readonly string[];
  labels: Readonly<Record<string, string>>;
  description: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  /** The query of a view, in DuckDB's words. */
  readonly viewSql: string | undefined;
  /** Rows that were streamed cannot be changed until then. */
  streamingUntil: number;
  readonly insertIds: Set<string>;
}

export interface DatasetEntry {
  readonly location: string;
  labels: Readonly<Record<string, string>>;
  description: string | undefined;
  readonly defaultExpirationMs: number | undefined;
  readonly createdAt: number;
  readonly tables: Map<string, TableEntry>;
}

export interface Catalog {
  readonly project: string;
  readonly datasets: Map<string, DatasetEntry>;
  /** @throws BigQueryError notFound */
  readonly dataset: (id: string) => DatasetEntry;
  /** @throws BigQueryError notFound, also for one that has expired */
  readonly table: (name: TableName) => TableEntry;
  readonly find: (name: TableName) => TableEntry | undefined;
}

export function makeCatalog(project: string, now: () => number): Catalog {
  const datasets = new Map<string, DatasetEntry>();
  const dataset = (id: string): DatasetEntry => {
    const found = datasets.get(id);
    if (found === undefined)
      throw new BigQueryError('notFound', `Not found: Dataset ${project}:${id} was not found in location US`);
    return found;
  };
  const find = (name: TableName): TableEntry | undefined => {
    const found = datasets.get(name.dataset)?.tables.get(name.table);
    return found?.expiresAt !== undefined && found.expiresAt <= now() ? undefined : found;
  };
  return {
    project,
    datasets,
    dataset,
    find,
    table: (name) => {
      dataset(name.dataset);
      const found = find(name);
      if (found === undefined)
        throw new BigQueryError(
          'notFound',
          `Not found: Table ${project}:${name.dataset}.${name.table} was not found in location US`,
        );
      return found;
    },
  };
}

export function labelsOf(options: Options): Readonly<Record<string, string>> {
  const labels = options.get('labels');
  return typeof labels === 'object' && !(labels instanceof Date) ? labels : {};
}

export function textOption(options: Options, name: string): string | undefined {
  const value = options.get(name);
  return typeof value === 'string' ? value : undefined;
}
