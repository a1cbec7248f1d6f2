/**
 * Copies the rows of features of a date, with how the opponent defends the zones and with the similar games of the player, each with a
 * hash of what it holds.
 */
import type { Compute } from '../../../shared/domain/code-table.ts';
import { digest } from '../../../shared/domain/hash.ts';
import { rowAt, type Cell } from '../../../shared/domain/table-rows.ts';
import { featuresAt, numberAt, ZONE_COLUMNS } from '../player_prop_predictions/features.ts';
import { historiesOf } from '../player_prop_predictions/history.ts';
import { alikeGames, alikeText } from '../player_prop_predictions/systems/similarity.ts';

const compute: Compute = ({ rowsOf }) => {
  const store = rowsOf('ml_feature_store_v2');
  const zones = rowsOf('team_defense_zone_analysis');
  const defences = new Map((zones.texts['team_abbr'] ?? []).map((team, i) => [team, i]));
  const players = new Set(store.texts['player_lookup']?.filter((name) => name !== null) ?? []);
  const season = historiesOf(players, rowsOf('past_features'), rowsOf('player_game_summary'));
  const seasonBefore = historiesOf(
    players,
    rowsOf('features_of_season_before'),
    rowsOf('games_of_season_before'),
  );
  return Array.from({ length: store.count }, (_, i) => {
    const team = defences.get(store.texts['opponent_team_abbr']?.[i] ?? null);
    const player = store.texts['player_lookup']?.[i] ?? '';
    const history = { season: season.get(player) ?? [], seasonBefore: seasonBefore.get(player) ?? [] };
    const row = {
      ...rowAt(store, i),
      ...Object.fromEntries(
        ZONE_COLUMNS.map((column) => [column, team === undefined ? null : numberAt(zones, column, team)]),
      ),
      similar_games: alikeText(alikeGames(featuresAt(store, i), history)),
    };
    return { ...row, feature_hash: digest(JSON.stringify(Object.entries(row).toSorted(byName))) };
  });
};
export default compute;

function byName([a]: readonly [string, Cell], [b]: readonly [string, Cell]): number {
  return a < b ? -1 : 1;
}
