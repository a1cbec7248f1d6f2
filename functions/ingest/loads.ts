/** The loads of all raw tables, in the order in which tables need each other. */
import { loads } from '../processors/loads.ts';
import type { RawLoad } from './raw-load.ts';
import type { FileKind, SourceFile } from './source-files.ts';

/** The schedule first, then what says who plays, then the rest. */
const FIRST = ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'];

export const LOADS: readonly RawLoad[] = [...loads].sort((a, b) => place(a) - place(b));

function place({ definition }: RawLoad): number {
  const found = FIRST.indexOf(definition.name);
  return found === -1 ? FIRST.length : found;
}

/** The load of the raw table called `table`. @throws Error when there is none */
export function loadOf(table: string): RawLoad {
  const load = LOADS.find(({ definition }) => definition.name === table);
  if (load === undefined) throw new Error(`${table} is not a raw table that files can fill`);
  return load;
}

/** The files that fill the table of `load`, in the order in which they must be read. */
export function inReadingOrder<T extends SourceFile>({ layouts }: RawLoad, files: readonly T[]): T[] {
  const kinds = Object.keys(layouts) as FileKind[];
  return files
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}
