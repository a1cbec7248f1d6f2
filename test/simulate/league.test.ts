import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import {
  simulateLeague,
  simulateSeason,
  type LeagueOptions,
  type SimulatedFile,
} from '../../scripts/simulate/league.ts';
import { leagueLearnedAt } from '../../scripts/cli/load.ts';
import { faultsOf, groupBy, HEADERS, number, seasonRows, text } from '../support/season-rows.ts';

/** A league that is simulated in a blink, with every kind of file and enough days for windows after the bootstrap. */
const SMALL = { seed: 7, firstSeason: 2023, teams: 4, gamesPerTeam: 12 } as const;

/** Short hash of all texts of {@link SMALL}: whoever changes what is simulated writes the new one here. */
const SMALL_HASH = '1601e5af275ce420';

function hashOf(files: readonly SimulatedFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) hash.update(`${name}\n${text}`);
  return hash.digest('hex').slice(0, 16);
}

describe('a simulated league', () => {
  it('is the same for the same seed, to the byte', () => {
    const first = simulateSeason({ ...SMALL, index: 0 });
    const again = simulateSeason({ ...SMALL, index: 0 });
    expect(again).toEqual(first);
    expect(hashOf(first)).toBe(SMALL_HASH);
  });

  it('is learned at the same time in every home, unless its last day is still to come', () => {
    const learned = (seasons: string, now: string): string =>
      leagueLearnedAt({ seasons, seed: '1', firstSeason: '2021' }, new Date(now));
    for (const now of ['2023-01-01T00:00:00Z', '2026-01-01T00:00:00Z'])
      expect(learned('1', now)).toBe('2022-09-30T16:00:00.000Z');
    expect(learned('2', '2026-01-01T00:00:00Z')).toBe('2023-09-30T16:00:00.000Z');
    expect(learned('2', '2023-01-01T00:00:00.000Z')).toBe('2023-01-01T00:00:00.000Z');
  });

  it('is another for another seed', () => {
    const texts = (seed: number): string[] =>
      simulateSeason({ ...SMALL, seed, index: 0 }).map(({ text }) => text);
    const [one, other] = [texts(1), texts(2)];
    for (const [i, text] of one.entries()) expect(text).not.toBe(other[i]);
  });

  it('gives a season alone as it gives it among others', () => {
    const seasons = [...simulateLeague({ ...SMALL, seasons: 3 })];
    expect(seasons.map(({ season }) => season)).toEqual(['2023-24', '2024-25', '2025-26']);
    for (const [index, { files }] of seasons.entries())
      expect(simulateSeason({ ...SMALL, index })).toEqual(files);
  });

  it('writes the files and columns of the historical data', () => {
    const files = simulateSeason({ ...SMALL, index: 1 });
    expect(files.map(({ name, text }) => [name, text.slice(0, text.indexOf('\n'))])).toEqual(
      Object.entries(HEADERS).map(([kind, header]) => [`${kind}_2024-25.csv`, header]),
    );
    for (const { text } of files) {
      expect(text.endsWith('\n')).toBe(true);
      expect(text).not.toMatch(/"|\r|undefined|NaN|Infinity|null|-0(,|\n)/);
    }
  });

  it.each<[string, Partial<LeagueOptions>]>([
    ['four teams', { teams: 4, gamesPerTeam: 30 }],
    ['one game each', { teams: 4, gamesPerTeam: 1 }],
    ['an odd number of teams', { teams: 7, gamesPerTeam: 20 }],
    ['an odd number of games', { teams: 10, gamesPerTeam: 9 }],
    ['a few teams for a full season', { teams: 5, gamesPerTeam: 82 }],
    ['all teams for a few games', { teams: 30, gamesPerTeam: 4 }],
    ['a seed that is negative and large', { seed: Number.MIN_SAFE_INTEGER }],
    ['a season of the last century', { firstSeason: 1996 }],
  ])('keeps its promises with %s', (_, options) => {
    const league = { ...SMALL, ...options };
    for (const { files } of simulateLeague({ ...league, seasons: 2 })) {
      expect(faultsOf(seasonRows(files), league)).toEqual([]);
    }
  });

  it('keeps its promises for any seed and size', () => {
    const leagues = fc
      .record({
        seed: fc.integer(),
        firstSeason: fc.integer({ min: 1980, max: 2045 }),
        teams: fc.integer({ min: 4, max: 30 }),
        gamesPerTeam: fc.integer({ min: 1, max: 12 }),
      })
      .filter(({ teams, gamesPerTeam }) => (teams * gamesPerTeam) % 2 === 0);
    fc.assert(
      fc.property(leagues, (league) => {
        expect(faultsOf(seasonRows(simulateSeason({ ...league, index: 0 })), league)).toEqual([]);
      }),
      {
        numRuns: 25,
        // A game of this league is level after three overtimes.
        examples: [[{ seed: -1378554168, firstSeason: 1986, teams: 21, gamesPerTeam: 12 }]],
      },
    );
  });

  it('follows players through their careers: the same id, name and birth date, a newcomer with a new id', () => {
    const seasons = [...simulateLeague({ ...SMALL, teams: 6, seasons: 8 })].map(({ files }) =>
      seasonRows(files),
    );
    const people = new Map<string, string>();
    const lookups = new Map<string, string>();
    for (const { rosters } of seasons) {
      for (const row of rosters) {
        const [id, name] = [text(row, 'player_id'), text(row, 'player_name')];
        const person = `${name}, born ${text(row, 'birth_date')}`;
        expect(people.get(id) ?? person).toBe(person);
        people.set(id, person);
        expect(lookups.get(playerLookup(name)) ?? id).toBe(id);
        lookups.set(playerLookup(name), id);
      }
    }
    const idsOf = (index: number): Set<string> =>
      new Set(seasons[index]?.rosters.map((row) => text(row, 'player_id')));
    const shared = [...idsOf(0)].filter((id) => idsOf(1).has(id)).length / idsOf(1).size;
    expect(shared).toBeGreaterThan(0.6);
    expect(shared).toBeLessThan(0.95);
    expect([...idsOf(0)].filter((id) => idsOf(7).has(id)).length).toBeLessThan(idsOf(0).size / 2);
    const ages = seasons.flatMap(({ rosters }) =>
      rosters.map(
        (row) => (Date.parse(text(row, 'game_date')) - Date.parse(text(row, 'birth_date'))) / 31_557_600_000,
      ),
    );
    expect(Math.min(...ages)).toBeGreaterThan(18.5);
    expect(Math.max(...ages)).toBeLessThan(45);
  });

  it('has trades and call-ups even in a short season', () => {
    const { rosters } = seasonRows(simulateSeason({ ...SMALL, teams: 8, gamesPerTeam: 30, index: 0 }));
    const teams = groupBy(rosters, 'player_id');
    const moved = [...teams.values()].filter(
      (rows) => new Set(rows.map((row) => text(row, 'team'))).size > 1,
    );
    expect(moved.length).toBeGreaterThan(3);
    expect(teams.size).toBeGreaterThan(8 * 17);
  });

  it('has names that exercise every rule of player lookups', () => {
    const rosters = [
      ...simulateLeague({ seed: 1, firstSeason: 2021, teams: 30, gamesPerTeam: 1, seasons: 1 }),
    ];
    const names = new Set(
      rosters.flatMap(({ files }) => seasonRows(files).rosters.map((row) => text(row, 'player_name'))),
    );
    for (const rule of [/ Jr\.$/, / I{2,3}$/, /'/, /-/, /^[A-Z]\.[A-Z]\. /, /[ćčšžéñöş]/]) {
      expect([...names].filter((name) => rule.test(name)).length).toBeGreaterThan(1);
    }
  });

  it('leaves a few games without a line and a few surprises without a report', () => {
    const rows = seasonRows(
      simulateSeason({ seed: 3, firstSeason: 2022, teams: 12, gamesPerTeam: 60, index: 0 }),
    );
    const without =
      rows.game_odds.filter((row) => text(row, 'spread_home') === '').length / rows.game_odds.length;
    expect(without).toBeGreaterThan(0.005);
    expect(without).toBeLessThan(0.07);
    const reported = new Set(
      rows.injury_report.map((row) => `${text(row, 'game_id')}/${text(row, 'player_id')}`),
    );
    const played = new Set(rows.player_box.map((row) => `${text(row, 'game_id')}/${text(row, 'player_id')}`));
    const quoted = [...groupBy(rows.player_props, 'game_id', 'player_id').keys()];
    const absent = quoted.filter((key) => !played.has(key));
    expect(absent.length / quoted.length).toBeGreaterThan(0.005);
    expect(absent.length / quoted.length).toBeLessThan(0.06);
    expect(absent.filter((key) => !reported.has(key)).length).toBeGreaterThan(0);
    expect(new Set(rows.injury_report.map((row) => text(row, 'status'))).size).toBe(5);
    expect(rows.player_box.some((row) => number(row, 'minutes') === 0)).toBe(true);
  });

  it.each([
    [{ teams: 3 }, /teams is 3/],
    [{ teams: 31 }, /teams is 31/],
    [{ gamesPerTeam: 0 }, /gamesPerTeam is 0/],
    [{ gamesPerTeam: 83 }, /gamesPerTeam is 83/],
    [{ teams: 5, gamesPerTeam: 3 }, /even number of games/],
    [{ firstSeason: 1979 }, /firstSeason is 1979/],
    [{ firstSeason: 2045, index: 1 }, /go on after 2045/],
    [{ seed: 0.5 }, /seed is 0.5/],
    [{ index: -1 }, /index is -1/],
  ])('refuses %j', (options, reason) => {
    expect(() => simulateSeason({ ...SMALL, index: 0, ...options })).toThrow(reason);
  });

  it('refuses a number of seasons that is none', () => {
    expect(() => simulateLeague({ ...SMALL, seasons: 0 }).next()).toThrow(/seasons is 0/);
  });
});
