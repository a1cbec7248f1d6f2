import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayNumber, daysBetween, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { simulateSeason } from '../../scripts/simulate/league.ts';
import {
  datesByTeam,
  faultsOf,
  groupBy,
  number,
  seasonRows,
  sum,
  text,
  type Row,
  type SeasonRows,
} from '../support/season-rows.ts';

const LEAGUE = { seed: 20, firstSeason: 2023 } as const;
let rows: SeasonRows;

beforeAll(() => {
  rows = seasonRows(simulateSeason({ ...LEAGUE, index: 0 }));
});

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function between(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
}

function ratio(list: readonly Row[], made: string, attempted: string): number {
  return sum(list, made) / sum(list, attempted);
}

function possessionsOf(row: Row): number {
  return number(row, 'fga') + 0.44 * number(row, 'fta') + number(row, 'tov') - number(row, 'oreb');
}

describe('a full simulated season', () => {
  it('keeps every promise about sums, times and names', () => {
    expect(faultsOf(rows, LEAGUE)).toEqual([]);
  });

  it('has the dates of a real one', () => {
    const slates = groupBy(rows.schedule, 'game_date');
    const dates = [...slates.keys()].map(gameDate);
    between(dates.length, 160, 166);
    expect([dates[0], dates.at(-1)]).toEqual(['2023-10-24', '2024-04-14']);
    expect(slates.get('2023-10-24')).toHaveLength(2);
    expect(slates.get('2024-04-14')).toHaveLength(15);
    // Thanksgiving, Christmas Eve, and the six days around the All-Star game of 18 February.
    for (const date of ['2023-11-23', '2023-12-24', '2024-02-16', '2024-02-18', '2024-02-21'])
      expect(dates).not.toContain(date);
    expect(dates).toContain('2024-02-15');
    expect(dates).toContain('2024-02-22');
    const weekday = (day: number): number[] =>
      dates.filter((date) => (dayNumber(date) + 4) % 7 === day).map((date) => slates.get(date)?.length ?? 0);
    expect(mean(weekday(4))).toBeLessThan(6.5);
    expect(mean(weekday(3))).toBeGreaterThan(8);
    expect(mean(weekday(5))).toBeGreaterThan(8);
  });

  it('opens on the real opening nights', () => {
    const openings = [2021, 2022, 2023, 2024, 2025].map(
      (firstSeason) =>
        seasonRows(simulateSeason({ seed: 1, firstSeason, teams: 4, gamesPerTeam: 1, index: 0 })).schedule[0],
    );
    expect(openings.map((row) => row && text(row, 'game_date'))).toEqual([
      '2021-10-19',
      '2022-10-18',
      '2023-10-24',
      '2024-10-22',
      '2025-10-21',
    ]);
  });

  it('gives each team 13 to 18 back-to-backs, 41 home games and no idle fortnight', () => {
    for (const [team, dates] of datesByTeam(rows.schedule)) {
      const played = new Set<GameDate>(dates);
      between(dates.filter((date) => played.has(addDays(date, -1))).length, 13, 18);
      expect(rows.schedule.filter((row) => text(row, 'home_team') === team)).toHaveLength(41);
      between(Math.max(...dates.map((date, i) => daysBetween(dates[i - 1] ?? date, date))), 3, 10);
    }
  });

  it('meets opponents as the real schedule does: two to four times', () => {
    const meetings = groupBy(
      rows.schedule.map((row) => ({
        pair: [text(row, 'home_team'), text(row, 'visitor_team')].toSorted().join(),
      })),
      'pair',
    );
    const counts = [...meetings.values()].map((games) => games.length);
    expect(counts).toHaveLength(435);
    expect([2, 3, 4].map((games) => counts.filter((count) => count === games).length)).toEqual([
      225, 60, 150,
    ]);
    expect(meetings.get('BOS,NYK')).toHaveLength(4);
    expect(meetings.get('BOS,LAL')).toHaveLength(2);
  });

  it('scores as the real league does', () => {
    const teams = rows.team_box;
    const possessions = teams.map(possessionsOf);
    const paces = teams.map((row) => (possessionsOf(row) * 48) / (number(row, 'minutes') / 5));
    between(mean(paces), 96, 102);
    between((100 * sum(teams, 'pts')) / possessions.reduce((a, b) => a + b, 0), 110, 117);
    between(ratio(teams, 'fgm', 'fga'), 0.455, 0.49);
    between(ratio(teams, 'fg3m', 'fg3a'), 0.345, 0.385);
    between(ratio(teams, 'fg3a', 'fga'), 0.37, 0.42);
    between(ratio(teams, 'ftm', 'fta'), 0.75, 0.81);
    between(sum(teams, 'fta') / teams.length, 20, 24.5);
    between(sum(teams, 'tov') / teams.length, 12, 14.5);
    between(sum(teams, 'oreb') / teams.length, 9.5, 11.5);
    between(sum(teams, 'ast') / teams.length, 24.5, 28.5);
    between(sum(teams, 'stl') / teams.length, 6.5, 8.5);
    between(sum(teams, 'blk') / teams.length, 4.3, 5.8);
    between(sum(teams, 'pf') / teams.length, 17.5, 20.5);
    between(deviation(teams.map((row) => number(row, 'pts'))), 11, 14);
    const home = teams.filter((row) => text(row, 'is_home') === 'true');
    between(home.filter((row) => text(row, 'win') === 'true').length / home.length, 0.51, 0.59);
    between(rows.game_odds.filter((row) => number(row, 'ot_home') > 0).length, 20, 80);
  });

  it('has good and bad teams', () => {
    const shares = [...groupBy(rows.team_box, 'team').values()].map(
      (games) => games.filter((row) => text(row, 'win') === 'true').length / games.length,
    );
    between(deviation(shares), 0.09, 0.2);
    between(Math.max(...shares), 0.62, 0.92);
    between(Math.min(...shares), 0.06, 0.38);
  });

  it('has stars and a bench', () => {
    const players = [...groupBy(rows.player_box, 'player_id').values()];
    between(players.length, 500, 620);
    const scorers = players
      .filter((games) => games.length >= 40)
      .map((games) => sum(games, 'pts') / games.length)
      .toSorted((a, b) => b - a);
    between(scorers[0] ?? 0, 28, 38);
    between(scorers[9] ?? 0, 24, 30);
    between(scorers[99] ?? 0, 12, 17);
    const used = [...groupBy(rows.player_box, 'game_id', 'team').values()].map((lines) => lines.length);
    between(mean(used), 9.5, 12);
    const longest = [...groupBy(rows.player_box, 'game_id', 'team').values()].map((lines) =>
      Math.max(...lines.map((line) => number(line, 'minutes'))),
    );
    between(mean(longest), 34, 39);
    const shareWithout =
      rows.player_box.filter((row) => text(row, 'position') === '').length / rows.player_box.length;
    between(shareWithout, 0.002, 0.05);
  });

  it('gives usage that adds up to a fifth each', () => {
    const teams = new Map(rows.team_box.map((row) => [`${text(row, 'game_id')}/${text(row, 'team')}`, row]));
    const plays = (row: Row): number => number(row, 'fga') + 0.44 * number(row, 'fta') + number(row, 'tov');
    const usages = rows.player_box
      .filter((row) => number(row, 'minutes') > 0)
      .map((row) => {
        const team = teams.get(`${text(row, 'game_id')}/${text(row, 'team')}`);
        if (team === undefined) throw new Error('A player without a team');
        return (100 * plays(row) * (number(team, 'minutes') / 5)) / (number(row, 'minutes') * plays(team));
      });
    between(mean(usages), 17, 21);
  });

  it('shoots from the zones as the real league does', () => {
    const share = (of: (shot: Row) => boolean): number => rows.shots.filter(of).length / rows.shots.length;
    const isThree = (shot: Row): boolean => text(shot, 'is_three') === 'true';
    between(
      share((shot) => !isThree(shot) && number(shot, 'shot_distance') <= 8),
      0.37,
      0.53,
    );
    between(
      share((shot) => !isThree(shot) && number(shot, 'shot_distance') > 8),
      0.1,
      0.23,
    );
    between(share(isThree), 0.36, 0.44);
    const accuracy = (zone: string): number => {
      const shots = rows.shots.filter((shot) => text(shot, 'zone') === zone);
      return shots.filter((shot) => text(shot, 'made') === 'true').length / shots.length;
    };
    between(accuracy('Restricted Area'), 0.63, 0.7);
    between(accuracy('In The Paint (Non-RA)'), 0.4, 0.47);
    between(accuracy('Mid-Range'), 0.38, 0.45);
    between(accuracy('Left Corner 3'), 0.35, 0.42);
    between(accuracy('Above the Break 3'), 0.33, 0.385);
  });

  it('has lines as good and as bad as real ones', () => {
    const games = new Map(rows.schedule.map((row) => [text(row, 'game_id'), row]));
    const errors = rows.game_odds
      .filter((row) => text(row, 'total') !== '')
      .map((row) => {
        const game = games.get(text(row, 'game_id')) ?? {};
        const [home, visitor] = [number(game, 'home_pts'), number(game, 'visitor_pts')];
        return {
          spread: home - visitor + number(row, 'spread_home'),
          total: home + visitor - number(row, 'total'),
        };
      });
    between(mean(errors.map(({ spread }) => Math.abs(spread))), 9.3, 11.5);
    between(mean(errors.map(({ spread }) => spread)), -1.2, 1.2);
    between(mean(errors.map(({ total }) => Math.abs(total))), 13, 16);
    between(mean(errors.map(({ total }) => total)), -3, 3);

    const box = new Map(
      rows.player_box.map((row) => [`${text(row, 'game_id')}/${text(row, 'player_id')}`, row]),
    );
    const props = rows.player_props.flatMap((row) => {
      const line = box.get(`${text(row, 'game_id')}/${text(row, 'player_id')}`);
      const isMain = text(row, 'is_main_line') === 'true';
      return line === undefined || !isMain ? [] : [number(line, 'pts') - number(row, 'line')];
    });
    between(props.filter((miss) => miss > 0).length / props.length, 0.47, 0.53);
    between(mean(props.map(Math.abs)), 4.8, 5.8);
    between(rows.player_props.length, 30_000, 50_000);
  });

  it('reports most who sit, and trades before the deadline of February', () => {
    const reports = groupBy(rows.injury_report, 'game_id', 'player_id');
    between(reports.size / rows.team_box.length, 2, 5);
    const moved = [...groupBy(rows.rosters, 'player_id').values()].flatMap((seen) => {
      const teams = groupBy(seen, 'team');
      const [, later] = [...teams.values()];
      return later?.[0] === undefined ? [] : [text(later[0], 'game_date')];
    });
    between(moved.length, 25, 100);
    expect(
      moved.filter((date) => date >= '2024-02-05' && date <= '2024-02-16').length / moved.length,
    ).toBeGreaterThan(0.9);
  });
});
