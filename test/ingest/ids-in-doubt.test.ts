/** A new id for the name of a player of the team: a namesake, or a wrong id. */
import { describe, expect, it } from 'vitest';
import { idsInDoubt } from '../../functions/ingest/ids-in-doubt.ts';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { boxLine, context, csv, samples, SEASON, type Cells } from '../support/source-lines.ts';

const players = new Map([
  [10, { lookup: 'adalove', name: 'Ada Love', teams: { '2023-24': ['LAL'], '2022-23': ['DEN'] } }],
  [90, { lookup: 'adalove_90', name: 'Ada Love', teams: { '2023-24': ['LAL', 'DEN'] } }],
  [200766, { lookup: 'marcuswilliams', name: 'Marcus Williams', teams: { '2023-24': ['LAL'] } }],
]);
const row = (nba_player_id: number, player_lookup: string, team_abbr = 'LAL', nba_game_id = 'one'): Row => ({
  ...{ nba_player_id, player_lookup, team_abbr, nba_game_id },
});
const gameOf = (each: Row): string => String(each['nba_game_id']);
const newcomer = row(90, 'adalove_90');

describe('an id is in doubt', () => {
  it('when it is new, its name is that of a player of the team, and he is not in the game', () => {
    const elsewhere = row(10, 'adalove', 'LAL', 'two');
    expect(idsInDoubt([newcomer, elsewhere], players, '2023-24', gameOf)).toEqual([
      { row: newcomer, known: 10 },
    ]);
  });

  it.each([
    ['both are in the game', [newcomer, row(10, 'adalove')], '2023-24'],
    ['the known player is of another team', [row(90, 'adalove_90', 'DEN')], '2023-24'],
    ['he was of the team in another season', [newcomer], '2022-23'],
    ['nobody has the name', [row(91, 'bobroe_91')], '2023-24'],
    ['the list has both of them', [row(201173, 'marcuswilliams_201173')], '2023-24'],
    ['his lookup is the bare one', [row(10, 'adalove')], '2023-24'],
  ])('not when %s', (_, rows, season) => {
    expect(idsInDoubt(rows, players, season, gameOf)).toEqual([]);
  });
});

it('the row of such a player is loaded and says so, and the date lacks what is in doubt', () => {
  const known = new Map([
    [2544, { lookup: 'lebronjames', name: 'LeBron James', teams: { [SEASON]: ['LAL'] } }],
    [99, { lookup: 'lebronjames_99', name: 'LeBron James', teams: { [SEASON]: ['LAL'] } }],
  ]);
  const file = csv(`player_box_${SEASON}.csv`, [{ ...boxLine, player_id: 99 }]);
  const load = RAW_LOADS.of('nbac_player_boxscores');
  const { rows, lacks } = loadTable(load, SEASON, [file], { ...context, players: known });
  expect(rows).toMatchObject([{ player_lookup: 'lebronjames_99', data_quality_issues: 'id_in_doubt' }]);
  expect(lacks).toEqual([
    {
      code: 'ids_in_doubt',
      detail: 'LeBron James of 20231024_LAL_DEN has the id 99 and may be 2544',
      rows: 0,
    },
  ]);
});

it('the row of a roster is about nobody then', () => {
  const known = new Map([
    [203999, { lookup: 'nikolajokic', name: 'Nikola Jokić', teams: { [SEASON]: ['DEN'] } }],
    [99, { lookup: 'nikolajokic_99', name: 'Nikola Jokić', teams: { [SEASON]: ['DEN'] } }],
  ]);
  const { file, row: own } = samples['espn_team_rosters'] ?? { file: '', row: {} };
  const load = RAW_LOADS.of('espn_team_rosters');
  const of = (...rows: Cells[]) => loadTable(load, SEASON, [csv(file, rows)], { ...context, players: known });

  const alone = of({ ...own, player_id: 99 });
  expect(alone.rows).toMatchObject([
    { player_lookup: 'nikolajokic_unresolved', nba_player_id: null, matched_by: 'nobody' },
  ]);
  expect(alone.lacks).toMatchObject([
    { detail: 'Nikola Jokić of DEN on 2023-10-24 has the id 99 and may be 203999' },
  ]);
  expect(of(own, { ...own, player_id: 99 }).rows).toMatchObject([
    { player_lookup: 'nikolajokic' },
    { player_lookup: 'nikolajokic_99' },
  ]);
});
