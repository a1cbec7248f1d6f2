/** What contradicts a box score: the team box line by line, and the minutes of the game. */
import { describe, expect, it } from 'vitest';
import { knownOfDate } from '../../functions/ingest/known-independently.ts';
import { scheduleOf } from '../../functions/ingest/schedule.ts';
import { boxScoreFaults, teamTotals } from '../../functions/ingest/team-box-witnesses.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

const GAME = '0022200076';
const date = gameDate('2022-10-28');
const schedule = scheduleOf(
  [{ nba_game_id: GAME, game_id: '20221028_LAL_MIN', season: '2022-23' }],
  [{ nba_game_id: GAME, home_points: 50, away_points: 50 }],
);
const games = [...schedule.values()];

/** Each statistic of a team is five times that of one of its players. */
const ONE: Row = {
  ...{ points: 10, field_goals_made: 5, field_goals_attempted: 9, three_pointers_made: 0 },
  ...{ three_pointers_attempted: 2, free_throws_made: 0, free_throws_attempted: 1, offensive_rebounds: 1 },
  ...{ defensive_rebounds: 3, rebounds: 4, assists: 2, steals: 1, blocks: 1, turnovers: 2 },
  ...{ personal_fouls: 3, minutes: 48 },
};

function players(team_abbr: string, changes: readonly Row[] = []): Row[] {
  return Array.from({ length: 5 }, (_, i) => ({
    ...{ nba_game_id: GAME, team_abbr, player_lookup: `${team_abbr}${i}`, source_detail: 'full' },
    ...ONE,
    ...changes[i],
  }));
}

function box(team_abbr: string, change: Row = {}): Row {
  const sums = Object.entries(ONE).map(([column, value]) => [column, 5 * Number(value)]);
  const whose = { nba_game_id: GAME, team_abbr, source_detail: 'full' };
  return { ...whose, ...(Object.fromEntries(sums) as Row), ...change };
}

const whole = [...players('MIN'), box('MIN'), box('LAL')];

/** What differs, and which minutes do not add up, of LAL when MIN and the team boxes are right. */
function faultsOf(lakers: readonly Row[], others: readonly Row[] = whole) {
  const found = boxScoreFaults(teamTotals([...lakers, ...others]), games);
  return {
    lines: found.lines.map(({ team, differing }) => [team, ...differing.map(({ column }) => column)]),
    minutes: found.minutes.map(({ team, players: sum, length }) => [
      team,
      Math.round(10 * (sum ?? 0)) / 10,
      length,
    ]),
  };
}

const NOTHING = { lines: [], minutes: [] };

describe('the team box', () => {
  it('contradicts nothing when the players add up to it', () => {
    expect(faultsOf(players('LAL'))).toEqual(NOTHING);
  });

  it.each(Object.keys(ONE).filter((column) => column !== 'points' && column !== 'minutes'))(
    'contradicts %s that are one more or one fewer',
    (column) => {
      for (const by of [-1, 1])
        expect(faultsOf(players('LAL', [{ [column]: Number(ONE[column]) + by }]))).toEqual({
          ...NOTHING,
          lines: [['LAL', column]],
        });
    },
  );

  it('contradicts a player without points who is lacking', () => {
    const zero = Object.fromEntries(Object.keys(ONE).map((column) => [column, 0])) as Row;
    const idle: Row = { ...players('LAL')[0], ...zero, player_lookup: 'idle', rebounds: 5, minutes: 3 };
    const six = [...players('LAL', [{ minutes: 45 }]), idle];
    const boxes = [box('LAL', { rebounds: 25 }), ...players('MIN'), box('MIN')];
    expect(faultsOf(six, boxes)).toEqual(NOTHING);
    expect(faultsOf(six.slice(0, 5), boxes)).toEqual({ ...NOTHING, lines: [['LAL', 'rebounds']] });
  });

  it('contradicts numbers that are swapped between players of different teams, for both teams', () => {
    const lakers = players('LAL', [{ assists: 9 }]);
    const others = [...players('MIN', [{ assists: 1 }]), box('MIN'), box('LAL')];
    expect(faultsOf(lakers, others).lines).toEqual([
      ['MIN', 'assists'],
      ['LAL', 'assists'],
    ]);
  });

  it('says nothing of what one side does not know, and nothing where it is lacking', () => {
    expect(faultsOf(players('LAL', [{ assists: null }]))).toEqual(NOTHING);
    const lite = box('LAL', { source_detail: 'lite', field_goals_attempted: null, personal_fouls: null });
    expect(faultsOf(players('LAL', [{ personal_fouls: 9 }]), [...players('MIN'), lite])).toEqual(NOTHING);
    expect(faultsOf(players('LAL', [{ rebounds: 9 }]), players('MIN'))).toEqual(NOTHING);
  });

  it('has up to six turnovers of its own where it is lite, and never fewer than its players', () => {
    const turnovers = (count: number, source_detail: string) =>
      faultsOf(players('LAL'), [...players('MIN'), box('LAL', { turnovers: count, source_detail })]).lines;
    expect([10, 16].map((count) => turnovers(count, 'lite'))).toEqual([[], []]);
    expect([9, 17].map((count) => turnovers(count, 'lite'))).toEqual([
      [['LAL', 'turnovers']],
      [['LAL', 'turnovers']],
    ]);
    expect(turnovers(11, 'full')).toEqual([['LAL', 'turnovers']]);
  });
});

describe('minutes', () => {
  const noBoxes = players('MIN');
  const lakers = (...minutes: readonly (number | null)[]) =>
    players(
      'LAL',
      minutes.map((each) => ({ minutes: each })),
    );

  it('of players add up to 240, and to 25 more for each overtime', () => {
    expect(faultsOf(lakers(48), noBoxes)).toEqual(NOTHING);
    expect(faultsOf(lakers(53, 53, 53, 53, 53), players('MIN', Array(5).fill({ minutes: 53 })))).toEqual(
      NOTHING,
    );
  });

  it('that are whole may miss that by 4', () => {
    expect([44, 52].map((first) => faultsOf(lakers(first), noBoxes))).toEqual([NOTHING, NOTHING]);
    expect([43, 53].map((first) => faultsOf(lakers(first), noBoxes).minutes)).toEqual([
      [['LAL', 235, 240]],
      [['LAL', 245, 240]],
    ]);
  });

  it('with seconds may miss it by 1', () => {
    const exact = (first: number) => [first, 47.5, 48.4, 47.6, 48.3];
    const minnesota = players(
      'MIN',
      exact(48.2).map((minutes) => ({ minutes })),
    );
    expect(faultsOf(lakers(...exact(49.1)), minnesota)).toEqual(NOTHING);
    expect(faultsOf(lakers(...exact(49.3)), minnesota).minutes).toEqual([['LAL', 241.1, 240]]);
  });

  it('of a team whose player is lacking are too few, also where an overtime would hide it', () => {
    expect(faultsOf(players('LAL').slice(1), noBoxes).minutes).toEqual([['LAL', 192, 240]]);
    const overtime = players('MIN', Array(5).fill({ minutes: 53 }));
    expect(faultsOf(lakers(48), overtime).minutes).toEqual([['LAL', 240, 265]]);
  });

  it('say nothing where those of somebody who took part are unknown; who was on the bench has none', () => {
    expect(faultsOf(lakers(null, 20), noBoxes)).toEqual(NOTHING);
    const zero = Object.fromEntries(Object.keys(ONE).map((column) => [column, 0])) as Row;
    const bench = { ...players('LAL')[0], ...zero, minutes: null, player_lookup: 'bench' };
    expect(faultsOf([...lakers(48), bench], noBoxes)).toEqual(NOTHING);
    expect(faultsOf([...lakers(43), bench], noBoxes).minutes).toEqual([['LAL', 235, 240]]);
  });

  it('of a team box that is a sum of whole minutes are those of its players exactly', () => {
    const sums = (minutes: number) => [...players('MIN'), box('MIN'), box('LAL', { minutes })];
    expect(faultsOf(lakers(49), sums(241))).toEqual(NOTHING);
    expect(faultsOf(lakers(50), sums(241)).minutes).toEqual([['LAL', 242, 240]]);
    // 240 may be the length of the game, which whole minutes miss by some.
    expect(faultsOf(lakers(50), sums(240))).toEqual(NOTHING);
  });

  it('of a team box are those of a game', () => {
    const boxed = (minutes: number) =>
      boxScoreFaults(teamTotals([box('MIN'), box('LAL', { minutes })]), games).minutes.length;
    expect([239, 240, 244, 246, 255].map(boxed)).toEqual([0, 0, 0, 1, 2]);
  });
});

describe('a date of box scores whose numbers are contradicted', () => {
  const definition = (name: string) => RAW_LOADS.of(name).definition;
  const lackingOf = (name: string, rows: readonly Row[], totals: readonly Row[]) =>
    knownOfDate(definition(name), date, rows, 0, schedule, new Set(['regular']), teamTotals(totals)).lacking;

  it('is in doubt in the table of the players and in that of the teams', () => {
    const lakers = players('LAL', [{ rebounds: 9, minutes: 58 }]);
    const expected = [
      { code: 'minutes_do_not_add_up', detail: '20221028_LAL_MIN (LAL has 250 minutes of 240)' },
      { code: 'team_box_differs', detail: '20221028_LAL_MIN (LAL has rebounds 25 of 20 in the team box)' },
    ];
    const all = [...lakers, ...whole];
    expect(lackingOf('nbac_player_boxscores', [...lakers, ...players('MIN')], all)).toEqual(expected);
    expect(lackingOf('nbac_team_boxscore', [box('MIN'), box('LAL')], all)).toEqual(expected);
  });

  it('names at most three statistics of a team', () => {
    const all = [...players('LAL').slice(0, 4), ...whole];
    expect(lackingOf('nbac_team_boxscore', [box('MIN'), box('LAL')], all)[1]?.detail).toBe(
      '20221028_LAL_MIN (LAL has field_goals_made 20 of 25, field_goals_attempted 36 of 45, three_pointers_attempted 8 of 10 and 9 more in the team box)',
    );
  });
});
