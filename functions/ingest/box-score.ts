/** The statistics in a box score line of a player or a team: the names in the files, and which numbers must add up. */
import type { Row } from '../../shared/ports/warehouse.ts';
import type { Layout } from './raw-load.ts';
import { parseMinutes } from './minutes.ts';
import { refuse, type SourceRow } from './source-row.ts';

const IN_EVERY_LINE = ['pts', 'reb', 'ast', 'stl', 'blk', 'tov', 'plus_minus'];
const IN_FULL_LINES = ['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'pf'];
const IN_LITE_LINES = ['fg_pct', 'fg3_pct', 'ft_pct'];
const WHOSE = ['season', 'season_type', 'game_id', 'game_date', 'team', 'opponent', 'is_home'];

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

/** The statistics of a line; for a lite line attempts are NULL. @throws RowRefusal when they do not add up */
export function statisticsOf(source: SourceRow, lite: boolean): Row {
  const shared = {
    rebounds: source.count('reb'),
    assists: source.count('ast'),
    steals: source.count('stl'),
    blocks: source.count('blk'),
    turnovers: source.count('tov'),
    plus_minus: source.optionalWhole('plus_minus'),
    points: source.count('pts'),
  };
  if (lite) return { ...UNKNOWN_IN_LITE_LINES, ...shared };
  const full = {
    field_goals_made: source.count('fgm'),
    field_goals_attempted: source.count('fga'),
    three_pointers_made: source.count('fg3m'),
    three_pointers_attempted: source.count('fg3a'),
    free_throws_made: source.count('ftm'),
    free_throws_attempted: source.count('fta'),
    offensive_rebounds: source.count('oreb'),
    defensive_rebounds: source.count('dreb'),
    personal_fouls: source.count('pf'),
  };
  atMost('fgm', full.field_goals_made, 'fga', full.field_goals_attempted);
  atMost('fg3m', full.three_pointers_made, 'fg3a', full.three_pointers_attempted);
  atMost('fg3a', full.three_pointers_attempted, 'fga', full.field_goals_attempted);
  atMost('fg3m', full.three_pointers_made, 'fgm', full.field_goals_made);
  atMost('ftm', full.free_throws_made, 'fta', full.free_throws_attempted);
  const points =
    2 * (full.field_goals_made - full.three_pointers_made) +
    3 * full.three_pointers_made +
    full.free_throws_made;
  if (shared.points !== points) refuse(`pts is ${shared.points}, the makes give ${points}`);
  const rebounds = full.offensive_rebounds + full.defensive_rebounds;
  if (shared.rebounds !== rebounds) refuse(`reb is ${shared.rebounds}, oreb and dreb give ${rebounds}`);
  return { ...full, ...shared };
}

const UNKNOWN_IN_LITE_LINES: Row = {
  field_goals_made: null,
  field_goals_attempted: null,
  three_pointers_made: null,
  three_pointers_attempted: null,
  free_throws_made: null,
  free_throws_attempted: null,
  offensive_rebounds: null,
  defensive_rebounds: null,
  personal_fouls: null,
};

function atMost(part: string, few: number, whole: string, many: number): void {
  if (few > many) refuse(`${part} ${few} exceeds ${whole} ${many}`);
}

/** The decimal minutes in a cell; null when unknown. @throws RowRefusal when the cell is no number of minutes, or negative */
export function minutesOf(source: SourceRow): number | null {
  const text = source.raw('minutes');
  const minutes = parseMinutes(text);
  if (minutes !== undefined) return minutes;
  return refuse(text.startsWith('-') ? `minutes are negative: ${text}` : `minutes are "${text}"`);
}

/** The codes whose condition holds, sorted and comma separated; null when none does. */
export function issuesOf(conditions: Readonly<Record<string, boolean>>): string | null {
  const codes = Object.keys(conditions).filter((code) => conditions[code]);
  return codes.length === 0 ? null : codes.sort().join(',');
}
