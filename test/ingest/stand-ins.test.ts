/** Which lines of a second source of box scores are used beside those of the league. */
import { describe, expect, it } from 'vitest';
import { rowsThatStandIn } from '../../functions/ingest/stand-ins.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

const GAME = '20240110_AAA_BBB';
const line = (player: string, points: number, minutes: number | null, changes: Row = {}): Row => ({
  ...{ game_id: GAME, team_abbr: 'AAA', player_lookup: player, nba_player_id: 1, points, minutes },
  ...{ team_points_add_up: true, ...changes },
});
const nobody = { nba_player_id: null };
const doubted = { team_points_add_up: false };
const used = (second: readonly Row[], league: readonly Row[]) =>
  rowsThatStandIn(second, league).map((row) => row['player_lookup']);

const SECOND = [line('ada', 30, 140), line('bob', 20, 100)];

describe('lines of the second source', () => {
  it.each<[string, readonly Row[], readonly Row[], readonly string[]]>([
    ['stand in for a team of which the league has nobody', SECOND, [], ['ada', 'bob']],
    [
      'stand in, also of somebody whom nobody knows',
      [...SECOND, line('who', 0, 1, nobody)],
      [],
      ['ada', 'bob', 'who'],
    ],
    ['stand in for a player whom the league lacks', SECOND, [line('ada', 30, 139)], ['bob']],
    [
      'are not used for a player whom the league has with other numbers',
      SECOND,
      [line('ada', 28, 140), line('bob', 20, 100)],
      [],
    ],
    [
      'are not used where the league has all points and minutes',
      [...SECOND, line('cy', 0, 0)],
      [line('ada', 30, 141), line('bob', 20, 100)],
      [],
    ],
    [
      'stand in where the league lacks minutes of a player without points',
      [...SECOND, line('cy', 0, 10)],
      [line('ada', 30, 140), line('bob', 20, 100)],
      ['cy'],
    ],
    [
      'are not used for minutes that are rounded otherwise',
      [...SECOND, line('cy', 0, 4)],
      [line('ada', 30, 140), line('bob', 20, 100)],
      [],
    ],
    [
      'are not used for somebody whom nobody knows beside players of the league',
      [line('ada', 30, 140), line('bobby', 20, 100, nobody)],
      [line('ada', 30, 140)],
      [],
    ],
    [
      'are not used where they have more points than the league lacks',
      [line('ada', 28, 140), line('bob', 20, 90), line('cy', 2, 10)],
      [line('ada', 30, 140)],
      [],
    ],
    [
      'are not used where their points are not those of the final score',
      SECOND.map((row) => ({ ...row, ...doubted })),
      [],
      [],
    ],
    [
      'of another game are not affected',
      SECOND,
      [line('ada', 30, 140, { game_id: '20240110_CCC_DDD' })],
      ['ada', 'bob'],
    ],
    [
      'of the other team are not affected',
      SECOND,
      [line('ada', 30, 140, { team_abbr: 'BBB' })],
      ['ada', 'bob'],
    ],
    [
      'stand in where the league does not know its minutes and lacks a player',
      SECOND,
      [line('ada', 30, null)],
      ['bob'],
    ],
  ])('%s', (_, second, league, expected) => {
    expect(used(second, league)).toEqual(expected);
  });
});
