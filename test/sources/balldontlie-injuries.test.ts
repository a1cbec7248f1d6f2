/** What Ball Don't Lie says of who is hurt fills the table of injury reports where the report of the league is not told. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import balldontlie from '../../functions/sources/balldontlie/source.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { bdlPage } from '../support/balldontlie-answers.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game, secondGame, type Cells } from '../support/source-lines.ts';

/** LAL at DEN begins at 23:30 UTC. */
const DATE = gameDate('2023-10-24');
const { injuries } = balldontlie.endpoints;
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
const nameAt = (clock: string): string => `balldontlie.injuries.${DATE}-20231024T${clock}00Z.json`;
const [DEN, LAL, BOS, PHX] = [8, 14, 2, 24];

function hurt(
  id: number,
  name: string,
  team_id: number | null,
  status = 'Out',
  changes: object = {},
): object {
  const [first_name = '', ...last] = name.split(' ');
  return {
    player: { id, first_name, last_name: last.join(' '), position: 'F', jersey_number: null, team_id },
    ...{ return_date: 'Nov 1', description: 'Oct 23: Ankle.', status, ...changes },
  };
}
const LEBRON = hurt(237, 'LeBron James', LAL, 'Day-To-Day');
const JOKIC = hurt(246, 'Nikola Jokic', DEN);
const ELSEWHERE = hurt(434, 'Jayson Tatum', BOS);

const jokic: Cells = {
  ...{ ...boxLine, game_id: '0022300061', team: 'DEN', opponent: 'LAL', is_home: true },
  ...{ player_id: 203999, player_name: 'Nikola Jokić' },
};

/** The rows of the table after lists at some times of the day (HHMM, UTC), in the order of their arrival. */
async function rowsAfter(
  lists: Readonly<Record<string, readonly object[]>>,
  reports: readonly Cells[] = [],
): Promise<readonly Row[]> {
  const home = archiveHome(`${DATE}T15:00:00Z`);
  const files = [
    csv('schedule_2023-24.csv', [game, secondGame]),
    csv('player_box_2023-24.csv', [boxLine, jokic]),
    ...(reports.length === 0 ? [] : [csv('timed_injury_report_2023-24.csv', reports)]),
  ];
  await home.importFiles(files.map((file) => sourceFile(file.name, file.text)));
  for (const [clock, players] of Object.entries(lists))
    await home.importFiles([{ name: nameAt(clock), bytes: () => bytes(bdlPage(players)) }], {
      observedAt: `${DATE}T${clock.slice(0, 2)}:${clock.slice(2)}:00Z`,
    });
  return home.rowsOf('nbac_injury_report', [DATE]);
}
const told = (rows: readonly Row[]): unknown[] =>
  rows.map((row) => [row['team_abbr'], row['player_lookup'], row['injury_status'], row['report_at']]);

describe('a list of who is hurt', () => {
  it('is about the games that its teams play on the date; it holds when it was asked for, and is no whole report', async () => {
    const rows = await rowsAfter({ 1040: [LEBRON, JOKIC, ELSEWHERE, hurt(9, 'Free Agent', null)] });
    expect(rows).toMatchObject([
      {
        ...{
          game_id: '20231024_LAL_DEN',
          team_abbr: 'LAL',
          player_lookup: 'lebronjames',
          matched_by: 'name',
        },
        ...{ injury_status: 'questionable', reason: 'Oct 23: Ankle.', report_at: '2023-10-24T10:40:00Z' },
        ...{ minutes_before_tipoff: 770, is_whole_report: false, source: 'balldontlie' },
        observed_at: '2023-10-24T10:40:00Z',
      },
      { team_abbr: 'DEN', nba_player_id: 203999, injury_status: 'out' },
    ]);
  });

  it('counts until a later one before the tip-off, also one that names nobody of the game', async () => {
    const first = { 1040: [LEBRON, JOKIC] };
    expect(told(await rowsAfter({ ...first, 2240: [hurt(237, 'LeBron James', LAL), ELSEWHERE] }))).toEqual([
      ['LAL', 'lebronjames', 'out', '2023-10-24T22:40:00Z'],
    ]);
    expect(await rowsAfter({ ...first, 2240: [ELSEWHERE] })).toEqual([]);
  });

  it('that was made after the tip-off changes nothing of the game', async () => {
    const before = await rowsAfter({ 2240: [LEBRON] });
    expect(before).toHaveLength(1);
    expect(await rowsAfter({ 2240: [LEBRON], 2340: [JOKIC] })).toEqual(before);
    expect(await rowsAfter({ 2340: [JOKIC] })).toEqual([]);
  });

  it('leaves what a report of the league has said before', async () => {
    const report: Cells = {
      ...{ snapshot: '2023-10-24-0530', game_date: DATE, home_team: 'DEN', visitor_team: 'LAL', team: 'DEN' },
      ...{ player_name: 'Nikola Jokić', status: 'Out', reason: 'Rest', report_utc: '2023-10-24T09:30:00Z' },
    };
    expect(told(await rowsAfter({ 1040: [LEBRON] }, [report]))).toEqual([
      ['DEN', 'nikolajokic', 'out', '2023-10-24T09:30:00Z'],
      ['LAL', 'lebronjames', 'questionable', '2023-10-24T10:40:00Z'],
    ]);
  });

  it.each([
    ['Out For Season', 'out'],
    ['Doubtful', 'doubtful'],
    ['Day-To-Day', 'questionable'],
    ['Probable', 'probable'],
    ['Under The Weather', null],
    ['', null],
  ])('with the status "%s" says %s', async (status, expected) => {
    const rows = await rowsAfter({ 1040: [hurt(246, 'Nikola Jokic', DEN, status)] });
    expect(rows.map((row) => row['injury_status'])).toEqual([expected]);
  });

  it.each<[string, unknown, string]>([
    ['that names nobody', bdlPage([]), 'names nobody of any team'],
    ['that names free agents alone', bdlPage([hurt(9, 'Free Agent', null)]), 'names nobody of any team'],
    ['that lacks its next page', bdlPage([LEBRON], 25), 'lacks the page after the cursor 25'],
    [
      'with a page twice',
      { pages: [bdlPage([LEBRON], 9), bdlPage([JOKIC], 9), bdlPage([])] },
      'the same page twice',
    ],
    ['with a player twice', bdlPage([LEBRON, LEBRON]), 'has player 237 twice'],
    ['of a team that exists no more', bdlPage([hurt(1, 'A B', 42)]), 'has the team 42'],
    ['with a renamed field', bdlPage([hurt(1, 'A B', PHX, 'Out', { status: undefined })]), 'data.0.status'],
    ['in another shape', { injuries: [] }, 'another shape than expected: data'],
  ])('%s is not loaded', (_, document, fault) => {
    expect(textOfSource(nameAt('1040'), bytes(document)).fault).toContain(fault);
  });

  it('is asked for on the date of the games alone', () => {
    const subject = `${DATE}-20231024T104000Z`;
    const days = ['2023-10-23', '2023-10-24', '2023-10-25'].map(gameDate);
    expect(days.filter((day) => injuries.covers(subject, day))).toEqual([DATE]);
  });
});

const samples = join(dataFolder(), 'api-samples/balldontlie');
describe.skipIf(!existsSync(samples))('the real lists', () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(samples, file), 'utf8'));
  const subject = '2025-07-16-20250716T160000Z';

  it('have the players, teams and statuses that a person reads in them', () => {
    const [reading] = injuries.read(read('player_injuries_last_page.json'), subject);
    expect(reading?.lines).toEqual([
      {
        ...{ snapshot: subject, game_date: '2025-07-16', team: 'BOS', player_name: 'Jaylen Brown' },
        reason:
          'Jun 24: Brown underwent a successful right knee arthroscopic debridement procedure Wednesday, the Celtics announced.',
        ...{ status: 'Day-To-Day', report_utc: '2025-07-16T16:00:00.000Z' },
      },
      expect.objectContaining({ team: 'BOS', player_name: 'Jayson Tatum', status: 'Out' }),
    ]);
  });

  it('are read in pages; the first page alone is not the list', () => {
    const first = read('player_injuries.json');
    expect(() => injuries.read(first, subject)).toThrow('lacks the page after the cursor');
    const last = bdlPage([hurt(1, 'A B', PHX)]);
    const [reading] = injuries.read({ pages: [first, last] }, subject);
    const lines = reading?.lines ?? [];
    expect(lines).toHaveLength(101);
    const ofTeam = (team: string) => lines.filter((line) => line['team'] === team);
    expect(ofTeam('BKN').map((line) => line['player_name'])).toContain('Cam Thomas');
    expect(ofTeam('PHX').at(-1)).toMatchObject({ player_name: 'A B' });
    // He is listed with the team that he has left.
    expect(ofTeam('POR').map((line) => line['player_name'])).toContain('Anfernee Simons');
  });
});
