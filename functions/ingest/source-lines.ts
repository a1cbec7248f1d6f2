/** Sorts the lines of a source file by season and game date, so that one date can be loaded without the others. */
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { cellAt, cellsOf, linesOf, type Line } from './source-text.ts';

/** The lines of a file about one date. */
export interface DatedLines {
  readonly lines: readonly Line[];
  /** What the lines speak of, as the file writes it: the cells of the column that was asked for, each once. */
  readonly subjects: readonly string[];
  /** Hash of the header and the lines, without their numbers. */
  readonly digest: string;
}

/** The lines of a file by season and date. */
export interface SortedFile {
  readonly header: string;
  readonly seasons: ReadonlyMap<Season, ReadonlyMap<GameDate, DatedLines>>;
  /** Lines without a game date that can be read. They belong to no date. */
  readonly undated: readonly { readonly line: Line; readonly date: string }[];
}

/**
 * Sorts the lines of a file whose header has the column `game_date`. The other cells are not parsed.
 * @param subject the column that says what a line speaks of, such as `game_id`
 * @returns undefined when the file is empty or lacks one of the two columns
 */
export function sortLines(text: string, subject: string): SortedFile | undefined {
  const lines = linesOf(text);
  const header = lines.next().value;
  if (header === undefined) return undefined;
  const parsed = cellsOf(header.text);
  const columns = 'cells' in parsed ? parsed.cells : [];
  const [dateAt, subjectAt] = [columns.indexOf('game_date'), columns.indexOf(subject)];
  if (dateAt < 0 || subjectAt < 0) return undefined;
  const undated: { line: Line; date: string }[] = [];
  const byCell = new Map<string, { readonly lines: Line[]; readonly subjects: Set<string> } | null>();
  for (const line of lines) {
    const cell = cellAt(line.text, dateAt) ?? '';
    let ofDate = byCell.get(cell);
    if (ofDate === undefined) {
      ofDate = parseGameDate(cell) === undefined ? null : { lines: [], subjects: new Set() };
      byCell.set(cell, ofDate);
    }
    if (ofDate === null) undated.push({ line, date: cell });
    else {
      ofDate.lines.push(line);
      ofDate.subjects.add(cellAt(line.text, subjectAt) ?? '');
    }
  }
  const seasons = new Map<Season, Map<GameDate, DatedLines>>();
  for (const [cell, ofDate] of [...byCell].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const date = parseGameDate(cell);
    if (date === undefined || ofDate === null) continue;
    const ofSeason = seasons.get(seasonOf(date)) ?? new Map<GameDate, DatedLines>();
    seasons.set(seasonOf(date), ofSeason);
    ofSeason.set(date, {
      lines: ofDate.lines,
      subjects: [...ofDate.subjects],
      digest: linesDigest(header.text, ofDate.lines),
    });
  }
  return { header: header.text, seasons, undated };
}

/** Hash of a header and lines, without the numbers of the lines. */
export function linesDigest(header: string, lines: readonly Line[]): string {
  return digest(`${header}\n${lines.map(({ text }) => text).join('\n')}`);
}
