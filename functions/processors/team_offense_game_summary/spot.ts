/** A team of a game from its team box score, the lines of its players, the result and the shot chart. */
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
  tookPart,
  trueShootingOf,
  zoneColumns,
} from '../_shared/spot-games.ts';
import { numberOf, sumOf, type Spot } from '../_shared/spot.ts';

const spot: Spot = async (raw, { date, key }) => {
  const [id, team] = [String(key['game_id']), String(key['team_abbr'])];
  const game = await rawGame(raw, date, id);
  const side = sideOf(game, team);
  if (side === undefined) return NO_RESULT;
  if (game.hasSecondSource) return SECOND_SOURCE;
  const box = fullBoxOf(game, team);
  if (box === undefined || fullBoxOf(game, side.opponent) === undefined) return NO_FULL_BOX;
  const of = (column: string): number | null => numberOf(box, column);
  const lost = of('offensive_rebounds');
  const possessions = possessionsOf(box);
  const minutes = gameMinutesOf(game);
  const players = game.players.filter((row) => row['team_abbr'] === team && tookPart(row, game.players));
  const ofPlayers = players.length === 0 ? null : sumOf(players.map((row) => numberOf(row, 'minutes')));
  const points = of('points');
  return {
    values: {
      ...sideColumns(side, game),
      ...{ opponent_team_abbr: side.opponent, margin_of_victory: side.margin, points_scored: points },
      ...{ fg_attempts: of('field_goals_attempted'), fg_makes: of('field_goals_made') },
      ...{ three_pt_attempts: of('three_pointers_attempted'), three_pt_makes: of('three_pointers_made') },
      ...{ ft_attempts: of('free_throws_attempted'), ft_makes: of('free_throws_made') },
      ...{ offensive_rebounds: lost, defensive_rebounds: of('defensive_rebounds'), rebounds: of('rebounds') },
      ...{ assists: of('assists'), steals: of('steals'), blocks: of('blocks') },
      ...{ turnovers: of('turnovers'), personal_fouls: of('personal_fouls') },
      team_minutes: ofPlayers ?? of('minutes'),
      overtime_periods: overtimesOf(game.teams.map((row) => numberOf(row, 'minutes'))),
      game_minutes: minutes,
      possessions,
      offensive_rating: ratingOf(box),
      pace: paceOf(box, game),
      ts_pct: trueShootingOf(box),
      ...zoneColumns(game, (shot) => shot['team_abbr'] === team, { zone: 'team_', other: '' }),
    },
  };
};

export default spot;
