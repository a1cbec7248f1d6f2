/**
 * The player-games that models are trained on and judged by: lines of box scores with what was known of the player before, and
 * the features of the same game beside them.
 */
import { daysBetween, type GameDate } from '../domain/game-date.ts';
import { isBootstrap, seasonOf } from '../domain/season.ts';

/** Lines of box scores, column by column, in any order. NaN is an unknown number. */
export interface BoxLines {
  readonly dates: readonly GameDate[];
  readonly games: readonly string[];
  readonly players: readonly string[];
  readonly teams: readonly string[];
  readonly minutes: Float64Array;
  readonly points: Float64Array;
}

/** One player in one game that he played (minutes > 0), with his earlier games of the season. */
export interface PlayerGame {
  /** Date, game and player, such as `2024-01-15 20240115_BOS_TOR jaysontatum`. */
  readonly key: string;
  readonly date: GameDate;
  readonly player: string;
  readonly points: number;
  /** How many games of the season he had played before. */
  readonly earlier: number;
  /** Mean points of his last 5 and 10 played games of the season, and of all of them; NaN without one. */
  readonly l5: number;
  readonly l10: number;
  readonly season: number;
  /** Mean minutes of his last 10 played games of the season; NaN without one. */
  readonly minutes10: number;
  /** Days since his last played game of the season; NaN without one. */
  readonly daysSince: number;
  /** Whether his last played game of the season was for another team. */
  readonly isNewTeam: boolean;
  readonly isBootstrap: boolean;
  /** Whether the game belongs to the regular season, not to the play-in or the play-offs. */
  readonly isRegular: boolean;
}

/** The key of a player-game. */
export function keyOf(date: string, game: string, player: string): string {
  return `${date} ${game} ${player}`;
}

/** Evaluation looks at players with this many earlier games of the season. */
export const LEAST_EARLIER = 3;

/**
 * The player-games from `first` to `last`, in the order of their keys. Earlier games are counted within the season, so the lines must
 * reach back to its opening night.
 * @param regular games of the regular season
 */
export function playerGamesOf(
  lines: BoxLines,
  regular: ReadonlySet<string>,
  first: GameDate,
  last: GameDate,
): PlayerGame[] {
  const opening = new Map<string, GameDate>();
  const careers = new Map<string, number[]>();
  for (const [i, date] of lines.dates.entries()) {
    const season = seasonOf(date);
    const before = opening.get(season);
    if (before === undefined || date < before) opening.set(season, date);
    if (!((lines.minutes[i] ?? 0) > 0) || Number.isNaN(lines.points[i] ?? NaN)) continue;
    const person = `${season} ${lines.players[i] ?? ''}`;
    const known = careers.get(person);
    if (known === undefined) careers.set(person, [i]);
    else known.push(i);
  }
  const orderOf = (i: number): string => `${lines.dates[i] ?? ''} ${lines.games[i] ?? ''}`;
  const found: PlayerGame[] = [];
  for (const places of careers.values()) {
    places.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    for (const [earlier, at] of places.entries()) {
      const date = lines.dates[at];
      if (date === undefined || date < first || date > last) continue;
      const before = places.slice(0, earlier);
      const previous = before.at(-1);
      const player = lines.players[at] ?? '';
      found.push({
        key: keyOf(date, lines.games[at] ?? '', player),
        date,
        player,
        points: lines.points[at] ?? NaN,
        earlier,
        l5: meanOf(lines.points, before.slice(-5)),
        l10: meanOf(lines.points, before.slice(-10)),
        season: meanOf(lines.points, before),
        minutes10: meanOf(lines.minutes, before.slice(-10)),
        daysSince: previous === undefined ? NaN : daysBetween(lines.dates[previous] ?? date, date),
        isNewTeam: previous !== undefined && lines.teams[previous] !== lines.teams[at],
        isBootstrap: isBootstrap(date, opening.get(seasonOf(date)) ?? date),
        isRegular: regular.has(lines.games[at] ?? ''),
      });
    }
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function meanOf(values: Float64Array, places: readonly number[]): number {
  if (places.length === 0) return NaN;
  return places.reduce((sum, at) => sum + (values[at] ?? NaN), 0) / places.length;
}

/** Why a player-game has no prediction. */
export type AbsentReason =
  | 'bootstrap'
  | 'features_not_built'
  | 'new_team'
  | 'long_absence'
  | 'not_on_known_roster'
  | 'feature_missing';

/** Days without a game after which a player is no longer expected, where no roster is known. */
const LONG_ABSENCE = 30;

/**
 * Why a player-game has no row of features.
 * @param builtDates the dates of which any row of features is there
 */
export function whyAbsent(game: PlayerGame, builtDates: ReadonlySet<string>): AbsentReason {
  if (game.isBootstrap) return 'bootstrap';
  if (!builtDates.has(game.date)) return 'features_not_built';
  if (game.isNewTeam) return 'new_team';
  return game.daysSince > LONG_ABSENCE ? 'long_absence' : 'not_on_known_roster';
}
