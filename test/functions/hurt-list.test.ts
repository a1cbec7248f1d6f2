/**
 * A day on which the injury report of the league is not told: the list of a second source tells who is hurt. It counts from the moment on
 * at which it was asked for, is asked for a few times only, and says nothing of teams of which it names nobody.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { builtHome, copyOf, removeFolders } from '../support/homes.ts';
import { injuryReportPdf } from '../support/injury-report-pdf.ts';
import { busyDateOf, historyBefore } from '../support/live-history.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';

const [PLAYED] = simulateLeague({ seed: 11, firstSeason: 2021, teams: 4, gamesPerTeam: 16, seasons: 1 });
const SEASON = PLAYED ?? expect.fail();
const DATE = busyDateOf(SEASON);
const HOURS = ['06', '07', '10', '14', '17', '18', '19'];

let home: LiveHome;
beforeAll(async () => {
  home = await liveHome(SEASON, undefined, copyOf((await builtHome(historyBefore(SEASON, DATE))).folder));
  home.league.fail(({ source }) => (source === 'nba_injuries' ? 'hang' : undefined));
  await home.at(DATE, '06:02');
});
afterAll(async () => {
  await home.close();
  removeFolders();
});

const games = () => home.league.facts.gamesOn(DATE);
const firstTip = (): number => Math.min(...games().map(({ tipoffAt }) => tipoffAt.getTime()));
const rows = () =>
  home.rowsOf(
    `SELECT player_name, team_abbr, injury_status, is_whole_report, source, report_at, observed_at, minutes_before_tipoff FROM nba_raw.nbac_injury_report WHERE game_date = DATE '${DATE}' ORDER BY player_name`,
  );
/** Who was reported as what by a time: name -> the last status. */
function reportedBy(at: Date): Map<string, string> {
  const known = games()
    .flatMap(({ injuries }) => injuries)
    .filter((row) => new Date(row['report_utc'] ?? '') <= at);
  return new Map(known.map((row) => [row['player_name'] ?? '', row['status'] ?? '']));
}

describe('who is hurt by a list', () => {
  it('is asked for in the morning and in the hour before the games, in the place of the report', async () => {
    const asked: string[] = [];
    for (const hour of HOURS) {
      home.league.asked.length = 0;
      await home.at(DATE, `${hour}:41`);
      if (home.league.asked.some(({ path }) => path.startsWith('/v1/player_injuries'))) asked.push(hour);
    }
    const tips = new Set(games().map(({ tipoffAt }) => tipoffAt.getTime()));
    const hourBefore = easternTimeOf(new Date(firstTip() - 65 * 60_000)).slice(0, 2);
    expect([asked[0], asked[1]?.slice(0, 2)]).toEqual(['06', expect.stringMatching(/1[78]/)]);
    expect(Number(asked[1])).toBeGreaterThanOrEqual(Number(hourBefore));
    expect(asked.length).toBeLessThanOrEqual(1 + tips.size);
    const hourly = (await listFetches(home.client, DATE)).filter(({ occasion }) => occasion === 'hourly');
    expect(hourly.flatMap((fetch) => fetch.asks).filter(({ source }) => source === 'balldontlie')).toSatisfy(
      (all: readonly { fallbackFor: string | null; failed: readonly string[] }[]) =>
        all.every(({ fallbackFor, failed }) => fallbackFor === 'nba_injuries' && failed.length === 0),
    );
    expect(hourly.every(({ unanswered }) => unanswered.length === 0)).toBe(true);
  }, 300_000);

  it('is known from the question on, before the tip-off, and by no whole report', async () => {
    const found = await rows();
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) {
      expect(row).toMatchObject({ source: 'balldontlie', is_whole_report: false });
      expect(row['report_at']).toBe(row['observed_at']);
      expect(Number(row['minutes_before_tipoff'])).toBeGreaterThanOrEqual(0);
    }
    const at = new Date(String(found[0]?.['report_at']));
    const expected = [...reportedBy(at)].filter(([, status]) =>
      ['out', 'doubtful', 'questionable'].includes(status),
    );
    expect(found.map((row) => [row['player_name'], row['injury_status']])).toEqual(expected.toSorted());
  });

  it('leaves out of the features who is out, and nobody else', async () => {
    await home.atInstant(new Date(firstTip() - 4 * 60_000));
    const out = new Set(
      (await rows()).filter((row) => row['injury_status'] === 'out').map((row) => row['player_name']),
    );
    const featured = await home.rowsOf(
      `SELECT player_name FROM nba_analytics.upcoming_player_game_context WHERE game_date = DATE '${DATE}'`,
    );
    const rostered = await home.rowsOf(
      `SELECT player_name FROM nba_raw.espn_team_rosters WHERE game_date = DATE '${DATE}'`,
    );
    const names = (of: typeof featured) => new Set(of.map((row) => row['player_name']));
    expect([...names(rostered).difference(names(featured))].toSorted()).toEqual([...out].toSorted());
  }, 300_000);
});

describe('when the report of the league is told again', () => {
  it('counts beside what the list has said of others', async () => {
    await home.close();
    home = await liveHome(SEASON, undefined, copyOf((await builtHome(historyBefore(SEASON, DATE))).folder));
    const [game = expect.fail()] = games();
    const [player = expect.fail()] = game.players;
    const [first = '', ...last] = (player['player_name'] ?? '').split(' ');
    const [year = '', month = '', day = ''] = DATE.split('-');
    const report = injuryReportPdf(`${month}/${day}/${year.slice(2)} 07:30 AM`, [
      [
        {
          date: `${month}/${day}/${year}`,
          ...{ matchup: `${game.visitor}@${game.home}`, team: player['team'] ?? '' },
          ...{ player: `${last.join(' ')}, ${first}`, status: 'Doubtful', reason: ['Rest'] },
        },
      ],
    ]);
    home.league.fail(({ source, path }) =>
      source === 'nba_injuries' && path.endsWith('_07AM.pdf') ? { status: 200, body: report } : undefined,
    );
    await home.at(DATE, '06:02');
    await home.at(DATE, '06:41');
    const before = await rows();
    await home.at(DATE, '07:41');
    const told = (await rows()).filter((row) => row['source'] === 'nba_injuries');
    expect(told).toMatchObject([
      { player_name: player['player_name'], injury_status: 'doubtful', is_whole_report: true },
    ]);
    const others = (await rows()).filter((row) => row['source'] === 'balldontlie');
    expect(others).toEqual(before);
  }, 300_000);
});
