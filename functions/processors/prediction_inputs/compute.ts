/**
 * Copies the rows of features of a date, with how the opponent defends the zones and with the similar games of the player, each with a
 * hash of what it holds.
 */
import type { Compute } from '../../../shared/domain/code-table.ts';
import { digest } from '../../../shared/domain/hash.ts';
import { columnNames, rowReader } from '../../../shared/domain/table-rows.ts';
import { featuresAt, numberAt, ZONE_COLUMNS } from '../player_prop_predictions/features.ts';
import { historiesOf } from '../player_prop_predictions/history.ts';
import { alikeGames, alikeText } from '../player_prop_predictions/systems/similarity.ts';

const compute: Compute = ({ rowsOf }) => {
  const store = rowsOf('ml_feature_store_v2');
  const zones = rowsOf('team_defense_zone_analysis');
  const defences = new Map((zones.texts['team_abbr'] ?? []).map((team, i) => [team, i]));
  const season = historiesOf(rowsOf('past_features'), rowsOf('player_game_summary'));
  const seasonBefore = historiesOf(rowsOf('features_of_season_before'), rowsOf('games_of_season_before'));
  const hashed = [...columnNames(store), ...ZONE_COLUMNS, 'similar_games'].toSorted();
  const read = rowReader(store, [...ZONE_COLUMNS, 'similar_games', 'feature_hash']);
  return Array.from({ length: store.count }, (_, i) => {
    const team = defences.get(store.texts['opponent_team_abbr']?.[i] ?? null);
    const player = store.texts['player_lookup']?.[i] ?? '';
    const history = { season: season.get(player) ?? [], seasonBefore: seasonBefore.get(player) ?? [] };
    const row = read(i);
    if (team !== undefined) for (const column of ZONE_COLUMNS) row[column] = numberAt(zones, column, team);
    row['similar_games'] = alikeText(alikeGames(featuresAt(store, i), history));
    row['feature_hash'] = digest(JSON.stringify(hashed.map((column) => [column, row[column]])));
    return row;
  });
};
export default compute;
