/** What is known of a team before its game, from the results of its season. */
import { addDays, daysBetween, gameDate } from '../../../shared/domain/game-date.ts';
import {
  counting,
  fullBoxOf,
  paceOf,
  ratingOf,
  rawGames,
  seasonBefore,
  sideOf,
  type Unread,
} from '../_shared/spot-games.ts';
import { meanOf, over, stored, type RawRow, type Spot } from '../_shared/spot.ts';

const UNREAD: readonly Unread[] = ['nbac_player_boxscores', 'nbac_shot_chart', 'nbac_play_by_play'];

const spot: Spot = async (raw, { date, key }) => {
  const team = String(key['team_abbr']);
  const season = seasonBefore(date);
  const results = [
    ...(await raw.rows('nbac_game_results', season, { home_team_abbr: [team] })),
    ...(await raw.rows('nbac_game_results', season, { away_team_abbr: [team] })),
  ].toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)));
  if (results.some((row) => row['season_type'] === 'unread'))
    return { why: 'a game of the team is of a refused line' };
  const played = results.map((row) => gameDate(String(row['game_date'])));
  const counted = counting(results).map((row) => String(row['game_id']));
  const games = await rawGames(raw, season, counted, UNREAD);
  const sides = games.map((game) => sideOf(game, team));
  if (sides.includes(undefined)) return { why: 'a game of the team has no final score' };
  const won = sides.map((side) => (side?.margin ?? 0) > 0);
  const form = games.slice(-10).map((game) => {
    const box = fullBoxOf(game, team);
    return {
      isFull: box !== undefined && games.every(({ hasSecondSource }) => !hasSecondSource),
      pace: box === undefined ? null : stored(paceOf(box, game), 1),
      rating: box === undefined ? null : stored(ratingOf(box), 2),
    };
  });
  if (form.some(({ isFull }) => !isFull)) return { why: 'a recent game of the team has no full box score' };
  const within = (days: number): number => played.filter((day) => day >= addDays(date, -days)).length;
  const [last] = played.slice(-1);
  const days = last === undefined ? null : daysBetween(last, date);
  const entering = sides.at(-1)?.margin ?? null;
  return {
    values: {
      game_number_in_season: games.length + 1,
      days_since_last_game: days,
      team_days_rest: days === null ? null : days - 1,
      team_back_to_back: days === 1,
      ...{ games_in_last_7_days: within(7), games_in_last_14_days: within(14) },
      back_to_backs_last_14_days: played.filter(
        (day, i) => played[i - 1] === addDays(day, -1) && addDays(day, -1) >= addDays(date, -14),
      ).length,
      team_win_streak_entering: streakOf(won, true),
      team_loss_streak_entering: streakOf(won, false),
      last_game_margin: entering,
      team_win_pct: over(won.filter(Boolean).length, games.length),
      team_pace_last_10: meanOf(form.map(({ pace }) => pace)),
      team_off_rating_last_10: meanOf(form.map(({ rating }) => rating)),
    },
  };
};

const orderOf = (row: RawRow): string => `${String(row['game_date'])} ${String(row['game_id'])}`;

/** How many of the last games in a row were so. */
function streakOf(won: readonly boolean[], wanted: boolean): number {
  const other = won.lastIndexOf(!wanted);
  return won.length - 1 - other;
}

export default spot;
