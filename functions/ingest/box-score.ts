/** The statistics in a box score line of a player or a team: the names in the files, and which numbers must add up. */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { Amend, Layout } from './raw-load.ts';
import { parseMinutes } from './minutes.ts';
import { refuse, type SourceRow } from './source-row.ts';

const IN_EVERY_LINE = ['pts', 'reb', 'ast', 'stl', 'blk', 'tov', 'plus_minus'];
const IN_FULL_LINES = ['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'pf'];
const IN_LITE_LINES = ['fg_pct', 'fg3_pct', 'ft_pct'];
const WHOSE = ['season', 'season_type', 'game_id', 'game_date', 'team', 'opponent', 'is_home'];

/** The columns of the box score tables that files have under another name. */
export const NAMES_IN_FILES: Readonly<Record<string, string>> = {
  points: 'pts',
  rebounds: 'reb',
  assists: 'ast',
  steals: 'stl',
  blocks: 'blk',
  turnovers: 'tov',
  field_goals_made: 'fgm',
  field_goals_attempted: 'fga',
  three_pointers_made: 'fg3m',
  three_pointers_attempted: 'fg3a',
  free_throws_made: 'ftm',
  free_throws_attempted: 'fta',
  offensive_rebounds: 'oreb',
  defensive_rebounds: 'dreb',
  personal_fouls: 'pf',
  second_chance_points: 'second_chance_pts',
};
/** The columns of the box score tables that a person may correct. */
export const CORRECTABLE: readonly string[] = [
  'minutes',
  'plus_minus',
  'starter',
  'position',
  ...Object.keys(NAMES_IN_FILES),
];

/** The columns of a full file, which has makes and attempts. `more` are the columns only players or only teams have. */
export function fullLayout(more: readonly string[], welcome: readonly string[] = []): Layout {
  return {
    needed: [...WHOSE, ...more, ...IN_EVERY_LINE, ...IN_FULL_LINES],
    welcome,
    unused: ['team_id', 'win'],
  };
}

/** The columns of a lite file, which has no makes and attempts. */
export function liteLayout(more: readonly string[], welcome: readonly string[] = []): Layout {
  return {
    needed: [...WHOSE, ...more, ...IN_EVERY_LINE],
    welcome,
    unused: ['team_id', 'win', ...IN_LITE_LINES],
  };
}

/**
 * The statistics of a line; for a lite line attempts are NULL. What a line lacks or writes badly is NULL, but the points are
 * in every line. @throws RowRefusal when the numbers contradict each other
 */
export function statisticsOf(source: SourceRow, lite: boolean): Row {
  const shared = {
    rebounds: source.optionalCount('reb'),
    assists: source.optionalCount('ast'),
    steals: source.optionalCount('stl'),
    blocks: source.optionalCount('blk'),
    turnovers: source.optionalCount('tov'),
    plus_minus: source.optionalWhole('plus_minus'),
    points: source.count('pts'),
  };
  if (lite) return { ...UNKNOWN_IN_LITE_LINES, ...shared };
  const full = {
    field_goals_made: source.optionalCount('fgm'),
    field_goals_attempted: source.optionalCount('fga'),
    three_pointers_made: source.optionalCount('fg3m'),
    three_pointers_attempted: source.optionalCount('fg3a'),
    free_throws_made: source.optionalCount('ftm'),
    free_throws_attempted: source.optionalCount('fta'),
    offensive_rebounds: source.optionalCount('oreb'),
    defensive_rebounds: source.optionalCount('dreb'),
    personal_fouls: source.optionalCount('pf'),
  };
  atMost('fgm', full.field_goals_made, 'fga', full.field_goals_attempted);
  atMost('fg3m', full.three_pointers_made, 'fg3a', full.three_pointers_attempted);
  atMost('fg3a', full.three_pointers_attempted, 'fga', full.field_goals_attempted);
  atMost('fg3m', full.three_pointers_made, 'fgm', full.field_goals_made);
  atMost('ftm', full.free_throws_made, 'fta', full.free_throws_attempted);
  const { field_goals_made: makes, three_pointers_made: threes, free_throws_made: free } = full;
  if (makes !== null && threes !== null && free !== null) {
    const points = 2 * (makes - threes) + 3 * threes + free;
    if (shared.points !== points) refuse(`pts is ${shared.points}, the makes give ${points}`);
  }
  if (full.offensive_rebounds !== null && full.defensive_rebounds !== null && shared.rebounds !== null) {
    const rebounds = full.offensive_rebounds + full.defensive_rebounds;
    if (shared.rebounds !== rebounds) refuse(`reb is ${shared.rebounds}, oreb and dreb give ${rebounds}`);
  }
  return { ...full, ...shared };
}

/** Whether a line has neither minutes nor any statistic: it is of a player who did not play. A word such as `DNP` is no number of minutes. */
export function isWithoutNumbers(source: SourceRow): boolean {
  const minutes = source.raw('minutes');
  const hasMinutes = (parseMinutes(minutes) ?? 0) > 0 || isUnreadable(minutes);
  return (
    !hasMinutes &&
    [...IN_EVERY_LINE, ...IN_FULL_LINES].every((column) => !source.has(column) || source.isUnknown(column))
  );
}

/** Whether a cell has minutes that cannot be read, such as `1x:30` or `?`. A word such as `DNP` says that there are none. */
function isUnreadable(minutes: string): boolean {
  return parseMinutes(minutes) === undefined && !/^[^\d]*[A-Za-z][^\d]*$/.test(minutes);
}

/**
 * Names `minutes_unreadable` in a line without statistics whose minutes are NULL although its cell has some: nobody knows whether
 * the player took part.
 */
export function nameUnreadable(row: Row, minutes: string): void {
  if (row['minutes'] !== null || COMPARED.some((column) => Number(row[column] ?? 0) !== 0)) return;
  if (!((parseMinutes(minutes) ?? 0) > 0 || isUnreadable(minutes))) return;
  addCode(row, UNREADABLE);
}

/** Names `id_in_doubt` in the line of a player who may be another one of his name. */
export function nameInDoubt(row: Row): void {
  addCode(row, ID_IN_DOUBT);
}

function addCode(row: Row, code: string): void {
  const own: Record<string, Cell> = row;
  own['data_quality_issues'] = [...codesOf(row), code].join(',');
  nameIssues(own);
}

/** Finds lines of one game and player, or game and team, that have other numbers than the first one. */
export function doubtedLines(): {
  /** Takes a row as it was read, before anything is left NULL in it. */
  readonly see: (key: string, row: Row) => void;
  /** Sets the first rows aside. The rows after them are refused for their key. */
  readonly settle: (amend: Pick<Amend, 'setAside'>) => void;
} {
  const first = new Map<string, { readonly row: Row; readonly numbers: readonly (Cell | undefined)[] }>();
  const doubted = new Map<Row, string>();
  return {
    see: (key, row) => {
      const numbers = COMPARED.map((column) => row[column]);
      const known = first.get(key);
      if (known === undefined) {
        first.set(key, { row, numbers });
        return;
      }
      const at = numbers.findIndex((number, i) => number !== known.numbers[i]);
      const column = COMPARED[at];
      if (column !== undefined)
        doubted.set(
          known.row,
          `in doubt: another line has ${column} ${String(numbers[at])}, this one ${String(known.numbers[at])}`,
        );
    },
    settle: ({ setAside }) => {
      for (const [row, reason] of doubted) setAside(row, reason);
    },
  };
}

/** Makes and attempts, which only whole lines have: one code stands for all of them in a lite line. */
export const MAKES_AND_ATTEMPTS = [
  'field_goals_made',
  'field_goals_attempted',
  'three_pointers_made',
  'three_pointers_attempted',
  'free_throws_made',
  'free_throws_attempted',
] as const;
const ONLY_IN_WHOLE_LINES = new Set(['offensive_rebounds', 'defensive_rebounds', 'personal_fouls']);

const COMPARED = [
  'minutes',
  'points',
  'rebounds',
  'assists',
  'steals',
  'blocks',
  'turnovers',
  'plus_minus',
  ...MAKES_AND_ATTEMPTS,
  'offensive_rebounds',
  'defensive_rebounds',
  'personal_fouls',
];

const UNKNOWN_IN_LITE_LINES: Row = Object.fromEntries(
  [...MAKES_AND_ATTEMPTS, ...ONLY_IN_WHOLE_LINES].map((column) => [column, null]),
);

function atMost(part: string, few: number | null, whole: string, many: number | null): void {
  if (few !== null && many !== null && few > many) refuse(`${part} ${few} exceeds ${whole} ${many}`);
}

/** The decimal minutes in a cell; null when unknown, and, with a note, when the cell has no number of minutes. */
export function minutesOf(source: SourceRow): number | null {
  const text = source.raw('minutes');
  return source.optional(() => {
    const minutes = parseMinutes(text);
    if (minutes !== undefined) return minutes;
    return refuse(text.startsWith('-') ? `minutes are negative: ${text}` : `minutes are "${text}"`);
  });
}

/** Code of a line without statistics whose minutes were written and could not be read, or were more than the game lasted. */
const UNREADABLE = 'minutes_unreadable';
/** Code of a line of a player under a new id who may be a player of his name. */
const ID_IN_DOUBT = 'id_in_doubt';
/** Codes that the cells of the row do not tell. */
const KEPT: ReadonlySet<string> = new Set([UNREADABLE, ID_IN_DOUBT]);

const MAY_LACK = [
  'minutes',
  'position',
  'offensive_rebounds',
  'defensive_rebounds',
  'rebounds',
  'assists',
  'steals',
  'blocks',
  'turnovers',
  'personal_fouls',
];

/** Whether a line says that its minutes could not be read. */
export function isNamedUnreadable(row: Row): boolean {
  return codesOf(row).includes(UNREADABLE);
}

function codesOf({ data_quality_issues: issues = null }: Row): string[] {
  return issues === null ? [] : String(issues).split(',');
}

/**
 * Sets `data_quality_issues` of a box score line to the codes of what is NULL in it, sorted and comma separated; to NULL
 * when nothing is. Minutes that could not be read and an id in doubt stay named.
 */
export function nameIssues(row: Record<string, Cell>): void {
  const codes = codesOf(row).filter((code) => KEPT.has(code));
  const lite = row['source_detail'] === 'lite';
  for (const column of MAY_LACK)
    if (row[column] === null && !(lite && ONLY_IN_WHOLE_LINES.has(column))) codes.push(`${column}_unknown`);
  if (MAKES_AND_ATTEMPTS.some((column) => row[column] === null)) codes.push('attempts_unknown');
  row['data_quality_issues'] = codes.length === 0 ? null : codes.sort().join(',');
}
