/**
 * Everything that the predictions of a player are made from besides a model: his row of features, how the opponent defends the zones,
 * and his similar games. It is kept as it was when the predictions were sealed, so that each of them can be made again from it.
 */
import { defineCodeTable, type Column } from '../../../shared/domain/table.ts';
import { previousSeasons, sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { knownAtColumn, originColumn } from '../_shared/prediction-columns.ts';
import store from '../ml_feature_store_v2/definition.ts';
import { PAST_COLUMNS, ZONE_COLUMNS } from '../player_prop_predictions/features.ts';
import zones from '../team_defense_zone_analysis/definition.ts';

/** A column of team_defense_zone_analysis, of the team that the player meets. */
const ofOpponent = (column: Column | undefined): Column => {
  if (column === undefined) throw new Error('team_defense_zone_analysis has no such column');
  return { ...column, nullable: true, description: `Of the opponent. ${column.description}` };
};

/** What is read of the games that players have played. */
const GAME_COLUMNS = ['game_id', 'player_lookup', 'points', 'is_active'];

export default defineCodeTable({
  name: 'prediction_inputs',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description: 'One row for each player of a date: the features that his predictions were made from.',
  timing: 'pre_game',
  calculationVersion: 'v1.2',
  partitionColumn: 'game_date',
  key: store.key,
  clusterBy: store.clusterBy,
  readinessColumn: store.readinessColumn,
  emptyReason: 'no_known_roster',
  contextColumn: 'context_source',
  seal: 'tip_off',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true, columns: ['game_id'] },
    { table: 'ml_feature_store_v2', window: sameDate, required: true, columns: Object.keys(store.columns) },
    {
      table: 'team_defense_zone_analysis',
      window: sameDate,
      required: true,
      columns: ['team_abbr', ...ZONE_COLUMNS],
    },
    {
      table: 'ml_feature_store_v2',
      as: 'past_features',
      window: seasonToDate,
      required: true,
      columns: ['game_id', 'player_lookup', ...PAST_COLUMNS],
    },
    { table: 'player_game_summary', window: seasonToDate, required: true, columns: GAME_COLUMNS },
    {
      table: 'ml_feature_store_v2',
      as: 'features_of_season_before',
      window: previousSeasons(1),
      required: false,
      columns: ['game_id', 'player_lookup', ...PAST_COLUMNS],
    },
    {
      table: 'player_game_summary',
      as: 'games_of_season_before',
      window: previousSeasons(1),
      required: false,
      columns: GAME_COLUMNS,
    },
  ],
  columns: {
    ...store.columns,
    paint_defense_vs_league_avg: ofOpponent(zones.columns.paint_defense_vs_league_avg),
    mid_range_defense_vs_league_avg: ofOpponent(zones.columns.mid_range_defense_vs_league_avg),
    three_pt_defense_vs_league_avg: ofOpponent(zones.columns.three_pt_defense_vs_league_avg),
    similar_games: {
      type: 'STRING',
      nullable: true,
      description:
        'Points and similarity (70 to 100) of his earlier games that are like this one, the most similar first, at most 20, such as 21:100 14:85; NULL without any. They are games of the season, and of the season before where the season has fewer than five.',
    },
    origin: originColumn,
    known_at: knownAtColumn,
    feature_hash: {
      type: 'STRING',
      description: 'Hash of all other columns but origin and known_at, by which a prediction names its row.',
    },
  },
});
