/** The form of a player before a date, from the lines of his games of the season. */
import { gamesOfPlayer, isCounted, trueShootingOf, usageOf } from '../_shared/spot-games.ts';
import { meanOf, numberOf, stored, sumOf, type Spot } from '../_shared/spot.ts';

/** What one of his games adds to his form, rounded as it is kept of the game. */
interface OwnGame {
  readonly points: number | null;
  readonly minutes: number | null;
  readonly attempts: number | null;
  readonly usage: number | null;
  readonly shooting: number | null;
}

const spot: Spot = async (raw, { date, key }) => {
  const player = String(key['player_lookup']);
  const told = await gamesOfPlayer(raw, date, player, isCounted, ['nbac_shot_chart', 'nbac_play_by_play']);
  if ('why' in told) return told;
  const games: OwnGame[] = [];
  for (const { line, game } of told.played) {
    const usage = usageOf(line, game);
    if (usage === null && (numberOf(line, 'minutes') ?? 1) > 0)
      return { why: 'a game of the player has no full box score of his team' };
    games.push({
      points: numberOf(line, 'points'),
      minutes: stored(numberOf(line, 'minutes'), 1),
      attempts: numberOf(line, 'field_goals_attempted'),
      usage: usage !== null && usage > 100 ? null : stored(usage, 2),
      shooting: stored(trueShootingOf(line), 3),
    });
  }
  const [five, ten] = [games.slice(-5), games.slice(-10)];
  const means = (of: readonly OwnGame[], name: keyof OwnGame): number | null =>
    meanOf(of.map((game) => game[name]));
  const known = (of: readonly OwnGame[]): number => of.filter(({ attempts }) => attempts !== null).length;
  const isEnough = known(ten) >= 5 || known(ten) === ten.length;
  return {
    values: {
      ...{ games_played_season: games.length, early_season_flag: games.length < 10 },
      points_avg_last_5: means(five, 'points'),
      points_avg_last_10: means(ten, 'points'),
      points_avg_season: means(games, 'points'),
      points_std_last_10: deviationOf(ten.map(({ points }) => points)),
      minutes_avg_last_10: means(ten, 'minutes'),
      minutes_avg_season: means(games, 'minutes'),
      usage_rate_last_10: isEnough ? means(ten, 'usage') : null,
      player_usage_rate_season: means(games, 'usage'),
      ts_pct_last_10: isEnough ? means(ten, 'shooting') : null,
      actual_games_count: known(five),
    },
  };
};

/** The sample standard deviation; null for fewer than two values. */
function deviationOf(values: readonly (number | null)[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  const squares = sumOf(values.map((value) => (value === null ? null : (value - mean) ** 2)));
  return squares === null ? null : Math.sqrt(squares / (values.length - 1));
}

export default spot;
