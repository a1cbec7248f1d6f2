/**
 * What a historical file would have said at a time. Such a file does not say when its lines were learned: a line counts as known at
 * noon Eastern of the day after its game, one with a time of its own (a report, a quote) at that time, and a schedule from the start
 * of its season on, without the scores of games that nobody knew yet.
 */
import Papa from 'papaparse';
import { knownAfterGame, scheduleKnownFrom } from '../../shared/domain/assumed-times.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { SCHEDULE_KINDS, type FileKind } from '../../shared/domain/file-kinds.ts';
import { parseUtc } from './instants.ts';
import { plainCell } from './plain-cells.ts';
import { datesOfCells } from './source-dates.ts';
import { cellAt, cellsOf, columnsOf, linesOf, type Line } from './source-text.ts';

/** The column with the time of a line, of the kinds of files that have one. */
const TIMES: Partial<Record<FileKind, string>> = {
  injury_report: 'report_utc',
  game_odds_books: 'snapshot_utc',
  event_lines: 'snapshot_utc',
  event_props: 'snapshot_utc',
  bettingpros_props: 'snapshot_utc',
  timed_injury_report: 'report_utc',
  injury_list: 'report_utc',
  player_props: 'snapshot_utc',
};

/** The columns of a schedule that tell how a game ended. */
const RESULTS = ['home_pts', 'visitor_pts', 'winner'];

/**
 * The text of a historical file as it would have been at `at` (ISO, UTC): the same text when everything in it was known,
 * undefined when nothing was. Lines whose game date cannot be read are left out where any line is.
 */
export function textKnownAt(kind: FileKind, text: string, at: string): string | undefined {
  const lines = linesOf(text);
  const header = lines.next().value;
  const parsed = header === undefined ? undefined : columnsOf(header.text);
  if (header === undefined || parsed === undefined || 'fault' in parsed) return text;
  const columns = parsed.cells;
  const all = [...lines];
  const dateAt = columns.indexOf('game_date');
  const dates = datesOfCells(new Set(all.map((line) => cellAt(line.text, dateAt) ?? '')));
  const dateOf = (line: Line): GameDate | undefined => dates.get(cellAt(line.text, dateAt) ?? '');
  const known = SCHEDULE_KINDS.includes(kind)
    ? scheduled(columns, at)
    : timed(columns.indexOf(TIMES[kind] ?? ''), at);
  let isWhole = true;
  const kept: string[] = [];
  for (const line of all) {
    const date = dateOf(line);
    if (date === undefined) continue;
    const found = known(line.text, date);
    if (found !== line.text) isWhole = false;
    if (found !== undefined) kept.push(found);
  }
  if (isWhole && kept.length > 0) return text;
  return kept.length === 0 ? undefined : `${[header.text, ...kept].join('\n')}\n`;
}

/** What is known of a line at a time; undefined for nothing. */
type KnownOf = (line: string, date: GameDate) => string | undefined;

function timed(timeAt: number, at: string): KnownOf {
  const isPast = instantsBefore(at);
  return (line, date) => {
    const time = timeAt < 0 ? undefined : parseUtc(plainCell(cellAt(line, timeAt) ?? ''));
    return isPast(time ?? knownAfterGame(date)) ? line : undefined;
  };
}

function scheduled(columns: readonly string[], at: string): KnownOf {
  const isPast = instantsBefore(at);
  const hidden = RESULTS.map((column) => columns.indexOf(column)).filter((place) => place >= 0);
  return (line, date) => {
    if (!isPast(scheduleKnownFrom(date))) return undefined;
    return isPast(knownAfterGame(date)) ? line : withoutCells(line, hidden);
  };
}

/** Whether an instant is not after `at`. */
function instantsBefore(at: string): (instant: string) => boolean {
  const limit = Date.parse(at);
  return (instant) => Date.parse(instant) <= limit;
}

/** A line with some cells empty; undefined when its cells cannot be told apart, so that what it says of a result stays hidden. */
function withoutCells(line: string, places: readonly number[]): string | undefined {
  const parsed = cellsOf(line);
  if ('fault' in parsed) return undefined;
  if (places.every((place) => (parsed.cells[place] ?? '') === '')) return line;
  const cells = parsed.cells.map((cell, i) => (places.includes(i) ? '' : cell));
  return line.includes('"') ? Papa.unparse([cells], { newline: '\n' }) : cells.join(',');
}
