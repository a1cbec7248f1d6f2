/** What a source file says of which season and date: the slices under which it is archived, and its form by date. */
import type { Slice } from '../../shared/domain/archive.ts';
import { SCHEDULE_KINDS } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isSeasonType, kindOfGame, parseAnyGameId } from '../../shared/domain/game-id.ts';
import type { Season } from '../../shared/domain/season.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import { encodeByDate } from './by-date.ts';
import type { RawLoads } from './loads.ts';
import { isUnknown, plainCell } from './plain-cells.ts';
import { gameIdIn, seasonIn, seasonTypeIn } from './source-codes.ts';
import { subjectColumn, type SourceFile } from './source-files.ts';
import { sortLines } from './source-lines.ts';
import { cellAt, columnsOf, linesOf, type Line } from './source-text.ts';

/** A file as it is going to be archived. */
export interface SlicedFile {
  /** Season -> date -> what the file says of it; the key of the entry is still to be filled in. */
  readonly seasons: ReadonlyMap<Season, ReadonlyMap<GameDate, Omit<Slice, 'entry'>>>;
  /** Season -> its form by date. */
  readonly forms: ReadonlyMap<Season, Uint8Array>;
  /** Lines that belong to no date of a season of the file: their number, and what is in `game_date`. */
  readonly undated: readonly { readonly line: number; readonly text: string; readonly date: string }[];
}

/**
 * Cuts a file into slices.
 * @returns what is wrong with the file as a whole instead: it is empty or lacks columns that a table needs
 */
export function sliceFile(
  file: SourceFile,
  text: string,
  loads: RawLoads,
): SlicedFile | { readonly fault: string } {
  const fault = headerFault(file, text, loads);
  if (fault !== undefined) return { fault };
  const column = subjectColumn(file.kind);
  const sorted = sortLines(text, column);
  if (sorted === undefined) return { fault: 'is empty' };
  const seasons = new Map<Season, Map<GameDate, Omit<Slice, 'entry'>>>();
  const forms = new Map<Season, Uint8Array>();
  const undated = sorted.undated.map(({ line, date }) => ({ line: line.number, text: line.text, date }));
  for (const [season, dates] of sorted.seasons) {
    if (season < file.first || season > file.last) {
      for (const [date, { lines }] of dates)
        undated.push(...lines.map((line) => ({ line: line.number, text: line.text, date })));
      continue;
    }
    forms.set(season, encodeByDate(sorted.header, dates));
    seasons.set(
      season,
      new Map(
        [...dates].map(([date, { digest, subjects, lines }]) => [
          date,
          {
            digest,
            subjects: [...new Set(subjects.map((each) => subjectOf(column, each)))].sort(),
            ...(SCHEDULE_KINDS.includes(file.kind) ? resultsIn(sorted.header, lines, file) : {}),
          },
        ]),
      ),
    );
  }
  return { seasons, forms, undated: undated.sort((a, b) => a.line - b.line) };
}

/** What the lines of a schedule say of their games, by the ten digits of each. */
type Results = Required<Pick<Slice, 'finals' | 'teams'>> & Pick<Slice, 'unread'>;

/**
 * The games of a schedule that have a final score, with their teams, and those of which a line cannot be loaded, because its
 * season, its teams or its score cannot be right, or because two final lines of it contradict each other. Such a line says neither that the game was played nor that it was not.
 */
function resultsIn(header: string, lines: readonly Line[], { first, last }: SourceFile): Results {
  const parsed = columnsOf(header);
  const columns = 'cells' in parsed ? parsed.cells : [];
  const places = new Map(columns.map((column, at) => [column, at]));
  const [finals, unread]: [string[], string[]] = [[], []];
  /** The teams of each final line of a game, and teams with score. */
  const teams = new Map<string, string>();
  const claims = new Map<string, string>();
  const contradicted = new Set<string>();
  for (const { text } of lines) {
    const cell = (column: string): string => {
      const place = places.get(column);
      return place === undefined ? '' : plainCell(cellAt(text, place) ?? '');
    };
    const game = subjectOf('game_id', cell('game_id'));
    const id = parseAnyGameId(game);
    if (id !== undefined && !isSeasonType(kindOfGame(id))) continue;
    const points = [cell('home_pts'), cell('visitor_pts')];
    const [home = 0, visitor = 0] = points.map(Number);
    const [homeTeam, visitorTeam] = [canonicalTeam(cell('home_team')), canonicalTeam(cell('visitor_team'))];
    const season = seasonIn(cell('season'));
    const isOpen = points.every(isUnknown);
    const winner = cell('winner');
    const isRead =
      homeTeam !== undefined &&
      visitorTeam !== undefined &&
      homeTeam !== visitorTeam &&
      season !== undefined &&
      season >= first &&
      season <= last &&
      id !== undefined &&
      seasonTypeIn(cell('season_type')) === kindOfGame(id) &&
      (isOpen || (home > 0 && visitor > 0 && home !== visitor)) &&
      (isOpen || isUnknown(winner) || canonicalTeam(winner) === (home > visitor ? homeTeam : visitorTeam));
    if (!isRead) unread.push(game);
    else if (!isOpen) {
      const claim = `${visitorTeam} ${visitor} at ${homeTeam} ${home}`;
      if ((claims.get(game) ?? claim) !== claim) contradicted.add(game);
      claims.set(game, claim);
      teams.set(game, `${visitorTeam} at ${homeTeam}`);
      finals.push(game);
    }
  }
  const isTold = (game: string): boolean => !contradicted.has(game);
  const silent = [...unread, ...contradicted];
  return {
    finals: finals.filter(isTold),
    teams: Object.fromEntries([...teams].filter(([game]) => isTold(game))),
    ...(silent.length === 0 ? {} : { unread: silent }),
  };
}

/** One spelling for everything that a cell can name: a game by its ten digits, a team by its present code. */
export function subjectOf(column: ReturnType<typeof subjectColumn>, cell: string): string {
  if (column === 'snapshot' || column === 'game') return cell;
  return (column === 'game_id' ? gameIdIn(plainCell(cell)) : canonicalTeam(plainCell(cell))) ?? cell;
}

/** Why no line of the file could be loaded, by its header; undefined when the header has what every table needs. */
function headerFault({ kind }: SourceFile, text: string, loads: RawLoads): string | undefined {
  const header = linesOf(text).next().value;
  if (header === undefined) return 'is empty';
  const parsed = columnsOf(header.text);
  if ('fault' in parsed) return `has a header that cannot be read: ${parsed.fault}`;
  const found = parsed.cells;
  for (const { definition, layouts } of loads.all) {
    const missing = layouts[kind]?.needed.filter((column) => !found.includes(column)) ?? [];
    if (missing.length > 0)
      return `lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')} that ${definition.name} needs; ${headerText(header.text, found)}`;
  }
  const twice = found.filter((column, i) => found.indexOf(column) !== i);
  return twice.length > 0 ? `has the column ${twice.join(', ')} twice` : undefined;
}

/** Most characters of a header that a message shows. */
const HEADER_SHOWN = 400;

/** What the header has, and by what its columns seem to be separated when it is not by commas. */
function headerText(header: string, columns: readonly string[]): string {
  const other = columns.length > 1 ? undefined : SEPARATORS.find(([character]) => header.includes(character));
  const all = columns.join(', ');
  const shown = all.length > HEADER_SHOWN ? `${all.slice(0, HEADER_SHOWN)} ...` : all;
  return `its header has ${shown}${other === undefined ? '' : `. Its columns are separated by ${other[1]}, not by commas`}`;
}

const SEPARATORS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
] as const;
