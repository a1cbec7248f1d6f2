/** First games with a new team and returns after a long absence have features and predictions where a roster tells of them. */
import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders } from '../support/homes.ts';
import { cliJson } from '../support/run-cli.ts';
import { sealedLeague } from '../support/sealed-league.ts';

interface Told {
  readonly game_date: string;
  readonly player_lookup: string;
  readonly is_new_team: boolean;
  readonly team_abbr: string;
  readonly features_team: string | null;
  readonly minutes: number | null;
  readonly predicted: number | null;
}

afterAll(removeFolders);

describe('a game that no recent game of the player tells of', () => {
  it('has features of his new team, or after his absence, and a prediction of the model', async () => {
    const { document } = await cliJson<{ rows: readonly Told[] }>(
      await sealedLeague(),
      'query',
      `WITH games AS (
        SELECT player_lookup, game_id, game_date, team_abbr,
          LAG(team_abbr) OVER (PARTITION BY player_lookup ORDER BY game_date) AS team_before,
          LAG(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date) AS date_before
        FROM nba_analytics.player_game_summary
        WHERE is_active
      )
      SELECT games.game_date, games.player_lookup, games.team_abbr, games.team_before <> games.team_abbr AS is_new_team,
        features.team_abbr AS features_team, features.m1 AS minutes, predictions.predicted_points AS predicted
      FROM games
      LEFT JOIN nba_predictions.ml_feature_store_v2 AS features
        ON features.game_id = games.game_id AND features.player_lookup = games.player_lookup
      LEFT JOIN nba_predictions.player_prop_predictions AS predictions
        ON predictions.game_id = games.game_id AND predictions.player_lookup = games.player_lookup
        AND predictions.system_id = 'xgboost_v1'
      WHERE (games.team_before <> games.team_abbr OR DATE_DIFF(games.game_date, games.date_before, DAY) > 30)
        AND games.game_date > DATE '2021-11-02'`,
    );
    const { rows } = document;
    expect(rows.filter((row) => row.is_new_team).length).toBeGreaterThan(0);
    expect(rows.filter((row) => !row.is_new_team).length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.features_team, row.player_lookup).toBe(row.team_abbr);
      // Who has not played this season yet has no minutes of his last game, without which the model predicts nothing.
      expect(row.predicted === null, row.player_lookup).toBe(row.minutes === null);
    }
  }, 300_000);
});
