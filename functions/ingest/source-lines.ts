/** Sorts the lines of a source file by season and game date, so that one date can be loaded without the others. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { datesOfCells } from './source-dates.ts';
import { cellAt, columnsOf, linesOf, type Line } from './source-text.ts';

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
  const parsed = columnsOf(header.text);
  const columns = 'cells' in parsed ? parsed.cells : [];
  const [dateAt, subjectAt] = [columns.indexOf('game_date'), columns.indexOf(subject)];
  if (dateAt < 0 || subjectAt < 0) return undefined;
  const byCell = new Map<string, { readonly lines: Line[]; readonly subjects: Set<string> }>();
  for (const line of lines) {
    const cell = cellAt(line.text, dateAt) ?? '';
    let ofDate = byCell.get(cell);
    if (ofDate === undefined) byCell.set(cell, (ofDate = { lines: [], subjects: new Set() }));
    ofDate.lines.push(line);
    ofDate.subjects.add(cellAt(line.text, subjectAt) ?? '');
  }
  const dates = datesOfCells(byCell.keys());
  const undated = [...byCell]
    .flatMap(([date, ofCell]) =>
      dates.get(date) === undefined ? ofCell.lines.map((line) => ({ line, date })) : [],
    )
    .sort((a, b) => a.line.number - b.line.number);
  const byDate = Map.groupBy(byCell, ([cell]) => dates.get(cell));
  const seasons = new Map<Season, Map<GameDate, DatedLines>>();
  for (const [date, cells] of [...byDate].sort(([a = ''], [b = '']) => (a < b ? -1 : 1))) {
    if (date === undefined) continue;
    const ofSeason = seasons.get(seasonOf(date)) ?? new Map<GameDate, DatedLines>();
    seasons.set(seasonOf(date), ofSeason);
    const found = cells.flatMap(([, { lines: ofCell }]) => ofCell);
    // A date may be written in several ways; its lines stay in the order of the file.
    if (cells.length > 1) found.sort((a, b) => a.number - b.number);
    ofSeason.set(date, {
      lines: found,
      subjects: [...new Set(cells.flatMap(([, { subjects }]) => [...subjects]))],
      digest: linesDigest(header.text, found),
    });
  }
  return { header: header.text, seasons, undated };
}

/** Hash of a header and lines, without the numbers of the lines. */
export function linesDigest(header: string, lines: readonly Line[]): string {
  return digest(`${header}\n${lines.map(({ text }) => text).join('\n')}`);
}
