/**
 * What the code of a table is handed, and what it gives. Code is a pure function of rows: it reads no clock, no file and no table, and
 * the rows that it is handed end where its declared windows end.
 */
import type { GameDate } from './game-date.ts';
import type { ModelAlias } from './models.ts';
import { isLastGames, type CodeInput, type ComputedTable } from './table.ts';
import { pickedRows, rowsBetween, someColumns, type Row, type TableRows } from './table-rows.ts';
import { readEnd, readStart } from './window.ts';

/** What the rows of one date are computed from. */
export interface ComputeJob {
  readonly date: GameDate;
  /**
   * The rows of an input inside its window, with its declared columns, ordered by date and key.
   * @param input the name of the input: its table, or its `as`
   * @throws Error for an input that the table does not declare
   */
  readonly rowsOf: (input: string) => TableRows;
  /**
   * The model that has a role on the date; undefined when none has. Without it the code gives no row that needs one.
   * @throws Error for a role that the table does not declare
   */
  readonly artifactOf: (role: ModelAlias) => Artifact | undefined;
}

/** A model that code uses. */
export interface Artifact {
  readonly id: string;
  /** The file of the model. */
  readonly text: string;
}

/** Computes the rows of one date. It gives the same rows whenever it is called with the same job. */
export type Compute = (job: ComputeJob) => readonly Row[];

/** What must be known of the table of an input to cut its rows. */
export interface InputSource {
  readonly partitionColumn: string;
  /** What counts as a game; undefined for a table that nobody reads by its last games. */
  readonly games: ComputedTable['games'];
}

/** The columns that are read of an input: the declared ones, and those by which its rows are cut to the window. */
export function columnsToRead(
  { columns, window }: CodeInput,
  { partitionColumn, games }: InputSource,
): string[] {
  const cutBy = isLastGames(window) ? [games?.entityColumn, games?.playedColumn] : [];
  return [...new Set([...columns, partitionColumn, ...cutBy.filter((name) => name !== undefined)])];
}

/**
 * Those of the rows that a run for `date` may read through the window of an input.
 * @param rows rows of the table with {@link columnsToRead}, ordered by date, of at least the whole window
 * @param openingNight the first game date of the season of `date`
 */
export function rowsInWindow(
  rows: TableRows,
  input: CodeInput,
  source: InputSource,
  date: GameDate,
  openingNight: GameDate,
): TableRows {
  const { window, columns } = input;
  const first = readStart(window, date, openingNight);
  const within = rowsBetween(rows, source.partitionColumn, first, readEnd(window, date));
  return someColumns(isLastGames(window) ? lastGamesOf(within, source, window.games) : within, columns);
}

/** The rows of the last `games` dates on which each player or team has played. */
function lastGamesOf(rows: TableRows, { partitionColumn, games }: InputSource, last: number): TableRows {
  if (games === undefined)
    throw new Error('Rows are read by their last games of a table that does not say what a game is');
  const dates = rows.texts[partitionColumn] ?? [];
  const entities = rows.texts[games.entityColumn] ?? rows.numbers[games.entityColumn] ?? [];
  const played = games.playedColumn === undefined ? undefined : rows.flags[games.playedColumn];
  /** Player or team -> the dates that were taken, the latest first. */
  const taken = new Map<string | number | null, string[]>();
  const indices: number[] = [];
  for (let i = rows.count - 1; i >= 0; i -= 1) {
    if (played !== undefined && played[i] !== true) continue;
    const entity = entities[i] ?? null;
    const date = dates[i] ?? '';
    const own = taken.get(entity) ?? [];
    if (own.at(-1) !== date) {
      if (own.length === last) continue;
      taken.set(entity, [...own, date]);
    }
    indices.push(i);
  }
  return pickedRows(rows, indices.reverse());
}
