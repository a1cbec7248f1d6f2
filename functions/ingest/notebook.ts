/** Collects what a load mentions although it is no fault, and counts how often. */
import type { Note } from './load-table.ts';

/** How a note on a cell ends that is left NULL. */
export const LEFT_NULL = ': left NULL';
/** Most values of one column that are told one by one; a column that is damaged as a whole has as many as it has lines. */
const MAX_VALUES_TOLD = 5;

/** The notes of one load. */
export interface Notebook {
  readonly tally: (file: string | null, text: string, count?: number) => void;
  /** Counts a line that is not used, with the reason. */
  readonly leave: (file: string, text: string) => void;
  readonly all: () => Note[];
}

/** Makes an empty notebook. */
export function notebook(): Notebook {
  const notes = new Map<string, Note>();
  const valuesTold = new Map<string, Set<string>>();
  /** The note on a cell that is left NULL; for a column that has more such values than are told, one note for the rest. */
  const bounded = (file: string | null, text: string): string => {
    if (!text.endsWith(LEFT_NULL)) return text;
    const [column = ''] = text.split(' ', 1);
    const values = valuesTold.get(`${file} ${column}`) ?? new Set<string>();
    valuesTold.set(`${file} ${column}`, values);
    if (values.size < MAX_VALUES_TOLD) values.add(text);
    return values.has(text) ? text : `${column} has other values that cannot be used${LEFT_NULL}`;
  };
  const add = (note: Note): void => {
    const key = `${note.file} ${note.text}`;
    notes.set(key, { ...note, count: (notes.get(key)?.count ?? 0) + note.count });
  };
  return {
    tally: (file, text, count = 1) => add({ file, text: bounded(file, text), count }),
    leave: (file, text) => add({ file, text, count: 1, notUsed: true }),
    all: () => [...notes.values()],
  };
}
