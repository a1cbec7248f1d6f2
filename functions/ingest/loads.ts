/** All raw tables' loads together: in which order they load, and what each must know beforehand. */
import type { RawLoad } from './raw-load.ts';
import type { FileKind, SourceFile } from './source-files.ts';

export interface RawLoads {
  /** Tables that others must know come first, each after what it must know itself; the rest follow in the given order. */
  readonly all: readonly RawLoad[];
  /** The load of a raw table. @throws Error when there is none */
  readonly of: (table: string) => RawLoad;
  /**
   * The raw tables whose files are read before those of `table`, in loading order: what its load says that it knows, and
   * what those know in turn. For shots: the schedule, the results and the box scores of the players.
   */
  readonly knownBefore: (table: string) => readonly string[];
}

/** @throws Error when a load knows a table that no load fills, or two loads know each other */
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

/** The files that fill the table of `load`, in the order in which they must be read. */
export function inReadingOrder<T extends SourceFile>({ layouts }: RawLoad, files: readonly T[]): T[] {
  const kinds = Object.keys(layouts) as FileKind[];
  return files
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}
