/** Mistakes in schedules, team box scores, and odds: files with one or two rows for each game. */
import { addDays } from '../../../shared/domain/game-date.ts';
import { pick } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import { change, double, drop, exchange, like, mistake, plus } from './changes.ts';
import { dateIn, drawRow, isRow, type Kind } from './ground.ts';
import type { Draw, Edit, Kinds, Witness } from './mutation.ts';
import { FORMER } from './player-boxes.ts';

type Changed = (row: Cells) => Readonly<Record<string, string>>;

/** A mistake about one row of a kind of file. */
const about =
  (of: Kind) =>
  (witness: Witness, what: string, edit: (row: Cells) => Edit, fits?: (row: Cells) => boolean): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, of, fits);
    if (row === undefined) return undefined;
    const whose = row['team'] === undefined ? '' : `${row['team']} in `;
    return mistake(witness, `${what}: ${whose}game ${row['game_id']} of ${row['game_date']}`, edit(row));
  };

const cellsOf =
  (of: Kind) =>
  (witness: Witness, what: string, changed: Changed): Draw =>
    about(of)(witness, what, (row) => change(of, isRow(row), changed));

const team = about('team_box');
const teamCells = cellsOf('team_box');

export const TEAM_BOXES: Kinds = {
  'a team box is lacking': team('schedule', 'no team box', (row) => drop('team_box', isRow(row))),
  'both team boxes of a game are lacking': team('schedule', 'no team boxes', (row) =>
    drop('team_box', like(row, 'game_id')),
  ),
  'the team boxes of a night are lacking': (ground, random) => {
    const date = pick(random, ground.week);
    return mistake(
      'schedule',
      `no team boxes on ${date}`,
      drop('team_box', (row) => dateIn(row) === date),
    );
  },
  'there are nearly no team boxes': ({ dates }) =>
    mistake(
      'schedule',
      `team boxes of ${dates[0]} alone`,
      drop('team_box', (row) => dateIn(row) > (dates[0] ?? '')),
    ),
  'team boxes are doubled': team('nothing changes', 'twice', (row) =>
    double('team_box', like(row, 'game_id')),
  ),
  'a team has points too many': teamCells('final score', 'a free throw too many', (row) => ({
    pts: plus(row, 'pts', 1),
    ftm: plus(row, 'ftm', 1),
    fta: plus(row, 'fta', 1),
  })),
  'a team has a turnover too many': teamCells('team box', 'a turnover too many', (row) => ({
    tov: plus(row, 'tov', 1),
  })),
  'a team has missed shots too many': teamCells('team box', 'three missed shots too many', (row) => ({
    fga: plus(row, 'fga', 3),
  })),
  'a team has rebounds too few': teamCells('team box', 'an offensive rebound too few', (row) => ({
    reb: plus(row, 'reb', -1),
    oreb: plus(row, 'oreb', -1),
  })),
  'a team has assists too many': teamCells('team box', 'an assist too many', (row) => ({
    ast: plus(row, 'ast', 1),
  })),
  'a team has free throws too many': teamCells('team box', 'two missed free throws too many', (row) => ({
    fta: plus(row, 'fta', 2),
  })),
  'a team has minutes of an overtime': teamCells('team box', '265 minutes', () => ({ minutes: '265' })),
  // Other minutes are the sum of whole minutes, which the length of the game is not.
  'the minutes of a team are the length of the game': team(
    'nothing changes',
    'minutes 48',
    (row) => change('team_box', isRow(row), { minutes: String(Number(row['minutes']) / 5) }),
    (row) => (Number(row['minutes']) - 240) % 25 === 0,
  ),
  'the minutes of a team are no number': teamCells('the file itself', 'minutes ?', () => ({ minutes: '?' })),
  'a team box contradicts itself': teamCells(
    'the file itself',
    'points that the makes do not give',
    (row) => ({
      pts: plus(row, 'pts', 3),
    }),
  ),
  'two team boxes are exchanged': (ground, random) => {
    const row = drawRow(ground, random, 'team_box');
    const other = ground.tables.team_box.rows.find(
      (each) => each['game_id'] === row?.['game_id'] && each['team'] !== row?.['team'],
    );
    if (row === undefined || other === undefined) return undefined;
    const columns = ['team', 'team_id', 'opponent', 'is_home', 'win'];
    return mistake(
      'final score',
      `the teams of game ${row['game_id']} are exchanged`,
      exchange('team_box', row, other, columns),
    );
  },
  'team boxes are dated one day early': team('schedule', 'one day early', (row) =>
    change('team_box', like(row, 'game_id'), { game_date: addDays(dateIn(row), -1) }),
  ),
  'a team box has the code of a former year': team(
    'nothing changes',
    'a former code',
    (row) =>
      change('team_box', isRow(row), {
        team: FORMER[row['team'] ?? ''] ?? '',
      }),
    (row) => (row['team'] ?? '') in FORMER,
  ),
};

const schedule = about('schedule');
const scheduleCells = cellsOf('schedule');
const loser = (row: Cells): string =>
  (row['winner'] === row['home_team'] ? row['visitor_team'] : row['home_team']) ?? '';

export const SCHEDULES: Kinds = {
  'a final score is exchanged': scheduleCells('final score', 'score exchanged', (row) => ({
    home_pts: row['visitor_pts'] ?? '',
    visitor_pts: row['home_pts'] ?? '',
    winner: loser(row),
  })),
  'a final score is wrong': scheduleCells('final score', 'three points too many', (row) => ({
    home_pts: plus(row, 'home_pts', row['winner'] === row['home_team'] ? 3 : -3),
  })),
  'a final score is lacking': scheduleCells('what was known', 'no score', () => ({
    home_pts: '',
    visitor_pts: '',
    winner: '',
  })),
  'half of a final score is lacking': scheduleCells('the file itself', 'no score of the visitors', () => ({
    visitor_pts: '',
  })),
  'a final score is a draw': scheduleCells('the file itself', 'a draw', (row) => ({
    visitor_pts: row['home_pts'] ?? '',
  })),
  'the winner is wrong': scheduleCells('the file itself', 'another winner', (row) => ({
    winner: loser(row),
  })),
  'a game is lacking in the schedule': schedule('what was known', 'not in the schedule', (row) =>
    drop('schedule', isRow(row)),
  ),
  'a game is twice in the schedule': schedule('nothing changes', 'twice', (row) =>
    double('schedule', isRow(row)),
  ),
  'a game is twice in the schedule with other teams': schedule(
    'the file itself',
    'twice, with the teams exchanged',
    (row) => ({
      of: 'schedule',
      change: (rows) =>
        rows.flatMap((each) =>
          isRow(row)(each)
            ? [
                each,
                {
                  ...each,
                  home_team: each['visitor_team'] ?? '',
                  visitor_team: each['home_team'] ?? '',
                  winner: '',
                },
              ]
            : [each],
        ),
    }),
  ),
  'home and away of a game are exchanged in the schedule': scheduleCells(
    'what was known',
    'home is away',
    (row) => ({
      home_team: row['visitor_team'] ?? '',
      visitor_team: row['home_team'] ?? '',
      home_pts: row['visitor_pts'] ?? '',
      visitor_pts: row['home_pts'] ?? '',
    }),
  ),
  'another team is in the schedule': scheduleCells('what was known', 'another visitor', (row) => {
    const visitor_team = Object.keys(FORMER).find(
      (code) => code !== row['home_team'] && code !== row['visitor_team'],
    );
    return {
      visitor_team: visitor_team ?? '',
      ...(row['winner'] === row['visitor_team'] ? { winner: '' } : {}),
    };
  }),
  'a game is one day later in the schedule': scheduleCells('what was known', 'one day later', (row) => ({
    game_date: addDays(dateIn(row), 1),
    tipoff_et: '',
  })),
  'a game is postponed in the schedule': scheduleCells('what was known', 'postponed', (row) => ({
    game_date: addDays(dateIn(row), 9),
    tipoff_et: '',
    home_pts: '',
    visitor_pts: '',
    winner: '',
  })),
  'a game of another season': scheduleCells('the file itself', 'season 2022-23', () => ({
    season: '2022-23',
  })),
  'a game of another kind': scheduleCells('the file itself', 'a play-off game', () => ({
    season_type: 'playoffs',
  })),
  'a team that nobody knows': scheduleCells('the file itself', 'visitor XYZ', () => ({
    visitor_team: 'XYZ',
  })),
  'a tip-off that is no time': scheduleCells('the file itself', 'tip-off at dusk', () => ({
    tipoff_et: 'dusk',
  })),
  'a tip-off with its zone': scheduleCells('nothing changes', 'tip-off with a zone', (row) => ({
    tipoff_et: withZone(row['tipoff_et'] ?? ''),
  })),
  'dates of the schedule in another form': scheduleCells(
    'nothing changes',
    'date without hyphens',
    (row) => ({
      game_date: (row['game_date'] ?? '').replaceAll('-', ''),
    }),
  ),
  'codes of former years in the schedule': scheduleCells('nothing changes', 'former codes', (row) => ({
    home_team: FORMER[row['home_team'] ?? ''] ?? row['home_team'] ?? '',
    visitor_team: FORMER[row['visitor_team'] ?? ''] ?? row['visitor_team'] ?? '',
  })),
  'another arena': scheduleCells('none', 'another arena', () => ({
    arena: 'Nowhere',
    arena_city: 'Nowhere',
  })),
};

/** An Eastern time with its zone, which is another one in the summer time of 2023 and 2024. */
function withZone(eastern: string): string {
  if (eastern === '') return '';
  return `${eastern}${eastern < '2023-11-05' || eastern > '2024-03-10' ? '-04:00' : '-05:00'}`;
}

const odds = about('game_odds');
const oddsCells = cellsOf('game_odds');
const sidesExchanged = (row: Cells): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['q1', 'q2', 'q3', 'q4', 'ot'].flatMap((period) => [
      [`${period}_home`, row[`${period}_visitor`] ?? ''],
      [`${period}_visitor`, row[`${period}_home`] ?? ''],
    ]),
  );

export const ODDS: Kinds = {
  'the odds of a game are lacking': odds('none', 'no odds', (row) => drop('game_odds', isRow(row))),
  'the odds of a game are doubled': odds('nothing changes', 'twice', (row) =>
    double('game_odds', isRow(row)),
  ),
  'the teams of the odds are exchanged': oddsCells('schedule', 'home is away', (row) => ({
    home_team: row['visitor_team'] ?? '',
    visitor_team: row['home_team'] ?? '',
    spread_home: String(-Number(row['spread_home'])),
    ...sidesExchanged(row),
  })),
  'a spread has the other sign': oddsCells('none', 'the other favourite', (row) => ({
    spread_home: String(-Number(row['spread_home'])),
  })),
  'a spread that cannot be': oddsCells('the file itself', 'spread 250', () => ({ spread_home: '250' })),
  'a total that cannot be': oddsCells('the file itself', 'total 22.5', () => ({ total: '22.5' })),
  'a total that is no number': oddsCells('the file itself', 'total ?', () => ({ total: '?' })),
  'another total': oddsCells('none', 'two points more', (row) => ({ total: plus(row, 'total', 2) })),
  'a spread in other words': oddsCells('nothing changes', 'a plus sign', (row) => ({
    spread_home: spreadText(row['spread_home'] ?? ''),
  })),
  'the points of a quarter are wrong': oddsCells('final score', 'two points too many', (row) => ({
    q2_home: plus(row, 'q2_home', 2),
  })),
  'the points of two quarters are exchanged': oddsCells('none', 'quarters exchanged', (row) => ({
    q1_home: row['q3_home'] ?? '',
    q3_home: row['q1_home'] ?? '',
  })),
  'the points of the quarters are of the other team': oddsCells(
    'final score',
    'sides exchanged',
    sidesExchanged,
  ),
  'a quarter is lacking': oddsCells('the file itself', 'no fourth quarter', () => ({
    q4_home: '',
    q4_visitor: '',
  })),
  'odds of another date': oddsCells('schedule', 'a week early', (row) => ({
    game_date: addDays(dateIn(row), -7),
  })),
};

function spreadText(text: string): string {
  const number = Number(text);
  if (text === '' || number < 0) return text.replace('-', '−').replace('.5', '½').replace('−½', '−.5');
  return number === 0 ? 'PK' : `+${text}`;
}
