/** All tables and the graph of who reads whom. A graph with a mistake is refused at start. */
import type { Compute } from './code-table.ts';
import { gameDate } from './game-date.ts';
import {
  gamesIn,
  type Input,
  isComputed,
  isLastGames,
  isRaw,
  type Phase,
  PHASES,
  qualifiedName,
  type RawTable,
  readBeside,
  type TableDefinition,
} from './table.ts';
import { readEnd } from './window.ts';

/** A table's definition with its queries and the hash of its code. */
export interface RegisteredTable {
  readonly definition: TableDefinition;
  /** The query with its shared parts in place; absent for a table whose rows come from elsewhere. */
  readonly query?: string;
  /** Loads the code that computes the rows; absent for a table whose rows come from elsewhere. */
  readonly compute?: () => Promise<Compute>;
  /**
   * Counts the rows and games that each date should have; absent where the table's own rows are all that is
   * expected.
   */
  readonly expectedQuery?: string;
  /** The table's own checks of its staged rows; absent where it has none. */
  readonly checksQuery?: string;
  /** Hash of everything in the code that decides which rows are made of given inputs. */
  readonly codeFingerprint: string;
}

/** The tables, and questions about the graph between them. */
export interface Registry {
  /** Every table, each after all tables that it reads. */
  readonly all: readonly RegisteredTable[];
  /** @throws Error when there is no such table */
  readonly get: (name: string) => RegisteredTable;
  readonly has: (name: string) => boolean;
  /** The tables of a phase, in the order of `all`. */
  readonly inPhase: (phase: Phase) => readonly RegisteredTable[];
  /** The tables that read `name` directly, each with the input that declares it. */
  readonly readersOf: (name: string) => readonly { readonly table: RegisteredTable; readonly input: Input }[];
  /** `tables` and every table that depends on one of them, directly or through others. */
  readonly downstreamOf: (tables: readonly string[]) => ReadonlySet<string>;
  /** `tables` and every table that they are built from, directly or through others. A name that is no table stands for itself. */
  readonly upstreamOf: (tables: readonly string[]) => ReadonlySet<string>;
  /** Raw tables that say which games exist and which are final. They load before all others. */
  readonly calendarSources: readonly string[];
  /** Raw tables that have the results of games, player by player or team by team. */
  readonly resultSources: readonly string[];
  /** Those of them that some computed table cannot do without. Where they are empty, no table of played games has rows. */
  readonly neededSources: readonly string[];
  /** The raw tables that are used in the place of this one, for games and players that it lacks. */
  readonly standInsOf: (name: string) => readonly string[];
}

/**
 * Builds the registry and checks the graph.
 * @throws Error that names the table when two tables share a name, an input or witness does not exist, a window reads
 * what is not known yet, a window of earlier seasons is required, or tables read each other in a circle
 */
export function buildRegistry(tables: readonly RegisteredTable[]): Registry {
  const byName = new Map<string, RegisteredTable>();
  for (const table of tables) {
    if (byName.has(table.definition.name)) throw new Error(`Two tables are named ${table.definition.name}`);
    byName.set(table.definition.name, table);
  }
  const get = (name: string): RegisteredTable => {
    const table = byName.get(name);
    if (table === undefined) throw new Error(`There is no table ${name}`);
    return table;
  };
  const isRawTable = (name: string): boolean => {
    const found = byName.get(name);
    return found !== undefined && isRaw(found.definition);
  };
  const readers = new Map<string, { table: RegisteredTable; input: Input }[]>();
  for (const table of tables) {
    const { standsInFor } = isRaw(table.definition) ? table.definition : {};
    if (standsInFor !== undefined && !isRawTable(standsInFor))
      throw new Error(`Table ${table.definition.name} stands in for ${standsInFor}, which is no raw table`);
    for (const other of readBeside(table.definition))
      if (!isRawTable(other))
        throw new Error(`Table ${table.definition.name} reads files of ${other}, which is no raw table`);
    checkColumns(table.definition, get);
    for (const input of table.definition.inputs) {
      checkInput(table.definition, input, byName);
      readers.set(input.table, [...(readers.get(input.table) ?? []), { table, input }]);
    }
  }
  const all = topologicalOrder(tables, get);
  const readersOf = (name: string) => readers.get(name) ?? [];
  const resultSources = telling(all, 'box_scores');
  const standIns = Map.groupBy(all, ({ definition }) =>
    isRaw(definition) ? definition.standsInFor : undefined,
  );
  return {
    all,
    get,
    has: (name) => byName.has(name),
    inPhase: (phase) => all.filter((table) => table.definition.phase === phase),
    readersOf,
    downstreamOf: (from) => {
      const reached = new Set(from);
      for (const table of all) {
        if (table.definition.inputs.some((input) => reached.has(input.table)))
          reached.add(table.definition.name);
      }
      return reached;
    },
    upstreamOf: (of) => {
      const names = new Set(of);
      // A set may grow while it is gone through.
      for (const name of names)
        for (const { table } of byName.get(name)?.definition.inputs ?? []) names.add(table);
      return names;
    },
    calendarSources: telling(all, 'calendar'),
    resultSources,
    neededSources: resultSources.filter((name) =>
      readersOf(name).some(({ table, input }) => isComputed(table.definition) && input.required),
    ),
    standInsOf: (name) => standIns.get(name)?.map(({ definition }) => definition.name) ?? [],
  };
}

/** Names of the raw tables that tell the pipeline this. */
function telling(tables: readonly RegisteredTable[], what: RawTable['tells']): string[] {
  return tables.flatMap(({ definition }) =>
    isRaw(definition) && definition.tells === what ? [definition.name] : [],
  );
}

/**
 * @throws Error when the table of an input does not exist, belongs to a later phase, or is read ahead of
 * what can be known
 */
function checkInput(
  definition: TableDefinition,
  input: Input,
  byName: ReadonlyMap<string, RegisteredTable>,
): void {
  const source = byName.get(input.table)?.definition;
  if (source === undefined)
    throw new Error(`Table ${definition.name} reads ${input.table}, which does not exist`);
  if (PHASES.indexOf(source.phase) > PHASES.indexOf(definition.phase)) {
    throw new Error(
      `Table ${definition.name} of ${definition.phase} reads ${source.name} of the later ${source.phase}`,
    );
  }
  if (input.window.kind === 'around_date' && input.window.ahead > 0 && source.timing !== 'pre_game') {
    throw new Error(
      `Table ${definition.name} reads ${source.name} ahead of its date, which would leak results`,
    );
  }
  if (
    definition.timing === 'pre_game' &&
    source.timing === 'post_game' &&
    readEnd(input.window, ANY_DATE) >= ANY_DATE
  ) {
    throw new Error(
      `Table ${definition.name} is known before its games but reads the results of the same date in ${source.name}`,
    );
  }
  if (input.window.kind === 'previous_seasons' && input.required) {
    throw new Error(
      `Table ${definition.name} requires earlier seasons of ${source.name}, which may never have been loaded`,
    );
  }
  if (isLastGames(input.window) && gamesIn(source) === undefined) {
    throw new Error(
      `Table ${definition.name} reads the last games of ${source.name}, which does not say what a game is`,
    );
  }
}

/** @throws Error when code asks for a column that the table of its input does not have */
function checkColumns(definition: TableDefinition, get: (name: string) => RegisteredTable): void {
  if (definition.rowsFrom !== 'code') return;
  for (const { table, columns } of definition.inputs)
    for (const column of columns)
      if (!(column in get(table).definition.columns))
        throw new Error(`Table ${definition.name} reads ${table}.${column}, which does not exist`);
}

/** A date to measure windows with. */
const ANY_DATE = gameDate('2024-01-15');

/**
 * Phase by phase, each table after all tables that it reads.
 * @throws Error when tables read each other in a circle
 */
function topologicalOrder(
  tables: readonly RegisteredTable[],
  get: (name: string) => RegisteredTable,
): RegisteredTable[] {
  const order: RegisteredTable[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (table: RegisteredTable, path: readonly string[]): void => {
    const { name } = table.definition;
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open')
      throw new Error(`Tables read each other in a circle: ${[...path, name].join(' -> ')}`);
    state.set(name, 'open');
    for (const input of table.definition.inputs) visit(get(input.table), [...path, name]);
    state.set(name, 'done');
    order.push(table);
  };
  for (const phase of PHASES) {
    for (const table of tables) if (table.definition.phase === phase) visit(table, []);
  }
  return order;
}

/**
 * Compares the tables that a query names (`dataset.table`) with the inputs of its definition. `undeclared`
 * are named only by the query, `unused` only by the definition.
 */
export function undeclaredReads(
  definition: TableDefinition,
  named: readonly string[],
  all: readonly TableDefinition[],
): { readonly undeclared: string[]; readonly unused: string[] } {
  const declared = new Set(
    definition.inputs
      .map((input) => all.find((table) => table.name === input.table))
      .flatMap((table) => (table ? [qualifiedName(table)] : [])),
  );
  return {
    undeclared: named.filter((name) => !declared.has(name)),
    unused: [...declared].filter((name) => !named.includes(name)),
  };
}
