/** Turns the source files of one table and season into rows of the table, and a report on what was not loaded. Pure. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import {
  identityOf,
  matchOf,
  namesAnother,
  type Alias,
  type Identity,
} from '../../shared/domain/identity.ts';
import { memoized } from '../../shared/domain/memoized.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { RawTable } from '../../shared/domain/table.ts';
import type { NameAnswer } from '../../shared/state/identity-documents.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import { acceptor, clear, DoubleRow } from './acceptor.ts';
import { contradictoryLines, type OpenFile } from './contradictions.ts';
import { inReadingOrder } from './loads.ts';
import { missingGames } from './known-independently.ts';
import { isLeftOut, type KnownLack, type Layout, type RawLoad } from './raw-load.ts';
import { LEFT_NULL, notebook } from './notebook.ts';
import type { KnownPlayers, LoadContext } from './schedule.ts';
import { CORRECTED_COLUMNS, sourceFileOf, type SourceFile } from './source-files.ts';
import { refuse, RowRefusal, sourceRowsOf, type SourceRow } from './source-row.ts';
import { cellsOf, columnsOf, linesOf, type Line } from './source-text.ts';

/** A source file, or the part of one that is about a date. */
export interface SourceText {
  readonly name: string;
  /** The text of the whole file. */
  readonly text: string;
}

/** The lines of a source file that are about one date, numbered as in the file. */
export interface SourcePart {
  readonly name: string;
  readonly header: string;
  readonly lines: readonly Line[];
  /** Columns that every row of the part gets beside its own: from where and when it was learned. */
  readonly stamp?: Row;
  /** Games that the import has on several dates, so that it does not say when they were played. */
  readonly inDoubt?: readonly string[] | undefined;
}

/** A row, or a whole file, that was refused because something is wrong with it. */
export interface Reject {
  readonly file: string;
  /** The number of the line in the file. Line 1 is the header. */
  readonly line: number;
  readonly reason: string;
  /** The first characters of the line. */
  readonly excerpt: string;
}

/** Something that the report mentions although it is no fault: what, and how often. */
export interface Note {
  /** The file it is about; null when it is about all files together. */
  readonly file: string | null;
  readonly text: string;
  readonly count: number;
  /** Set when it is the reason why `count` lines were not used. */
  readonly notUsed?: true;
}

/** What became of the lines of one file: `read` is the sum of the others. */
export interface FileLines {
  readonly file: string;
  readonly read: number;
  readonly loaded: number;
  readonly refused: number;
  readonly notUsed: number;
}

export interface LoadedFiles {
  /** Every declared column and no other. DATE as `YYYY-MM-DD`, TIMESTAMP as ISO text in UTC ending in `Z`. */
  readonly rows: readonly Row[];
  /** In the order in which the lines were read. */
  readonly rejects: readonly Reject[];
  readonly notes: readonly Note[];
  /** Lines that were read, without headers: each gave rows, was refused, or was not used for a reason in the notes. */
  readonly read: number;
  /** Lines that were not used although nothing is wrong with them. */
  readonly notUsed: number;
  readonly files: readonly FileLines[];
  /** Refused lines that no loaded row stands for. A line with the key of a loaded row is not among them. */
  readonly lacking: number;
  /** Rows among the refused that are sound in themselves: something else that is known of their game contradicts them. */
  readonly setAside: number;
  /** Rows that stand for refused lines, and for games that only box scores know. */
  readonly standIns: number;
  /** What the check of all rows found to be lacking. */
  readonly lacks: readonly KnownLack[];
  /** Refused lines with a value out of bounds, and of how many games they are. */
  readonly outOfRange: { readonly rows: number; readonly games: number };
  /** With whom names were matched where no id decides: each question once. */
  readonly answers: readonly NameAnswer[];
  /** The game dates of the rows, ascending. */
  readonly dates: readonly GameDate[];
}

const EXCERPT_LENGTH = 160;

/**
 * Reads the rows of one season from `files` and makes rows of the raw table of `load`. A row that is wrong is rejected with
 * file, line and reason, and the other rows load. Of two rows with the same key the first is loaded. A file that lacks a
 * column is refused as a whole.
 * @param date the date that the files are about, when they are parts of files; games of other dates are not missed then
 */
export function loadTable(
  load: RawLoad,
  season: Season,
  files: readonly (SourceText | SourcePart)[],
  context: LoadContext,
  date?: GameDate,
): LoadedFiles {
  const { definition } = load;
  const rows: Row[] = [];
  const stamps: (Row | undefined)[] = [];
  const rejects: Reject[] = [];
  const notes = notebook();
  const counted: FileLines[] = [];
  let doubles = 0;
  let reading: string | null = null;
  const answers = new Map<string, NameAnswer>();
  const loading = load.begin({
    ...context,
    season,
    lookupOf,
    matchOf: (asked) => {
      const match = matchOf(identityIn(context), season, asked);
      if (match.matchedBy !== 'id') {
        const key = `${asked.name}|${asked.id ?? ''}|${asked.teams.join(' ')}`;
        const { lookup, matchedBy } = match;
        answers.set(key, { ...asked, lookup, matchedBy, source: reading ?? '' });
      }
      return match;
    },
    namesAnother: (asked) => namesAnother(identityIn(context), season, asked),
    note: (text) => notes.tally(reading, text),
  });
  const outside: Row[] = [];
  const accept = acceptor(
    definition,
    loading,
    (text) => notes.tally(reading, text),
    (row) => outside.push(row),
  );
  const reject = (file: string, line: Line, reason: string) =>
    rejects.push({ file, line: line.number, reason, excerpt: line.text.slice(0, EXCERPT_LENGTH) });
  /** Where each row comes from. */
  const origins: { readonly files: string[]; readonly lines: Line[] } = { files: [], lines: [] };
  const keep = (row: Row, stamp: Row | undefined, file: string, line: Line): void => {
    rows.push(row);
    stamps.push(stamp);
    origins.files.push(file);
    origins.lines.push(line);
  };
  let standIns = 0;
  const unread: RefusedLine[] = [];

  const known = files.flatMap((content) => {
    const { name } = content;
    const file = sourceFileOf(name);
    if (file !== undefined && file.kind in load.layouts) return [{ ...file, content }];
    reject(name, NO_LINE, `the file is refused: its name is not one of a file of ${definition.name}`);
    return [];
  });
  const ordered = inReadingOrder(load, known).map((file) => ({ ...file, ...partOf(file.content) }));
  const contradictory = contradictoryLines(ordered);
  for (const file of ordered) {
    reading = file.name;
    const { header, lines } = file;
    const stamp = 'stamp' in file.content ? file.content.stamp : undefined;
    const note = (text: string) => notes.tally(file.name, text);
    const opened = open(header, load.layouts[file.kind], note, date);
    if ('fault' in opened) {
      reject(file.name, header, `the file is refused: ${opened.fault}`);
      continue;
    }
    const { showing, unknown } = opened;
    if (unknown.length > 0) {
      notes.tally(file.name, `unknown columns not used: ${unknown.join(', ')}`, unknown.length);
    }
    let [read, loaded, refused, notUsed] = [0, 0, 0, 0];
    for (const line of lines) {
      read += 1;
      const shown = rowsOrReason(() => showing(line));
      const found =
        contradictory.get(line) ??
        (isReason(shown) ? shown : rowsOrReason(() => accept(loading.read(shown, file), file, line)));
      if (typeof found === 'string') {
        refused += 1;
        reject(file.name, line, found);
        unread.push({ file, line, stamp, show: () => rowsOrReason(() => showing(line)) });
      } else if ('double' in found) {
        refused += 1;
        doubles += 1;
        reject(file.name, line, found.double);
      } else if (isLeftOut(found)) {
        notUsed += 1;
        // A whole file of several seasons has rows of the others; a part about one date should have none.
        const reason = found.leftOut ?? (date === undefined ? undefined : 'rows of another season not used');
        if (reason !== undefined) notes.leave(file.name, reason);
      } else {
        loaded += 1;
        for (const row of found) keep(row, stamp, file.name, line);
      }
    }
    counted.push({ file: file.name, read, loaded, refused, notUsed });
  }
  const standIn = (made: readonly Row[], stamp: Row | undefined, file: SourceFile, line: Line): void => {
    for (const row of made) {
      // Another line may have given the same row.
      if (isReason(rowsOrReason(() => accept([row], file, line)))) continue;
      standIns += 1;
      keep(row, stamp, file.name, line);
    }
  };
  const hasStandIns = loading.standIns !== undefined && context.hasGames !== false;
  for (const { file, line, stamp, show } of hasStandIns ? unread : []) {
    const shown = show();
    reading = file.name;
    standIn(loading.standIns?.(isReason(shown) ? undefined : shown, file, date) ?? [], stamp, file, line);
  }
  for (const game of context.boxed ?? []) {
    const file = sourceFileOf(game.file);
    if (file !== undefined) standIn(loading.boxed?.(game) ?? [], game.stamp, file, NO_LINE);
  }
  reading = null;
  const aside = new Map<Row, string>();
  const lacks: KnownLack[] = [];
  loading.finish?.(rows, {
    leaveNull: (row, column, reason) => {
      notes.tally(origins.files[rows.indexOf(row)] ?? null, leftNull(column, row[column], reason));
      clear(row, column, loading);
    },
    setAside: (row, reason) => aside.set(row, reason),
    lacks: (what) => lacks.push(what),
  });
  const kept = aside.size === 0 ? rows : rows.filter((row) => !aside.has(row));
  const asideOf = new Map<string, number>();
  for (const [i, row] of aside.size === 0 ? [] : rows.entries()) {
    const [reason, file = ''] = [aside.get(row), origins.files[i]];
    if (reason === undefined) continue;
    reject(file, origins.lines[i] ?? NO_LINE, reason);
    asideOf.set(file, (asideOf.get(file) ?? 0) + 1);
  }
  if (definition.timing === 'post_game') {
    for (const [kind, count] of missingGames(kept, context.schedule, date)) {
      notes.tally(null, `final ${kind} games without a row`, count);
    }
  }
  const sum = (what: 'read' | 'notUsed'): number => counted.reduce((total, each) => total + each[what], 0);
  return {
    rows: stamped(rows, stamps, aside),
    rejects,
    notes: notes.all(),
    read: sum('read'),
    notUsed: sum('notUsed'),
    files: counted.map((each) => {
      const count = asideOf.get(each.file) ?? 0;
      return { ...each, loaded: each.loaded - count, refused: each.refused + count };
    }),
    lacking: rejects.length - doubles,
    setAside: aside.size,
    standIns,
    lacks,
    outOfRange: { rows: outside.length, games: new Set(outside.map((row) => row['nba_game_id'])).size },
    answers: [...answers.values()],
    dates: datesOf(definition, kept),
  };
}

/** The rows with the columns of their part before their own, without those that are set aside. */
function stamped(
  rows: readonly Row[],
  stamps: readonly (Row | undefined)[],
  aside: ReadonlyMap<Row, string>,
): readonly Row[] {
  const kept: Row[] = [];
  for (const [i, row] of rows.entries()) {
    const stamp = stamps[i];
    if (aside.size === 0 || !aside.has(row)) kept.push(stamp === undefined ? row : { ...stamp, ...row });
  }
  return kept;
}

const NO_ALIASES: readonly Alias[] = [];
const identities = memoized((players: KnownPlayers, aliases: readonly Alias[]) =>
  identityOf(players, aliases),
);

/** Who is who in a context, computed once for the same players and aliases. */
function identityIn({ players, aliases = NO_ALIASES }: LoadContext): Identity {
  return identities(players, aliases);
}

/** The reason why a row with the key of another one is refused. */
interface Double {
  readonly double: string;
}

/** Whether a line was refused, instead of read. */
function isReason(found: object | string): found is Double | string {
  return typeof found === 'string' || 'double' in found;
}

/** What `read` returns, or the reason why it refuses the row. Any other error is a bug and is thrown on. */
function rowsOrReason<T>(read: () => T): T | Double | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof DoubleRow) return { double: error.message };
    if (error instanceof RowRefusal) return error.message;
    throw error;
  }
}

/** A line that was refused, with what shows its cells again. */
interface RefusedLine {
  readonly file: SourceFile;
  readonly line: Line;
  readonly stamp: Row | undefined;
  readonly show: () => SourceRow | Double | string;
}

const NO_LINE: Line = { number: 1, text: '' };

/** A file after its header was read. */
interface Opened {
  /** The row of a line; it is valid until the next call. @throws RowRefusal when it has not as many cells as the header */
  readonly showing: (line: Line) => SourceRow;
  readonly unknown: readonly string[];
}

function open(
  header: Line,
  layout: Layout | undefined,
  note: (text: string) => void,
  date: GameDate | undefined,
): Opened | { readonly fault: string } {
  if (header === NO_LINE || layout === undefined) return { fault: 'it is empty' };
  const parsed = columnsOf(header.text);
  if ('fault' in parsed) return parsed;
  const columns = parsed.cells;
  const missing = layout.needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    return { fault: `it lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}` };
  }
  const twice = columns.filter((column, i) => columns.indexOf(column) !== i);
  if (twice.length > 0) return { fault: `it has the column ${twice.join(', ')} twice` };
  const known = new Set([
    ...layout.needed,
    ...(layout.welcome ?? []),
    ...(layout.unused ?? []),
    ...CORRECTED_COLUMNS,
  ]);
  const { row, show } = sourceRowsOf(columns, note, date);
  return {
    unknown: columns.filter((column) => !known.has(column)),
    showing: (line) => {
      const found = cellsOf(line.text);
      if ('fault' in found) return refuse(found.fault);
      if (found.cells.length !== columns.length) {
        refuse(`the row has ${found.cells.length} cells, the header ${columns.length}`);
      }
      show(found.cells);
      return row;
    },
  };
}

function leftNull(column: string, cell: Cell | undefined, reason: string): string {
  return `${column} is ${JSON.stringify(cell)}, ${reason}${LEFT_NULL}`;
}

function partOf(file: SourceText | SourcePart): OpenFile {
  if ('lines' in file)
    return { header: { number: 1, text: file.header }, lines: file.lines, inDoubt: file.inDoubt };
  const lines = linesOf(file.text);
  return { header: lines.next().value ?? NO_LINE, lines: [...lines] };
}

function datesOf(definition: RawTable, rows: readonly Row[]): GameDate[] {
  return [...new Set(rows.map((row) => row[definition.partitionColumn] as GameDate))].sort();
}

/** Most names whose lookup is remembered; all players since 1946 are about 5 000. */
const MAX_NAMES = 20_000;
const lookups = new Map<string, string>();

/** `playerLookup`, computed once for each name. */
function lookupOf(name: string): string {
  const known = lookups.get(name);
  if (known !== undefined) return known;
  if (lookups.size >= MAX_NAMES) lookups.clear();
  const lookup = playerLookup(name);
  lookups.set(name, lookup);
  return lookup;
}
