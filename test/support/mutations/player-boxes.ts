/** Mistakes in the box scores of players. */
import { addDays } from '../../../shared/domain/game-date.ts';
import { pick, type Random } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import { all, change, double, drop, exchange, like, mistake, plus } from './changes.ts';
import { dateIn, drawRow, isRow, type Ground } from './ground.ts';
import type { Draw, Kinds, Witness } from './mutation.ts';

const BOX = 'player_box';
const named = (row: Cells): string => `${row['player_name']} on ${row['game_date']} (${row['game_id']})`;
export const STATISTICS = [
  ...['minutes', 'fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb'],
  ...['ast', 'stl', 'blk', 'tov', 'pf', 'pts', 'plus_minus'],
];

type Fits = (row: Cells, ground: Ground) => boolean;

/** The most by which whole minutes of a team may differ from the length of the game. */
const MOST_MINUTES = 4;

/**
 * Whether anything tells when this row is lacking. Nothing does where the player has no statistics, and his minutes are too few for the
 * length of the game, or none for the sum of the team.
 */
const isTold: Fits = (row, { gamesWithLengths }) =>
  Number(row['minutes']) > (gamesWithLengths.has(row['game_id'] ?? '') ? MOST_MINUTES : 0) ||
  STATISTICS.some((column) => column !== 'minutes' && column !== 'plus_minus' && Number(row[column]) !== 0);

/** A mistake about the row of a player, drawn from those that `fits` accepts. */
const ofRow =
  (fits: Fits, make: (row: Cells) => ReturnType<Draw>): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, BOX, (each) => fits(each, ground));
    return row === undefined ? undefined : make(row);
  };

/** Other cells in the row of a player. */
const cells = (
  witness: Witness,
  what: string,
  changed: (row: Cells) => Readonly<Record<string, string>>,
  fits: Fits = isTold,
): Draw => ofRow(fits, (row) => mistake(witness, `${what}: ${named(row)}`, change(BOX, isRow(row), changed)));

/** Cells of a player who took part that are left unknown: the rest of the file has them. */
const lacking = (what: string, changed: Readonly<Record<string, string>>): Draw =>
  cells(
    'the file itself',
    what,
    () => changed,
    (row) => Number(row['minutes']) >= 10,
  );

/** Other cells in all rows of a game. */
const inGame = (
  witness: Witness,
  what: string,
  changed: (row: Cells) => Readonly<Record<string, string>>,
): Draw =>
  ofRow(
    () => true,
    (row) => mistake(witness, `${what}: game ${row['game_id']}`, change(BOX, like(row, 'game_id'), changed)),
  );

/** Two players of one game, on one team or on two. */
function pair(ground: Ground, random: Random, sameTeam: boolean): readonly [Cells, Cells] | undefined {
  const one = drawRow(ground, random, BOX, (row) => Number(row['minutes']) >= 10);
  if (one === undefined) return undefined;
  const others = ground.tables[BOX].rows.filter(
    (row) =>
      like(one, 'game_id')(row) &&
      row['player_id'] !== one['player_id'] &&
      (row['team'] === one['team']) === sameTeam &&
      Number(row['minutes']) >= 10 &&
      row['pts'] !== one['pts'],
  );
  return others.length === 0 ? undefined : [one, pick(random, others)];
}

const exchanged =
  (witness: Witness, what: string, sameTeam: boolean, columns: readonly string[]): Draw =>
  (ground, random) => {
    const found = pair(ground, random, sameTeam);
    if (found === undefined) return undefined;
    const [one, other] = found;
    return mistake(
      witness,
      `${what}: ${one['player_name']} and ${named(other)}`,
      exchange(BOX, one, other, columns),
    );
  };

const isScoreless: Fits = (row, ground) => row['pts'] === '0' && isTold(row, ground);

export const PLAYER_BOXES: Kinds = {
  'a row of a player is lacking': ofRow(isTold, (row) =>
    mistake('team box', `no row: ${named(row)}`, drop(BOX, isRow(row))),
  ),
  'a row of a player of whom nothing tells is lacking': ofRow(
    (row, ground) => !isTold(row, ground),
    (row) => mistake('none', `no row: ${named(row)}`, drop(BOX, isRow(row))),
  ),
  'a row of a scoreless player is lacking': ofRow(isScoreless, (row) =>
    mistake('team box', `no row: ${named(row)}`, drop(BOX, isRow(row))),
  ),
  'a player is lacking in the whole week': (ground, random) => {
    const isInWeek = (row: Cells): boolean => ground.week.includes(dateIn(row));
    const untold = new Set(
      ground.tables[BOX].rows
        .filter((row) => isInWeek(row) && !isTold(row, ground))
        .map((row) => row['player_id']),
    );
    const row = drawRow(ground, random, BOX, ({ player_id }) => !untold.has(player_id));
    if (row === undefined) return undefined;
    return mistake(
      'team box',
      `${row['player_name']} has no rows in the week`,
      drop(BOX, all(like(row, 'player_id'), isInWeek)),
    );
  },
  'the rows of a game are lacking': ofRow(
    () => true,
    (row) => mistake('schedule', `no players in game ${row['game_id']}`, drop(BOX, like(row, 'game_id'))),
  ),
  'the rows of a night are lacking': (ground, random) => {
    const date = pick(random, ground.week);
    const isOf = (row: Cells): boolean => dateIn(row) === date;
    return mistake('schedule', `no box score on ${date}`, drop(BOX, isOf), drop('team_box', isOf));
  },
  'the rows of a team in a game are lacking': ofRow(
    () => true,
    (row) =>
      mistake(
        'final score',
        `no players of ${row['team']} in game ${row['game_id']}`,
        drop(BOX, like(row, 'game_id', 'team')),
      ),
  ),
  'the box scores end early': (ground, random) => {
    const date = pick(random, ground.week);
    return mistake(
      'schedule',
      `the box scores end before ${date}`,
      drop(BOX, (row) => dateIn(row) >= date),
    );
  },
  'the box scores begin late': ({ week, dates }) =>
    mistake(
      'schedule',
      `the box scores have only ${dates[0]} before ${week[0]}`,
      drop(BOX, (row) => dateIn(row) > (dates[0] ?? '') && dateIn(row) < (week[0] ?? '')),
    ),
  'rows are doubled': ofRow(
    () => true,
    (row) => mistake('nothing changes', `twice: game ${row['game_id']}`, double(BOX, like(row, 'game_id'))),
  ),
  'a row is doubled with other numbers': ofRow(
    () => true,
    (row) => ({
      witness: 'team box',
      what: `a row with two assists more before the right one: ${named(row)}`,
      edits: [
        {
          of: BOX,
          change: (rows) =>
            rows.flatMap((each) =>
              isRow(row)(each) ? [{ ...each, ast: plus(each, 'ast', 2) }, each] : [each],
            ),
        },
      ],
    }),
  ),
  'a free throw too many': cells('final score', 'a free throw too many', (row) => ({
    pts: plus(row, 'pts', 1),
    ftm: plus(row, 'ftm', 1),
    fta: plus(row, 'fta', 1),
  })),
  'a row contradicts itself': cells('the file itself', 'points that the makes do not give', (row) => ({
    pts: plus(row, 'pts', 5),
  })),
  'rebounds that do not add up': cells('the file itself', 'a rebound too many', (row) => ({
    reb: plus(row, 'reb', 1),
  })),
  'a rebound too many': cells('team box', 'a rebound too many', (row) => ({
    reb: plus(row, 'reb', 1),
    dreb: plus(row, 'dreb', 1),
  })),
  'an assist too many': cells('team box', 'an assist too many', (row) => ({ ast: plus(row, 'ast', 1) })),
  'a missed shot too many': cells('team box', 'a missed shot too many', (row) => ({
    fga: plus(row, 'fga', 1),
  })),
  'two steals too many': cells('team box', 'two steals too many', (row) => ({ stl: plus(row, 'stl', 2) })),
  'a turnover too many': cells('team box', 'a turnover too many', (row) => ({ tov: plus(row, 'tov', 1) })),
  'a foul too many': cells('team box', 'a foul too many', (row) => ({ pf: plus(row, 'pf', 1) })),
  'eight minutes too many': cells('team box', 'eight minutes too many', (row) => ({
    minutes: plus(row, 'minutes', 8),
  })),
  'no minutes for a player who had some': cells(
    'team box',
    'no minutes',
    () => ({ minutes: '0' }),
    (row) => Number(row['minutes']) >= 10,
  ),
  'more minutes than the game lasted': lacking('75 minutes', { minutes: '75' }),
  'minutes that are no number': lacking('minutes DNP', { minutes: 'DNP' }),
  'unreadable minutes of a player without statistics': cells(
    'the file itself',
    'minutes 1x:30',
    () => ({ minutes: '1x:30' }),
    (row) =>
      Number(row['minutes']) > 0 &&
      STATISTICS.every((column) => column === 'minutes' || Number(row[column]) === 0),
  ),
  'assists that are no number': lacking('assists ?', { ast: '?' }),
  'attempts that are unknown': lacking('no attempts', { fga: '', fg3a: '' }),
  'negative rebounds': lacking('negative rebounds', { reb: '-1' }),
  'an impossible number of points': cells('the file itself', '210 points', () => ({
    pts: '210',
    fgm: '105',
  })),
  'a row of another season': cells('the file itself', 'season 2022-23', () => ({ season: '2022-23' })),
  'a row of another kind of game': cells('schedule', 'a play-off row', () => ({ season_type: 'playoffs' })),
  'a row of another game': (ground, random) => {
    const row = drawRow(ground, random, BOX, (each) => isTold(each, ground));
    const other = drawRow(ground, random, BOX, (each) => each['game_id'] !== row?.['game_id']);
    if (row === undefined || other === undefined) return undefined;
    const { game_id = '', game_date = '' } = other;
    return mistake(
      'schedule',
      `in game ${game_id}: ${named(row)}`,
      change(BOX, isRow(row), { game_id, game_date }),
    );
  },
  'home and away of a row are exchanged': cells('schedule', 'at home is away', (row) => ({
    is_home: row['is_home'] === 'true' ? 'false' : 'true',
  })),
  'a row of the opponent': cells('final score', 'on the other team', (row) => ({
    team: row['opponent'] ?? '',
    opponent: row['team'] ?? '',
    is_home: row['is_home'] === 'true' ? 'false' : 'true',
  })),
  'a scoreless row of the opponent': cells(
    'team box',
    'on the other team',
    (row) => ({
      team: row['opponent'] ?? '',
      opponent: row['team'] ?? '',
      is_home: row['is_home'] === 'true' ? 'false' : 'true',
    }),
    isScoreless,
  ),
  'a row without an id': cells('the file itself', 'no id', () => ({ player_id: '' })),
  'a row without a name': cells('the file itself', 'no name', () => ({ player_name: '' })),
  'a row without a team': cells('the file itself', 'team ???', () => ({ team: '???' })),
  'a game is dated one day late': inGame('schedule', 'one day late', (row) => ({
    game_date: addDays(dateIn(row), 1),
  })),
  'the teams of a game are exchanged': inGame('schedule', 'teams exchanged', (row) => ({
    team: row['opponent'] ?? '',
    opponent: row['team'] ?? '',
  })),
  'the teams of a game and where it was are exchanged': inGame(
    'final score',
    'teams and home exchanged',
    (row) => ({
      team: row['opponent'] ?? '',
      opponent: row['team'] ?? '',
      is_home: row['is_home'] === 'true' ? 'false' : 'true',
    }),
  ),
  'minutes and points are decorated': inGame('nothing changes', 'minutes 34:00, points 12.0', (row) => ({
    minutes: `${row['minutes']}:00`,
    pts: `${row['pts']}.0`,
  })),
  'minutes as a duration': inGame('nothing changes', 'minutes PT34M00.00S', (row) => ({
    minutes: `PT${row['minutes']}M00.00S`,
  })),
  'ids as decimal numbers': inGame('nothing changes', 'ids 201142.0', (row) => ({
    player_id: `${row['player_id']}.0`,
    game_id: `${Number(row['game_id'])}.0`,
  })),
  'blanks and signs around cells': inGame('nothing changes', 'blanks and signs', (row) => ({
    ast: ` ${row['ast']} `,
    reb: `+${row['reb']}`,
    player_name: `  ${row['player_name']}`,
    team: (row['team'] ?? '').toLowerCase(),
  })),
  'dates in another form': inGame('nothing changes', 'month first', (row) => {
    const [year, month, day] = (row['game_date'] ?? '').split('-');
    return { game_date: `${month}/${day}/${year}` };
  }),
  'dates with a time': inGame('nothing changes', 'date with midnight', (row) => ({
    game_date: `${row['game_date']}T00:00:00`,
  })),
  'codes of teams of former years': (ground) =>
    mistake(
      'nothing changes',
      'NJN for BKN, SEA for OKC and so on',
      change(
        BOX,
        (row) => ground.week.includes(dateIn(row)),
        (row) => ({
          team: FORMER[row['team'] ?? ''] ?? row['team'] ?? '',
          opponent: FORMER[row['opponent'] ?? ''] ?? row['opponent'] ?? '',
        }),
      ),
    ),
  'names in another order': inGame('nothing changes', 'Last, First', (row) => {
    const [first = '', ...rest] = (row['player_name'] ?? '').split(' ');
    return { player_name: `${rest.join(' ')}, ${first}` };
  }),
  'two names of a team are exchanged': exchanged('who is who', 'names exchanged', true, ['player_name']),
  'two ids of a team are exchanged': exchanged('who is who', 'ids exchanged', true, ['player_id']),
  'two names of opponents are exchanged': exchanged('who is who', 'names exchanged', false, ['player_name']),
  'two ids of opponents are exchanged': exchanged('who is who', 'ids exchanged', false, ['player_id']),
  'the id of somebody else': (ground, random) => {
    const row = drawRow(ground, random, BOX, (each) => isTold(each, ground));
    const other = drawRow(
      ground,
      random,
      BOX,
      (each) => each['game_id'] !== row?.['game_id'] && each['player_id'] !== row?.['player_id'],
    );
    if (row === undefined || other === undefined) return undefined;
    return mistake(
      'who is who',
      `id of ${other['player_name']}: ${named(row)}`,
      change(BOX, isRow(row), { player_id: other['player_id'] ?? '' }),
    );
  },
  'a new id for a known name': cells('who is who', 'an id that nobody has', () => ({ player_id: '1999999' })),
  'the numbers of two players of a team are exchanged': exchanged(
    'none',
    'numbers exchanged',
    true,
    STATISTICS,
  ),
  'two players of a team are exchanged': exchanged('none', 'players exchanged', true, [
    'player_id',
    'player_name',
    'position',
  ]),
  'two players of different teams are exchanged': exchanged('none', 'players exchanged', false, [
    'player_id',
    'player_name',
    'position',
  ]),
  'an assist goes to another player': (ground, random) => {
    const found = pair(ground, random, true);
    if (found === undefined) return undefined;
    const [one, other] = Number(found[0]['ast']) > 0 ? found : ([found[1], found[0]] as const);
    if (Number(one['ast']) === 0) return undefined;
    return mistake(
      'none',
      `an assist of ${one['player_name']} for ${named(other)}`,
      change(BOX, isRow(one), (row) => ({ ast: plus(row, 'ast', -1) })),
      change(BOX, isRow(other), (row) => ({ ast: plus(row, 'ast', 1) })),
    );
  },
  'two minutes too many': cells('none', 'two minutes too many', (row) => ({
    minutes: plus(row, 'minutes', 2),
  })),
  'another plus-minus': cells('none', 'another plus-minus', (row) => ({
    plus_minus: plus(row, 'plus_minus', 4),
  })),
  'another position': cells('none', 'a centre', () => ({ position: 'C' })),
};

/** A code that each of these teams has had. */
export const FORMER: Readonly<Record<string, string>> = {
  BKN: 'NJN',
  CHA: 'CHH',
  GSW: 'GOS',
  MEM: 'VAN',
  NOP: 'NOK',
  OKC: 'SEA',
  PHI: 'PHL',
  SAS: 'SAN',
  UTA: 'UTH',
  WAS: 'WSB',
};
