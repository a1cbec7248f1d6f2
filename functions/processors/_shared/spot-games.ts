/** A final game as its raw rows tell it, for the spots of tables of games: the plain arithmetic of a box score. */
import { addDays, type GameDate } from '../../../shared/domain/game-date.ts';
import { firstDateOf, seasonOf } from '../../../shared/domain/season.ts';
import { numberOf, over, sumOf, type Raw, type RawRow, type SpotAnswer, type SpotValues } from './spot.ts';

/** Season types that count in the standings and in averages. */
const COUNTED = ['regular', 'play_in', 'playoffs'];

/** Whether a row is of a game that counts. */
export function isCounted(row: RawRow): boolean {
  return COUNTED.includes(String(row['season_type']));
}

/** Those of some rows whose games count. */
export function counting(rows: readonly RawRow[]): readonly RawRow[] {
  return rows.filter(isCounted);
}

/** The raw rows of a game. */
export interface RawGame {
  readonly result: RawRow | undefined;
  readonly players: readonly RawRow[];
  readonly teams: readonly RawRow[];
  readonly shots: readonly RawRow[];
  /** Whether other sources than the box score of the league have lines of players. */
  readonly hasSecondSource: boolean;
  readonly hasPlays: boolean;
}

export async function rawGame(raw: Raw, date: GameDate, id: string): Promise<RawGame> {
  const [game] = await rawGames(raw, [date, date], [id]);
  if (game === undefined) throw new Error(`Nothing was read of ${id}`);
  return game;
}

/** Tables that a spot need not read. */
export type Unread = 'nbac_player_boxscores' | 'nbac_team_boxscore' | 'nbac_shot_chart' | 'nbac_play_by_play';

/**
 * The raw rows of some games from one date to another, in the order given.
 * @param unread tables whose rows the spot does not look at
 */
export async function rawGames(
  raw: Raw,
  range: readonly [first: GameDate, last: GameDate],
  ids: readonly string[],
  unread: readonly Unread[] = [],
): Promise<readonly RawGame[]> {
  if (ids.length === 0) return [];
  const isUnread = (table: string): boolean => unread.some((each) => each === table);
  const of = async (table: string): Promise<ReadonlyMap<unknown, readonly RawRow[]>> =>
    Map.groupBy(
      isUnread(table) ? [] : await raw.rows(table, range, { game_id: ids }),
      (row) => row['game_id'],
    );
  const [results, players, teams, shots, others, plays] = await Promise.all([
    of('nbac_game_results'),
    of('nbac_player_boxscores'),
    of('nbac_team_boxscore'),
    of('nbac_shot_chart'),
    of('bdl_player_boxscores'),
    of('nbac_play_by_play'),
  ]);
  return ids.map((id) => ({
    result: results.get(id)?.[0],
    ...{ players: players.get(id) ?? [], teams: teams.get(id) ?? [], shots: shots.get(id) ?? [] },
    hasSecondSource: (others.get(id) ?? []).some((row) => row['stands_in'] === true),
    hasPlays: plays.has(id),
  }));
}

/** The days of a season before a date. */
export function seasonBefore(date: GameDate): readonly [first: GameDate, last: GameDate] {
  return [firstDateOf(seasonOf(date)), addDays(date, -1)];
}

/** A line of a player, and its game. */
export interface PlayedGame {
  readonly line: RawRow;
  readonly game: RawGame;
}

/**
 * What is told of a player in a season before a date: his lines of the season types given, and the games of them that have a result and
 * in which he took part.
 * @returns in words why it cannot be told in a plain way, where a second source stands in for lines of his
 */
export async function gamesOfPlayer(
  raw: Raw,
  date: GameDate,
  player: string,
  isOf: (line: RawRow) => boolean,
  unread: readonly Unread[],
): Promise<
  { readonly why: string } | { readonly lines: readonly RawRow[]; readonly played: readonly PlayedGame[] }
> {
  const season = seasonBefore(date);
  const second = await raw.rows('bdl_player_boxscores', season, { player_lookup: [player] });
  if (second.some((row) => row['stands_in'] === true))
    return { why: 'a second source stands in for lines of the player' };
  const lines = (await raw.rows('nbac_player_boxscores', season, { player_lookup: [player] })).filter(isOf);
  const ids = lines.map((row) => String(row['game_id']));
  const games = await rawGames(raw, season, ids, unread);
  const played = lines.flatMap((line, i): PlayedGame[] => {
    const game = games[i];
    return game?.result !== undefined && tookPart(line, game.players) ? [{ line, game }] : [];
  });
  return { lines, played };
}

const STATISTICS = [
  ...['points', 'field_goals_attempted', 'free_throws_attempted', 'rebounds', 'assists', 'steals', 'blocks'],
  ...['turnovers', 'personal_fouls'],
];

/**
 * Whether a player took part: he has minutes or any statistic. In a game of whole minutes, 0 of them may be half a minute.
 * @param players all lines of the game
 */
export function tookPart(row: RawRow, players: readonly RawRow[]): boolean {
  const minutes = numberOf(row, 'minutes');
  if (minutes !== null && minutes > 0) return true;
  const areWhole = players.every((each) => Number.isInteger(numberOf(each, 'minutes') ?? 0));
  if (minutes === 0 && areWhole) return true;
  if (STATISTICS.some((column) => (numberOf(row, column) ?? 0) > 0)) return true;
  if ((numberOf(row, 'plus_minus') ?? 0) !== 0) return true;
  return minutes === null && String(row['data_quality_issues'] ?? '').includes('minutes_unreadable');
}

/** Overtimes by the minutes of the teams: 240 without one, and 25 for each; null where no minutes are known. */
export function overtimesOf(minutes: readonly (number | null)[]): number | null {
  const known = minutes.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.max(0, ...known.map((value) => Math.round((value - 240) / 25)));
}

/** The box score of a team whose attempts are all known; undefined without one. */
export function fullBoxOf({ teams }: RawGame, team: string): RawRow | undefined {
  const box = teams.find((row) => row['team_abbr'] === team);
  const attempts = ['field_goals_attempted', 'free_throws_attempted', 'turnovers', 'offensive_rebounds'];
  return attempts.every((column) => numberOf(box, column) !== null) ? box : undefined;
}

/** `FGA + 0.44 FTA`, a player's or a team's. */
function trueAttemptsOf(row: RawRow | undefined): number | null {
  const [shots, throws] = [numberOf(row, 'field_goals_attempted'), numberOf(row, 'free_throws_attempted')];
  return shots === null || throws === null ? null : shots + 0.44 * throws;
}

/** True shooting: points over twice the true attempts. */
export function trueShootingOf(row: RawRow): number | null {
  const attempts = trueAttemptsOf(row);
  return over(numberOf(row, 'points'), attempts === null ? null : 2 * attempts);
}

/** Minutes of a game without its overtimes, and of one overtime. */
const [GAME, OVERTIME] = [48, 5];

/** Length of a game in minutes. */
export function gameMinutesOf(game: RawGame): number | null {
  const overtimes = overtimesOf(game.teams.map((row) => numberOf(row, 'minutes')));
  return overtimes === null ? null : GAME + OVERTIME * overtimes;
}

/** The share of his team's plays that a player used while he was in the game, percent, before anything is cut off. */
export function usageOf(player: RawRow, game: RawGame): number | null {
  const box = fullBoxOf(game, String(player['team_abbr']));
  const plays = sumOf([trueAttemptsOf(player), numberOf(player, 'turnovers')]);
  const teamPlays = sumOf([trueAttemptsOf(box), numberOf(box, 'turnovers')]);
  const [minutes, length] = [numberOf(player, 'minutes'), gameMinutesOf(game)];
  if (plays === null || teamPlays === null || minutes === null || length === null || minutes <= 0)
    return null;
  return over(100 * plays * length, minutes * teamPlays);
}

/** `FGA + 0.44 FTA + TOV - OREB` of a team. */
export function possessionsOf(box: RawRow): number | null {
  const plays = sumOf([trueAttemptsOf(box), numberOf(box, 'turnovers')]);
  const again = numberOf(box, 'offensive_rebounds');
  return plays === null || again === null ? null : plays - again;
}

/** Points of a team for each 100 of its possessions. */
export function ratingOf(box: RawRow): number | null {
  const points = numberOf(box, 'points');
  return over(points === null ? null : 100 * points, possessionsOf(box));
}

/** Possessions of a team in 48 minutes of a game. */
export function paceOf(box: RawRow, game: RawGame): number | null {
  const possessions = possessionsOf(box);
  return over(possessions === null ? null : 48 * possessions, gameMinutesOf(game));
}

/** The zone of a shot: three by its kind; of the others paint within 8 feet. */
function zoneOf(shot: RawRow): 'three' | 'unknown' | 'paint' | 'mid_range' {
  if (shot['shot_type'] === '3PT') return 'three';
  const distance = numberOf(shot, 'shot_distance');
  if (distance === null) return 'unknown';
  return distance <= 8 ? 'paint' : 'mid_range';
}

/** Shots that were tried and made. */
interface Shots {
  readonly tried: number;
  readonly made: number;
}

/** Shots of a game by zone; `all` counts those tried in any. */
export interface Zones {
  readonly paint: Shots;
  readonly middle: Shots;
  readonly three: Shots;
  readonly unknown: Shots;
  readonly all: number;
}

/** The shots of a game that `is` accepts, by zone. */
export function zonesOf({ shots }: Pick<RawGame, 'shots'>, is: (shot: RawRow) => boolean): Zones {
  const own = shots.filter(is);
  const inZone = (zone: ReturnType<typeof zoneOf>): Shots => {
    const there = own.filter((shot) => zoneOf(shot) === zone);
    return { tried: there.length, made: there.filter((shot) => shot['shot_made'] === true).length };
  };
  return {
    ...{ paint: inZone('paint'), middle: inZone('mid_range'), three: inZone('three') },
    ...{ unknown: inZone('unknown'), all: own.length },
  };
}

/** Zones whose shots add up to the attempts of the box score within one; null for any other, and without a shot chart. */
export function addingUp(zones: Zones, { shots }: RawGame, line: RawRow): Zones | null {
  const attempts = numberOf(line, 'field_goals_attempted');
  return shots.length > 0 && attempts !== null && Math.abs(zones.all - attempts) <= 1 ? zones : null;
}

/**
 * Attempts and makes by zone, of the shots that `is` accepts; nothing where a play-by-play may tell them instead of a shot chart.
 * @param before the words before the name of a zone
 */
export function zoneColumns(
  game: RawGame,
  is: (shot: RawRow) => boolean,
  before: { readonly zone: string; readonly other: string },
): SpotValues {
  if (game.hasPlays) return {};
  const { paint, middle, three, unknown } = zonesOf(game, is);
  const told = (value: number): number | null => (game.shots.length === 0 ? null : value);
  return {
    [`${before.zone}paint_attempts`]: told(paint.tried),
    [`${before.zone}paint_makes`]: told(paint.made),
    [`${before.zone}mid_range_attempts`]: told(middle.tried),
    [`${before.zone}mid_range_makes`]: told(middle.made),
    [`${before.other}three_attempts_pbp`]: told(three.tried),
    [`${before.other}three_makes_pbp`]: told(three.made),
    [`${before.other}zone_unknown_attempts`]: told(unknown.tried),
  };
}

/** A team of a game by its result: its opponent, whether it was at home, and by how many points it won. */
export function sideOf({ result }: RawGame, team: string) {
  const home = result?.['home_team_abbr'] === team;
  const [own, other] = home ? ['home', 'away'] : ['away', 'home'];
  const [points, against] = [numberOf(result, `${own}_points`), numberOf(result, `${other}_points`)];
  if (result === undefined || points === null || against === null) return undefined;
  return { home, opponent: String(result[`${other}_team_abbr`]), margin: points - against };
}

/** The columns that every table of games has of a side. */
export function sideColumns(side: NonNullable<ReturnType<typeof sideOf>>, { result }: RawGame): SpotValues {
  return {
    ...{ season: result?.['season'] ?? null, season_type: result?.['season_type'] ?? null },
    ...{ home_game: side.home, win_flag: side.margin > 0 },
  };
}

export const NO_RESULT: SpotAnswer = { why: 'the game has no final score' };
export const SECOND_SOURCE: SpotAnswer = { why: 'a second source stands in for lines of the game' };
export const NO_FULL_BOX: SpotAnswer = { why: 'the game has no full box scores of both teams' };
