/** Box scores that a person has given up, and what they take from the tables that are made before later games. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { incompleteOf, incompleteText, type Incomplete } from '../../shared/domain/decide/incomplete.ts';
import { boxScoresBefore, givenUpIn, tellsOfRowsAlone } from '../../shared/domain/given-up.ts';
import { lackingIn } from '../../shared/domain/lacking.ts';
import { refName } from '../../shared/domain/partition.ts';
import { partition, type PartitionFields } from '../support/partitions.ts';
import { DATES, day, except, viewOf } from '../support/view-of.ts';

const registry = loadRegistry();
const NIGHT = day(15);
const NEXT = day(17);
const PLAYERS = 'nbac_player_boxscores';
const TEAMS = 'nbac_team_boxscore';
const CONTEXT = 'upcoming_player_game_context';
const GAME = '20231108_ATL_BOS';

/** A night without box scores, and one that a person has given up. */
const lost: PartitionFields = {
  ...{ status: 'partial', rows: 0, expectedRows: 10, games: 0, expectedGames: 1 },
  reason: `game_missing: ${GAME}; rows_missing: 0 of 10 rows, 0 of 1 games`,
};
const givenUp: PartitionFields = {
  ...lost,
  status: 'empty',
  reason: 'source_unavailable; accepted by ann: lost\nfor ever; game_missing: all',
  givenUp: 'accepted by ann: lost\nfor ever; game_missing: all',
};
/** The players of two teams on the next game date, some of whom nobody knows. */
const short: PartitionFields = {
  ...{ status: 'partial', rows: 30, expectedRows: 37 },
  reason: `game_missing: ${PLAYERS} has 0 of 1 games on ${NIGHT}; rows_missing: 30 of 37 rows, 2 of 2 games`,
};

const SECOND = 'bdl_player_boxscores';
/** @param second whether Ball Don't Lie was asked about the night */
function found(
  differences: Readonly<Record<string, PartitionFields>>,
  second: PartitionFields | null = null,
): Incomplete {
  const asked = except({ ...differences, ...(second === null ? {} : { [`${SECOND}@${NIGHT}`]: second }) });
  const view = viewOf({
    registry,
    differently: (table, date) =>
      table === SECOND && (second === null || date !== NIGHT) ? null : asked(table, date),
  });
  return incompleteOf(view, { dates: DATES, from: 'phase3', through: 'phase4', tables: null });
}

describe('players whom nobody knows, because box scores before their game are lacking', () => {
  const context = { [`${CONTEXT}@${NEXT}`]: short };
  const named = (incomplete: Incomplete): string[] => incomplete.absent.map(refName);

  it('are missing while nobody has given the box scores up', () => {
    const { games, ...incomplete } = found({ [`${PLAYERS}@${NIGHT}`]: lost, ...context });
    expect(named({ ...incomplete, games })).toContain(`${CONTEXT}@${NEXT}`);
    expect(games).toEqual([{ table: PLAYERS, date: NIGHT, games: [GAME] }]);
  });

  it('are not missing when a second source has the game, with the points of its final score', () => {
    const night = { [`${PLAYERS}@${NIGHT}`]: lost };
    expect(found(night, { rows: 10, games: 1 })).toEqual({ absent: [], partial: [], games: [] });
    const other: PartitionFields = { status: 'partial', rows: 20, games: 1 };
    for (const reason of [`game_missing: ${GAME}`, `points_do_not_add_up: ${GAME} (ATL has 90 of 99 points)`])
      expect(found(night, { ...other, reason }).games, reason).toEqual([
        { table: PLAYERS, date: NIGHT, games: [GAME] },
      ]);
    expect(found(night, { ...other, reason: 'game_missing: 20231108_CHI_DEN' }).games).toEqual([]);
  });

  it.each([PLAYERS, TEAMS])('are given up with them, also when only %s was given up', (table) => {
    const nights = { [`${PLAYERS}@${NIGHT}`]: lost, [`${TEAMS}@${NIGHT}`]: lost };
    const incomplete = found({ ...nights, [`${table}@${NIGHT}`]: givenUp, ...context });
    expect(incomplete).toEqual({ absent: [], partial: [], games: [] });
  });

  it('are missing when another night is lacking, or something else', () => {
    const night = { [`${PLAYERS}@${NIGHT}`]: givenUp };
    expect(named(found({ ...night, [`${PLAYERS}@${day(14)}`]: lost, ...context }))).toContain(
      `${CONTEXT}@${NEXT}`,
    );
    const other = { ...short, reason: `${short.reason}; games_unread: ${GAME}` };
    expect(named(found({ ...night, [`${CONTEXT}@${NEXT}`]: other }))).toEqual([`${CONTEXT}@${NEXT}`]);
    expect(named(found(context))).toEqual([`${CONTEXT}@${NEXT}`]);
  });
});

describe('the sentence of a verdict about games without box scores', () => {
  const nights = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ table: PLAYERS, date: day(i), games: [`game${i}`] }));
  const textOf = (n: number) => incompleteText({ absent: [], partial: [], games: nights(n) });

  it('names them and the command that gives them up', () => {
    expect(textOf(1)).toBe(
      `game0 has no box scores in ${PLAYERS}; if no source has them: fullcourt accept --table ${PLAYERS} --dates ${day(0)} --reason TEXT`,
    );
    expect(textOf(4)).toBe(
      `game0, game1, game2 and 1 more have no box scores in ${PLAYERS}; if no source has them: fullcourt accept --table ${PLAYERS} --dates ${[0, 1, 2, 3].map(day).join(',')} --reason TEXT`,
    );
  });

  it('sends many dates to a file', () => {
    expect(textOf(21)).toContain(
      `--dates @FILE --reason TEXT (its dates: fullcourt coverage --start ${day(0)} --end ${day(20)} --missing)`,
    );
  });
});

describe('what is known of box scores before a date', () => {
  it('ends after 30 days', () => {
    const states = [[PLAYERS, { [day(0)]: partition(lost) }]] as const;
    expect(boxScoresBefore(states as never, day(30)).lacking).toHaveLength(1);
    expect(boxScoresBefore(states as never, day(31)).lacking).toEqual([]);
    expect(boxScoresBefore(states as never, day(0)).lacking).toEqual([]);
  });

  it('was given up by the person whom the answer of a run names, until the partition says something else', () => {
    expect(givenUpIn(partition(givenUp))).toBe(givenUp.givenUp);
    expect(givenUpIn(partition({ ...givenUp, status: 'requested' }))).toBe(givenUp.givenUp);
    expect(givenUpIn(partition({ ...givenUp, status: 'failed', reason: 'broken' }))).toBeUndefined();
    expect(givenUpIn(partition(lost))).toBeUndefined();
    expect(givenUpIn(undefined)).toBeUndefined();
  });

  it.each([
    ['game_missing: a; rows_missing: 3 rows', true],
    ['game_missing: a; accepted by ann: lost', false],
    ['rows_refused: 3 rows', false],
    [null, false],
  ])('is that nothing but rows or games is lacking: "%s" says %s', (reason, alone) => {
    expect(tellsOfRowsAlone(reason)).toBe(alone);
  });

  it('is not what a person says who has given it up', () => {
    expect(lackingIn(partition(lost), 'game_missing')?.detail).toBe(GAME);
    expect(lackingIn(partition(givenUp), 'game_missing')).toBeUndefined();
    expect(lackingIn(undefined, 'game_missing')).toBeUndefined();
  });
});
