import { describe, expect, it } from 'vitest';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { loadContextOf } from '../../functions/ingest/schedule.ts';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

describe('the files of a simulated season', () => {
  it('fill every raw table that files fill, without a rejected row', () => {
    for (const { season, files } of simulateLeague({
      seed: 1,
      firstSeason: 2021,
      teams: 8,
      gamesPerTeam: 20,
      seasons: 2,
    })) {
      const loaded = new Map<string, readonly Row[]>();
      for (const { definition, layouts } of RAW_LOADS.all) {
        const own = files.filter(({ name }) => {
          const file = sourceFileOf(name);
          return file !== undefined && file.kind in layouts;
        });
        const { rows, rejects } = loadTable(
          RAW_LOADS.of(definition.name),
          season,
          own,
          loadContextOf((table) => loaded.get(table)),
        );
        expect(rejects).toEqual([]);
        // What only live sources answer is in no file of a season.
        if (own.length === 0) continue;
        expect(rows.length).toBeGreaterThan(0);
        loaded.set(definition.name, rows);
      }
      expect([...loaded.keys()]).toEqual(
        expect.arrayContaining([
          'nbac_game_results',
          'nbac_player_boxscores',
          'nbac_schedule',
          'nbac_team_boxscore',
          'odds_api_game_lines',
          'espn_team_rosters',
          'nbac_injury_report',
          'nbac_shot_chart',
          'odds_api_player_points_props',
        ]),
      );
    }
  });
});
