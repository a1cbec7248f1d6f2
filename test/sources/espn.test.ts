/** The roster of a team as ESPN answers it fills the roster of a date on which the team plays. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import espn from '../../functions/sources/espn/source.ts';
import { espnIdOf } from '../../functions/sources/espn/roster.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { TRICODES } from '../../shared/domain/teams.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game } from '../support/source-lines.ts';

const NAME = 'espn.roster.LAL-2023-10-24.json';
const athlete = (fullName: string, changes: object = {}): object => ({
  ...{ id: '1', fullName, dateOfBirth: '1984-12-30T08:00Z', position: { abbreviation: 'SF' } },
  ...changes,
});
const OTHERS = Array.from({ length: 9 }, (_, i) => athlete(`Somebody ${'ABCDEFGHI'[i]}`));
const roster = (athletes: readonly object[], abbreviation = 'LAL'): object => ({
  team: { id: '13', abbreviation, athletes },
});
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

describe('a roster', () => {
  it('fills the date, matched with who is known', async () => {
    const home = archiveHome('2023-10-24T15:00:00Z');
    const files = [csv('schedule_2023-24.csv', [game]), csv('player_box_2023-24.csv', [boxLine])];
    await home.importFiles(files.map(({ name, text }) => sourceFile(name, text)));
    const players = [
      athlete('LeBron James'),
      athlete('Nobody Knows', { dateOfBirth: undefined, position: undefined }),
      ...OTHERS,
    ];
    await home.importFiles([{ name: NAME, bytes: () => bytes(roster(players)) }]);
    const rows = await home.rowsOf('espn_team_rosters', [gameDate('2023-10-24')]);

    expect(rows).toHaveLength(11);
    expect(rows.find((row) => row['player_name'] === 'LeBron James')).toMatchObject({
      ...{ team_abbr: 'LAL', nba_player_id: 2544, birth_date: '1984-12-30', position: 'SF', source: 'espn' },
    });
    expect(rows.find((row) => row['player_name'] === 'Nobody Knows')).toMatchObject({
      ...{ nba_player_id: null, birth_date: null, position: null },
    });
  });

  it.each<[string, object, string]>([
    ['of another team', roster(OTHERS, 'BOS'), 'is of the team BOS'],
    ['without players', roster([]), 'has 0 players, too few for a team'],
    ['cut to a few players', roster(OTHERS.slice(0, 7)), 'has 7 players, too few for a team'],
    ['in another shape', { athletes: OTHERS }, 'another shape than expected: team'],
    ['with nameless players', roster([...OTHERS, athlete('')]), 'team.athletes.9.fullName'],
  ])('%s is refused', (_, answer, fault) => {
    expect(textOfSource(NAME, bytes(answer)).fault).toContain(fault);
  });

  it('is asked for today and tomorrow only, each team by an id of its own', () => {
    const { covers, path, seasonOf } = espn.endpoints.roster;
    const days = ['2023-10-23', '2023-10-24', '2023-10-25', '2023-10-26'];
    const today = gameDate('2023-10-24');
    expect(days.filter((day) => covers(`LAL-${day}`, today))).toEqual(['2023-10-24', '2023-10-25']);
    expect(TRICODES.map((team) => espnIdOf(`${team}-2023-10-24`)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    expect(path('BOS-2023-10-24')).toBe('/apis/site/v2/sports/basketball/nba/teams/2?enable=roster');
    for (const wrong of ['XXX-2023-10-24', 'BOS-2023-13-01', 'BOS', '../BOS-2023-10-24'])
      expect(seasonOf(wrong), wrong).toBeUndefined();
  });
});

const SAMPLE = join(dataFolder(), 'api-samples', 'espn', 'roster_boston_enable_roster_2025-offseason.json');
const haveSample = existsSync(SAMPLE);
if (!haveSample) console.log('Left out: a real roster of ESPN (no api-samples; set FULLCOURT_DATA)');

it.skipIf(!haveSample)('a real answer has the players of Boston with their days of birth', () => {
  const { text = '' } = textOfSource('espn.roster.BOS-2025-10-22.json', readFileSync(SAMPLE));
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(18);
  expect(lines).toContain('2025-10-22,BOS,Jaylen Brown,SG,1996-10-24');
  expect(lines).toContain('2025-10-22,BOS,Derrick White,PG,1994-07-02');
});
