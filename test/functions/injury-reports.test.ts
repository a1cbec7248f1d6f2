/** Lines of injury reports that cannot be read as a whole: they are still known to be lines of a team's report. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { injuryStatusIn } from '../../functions/ingest/injury-status.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { boxLine, csv, game, secondGame, SEASON, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const NIGHT = gameDate('2023-10-24');
/** LeBron James of LAL, in the game LAL at DEN. */
const line: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: NIGHT,
  team: 'LAL',
  player_id: boxLine['player_id'] ?? '',
  player_name: boxLine['player_name'] ?? '',
  status: 'Out',
  reason: 'stand-in',
  report_utc: '2023-10-24T21:30:00Z',
};

/** What a report with these lines becomes. */
async function loaded(lines: readonly Cells[]) {
  const ports = {
    ...{ archive: memoryArchive(), store: memoryStore() },
    clock: () => new Date('2024-06-01T12:00:00Z'),
  };
  for (const [name, rows] of [
    ['schedule_2023-24.csv', [game, secondGame]],
    ['player_box_2023-24.csv', [boxLine]],
    ['injury_report_2023-24.csv', lines],
  ] as const) {
    const { text } = csv(name, rows);
    await archiveFiles(ports, [sourceFile(name, text)]);
  }
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  const found = await load(loadRegistry().get('nbac_injury_report'), [NIGHT]);
  if (!found.ok) throw new Error(found.failure.detail);
  return { rows: found.value.rows, lacking: found.value.dates.get(NIGHT)?.lacking ?? [] };
}

const codes = (lacking: readonly { readonly code: string }[]): string[] => lacking.map(({ code }) => code);

describe('a line of a report', () => {
  it('with a status that nobody knows is a line about its player without a status', async () => {
    const { rows, lacking } = await loaded([{ ...line, status: 'Maybe' }]);
    expect(rows).toMatchObject([{ team_abbr: 'LAL', matched_by: 'id', injury_status: null }]);
    expect(lacking).toEqual([
      { code: 'rows_unread', detail: 'status is "Maybe", which is none that is known' },
    ]);
  });

  it.each([
    ['without a time', ''],
    ['with a time that is none', 'this evening'],
    ['of a time long after the game', '2023-10-28T23:59:00Z'],
  ])('%s has no status: nobody knows whether it is the latest', async (_, report_utc) => {
    const { rows, lacking } = await loaded([line, { ...line, status: 'Available', report_utc }]);
    expect(rows).toMatchObject([
      { injury_status: 'out', report_at: '2023-10-24T21:30:00Z' },
      { injury_status: null, minutes_before_tipoff: null },
    ]);
    expect(rows[1]?.['report_at']).toBe('2023-10-24T23:30:00Z');
    expect(codes(lacking)).toEqual(['rows_unread']);
  });

  it('of the time of the game itself is not used', async () => {
    const { rows, lacking } = await loaded([
      { ...line, status: 'Maybe', report_utc: '2023-10-25T01:00:00Z' },
    ]);
    expect(rows).toEqual([]);
    expect(codes(lacking)).toEqual(['rows_refused']);
  });

  it('by the opponents of the team of its player is about nobody, and of neither team is the report known', async () => {
    const { rows, lacking } = await loaded([{ ...line, team: 'DEN' }]);
    expect(rows).toMatchObject([
      { team_abbr: 'DEN', nba_player_id: null, matched_by: 'nobody', injury_status: 'out' },
      { team_abbr: 'LAL', nba_player_id: null, matched_by: 'nobody', injury_status: null },
    ]);
    expect(codes(lacking)).toEqual(expect.arrayContaining(['rows_unread', 'unresolved_names']));
  });

  it.each<[string, Cells, string[]]>([
    ['by a team of another game leaves the reports of both teams unknown', { team: 'BOS' }, ['DEN', 'LAL']],
    ['by a team that is none leaves both unknown', { team: 'XYZ' }, ['DEN', 'LAL']],
    ['of a game that nobody knows leaves the report of its team unknown', { game_id: '0022309999' }, ['LAL']],
    ['without a name leaves the report of its team unknown', { player_id: '', player_name: '' }, ['LAL']],
    ['of another kind of game leaves the report of its team unknown', { season_type: 'playoffs' }, ['LAL']],
  ])('%s', async (_, wrong, teams) => {
    const { rows, lacking } = await loaded([{ ...line, ...wrong }]);
    expect(rows.map((row) => row['team_abbr']).sort()).toEqual(teams);
    for (const row of rows)
      expect(row).toMatchObject({ matched_by: 'nobody', nba_player_id: null, injury_status: null });
    expect(codes(lacking)).toEqual(['rows_unread']);
  });

  it('of a game and a team that nobody knows is refused', async () => {
    const { rows, lacking } = await loaded([line, { ...line, game_id: '0022309999', team: 'XYZ' }]);
    expect(rows).toHaveLength(1);
    expect(codes(lacking)).toEqual(['rows_refused']);
  });
});

describe('a status', () => {
  it.each([
    ['Out - Injury/Illness', 'out'],
    ['OUT (left knee)', 'out'],
    ['Out For Season', 'out'],
    ['OFS', 'out'],
    ['Inactive', 'out'],
    ['Not With Team', 'out'],
    ['Doubtful: ankle', 'doubtful'],
    ['GTD', 'questionable'],
    ['Game-Time Decision', 'questionable'],
    ['Day-To-Day', 'questionable'],
    ['Probable', 'probable'],
    ['available', 'available'],
  ])('%s is %s', (cell, status) => {
    expect(injuryStatusIn(cell)).toBe(status);
  });

  it.each(['Maybe', 'NOT YET SUBMITTED', '', 'Outstanding', '-'])('"%s" is none', (cell) => {
    expect(injuryStatusIn(cell)).toBeUndefined();
  });
});
