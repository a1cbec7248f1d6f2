/**
 * The data dictionary: every table that a query can name, with its columns, their units and when they are NULL, derived from
 * the definitions. Pure.
 */
import type { Registry } from '../domain/registry.ts';
import {
  type Column,
  type Dataset,
  frameworkColumns,
  isRaw,
  moreGamesFrom,
  type Phase,
  rulesOf,
  type TableDefinition,
  witnessesOf,
} from '../domain/table.ts';
import { windowText } from '../domain/window-text.ts';
import { tableShapes, viewShapes } from './ddl.ts';
import { PLAYERS_VIEW_COLUMNS } from './players-registry.ts';
import { SCHEDULE_VIEW_COLUMNS } from './schedule-queries.ts';
import { unitOf } from './units.ts';

/** A column of the dictionary. */
export interface DictionaryColumn {
  readonly name: string;
  /** In the words of GoogleSQL. */
  readonly type: Column['type'];
  readonly description: string;
  /** Such as `minutes`; empty where the value is no quantity. */
  readonly unit: string;
  /** Digits after the point that are stored; null for other types than FLOAT64. */
  readonly decimals: number | null;
  /** Smallest and largest value that the audit accepts. */
  readonly min: number | null;
  readonly max: number | null;
  /** The only values that the audit accepts; empty when it accepts any. */
  readonly values: readonly string[];
  readonly nullable: boolean;
  /** When the value is NULL, in words; null for a column that never is. */
  readonly nullWhen: string | null;
  /** Whether it says how the row came to be; such a column is no part of the content of a row. */
  readonly framework: boolean;
}

/** A table that another one reads. */
export interface DictionaryInput {
  readonly table: string;
  readonly window: string;
  readonly required: boolean;
}

/** A table or view of the dictionary. */
export interface DictionaryTable {
  readonly name: string;
  readonly dataset: Dataset;
  /** `reference` for tables and views that no run fills. */
  readonly phase: Phase | 'reference';
  readonly description: string;
  readonly timing: TableDefinition['timing'] | null;
  readonly key: readonly string[];
  readonly partitionColumn: string | null;
  /** The rules that the rows follow, such as `v1_4factors`, and their revision; null where no run fills the table. */
  readonly rules: { readonly family: string; readonly revision: number } | null;
  readonly inputs: readonly DictionaryInput[];
  readonly witnesses: readonly string[];
  /** Raw tables whose files know games that its own files do not know; it has rows of these games. */
  readonly moreGamesFrom: readonly string[];
  readonly columns: readonly DictionaryColumn[];
}

const UNSAID = {
  raw: 'when the source does not have it',
  computed: 'when what it is computed from is unknown',
} as const;

/** Every table and view that a query can name: those of the registry in its order, then those of `nba_reference`. */
export function dictionaryOf(registry: Registry): DictionaryTable[] {
  const registered = registry.all.map(({ definition }) => tableOf(definition));
  const known = new Set(registered.map(({ name }) => name));
  const kept = tableShapes(registry)
    .filter(({ name }) => !known.has(name))
    .map((shape): DictionaryTable => ({
      ...REFERENCE,
      name: shape.name,
      description: shape.description,
      partitionColumn: shape.partitionColumn,
      columns: columnsOf(
        shape.columns.map(({ name, type, required, description }) => [
          name,
          { type, nullable: !required, description, ...(type === 'FLOAT64' ? { decimals: 3 } : {}) },
        ]),
        'when it does not apply to the row',
      ),
    }));
  const views = viewShapes(registry).map(({ name, description }): DictionaryTable => ({
    ...REFERENCE,
    name,
    description,
    columns: columnsOf(viewColumns(name, registry), 'when the game has no result yet'),
  }));
  return [...registered, ...kept, ...views];
}

const REFERENCE = {
  dataset: 'nba_reference',
  phase: 'reference',
  timing: null,
  key: [],
  partitionColumn: null,
  rules: null,
  inputs: [],
  witnesses: [],
  moreGamesFrom: [],
} as const;

function tableOf(definition: TableDefinition): DictionaryTable {
  return {
    name: definition.name,
    dataset: definition.dataset,
    phase: definition.phase,
    description: definition.description,
    timing: definition.timing,
    key: definition.key,
    partitionColumn: definition.partitionColumn,
    rules: rulesOf(definition.calculationVersion),
    inputs: definition.inputs.map(({ table, window, required }) => ({
      table,
      window: windowText(window),
      required,
    })),
    witnesses: witnessesOf(definition),
    moreGamesFrom: moreGamesFrom(definition),
    columns: [
      ...columnsOf(Object.entries(definition.columns), UNSAID[isRaw(definition) ? 'raw' : 'computed']),
      ...columnsOf(frameworkColumns(definition), 'when the row is of an earlier version', true),
    ],
  };
}

/** The columns of a view, as the tables that it reads declare them. */
function viewColumns(view: string, registry: Registry): (readonly [string, Column])[] {
  if (view !== 'nba_schedule') return Object.entries(PLAYERS_VIEW_COLUMNS);
  return SCHEDULE_VIEW_COLUMNS.flatMap(({ table, columns, optional }) =>
    columns.map((name) => {
      const column = registry.get(table).definition.columns[name];
      if (column === undefined) throw new Error(`${table} has no column ${name}`);
      return [name, { ...column, ...(optional ? { nullable: true } : {}) }] as const;
    }),
  );
}

function columnsOf(
  columns: readonly (readonly [string, Column])[],
  unsaid: string,
  framework = false,
): DictionaryColumn[] {
  let before = unsaid;
  return columns.map(([name, column]) => {
    const told = nullWhen(column.description, before);
    if (told !== undefined) before = told;
    const nullable = column.nullable === true;
    return {
      name,
      type: column.type,
      description: column.description,
      unit: unitOf(name, column),
      decimals: column.decimals ?? null,
      min: column.min ?? null,
      max: column.max ?? null,
      values: column.oneOf ?? [],
      nullable,
      nullWhen: nullable ? (told ?? unsaid) : null,
      framework,
    };
  });
}

/**
 * When a column is NULL, as its description says: `NULL without makes` is `without makes`.
 * @param before what the last column that said anything said; `NULL likewise` means the same
 */
function nullWhen(description: string, before: string): string | undefined {
  const told = [
    ...description.matchAll(/\bNULL(?: |, (?=because))(.+?)(?=, and NULL|;|\.(?:\s|$)|, 0 when|$)/g),
  ].map(([, words]) => words ?? '');
  if (told.length === 0) return undefined;
  return told.map((words) => (words === 'likewise' ? before : words)).join(', and ');
}

/** `dataset.table`, as queries name it. */
export function nameInQueries({ dataset, name }: Pick<DictionaryTable, 'dataset' | 'name'>): string {
  return `${dataset}.${name}`;
}

/** The tables that read a table. */
export function readersOf(
  { name }: DictionaryTable,
  all: readonly DictionaryTable[],
): readonly DictionaryTable[] {
  return all.filter(({ inputs }) => inputs.some((input) => input.table === name));
}
