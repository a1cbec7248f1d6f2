/** Refused rows are grouped by their cause, and causes come before what follows from them. */
import { describe, expect, it } from 'vitest';
import { addedUp, causeOf, causesOf, isConsequence } from '../../shared/domain/reject-causes.ts';
import { causesFirst } from '../../functions/control/rejects.ts';

describe('the cause of a refusal', () => {
  it.each([
    ['minutes are "half an hour"', 'minutes are …'],
    ['game 0022200001 is not in the schedule of 2022-23', 'game … is not in the schedule of …'],
    [
      'game_date is 2022-10-19, the schedule has game 0022200001 on 2022-10-18',
      'game_date is …, the schedule has game … on …',
    ],
    ['LAL does not play in 20221018_PHI_BOS', '… does not play in …'],
    [
      'points are 31, the field goals and free throws give 28',
      'points are …, the field goals and free throws give …',
    ],
    [
      'same game_id, player_lookup as line 12 of player_box_2022-23.csv',
      'same game_id, player_lookup as line … of …',
    ],
    ['team is "XXX", which is no NBA team', 'team is …, which is no NBA team'],
    ['the row has 7 cells, the header 29', 'the row has … cells, the header …'],
  ])('%s is: %s', (reason, cause) => {
    expect(causeOf(reason)).toBe(cause);
  });

  it('is told once for all of its rows in a file, with the first of them', () => {
    const rows = [3, 4, 9].map((line) => ({ file: 'a.csv', line, reason: `minutes are "${line} m"` }));
    const other = { file: 'b.csv', line: 2, reason: 'minutes are "x"' };
    const causes = causesOf([...rows, other]);

    expect(causes).toEqual([
      { cause: 'minutes are …', file: 'a.csv', rows: 3, example: 'line 3: minutes are "3 m"' },
      { cause: 'minutes are …', file: 'b.csv', rows: 1, example: 'line 2: minutes are "x"' },
    ]);
    expect(addedUp([...causes, ...causes]).map(({ rows: count }) => count)).toEqual([6, 2]);
  });
});

describe('causes', () => {
  it('come before their consequences, however many rows these have', () => {
    const of = (table: string, cause: string, rows: number) => ({
      ...{ table, cause, rows, file: `${table}.csv`, example: 'line 2' },
    });
    const lacking = of('nbac_player_boxscores', 'game … is not in the schedule of …', 500);
    const minutes = of('nbac_player_boxscores', 'minutes are …', 2);
    const team = of('nbac_schedule', 'home_team is …, which is no NBA team', 1);

    expect(isConsequence(lacking.cause)).toBe(true);
    expect(causesFirst([lacking, minutes, team])).toEqual([team, minutes, lacking]);
  });
});
