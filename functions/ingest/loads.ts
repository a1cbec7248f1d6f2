/** The loads of all raw tables: in which order they load, and which tables each needs to be loaded before. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { RawLoad } from './raw-load.ts';
import type { SourceFile } from './source-files.ts';

export interface RawLoads {
  /** In loading order: tables that other loads need come first, each after those it needs; the rest keep their order. */
  readonly all: readonly RawLoad[];
  /** The load of a raw table. @throws Error when the table has none */
  readonly of: (table: string) => RawLoad;
  /**
   * The raw tables whose files are read before those of `table`, in loading order: the tables that its load names in
   * `knows`, and those that they name. For shots: the schedule, the results and the box scores of the players.
   */
  readonly knownBefore: (table: string) => readonly string[];
}

/** @throws Error when a load names a table in `knows` that no load fills, or two loads name each other */
export function rawLoads(loads: readonly RawLoad[]): RawLoads {
  const byTable = new Map(loads.map((load) => [load.definition.name, load]));
  const of = (table: string): RawLoad => {
    const load = byTable.get(table);
    if (load === undefined) throw new Error(`${table} is not a raw table that files can fill`);
    return load;
  };
  const ordered = new Map<string, readonly string[]>();
  const knownBefore = (table: string, askedFor: readonly string[] = []): readonly string[] => {
    const found = ordered.get(table);
    if (found !== undefined) return found;
    if (askedFor.includes(table))
      throw new Error(`Loads know each other in a circle: ${[...askedFor, table].join(' -> ')}`);
    const known = of(table).knows.flatMap((each) => [...knownBefore(each, [...askedFor, table]), each]);
    ordered.set(table, [...new Set(known)]);
    return [...new Set(known)];
  };
  const first = new Set(loads.flatMap(({ definition }) => knownBefore(definition.name)));
  return {
    all: [...[...first].map(of), ...loads.filter(({ definition }) => !first.has(definition.name))],
    of,
    knownBefore: (table) => knownBefore(table),
  };
}

/** Those of the files that fill the table of `load`, in the order in which they are read. */
export function inReadingOrder<T extends SourceFile>({ layouts }: RawLoad, files: readonly T[]): T[] {
  const kinds = Object.keys(layouts) as FileKind[];
  const byName = (a: T, b: T): number =>
    a.name < b.name === (layouts[a.kind]?.isLastFirst === true) ? 1 : -1;
  return files
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byName(a, b));
}
