/** A player of a game from his line, the box scores of both teams, the result and the shot chart. */
import {
  NO_RESULT,
  rawGame,
  SECOND_SOURCE,
  sideColumns,
  sideOf,
  tookPart,
  trueShootingOf,
  usageOf,
  zoneColumns,
} from '../_shared/spot-games.ts';
import { numberOf, over, stored, type Spot } from '../_shared/spot.ts';

const spot: Spot = async (raw, { date, key }) => {
  const [id, player] = [String(key['game_id']), String(key['player_lookup'])];
  const game = await rawGame(raw, date, id);
  if (game.hasSecondSource) return SECOND_SOURCE;
  const line = game.players.find((row) => row['player_lookup'] === player);
  if (line === undefined) return { why: 'the box score has no line of the player' };
  const side = sideOf(game, String(line['team_abbr']));
  if (side === undefined) return NO_RESULT;
  const of = (column: string): number | null => numberOf(line, column);
  const [makes, threes] = [of('field_goals_made'), of('three_pointers_made')];
  const usage = usageOf(line, game);
  return {
    values: {
      ...sideColumns(side, game),
      ...{ player_name: line['player_name'] ?? null, nba_player_id: of('nba_player_id') },
      ...{ team_abbr: line['team_abbr'] ?? null, opponent_team_abbr: side.opponent },
      ...{ is_active: tookPart(line, game.players), minutes_played: of('minutes'), points: of('points') },
      ...{ fg_attempts: of('field_goals_attempted'), fg_makes: makes },
      ...{ three_pt_attempts: of('three_pointers_attempted'), three_pt_makes: threes },
      ...{ ft_attempts: of('free_throws_attempted'), ft_makes: of('free_throws_made') },
      ...{ offensive_rebounds: of('offensive_rebounds'), defensive_rebounds: of('defensive_rebounds') },
      ...{ rebounds: of('rebounds'), assists: of('assists'), steals: of('steals'), blocks: of('blocks') },
      ...{ turnovers: of('turnovers'), personal_fouls: of('personal_fouls'), plus_minus: of('plus_minus') },
      ts_pct: trueShootingOf(line),
      efg_pct: over(
        makes === null || threes === null ? null : makes + 0.5 * threes,
        of('field_goals_attempted'),
      ),
      // Without a full box score of his team, its totals come from the lines of all players.
      ...(usage === null
        ? {}
        : { usage_rate: usage > 100 ? null : stored(usage, 2), usage_rate_raw: stored(usage, 2) }),
      ...zoneColumns(game, (shot) => shot['player_lookup'] === player, { zone: '', other: '' }),
    },
  };
};

export default spot;
