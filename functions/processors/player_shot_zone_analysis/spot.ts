/** The shots of a player by zone over his last games before a date, from his lines and the shot charts. */
import { addingUp, gamesOfPlayer, isCounted, zonesOf, type Zones } from '../_shared/spot-games.ts';
import { over, type Spot } from '../_shared/spot.ts';

/** Games with zones without which no rate is told. */
const ENOUGH = 5;

const spot: Spot = async (raw, { date, key }) => {
  const player = String(key['player_lookup']);
  const told = await gamesOfPlayer(raw, date, player, isCounted, ['nbac_team_boxscore']);
  if ('why' in told) return told;
  const games: (Zones | null)[] = [];
  for (const { line, game } of told.played) {
    if (game.hasPlays) return { why: 'play-by-plays may tell shots of the sample' };
    const shots = zonesOf(game, (shot) => shot['player_lookup'] === player);
    games.push(addingUp(shots, game, line));
  }
  const ten = summed(games.slice(-10));
  const twenty = summed(games.slice(-20));
  const rate = (tried: number): number | null => (ten.games < ENOUGH ? null : over(100 * tried, ten.shots));
  const ofTen = (part: number, whole: number): number | null =>
    ten.games < ENOUGH ? null : over(part, whole);
  const ofTwenty = (part: number, whole: number): number | null =>
    twenty.games < ENOUGH ? null : over(part, whole);
  return {
    values: {
      ...{ games_in_sample_10: Math.min(games.length, 10), games_in_sample_20: Math.min(games.length, 20) },
      ...{ zone_games_10: ten.games, zone_games_20: twenty.games },
      paint_rate_last_10: rate(ten.paint.tried),
      mid_range_rate_last_10: rate(ten.middle.tried),
      three_pt_rate_last_10: rate(ten.three.tried),
      paint_pct_last_10: ofTen(ten.paint.made, ten.paint.tried),
      mid_range_pct_last_10: ofTen(ten.middle.made, ten.middle.tried),
      three_pt_pct_last_10: ofTen(ten.three.made, ten.three.tried),
      paint_attempts_per_game: ofTen(ten.paint.tried, ten.games),
      mid_range_attempts_per_game: ofTen(ten.middle.tried, ten.games),
      three_pt_attempts_per_game: ofTen(ten.three.tried, ten.games),
      total_shots_last_10: ten.shots === 0 ? null : ten.shots,
      paint_rate_last_20: ofTwenty(100 * twenty.paint.tried, twenty.shots),
      paint_pct_last_20: ofTwenty(twenty.paint.made, twenty.paint.tried),
    },
  };
};

/** Shots of the games that have zones, and how many games these are; a shot of an unknown zone is in none. */
function summed(games: readonly (Zones | null)[]) {
  const charted = games.filter((game) => game !== null);
  const sum = (of: (zones: Zones) => number): number =>
    charted.reduce((total, zones) => total + of(zones), 0);
  const [paint, middle, three] = (['paint', 'middle', 'three'] as const).map((zone) => ({
    tried: sum((zones) => zones[zone].tried),
    made: sum((zones) => zones[zone].made),
  })) as [Zones['paint'], Zones['middle'], Zones['three']];
  return { games: charted.length, paint, middle, three, shots: paint.tried + middle.tried + three.tried };
}

export default spot;
