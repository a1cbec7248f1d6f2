import { describe, expect, it } from 'vitest';
import { loadTable, type LoadedFiles } from '../../functions/ingest/load-table.ts';
import { rawLoads } from '../../functions/ingest/loads.ts';
import type { RawLoad } from '../../functions/ingest/raw-load.ts';
import type { KnownTable } from '../../functions/ingest/schedule.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { contextOf, csv, samples, SEASON } from '../support/source-lines.ts';

const namesOf = (loads: readonly RawLoad[]): string[] => loads.map(({ definition }) => definition.name);

describe('the loads of all raw tables', () => {
  it('come in an order in which each finds what it must know', () => {
    const all = namesOf(RAW_LOADS.all);
    expect(all.slice(0, 3)).toEqual(['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores']);
    expect(all.slice(3)).toEqual(all.slice(3).sort());
    for (const [i, load] of RAW_LOADS.all.entries())
      expect(namesOf(RAW_LOADS.all.slice(0, i))).toEqual(expect.arrayContaining([...load.knows]));
  });

  it('know what those know that they know', () => {
    expect(RAW_LOADS.knownBefore('nbac_schedule')).toEqual([]);
    expect(RAW_LOADS.knownBefore('nbac_team_boxscore')).toEqual(['nbac_schedule', 'nbac_game_results']);
    expect(RAW_LOADS.knownBefore('odds_api_player_points_props')).toEqual([
      'nbac_schedule',
      'nbac_game_results',
      'nbac_player_boxscores',
    ]);
  });

  it('may neither know each other nor a table that no load fills', () => {
    const knowing = (table: KnownTable, knows: readonly KnownTable[]): RawLoad => ({
      ...RAW_LOADS.of(table),
      knows,
    });
    expect(() =>
      rawLoads([
        knowing('nbac_schedule', ['nbac_game_results']),
        knowing('nbac_game_results', ['nbac_schedule']),
      ]),
    ).toThrow('Loads know each other in a circle: nbac_schedule -> nbac_game_results -> nbac_schedule');
    expect(() => rawLoads([knowing('nbac_game_results', ['nbac_schedule'])])).toThrow(
      'nbac_schedule is not a raw table that files can fill',
    );
  });
});

describe.each(Object.keys(samples))('%s', (table) => {
  it('needs nothing but what its load says that it knows', () => {
    const load = RAW_LOADS.of(table);
    const { file, row } = samples[table] ?? { file: '', row: {} };
    const loaded = (known: readonly string[]): LoadedFiles =>
      loadTable(load, SEASON, [csv(file, [row])], contextOf(known));
    const others = namesOf(RAW_LOADS.all).filter((name) => name !== table);
    expect(loaded(load.knows)).toEqual(loaded(others));
  });
});
