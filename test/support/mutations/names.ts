/** Mistakes in files whose rows are about players by name: lines, injury reports and rosters. */
import { addDays } from '../../../shared/domain/game-date.ts';
import { playerLookup } from '../../../shared/domain/player-lookup.ts';
import type { Cells } from '../real-part.ts';
import { all, change, double, drop, exchange, like, mistake, plus } from './changes.ts';
import { dateIn, drawRow, isRow, type Ground, type Kind } from './ground.ts';
import type { Draw, Edit, Kinds, Witness } from './mutation.ts';

const about =
  (of: Kind) =>
  (
    witness: Witness,
    what: string,
    edit: (row: Cells) => Edit,
    fits: (row: Cells, ground: Ground) => boolean = () => true,
  ): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, of, (each) => fits(each, ground));
    return row === undefined
      ? undefined
      : mistake(witness, `${what}: ${row['player_name']} in ${of} on ${row['game_date']}`, edit(row));
  };

/** Whether box scores call the player of a row by another name, so that only his id says who he is. */
function isOfAnotherName({ player_id = '', player_name = '' }: Cells, { lookupsOfPlayer }: Ground): boolean {
  return lookupsOfPlayer.get(player_id)?.has(playerLookup(player_name)) === false;
}

/** All rows about the player of `row` in the game or on the roster get another name, and lose their id. */
const renamed =
  (of: Kind) =>
  (
    witness: Witness,
    what: string,
    rename: (name: string) => string,
    fits: (name: string) => boolean = () => true,
  ): Draw =>
    about(of)(
      witness,
      what,
      (row) =>
        change(of, like(row, 'game_date', 'player_id'), (each) => ({
          player_name: rename(each['player_name'] ?? ''),
          player_id: '',
        })),
      (row, ground) =>
        row['player_id'] !== '' &&
        fits(row['player_name'] ?? '') &&
        !(witness === 'nothing changes' && isOfAnotherName(row, ground)),
    );

const parts = (name: string): readonly [string, string] => {
  const at = name.indexOf(' ');
  return [name.slice(0, at), name.slice(at + 1)];
};
const hasTwoNames = (name: string): boolean => /^[^ ]{3,} [^ ]{3,}$/.test(name);

/** How sources write a name. */
const SPELLINGS = (of: Kind): Kinds => {
  const spelled = renamed(of);
  return {
    [`${of}: a name without an id`]: spelled('nothing changes', 'no id', (name) => name),
    [`${of}: the last name first`]: spelled('nothing changes', 'the last name first', (name) => {
      const [first, last] = parts(name);
      return `${last}, ${first}`;
    }),
    [`${of}: capitals and dots`]: spelled('nothing changes', 'capitals', (name) => name.toUpperCase()),
    [`${of}: diacritics`]: spelled('nothing changes', 'diacritics', (name) =>
      name.replace(/a/g, 'á').replace(/c/g, 'č'),
    ),
    [`${of}: the first name is a letter`]: spelled('who is who', 'an initial', (name) => {
      const [first, last] = parts(name);
      return `${first.slice(0, 1)}. ${last}`;
    }),
    [`${of}: a suffix too many`]: spelled('who is who', 'a suffix', (name) => `${name} III`, hasTwoNames),
    [`${of}: a misspelt name`]: spelled(
      'who is who',
      'misspelt',
      (name) => name.replace(/.(.)$/, '$1q'),
      hasTwoNames,
    ),
    [`${of}: a stranger`]: spelled('who is who', 'a stranger', () => 'Nobody Atall'),
    [`${of}: the last name alone`]: spelled(
      'who is who',
      'the last name alone',
      (name) => parts(name)[1],
      hasTwoNames,
    ),
    [`${of}: a name read in another encoding`]: spelled(
      'who is who',
      'another encoding',
      (name) => Buffer.from(name, 'utf8').toString('latin1'),
      (name) => /[^\u0020-\u007E]/.test(name),
    ),
  };
};

/** Two players of one game or team, each on one row. */
const namesExchanged =
  (of: Kind, columns: readonly string[], witness: Witness): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, of);
    const other = drawRow(
      ground,
      random,
      of,
      (each) =>
        each['game_date'] === row?.['game_date'] &&
        each['team'] === row?.['team'] &&
        each['game_id'] === row?.['game_id'] &&
        each['player_id'] !== row?.['player_id'],
    );
    if (row === undefined || other === undefined) return undefined;
    return mistake(
      witness,
      `${columns.join(', ')} exchanged: ${row['player_name']} and ${other['player_name']} in ${of} on ${row['game_date']}`,
      exchange(of, row, other, columns),
    );
  };

const line = about('player_props');
const lineCells = (
  witness: Witness,
  what: string,
  cells: (row: Cells) => Readonly<Record<string, string>>,
): Draw => line(witness, what, (row) => change('player_props', isRow(row), cells));

export const LINES: Kinds = {
  ...SPELLINGS('player_props'),
  'player_props: another name without an id': line(
    'who is who',
    'a name that box scores do not have',
    (row) => change('player_props', like(row, 'game_date', 'player_id'), { player_id: '' }),
    isOfAnotherName,
  ),
  'player_props: two names are exchanged': namesExchanged('player_props', ['player_name'], 'who is who'),
  'player_props: two ids are exchanged': namesExchanged('player_props', ['player_id'], 'who is who'),
  'player_props: two players are exchanged': namesExchanged(
    'player_props',
    ['player_id', 'player_name'],
    'none',
  ),
  'player_props: the lines of a player are lacking': line('none', 'no line', (row) =>
    drop('player_props', like(row, 'game_id', 'player_id')),
  ),
  'player_props: the lines of a game are lacking': line('none', 'no lines', (row) =>
    drop('player_props', like(row, 'game_id')),
  ),
  'player_props: the lines of a game are doubled': line('nothing changes', 'twice', (row) =>
    double('player_props', like(row, 'game_id')),
  ),
  'player_props: another line': lineCells('none', 'a point more', (row) => ({ line: plus(row, 'line', 1) })),
  'player_props: a line that cannot be': lineCells('the file itself', 'line 10.3', () => ({ line: '10.3' })),
  'player_props: a line that is no number': lineCells('the file itself', 'line ?', () => ({ line: '?' })),
  'player_props: odds that cannot be': lineCells('the file itself', 'odds -20', () => ({
    over_price: '-20',
  })),
  'player_props: a line of another game': lineCells('schedule', 'other teams', (row) => ({
    home_team: row['visitor_team'] ?? '',
    visitor_team: row['home_team'] ?? '',
  })),
  'player_props: a line seen after the tip-off': lineCells('schedule', 'two days later', (row) => ({
    snapshot_utc: `${addDays(dateIn(row), 2)}T23:59:00Z`,
  })),
  'player_props: numbers are decorated': lineCells('nothing changes', 'blanks and zeros', (row) => ({
    line: ` ${Number(row['line']).toFixed(2)} `,
    is_main_line: row['is_main_line'] === 'true' ? 'TRUE' : 'False',
  })),
};

const report = about('injury_report');
const reportCells = (
  witness: Witness,
  what: string,
  cells: (row: Cells) => Readonly<Record<string, string>>,
): Draw => report(witness, what, (row) => change('injury_report', isRow(row), cells));

export const INJURIES: Kinds = {
  ...SPELLINGS('injury_report'),
  'injury_report: two names are exchanged': namesExchanged('injury_report', ['player_name'], 'who is who'),
  'injury_report: a player is lacking': report('none', 'not named', (row) =>
    drop('injury_report', isRow(row)),
  ),
  'injury_report: a team is lacking': report('none', 'no report of his team', (row) =>
    drop('injury_report', like(row, 'game_date', 'team')),
  ),
  'injury_report: a night is lacking': report('none', 'no reports', (row) =>
    drop('injury_report', like(row, 'game_date')),
  ),
  'injury_report: rows are doubled': report('nothing changes', 'twice', (row) =>
    double('injury_report', like(row, 'game_date', 'team')),
  ),
  'injury_report: another status': reportCells('none', 'probable', () => ({ status: 'Probable' })),
  'injury_report: a status that nobody knows': reportCells('the file itself', 'status Maybe', () => ({
    status: 'Maybe',
  })),
  'injury_report: a report after the tip-off': reportCells('the file itself', 'the next month', (row) => ({
    report_utc: `${(row['game_date'] ?? '').slice(0, 8)}28T23:59:00Z`,
  })),
  'injury_report: a report without a time': reportCells('the file itself', 'no time', () => ({
    report_utc: '',
  })),
  'injury_report: the other team': (ground, random) => {
    const row = drawRow(ground, random, 'injury_report');
    const game = ground.tables.schedule.rows.find((each) => each['game_id'] === row?.['game_id']);
    if (row === undefined || game === undefined) return undefined;
    const team = (row['team'] === game['home_team'] ? game['visitor_team'] : game['home_team']) ?? '';
    return mistake(
      'who is who',
      `${row['player_name']} is reported by ${team} on ${row['game_date']}`,
      change('injury_report', isRow(row), { team }),
    );
  },
  'injury_report: capitals': reportCells('nothing changes', 'OUT', (row) => ({
    status: (row['status'] ?? '').toUpperCase(),
    team: (row['team'] ?? '').toLowerCase(),
  })),
};

const roster = about('rosters');
const rosterCells = (
  witness: Witness,
  what: string,
  cells: (row: Cells) => Readonly<Record<string, string>>,
): Draw => roster(witness, what, (row) => change('rosters', isRow(row), cells));

export const ROSTERS: Kinds = {
  ...SPELLINGS('rosters'),
  'rosters: a player is lacking': roster('none', 'not named', (row) => drop('rosters', isRow(row))),
  'rosters: a team is lacking': roster('none', 'no roster of his team', (row) =>
    drop('rosters', like(row, 'game_date', 'team')),
  ),
  'rosters: rows are doubled': roster('nothing changes', 'twice', (row) =>
    double('rosters', like(row, 'game_date', 'team')),
  ),
  'rosters: a position that nobody knows': rosterCells('the file itself', 'position X', () => ({
    position: 'X',
  })),
  'rosters: a birth in the future': rosterCells('the file itself', 'born in 2050', () => ({
    birth_date: '2050-01-01',
  })),
  'rosters: a birth in another century': rosterCells('the file itself', 'born in 1850', () => ({
    birth_date: '1850-01-01',
  })),
  'rosters: another birth': rosterCells('none', 'born two years later', (row) => ({
    birth_date: `${Number((row['birth_date'] ?? '').slice(0, 4)) + 2}${(row['birth_date'] ?? '').slice(4)}`,
  })),
  'rosters: a new id for a known name': rosterCells('who is who', 'an id that nobody has', () => ({
    player_id: '1999999',
  })),
  'rosters: the id of somebody else': namesExchanged('rosters', ['player_id'], 'who is who'),
  'rosters: a team that does not play': roster('schedule', 'on a free date', (row) =>
    change('rosters', all(like(row, 'game_date', 'team'), isRow(row)), {
      team: row['team'] === 'LAL' ? 'XXX' : 'YYY',
    }),
  ),
};
