/** A defending team from the box score and the shots of its opponent, and from what it did itself. */
import {
  fullBoxOf,
  gameMinutesOf,
  NO_FULL_BOX,
  NO_RESULT,
  overtimesOf,
  paceOf,
  possessionsOf,
  ratingOf,
  rawGame,
  SECOND_SOURCE,
  sideColumns,
  sideOf,
  trueShootingOf,
  zoneColumns,
} from '../_shared/spot-games.ts';
import { numberOf, type Spot } from '../_shared/spot.ts';

const spot: Spot = async (raw, { date, key }) => {
  const [id, team] = [String(key['game_id']), String(key['defending_team_abbr'])];
  const game = await rawGame(raw, date, id);
  const side = sideOf(game, team);
  if (side === undefined) return NO_RESULT;
  if (game.hasSecondSource) return SECOND_SOURCE;
  const [own, other] = [fullBoxOf(game, team), fullBoxOf(game, side.opponent)];
  if (own === undefined || other === undefined) return NO_FULL_BOX;
  const of = (column: string): number | null => numberOf(other, column);
  const did = (column: string): number | null => numberOf(own, column);
  const lost = of('offensive_rebounds');
  const possessions = possessionsOf(other);
  const minutes = gameMinutesOf(game);
  const points = of('points');
  return {
    values: {
      ...sideColumns(side, game),
      ...{ opponent_team_abbr: side.opponent, margin_of_victory: side.margin, points_allowed: points },
      overtime_periods: overtimesOf(game.teams.map((row) => numberOf(row, 'minutes'))),
      game_minutes: minutes,
      ...{ opp_fg_attempts: of('field_goals_attempted'), opp_fg_makes: of('field_goals_made') },
      ...{
        opp_three_pt_attempts: of('three_pointers_attempted'),
        opp_three_pt_makes: of('three_pointers_made'),
      },
      ...{ opp_ft_attempts: of('free_throws_attempted'), opp_ft_makes: of('free_throws_made') },
      ...{ opp_offensive_rebounds: lost, opp_rebounds: of('rebounds'), opp_assists: of('assists') },
      ...{ turnovers_forced: of('turnovers'), fouls_committed: did('personal_fouls') },
      ...{ steals: did('steals'), blocks: did('blocks'), defensive_rebounds: did('defensive_rebounds') },
      opp_possessions: possessions,
      defensive_rating: ratingOf(other),
      opponent_pace: paceOf(other, game),
      opponent_ts_pct: trueShootingOf(other),
      ...zoneColumns(game, (shot) => shot['team_abbr'] === side.opponent, { zone: 'opp_', other: 'opp_' }),
    },
  };
};

export default spot;
