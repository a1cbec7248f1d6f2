import { describe, expect, it } from 'vitest';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { context, loadBooks, loadRows, SEASON, type Cells } from '../support/source-lines.ts';

describe('lines on the points of players', () => {
  it.each([
    ['of a player', { line: '?' }],
    ['of a player by another fault', { is_main_line: 'perhaps' }],
    ['of an unnamed market', { market: '?' }],
    ['that was seen a day after the game', { snapshot_utc: '2023-10-26T00:10:00Z' }],
  ])('leave a row without points where one %s is refused', (_name, change: Cells) => {
    const { rows, lacking } = loadRows('odds_api_player_points_props', {}, change, {
      ...change,
      bookmaker: 'b',
    });
    expect(rows).toMatchObject([
      { player_lookup: 'lebronjames', points_line: 24.5 },
      { player_lookup: 'lebronjames', matched_by: 'id', points_line: null, snapshot_label: 'unread' },
    ]);
    expect(lacking).toBe(2);
  });

  it.each([
    ['whose teams are not those of the game', { home_team: 'LAL', visitor_team: 'DEN' }],
    ['of another kind of game', { season_type: 'playoffs' }],
    ['that is an alternate of other teams', { visitor_team: 'BOS', is_main_line: false }],
    ['of a game that nobody knows', { game_id: '0022309999', visitor_team: '' }],
    ['without a name', { player_id: '', player_name: '?', line: '?' }],
  ])('of the whole game are in doubt where one %s is refused', (_name, change: Cells) => {
    expect(loadRows('odds_api_player_points_props', {}, change).rows.slice(1)).toMatchObject([
      { game_id: '20231024_LAL_DEN', matched_by: 'nobody', nba_player_id: null, points_line: null },
    ]);
  });

  it('of all games of the date are in doubt where one is torn', () => {
    const columns = RAW_LOADS.of('odds_api_player_points_props').layouts.player_props?.needed ?? [];
    const lines = { name: 'player_props_2023-24.csv', header: columns.join(',') };
    const { rows } = loadTable(
      RAW_LOADS.of('odds_api_player_points_props'),
      SEASON,
      [{ ...lines, lines: [{ number: 2, text: '2023-24,regular,00223' }] }],
      context,
      gameDate('2023-10-24'),
    );
    expect(rows.map((row) => [row['game_id'], row['points_line']])).toEqual([
      ['20231024_LAL_DEN', null],
      ['20231024_PHX_GSW', null],
    ]);
  });

  it('that are refused because they are alternates or in-play leave nothing', () => {
    const { rows, rejects } = loadRows(
      'odds_api_player_points_props',
      { is_main_line: false, line: '?' },
      { snapshot_utc: '2023-10-25T00:10:00Z' },
    );
    expect([rows, rejects.length]).toEqual([[], 2]);
  });
});

describe('lines on a game', () => {
  const pointsOf = ({ rows }: { readonly rows: readonly Row[] }) =>
    rows.map((row) => [row['bookmaker_key'], row['outcome_name'], row['outcome_point']]);

  it('stay where one of the two is refused, of which nothing is known then', () => {
    const closing = (point: number | null) => (point === null ? 'unread' : 'closing_line');
    const spread = [
      [closing(-5.5), 'DEN', -5.5],
      [closing(5.5), 'LAL', 5.5],
    ];
    const total = [
      [closing(226.25), 'Over', 226.25],
      [closing(226.25), 'Under', 226.25],
    ];
    const noSpread = ['DEN', 'LAL'].map((side) => [closing(null), side, null]);
    const noTotal = ['Over', 'Under'].map((side) => [closing(null), side, null]);
    expect(pointsOf(loadRows('odds_api_game_lines', { total: '?' }))).toEqual([...spread, ...noTotal]);
    expect(pointsOf(loadRows('odds_api_game_lines', { spread_home: 250 }))).toEqual([...noSpread, ...total]);
    expect(pointsOf(loadRows('odds_api_game_lines', { home_team: 'LAL', visitor_team: 'DEN' }))).toEqual([
      ...noSpread,
      ...noTotal,
    ]);
    expect(loadRows('odds_api_game_lines', { total: '?' }).lacking).toBe(1);
  });

  it('are in doubt in one market where two closing lines of it differ', () => {
    const { rows, rejects } = loadRows('odds_api_game_lines', {}, { total: 230 });
    expect(rejects).toHaveLength(1);
    expect(rows.filter((row) => row['outcome_point'] === null)).toMatchObject([
      { market_key: 'totals', outcome_name: 'Over' },
      { market_key: 'totals', outcome_name: 'Under' },
    ]);
    expect(loadRows('odds_api_game_lines', {}, {}).rows).toHaveLength(4);
  });

  it('of a bookmaker that are refused leave a spread of which nothing is known, unless they are in-play', () => {
    expect(pointsOf(loadBooks({ spread_home: '?' }))).toEqual([
      ['unread', 'DEN', null],
      ['unread', 'LAL', null],
    ]);
    expect(loadBooks({ snapshot_utc: '2023-10-24T23:50:00Z' }).rows).toEqual([]);
  });
});
