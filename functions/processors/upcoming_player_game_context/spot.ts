/** The rest and load of a player before his game, from the lines of all games that he played in the season. */
import { addDays, daysBetween, gameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { counting, gamesOfPlayer, rawGames, seasonBefore, type Unread } from '../_shared/spot-games.ts';
import { numberOf, over, stored, sumOf, type Raw, type RawRow, type Spot } from '../_shared/spot.ts';

/** Season types whose games were played, also those that count in no standings. */
const PLAYED = ['regular', 'play_in', 'playoffs', 'cup_final'];

const UNREAD: readonly Unread[] = ['nbac_team_boxscore', 'nbac_shot_chart', 'nbac_play_by_play'];

const spot: Spot = async (raw, { date, key }) => {
  const player = String(key['player_lookup']);
  const isPlayed = (row: RawRow): boolean => PLAYED.includes(String(row['season_type']));
  const told = await gamesOfPlayer(raw, date, player, isPlayed, UNREAD);
  if ('why' in told) return told;
  const own = told.played.map(({ line }) => line);
  if (own.some((line) => numberOf(line, 'minutes') === null))
    return { why: 'the minutes of a game of the player are unknown' };
  const teams = [...new Set(told.lines.map((line) => String(line['team_abbr'])))];
  if (await isAnyUntold(raw, seasonBefore(date), teams))
    return { why: 'no line of a game of his team is known, so that it is assumed who played it' };
  const days = own.map((line) => gameDate(String(line['game_date'])));
  const [before, last] = [days.at(-2), days.at(-1)];
  const since = last === undefined ? null : daysBetween(last, date);
  const load = (back: number) => {
    const there = own.filter((_, i) => (days[i] ?? date) >= addDays(date, -back));
    // A sum without any game is 0.
    return { games: there.length, minutes: sumOf(there.map((line) => stored(numberOf(line, 'minutes'), 1))) };
  };
  const [week, fortnight] = [load(7), load(14)];
  return {
    values: {
      games_history: counting(own).length,
      days_since_last_game: since,
      days_rest: since === null ? null : since - 1,
      back_to_back: since === 1,
      ...{ games_in_last_7_days: week.games, games_in_last_14_days: fortnight.games },
      ...{ minutes_in_last_7_days: week.minutes, minutes_in_last_14_days: fortnight.minutes },
      avg_minutes_per_game_last_7: over(week.minutes, week.games),
      back_to_backs_last_14_days: days.filter(
        (day, i) => days[i - 1] === addDays(day, -1) && addDays(day, -1) >= addDays(date, -14),
      ).length,
      days_rest_before_last_game:
        before === undefined || last === undefined ? null : daysBetween(before, last) - 1,
    },
  };
};

/** Whether some game of these teams has no line of any player: then it is assumed who played it. */
async function isAnyUntold(
  raw: Raw,
  season: readonly [first: GameDate, last: GameDate],
  teams: readonly string[],
): Promise<boolean> {
  if (teams.length === 0) return false;
  const results = [
    ...(await raw.rows('nbac_game_results', season, { home_team_abbr: teams })),
    ...(await raw.rows('nbac_game_results', season, { away_team_abbr: teams })),
  ];
  const games = await rawGames(
    raw,
    season,
    [...new Set(results.map((row) => String(row['game_id'])))],
    UNREAD,
  );
  return games.some(({ result, players }) =>
    teams.some(
      (team) =>
        [result?.['home_team_abbr'], result?.['away_team_abbr']].includes(team) &&
        !players.some((line) => line['team_abbr'] === team),
    ),
  );
}

export default spot;
