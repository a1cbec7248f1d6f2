/** Mistakes in the shots. */
import { addDays } from '../../../shared/domain/game-date.ts';
import { pick } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import { all, change, double, drop, like, mistake } from './changes.ts';
import { dateIn, drawRow, isRow } from './ground.ts';
import type { Draw, Edit, Kinds, Witness } from './mutation.ts';

const about =
  (witness: Witness, what: string, edit: (row: Cells) => Edit): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, 'shots');
    return row === undefined
      ? undefined
      : mistake(
          witness,
          `${what}: player ${row['player_id']} of ${row['team']}, game ${row['game_id']} of ${row['game_date']}`,
          edit(row),
        );
  };
const cells = (
  witness: Witness,
  what: string,
  changed: (row: Cells) => Readonly<Record<string, string>>,
  whole: 'shot' | 'game' = 'shot',
): Draw =>
  about(witness, what, (row) =>
    change('shots', whole === 'game' ? like(row, 'game_id') : isRow(row), changed),
  );

export const SHOTS: Kinds = {
  'a shot is lacking': about('attempts', 'a shot less', (row) => drop('shots', isRow(row))),
  'the shots of a player in a game are lacking': about('attempts', 'no shots', (row) =>
    drop('shots', like(row, 'game_id', 'player_id')),
  ),
  'the shots of a team in a game are lacking': about('attempts', 'no shots of the team', (row) =>
    drop('shots', like(row, 'game_id', 'team')),
  ),
  'the shots of a game are lacking': about('schedule', 'no shots of the game', (row) =>
    drop('shots', like(row, 'game_id')),
  ),
  'the shots of a night are lacking': (ground, random) => {
    const date = pick(random, ground.week);
    return mistake(
      'schedule',
      `no shots on ${date}`,
      drop('shots', (row) => dateIn(row) === date),
    );
  },
  'there are nearly no shots': ({ dates }) =>
    mistake(
      'schedule',
      `shots of ${dates[0]} alone`,
      drop('shots', (row) => dateIn(row) > (dates[0] ?? '')),
    ),
  'the shots of a quarter are lacking': about('attempts', 'no shots of a quarter', (row) =>
    drop('shots', like(row, 'game_id', 'period')),
  ),
  'the shots of a game are doubled': about('attempts', 'every shot twice', (row) =>
    double('shots', like(row, 'game_id')),
  ),
  'the shots of a player are doubled': about('attempts', 'his shots twice', (row) =>
    double('shots', like(row, 'game_id', 'player_id')),
  ),
  'the shots of a game come in another order': about('nothing changes', 'in another order', (row) => ({
    of: 'shots',
    change: (rows) => {
      const isOf = like(row, 'game_id');
      const turned = rows.filter(isOf).reverse();
      return rows.map((each) => (isOf(each) ? (turned.shift() ?? each) : each));
    },
  })),
  'a shot of another player of the game': (ground, random) => {
    const row = drawRow(ground, random, 'shots');
    const other = drawRow(
      ground,
      random,
      'shots',
      (each) => each['game_id'] === row?.['game_id'] && each['player_id'] !== row?.['player_id'],
    );
    if (row === undefined || other === undefined) return undefined;
    return mistake(
      'attempts',
      `a shot of ${row['player_id']} is given to ${other['player_id']} in game ${row['game_id']}`,
      change('shots', isRow(row), { player_id: other['player_id'] ?? '', team: other['team'] ?? '' }),
    );
  },
  'the shots of a player are those of another one': (ground, random) => {
    const row = drawRow(ground, random, 'shots');
    const other = drawRow(
      ground,
      random,
      'shots',
      (each) => each['game_id'] === row?.['game_id'] && each['player_id'] !== row?.['player_id'],
    );
    if (row === undefined || other === undefined) return undefined;
    return mistake(
      'attempts',
      `the shots of ${row['player_id']} are given to ${other['player_id']} in game ${row['game_id']}`,
      change('shots', like(row, 'game_id', 'player_id'), {
        player_id: other['player_id'] ?? '',
        team: other['team'] ?? '',
      }),
    );
  },
  'makes are misses': about('attempts', 'no makes', (row) =>
    change(
      'shots',
      all(like(row, 'game_id', 'player_id'), (each) => each['made'] === 'true'),
      { made: 'false' },
    ),
  ),
  'threes are twos': about('attempts', 'no threes', (row) =>
    change(
      'shots',
      all(like(row, 'game_id', 'player_id'), (each) => each['is_three'] === 'true'),
      {
        is_three: 'false',
        zone: 'Mid-Range',
      },
    ),
  ),
  'a zone that contradicts the kind of shot': cells('the file itself', 'another kind', (row) => ({
    is_three: row['is_three'] === 'true' ? 'false' : 'true',
  })),
  'a zone that nobody knows': cells('the file itself', 'zone Elsewhere', () => ({ zone: 'Elsewhere' })),
  'another zone': cells('none', 'from the mid-range', (row) => ({
    zone: row['is_three'] === 'true' ? (row['zone'] ?? '') : 'Mid-Range',
  })),
  'a distance that is no number': cells('the file itself', 'distance far', () => ({ shot_distance: 'far' })),
  'a shot of the other team': cells('schedule', 'a team that does not play', (row) => ({
    team: row['team'] === 'LAL' ? 'BOS' : 'LAL',
  })),
  'a shot of nobody': cells('who is who', 'an id that nobody has', () => ({ player_id: '1999999' })),
  'a shot in no period': cells('the file itself', 'period 0', () => ({ period: '0' })),
  'shots of another date': cells(
    'schedule',
    'one day late',
    (row) => ({ game_date: addDays(dateIn(row), 1) }),
    'game',
  ),
  'flags in other words': cells(
    'nothing changes',
    'yes and no, 1 and 0',
    (row) => ({
      made: row['made'] === 'true' ? 'Yes' : 'no',
      is_three: row['is_three'] === 'true' ? '1' : '0',
    }),
    'game',
  ),
};
