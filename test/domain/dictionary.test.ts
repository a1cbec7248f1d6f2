/** The data dictionary says of every column what it is, in what unit, and when it is NULL. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { dictionaryOf } from '../../shared/derive/dictionary.ts';
import { dictionaryPages } from '../../shared/derive/dictionary-pages.ts';
import { readableTables } from '../../shared/adapters/embedded/query/information.ts';
import { unitOf } from '../../shared/derive/units.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { tableNamed } from '../../shared/domain/table-named.ts';

const registry = loadRegistry();
const dictionary = dictionaryOf(registry);
const columns = dictionary.flatMap((table) => table.columns.map((column) => ({ table, column })));
const columnOf = (table: string, name: string): unknown =>
  columns.find((each) => each.table.name === table && each.column.name === name)?.column;

describe('dictionary', () => {
  it('has every table that a query can name', () => {
    expect(new Set(dictionary.map(({ dataset, name }) => `${dataset}.${name}`))).toEqual(
      readableTables(registry),
    );
  });

  it('gives every number a unit', () => {
    const without = columns.filter(
      ({ column }) => (column.type === 'INT64' || column.type === 'FLOAT64') && column.unit === '',
    );
    expect(without.map(({ table, column }) => `${table.name}.${column.name}`)).toEqual([]);
  });

  it('calls percent what reaches 100 and fraction what does not', () => {
    for (const { table, column } of columns) {
      const which = `${table.name}.${column.name}`;
      if (column.unit === 'percent') expect([which, column.max === 1]).toEqual([which, false]);
      if (column.unit === 'fraction') expect([which, (column.max ?? 0) > 2]).toEqual([which, false]);
    }
  });

  it.each([
    ['player_game_summary', 'usage_rate', 'percent', 'when the raw value exceeds 100'],
    ['player_game_summary', 'ts_pct', 'fraction', 'without attempts of either kind'],
    [
      'team_offense_game_summary',
      'pace',
      'possessions in 48 minutes',
      'when what it is computed from is unknown',
    ],
    [
      'team_defense_game_summary',
      'blocks_paint',
      'blocks',
      'without a play-by-play that adds up to the box score',
    ],
    ['player_game_summary', 'unassisted_fg_makes', 'shots', 'when neither says it for all of his makes'],
    ['nbac_shot_chart', 'shot_distance', 'feet', 'when the source does not have it'],
    ['odds_api_player_points_props', 'over_price', 'American odds', 'when the source does not have it'],
    ['upcoming_player_game_context', 'days_rest', 'days', 'when what it is computed from is unknown'],
    [
      'ml_feature_store_v2',
      'has_vegas_line',
      '0 or 1',
      'where a line of his game was refused or matched with nobody and may be his',
    ],
    ['nbac_schedule', 'tipoff_at', 'UTC', 'when unknown'],
    ['nba_schedule', 'home_points', 'points', 'when the game has no result yet'],
  ])('%s.%s is in %s, and NULL %s', (table, name, unit, nullWhen) => {
    expect(columnOf(table, name)).toMatchObject({ unit, nullWhen, nullable: true });
  });

  it('a declared unit counts before what the name says', () => {
    expect(unitOf('points', { type: 'INT64', unit: 'dollars', description: 'Points.' })).toBe('dollars');
  });

  it('a page names the inputs with their windows and who reads the table', () => {
    const page = dictionaryPages(dictionary).get('player_daily_cache.md') ?? '';
    expect(page).toContain('| [player_game_summary](player_game_summary.md) | season to date | required |');
    expect(page).toContain('Read by [ml_feature_store_v2](ml_feature_store_v2.md).');
    expect(page).toContain('| `ts_pct_last_10` | FLOAT64, 4 decimals, from 0 | fraction |');
  });
});

describe('names of tables', () => {
  it.each([
    'player_game_summary',
    'nba_analytics.player_game_summary',
    '`nba_analytics.player_game_summary`',
  ])('%s is player_game_summary', (text) => expect(tableNamed(registry, text)).toBe('player_game_summary'));

  it.each([
    ['player_game_sumary', 'did you mean player_game_summary?'],
    ['nba_raw.player_game_summary', 'did you mean player_game_summary?'],
    ['boxes', '`fullcourt tables` lists them'],
  ])('%s is refused: %s', (text, says) => expect(() => tableNamed(registry, text)).toThrow(says));

  it('nothing is near to what shares nothing', () => {
    expect(nearest('x', ['player_game_summary'])).toEqual([]);
    expect(nearest('', ['player_game_summary'])).toEqual([]);
  });
});
