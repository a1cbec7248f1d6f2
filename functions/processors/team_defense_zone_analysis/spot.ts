/** What a defence allowed over its last games before a date, from the box scores and shot charts of its opponents. */
import {
  addingUp,
  counting,
  fullBoxOf,
  paceOf,
  possessionsOf,
  ratingOf,
  rawGames,
  seasonBefore,
  sideOf,
  zonesOf,
} from '../_shared/spot-games.ts';
import { meanOf, numberOf, over, stored, sumOf, type Spot } from '../_shared/spot.ts';

/** Games that are looked back on. */
const SAMPLE = 15;

const spot: Spot = async (raw, { date, key }) => {
  const team = String(key['team_abbr']);
  const season = seasonBefore(date);
  const boxes = counting(await raw.rows('nbac_team_boxscore', season, { team_abbr: [team] }));
  const ids = boxes.slice(-SAMPLE).map((row) => String(row['game_id']));
  const games = [];
  for (const game of await rawGames(raw, season, ids, ['nbac_player_boxscores'])) {
    const side = sideOf(game, team);
    const box = side === undefined ? undefined : fullBoxOf(game, side.opponent);
    if (side === undefined || box === undefined)
      return { why: 'a game of the sample has no full box scores' };
    if (game.hasPlays) return { why: 'play-by-plays may tell shots of the sample' };
    const shots = zonesOf(game, (shot) => shot['team_abbr'] === side.opponent);
    games.push({
      ...{ points: numberOf(box, 'points'), possessions: stored(possessionsOf(box), 2) },
      ...{ rating: stored(ratingOf(box), 2), pace: stored(paceOf(box, game), 1) },
      zones: addingUp(shots, game, box),
    });
  }
  const charted = games.flatMap(({ zones }) => zones ?? []);
  const sum = (of: (zones: (typeof charted)[number]) => number): number | null =>
    charted.length === 0 ? null : sumOf(charted.map(of));
  const [points, possessions] = [
    sumOf(games.map((game) => game.points)),
    sumOf(games.map((game) => game.possessions)),
  ];
  return {
    values: {
      games_in_sample: games.length,
      paint_pct_allowed_last_15: over(
        sum(({ paint }) => paint.made),
        sum(({ paint }) => paint.tried),
      ),
      mid_range_pct_allowed_last_15: over(
        sum(({ middle }) => middle.made),
        sum(({ middle }) => middle.tried),
      ),
      three_pt_pct_allowed_last_15: over(
        sum(({ three }) => three.made),
        sum(({ three }) => three.tried),
      ),
      paint_attempts_allowed_per_game: over(
        sum(({ paint }) => paint.tried),
        charted.length,
      ),
      mid_range_attempts_allowed_per_game: over(
        sum(({ middle }) => middle.tried),
        charted.length,
      ),
      three_pt_attempts_allowed_per_game: over(
        sum(({ three }) => three.tried),
        charted.length,
      ),
      paint_points_allowed_per_game: over(
        sum(({ paint }) => 2 * paint.made),
        charted.length,
      ),
      defensive_rating_last_15: over(points === null ? null : 100 * points, possessions),
      defensive_rating_mean_last_15: meanOf(games.map(({ rating }) => rating)),
      opponent_points_per_game: over(points, games.length),
      opponent_pace: meanOf(games.map(({ pace }) => pace)),
    },
  };
};

export default spot;
