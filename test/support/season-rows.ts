/** A simulated season as rows, and the promises that hold for every season of every league. */
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import type { LeagueOptions, SimulatedFile } from '../../scripts/simulate/league.ts';

export type Row = Readonly<Record<string, string>>;

/** The rows of each file by its kind, such as `player_box`. */
export interface SeasonRows {
  readonly schedule: readonly Row[];
  readonly player_box: readonly Row[];
  readonly team_box: readonly Row[];
  readonly shots: readonly Row[];
  readonly game_odds: readonly Row[];
  readonly player_props: readonly Row[];
  readonly injury_report: readonly Row[];
  readonly rosters: readonly Row[];
}

/** The first line of each file, as the description of the historical data gives it. */
export const HEADERS: Readonly<Record<keyof SeasonRows, string>> = {
  schedule:
    'game_id,game_date,season,season_type,home_team,visitor_team,home_pts,visitor_pts,winner,neutral_site,tipoff_et,arena,arena_city',
  player_box:
    'season,season_type,game_id,game_date,team_id,team,opponent,is_home,win,player_id,player_name,position,minutes,fgm,fga,fg3m,fg3a,ftm,fta,oreb,dreb,reb,ast,stl,blk,tov,pf,pts,plus_minus',
  team_box:
    'season,season_type,game_id,game_date,team_id,team,opponent,is_home,win,minutes,fgm,fga,fg3m,fg3a,ftm,fta,oreb,dreb,reb,ast,stl,blk,tov,pf,pts,plus_minus',
  shots:
    'game_id,game_date,team,player_id,period,seconds_left,made,is_three,zone,zone_side,zone_range,shot_distance,action,loc_x,loc_y',
  game_odds:
    'game_id,game_date,season,season_type,home_team,visitor_team,spread_home,total,moneyline_home,moneyline_visitor,q1_home,q2_home,q3_home,q4_home,ot_home,q1_visitor,q2_visitor,q3_visitor,q4_visitor,ot_visitor',
  player_props:
    'season,season_type,game_id,game_date,home_team,visitor_team,player_id,player_name,market,bookmaker,line,over_price,under_price,is_main_line,snapshot_utc,commence_utc,source',
  injury_report: 'season,season_type,game_id,game_date,team,player_id,player_name,status,reason,report_utc',
  rosters: 'season,season_type,game_date,team,player_id,player_name,position,birth_date',
};

/** The rows of the file `kind` of `season`. @throws Error when it is missing or a row has too many or too few cells */
function rowsOf(files: readonly SimulatedFile[], kind: keyof SeasonRows): readonly Row[] {
  const file = files.find(({ name }) => name.startsWith(`${kind}_2`) || name.startsWith(`${kind}_1`));
  if (file === undefined) throw new Error(`There is no file ${kind}`);
  const [header = '', ...lines] = file.text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== columns.length) throw new Error(`${file.name}: "${line}" has ${cells.length} cells`);
    const row: Record<string, string> = {};
    for (const [i, column] of columns.entries()) row[column] = cells[i] ?? '';
    return row;
  });
}

export function seasonRows(files: readonly SimulatedFile[]): SeasonRows {
  return {
    schedule: rowsOf(files, 'schedule'),
    player_box: rowsOf(files, 'player_box'),
    team_box: rowsOf(files, 'team_box'),
    shots: rowsOf(files, 'shots'),
    game_odds: rowsOf(files, 'game_odds'),
    player_props: rowsOf(files, 'player_props'),
    injury_report: rowsOf(files, 'injury_report'),
    rosters: rowsOf(files, 'rosters'),
  };
}

export function text(row: Row, column: string): string {
  const cell = row[column];
  if (cell === undefined) throw new Error(`There is no column ${column}`);
  return cell;
}

/** The number in a cell; NaN when it is empty, so that no comparison with it holds. */
export function number(row: Row, column: string): number {
  const cell = text(row, column);
  return cell === '' ? Number.NaN : Number(cell);
}

export function groupBy(rows: readonly Row[], ...columns: readonly string[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = columns.map((column) => text(row, column)).join('/');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

export function sum(rows: readonly Row[], column: string): number {
  return rows.reduce((total, row) => total + number(row, column), 0);
}

/** What is wrong with a season; empty when every promise holds. At most a few lines for each kind of fault. */
export function faultsOf(rows: SeasonRows, league: LeagueOptions): string[] {
  return [
    ...scheduleFaults(rows, league),
    ...boxFaults(rows),
    ...shotFaults(rows),
    ...oddsFaults(rows),
    ...propFaults(rows),
    ...rosterFaults(rows),
    ...injuryFaults(rows),
  ];
}

/** Collects faults and keeps the first of each kind. */
function makeFaults(): {
  check: (holds: boolean, kind: string, where: () => string) => void;
  list: string[];
} {
  const list: string[] = [];
  const counts = new Map<string, number>();
  return {
    list,
    check: (holds, kind, where) => {
      if (holds) return;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= 3) list.push(`${kind}: ${where()}`);
    },
  };
}

function show(row: Row): string {
  return Object.values(row).join(',');
}

/** Dates on which each team plays, ascending. */
export function datesByTeam(schedule: readonly Row[]): Map<string, GameDate[]> {
  const dates = new Map<string, GameDate[]>();
  for (const row of schedule) {
    for (const side of ['home_team', 'visitor_team']) {
      const team = text(row, side);
      dates.set(team, [...(dates.get(team) ?? []), gameDate(text(row, 'game_date'))]);
    }
  }
  return dates;
}

function scheduleFaults({ schedule }: SeasonRows, league: LeagueOptions): string[] {
  const { check, list } = makeFaults();
  const teams = league.teams ?? 30;
  const games = league.gamesPerTeam ?? 82;
  const dates = datesByTeam(schedule);
  check(dates.size === teams, 'number of teams', () => String(dates.size));
  check(schedule.length === (teams * games) / 2, 'number of games', () => String(schedule.length));
  for (const [team, days] of dates) {
    const home = schedule.filter((row) => text(row, 'home_team') === team).length;
    check(days.length === games, 'games of a team', () => `${team} ${days.length}`);
    check(Math.abs(home - games / 2) <= 0.5, 'home games', () => `${team} ${home}`);
    const played = new Set(days);
    check(played.size === days.length, 'twice on a day', () => team);
    for (const day of days) {
      const three = played.has(addDays(day, 1)) && played.has(addDays(day, 2));
      check(!three, 'three nights in a row', () => `${team} ${day}`);
    }
  }
  const most = Math.max(...[...groupBy(schedule, 'game_date').values()].map((slate) => slate.length));
  check(most <= Math.floor(teams / 2), 'games on a day', () => String(most));
  for (const [i, row] of schedule.entries()) {
    const id = `002${text(row, 'season').slice(2, 4)}${String(i + 1).padStart(5, '0')}`;
    check(text(row, 'game_id') === id, 'game id', () => show(row));
    check(text(row, 'tipoff_et').slice(0, 10) === text(row, 'game_date'), 'tip-off on the date', () =>
      show(row),
    );
    const before = schedule[i - 1];
    check(!before || text(before, 'tipoff_et') <= text(row, 'tipoff_et'), 'order of games', () => show(row));
    const [home, visitor] = [number(row, 'home_pts'), number(row, 'visitor_pts')];
    check(home !== visitor, 'tie', () => show(row));
    check(text(row, 'winner') === text(row, home > visitor ? 'home_team' : 'visitor_team'), 'winner', () =>
      show(row),
    );
    check(text(row, 'arena') !== '' && text(row, 'arena_city') !== '', 'arena', () => show(row));
  }
  return list;
}

const COUNTS = [
  'fgm',
  'fga',
  'fg3m',
  'fg3a',
  'ftm',
  'fta',
  'oreb',
  'dreb',
  'reb',
  'ast',
  'stl',
  'blk',
  'tov',
  'pf',
  'pts',
];

/** The overtimes that the minutes of a team tell. */
function overtimesOf(team: Row): number {
  return Math.round((number(team, 'minutes') - 240) / 25);
}

function boxFaults({ player_box, team_box, schedule, game_odds }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  const players = groupBy(player_box, 'game_id', 'team');
  const games = new Map(schedule.map((row) => [text(row, 'game_id'), row]));
  const odds = new Map(game_odds.map((row) => [text(row, 'game_id'), row]));
  check(team_box.length === 2 * schedule.length, 'team rows', () => String(team_box.length));
  check(players.size === team_box.length, 'teams with players', () => String(players.size));
  const teams = new Map(team_box.map((row) => [`${text(row, 'game_id')}/${text(row, 'team')}`, row]));

  for (const team of team_box) {
    const id = text(team, 'game_id');
    const lines = players.get(`${id}/${text(team, 'team')}`) ?? [];
    const game = games.get(id);
    const other = teams.get(`${id}/${text(team, 'opponent')}`);
    if (game === undefined || other === undefined) {
      check(false, 'team row without a game', () => show(team));
      continue;
    }
    const isHome = text(game, 'home_team') === text(team, 'team');
    check(text(team, 'is_home') === String(isHome), 'is_home', () => show(team));
    check(text(team, 'opponent') === text(game, isHome ? 'visitor_team' : 'home_team'), 'opponent', () =>
      show(team),
    );
    check(number(team, 'pts') === number(game, isHome ? 'home_pts' : 'visitor_pts'), 'score', () =>
      show(team),
    );
    check(text(team, 'win') === String(text(game, 'winner') === text(team, 'team')), 'win', () => show(team));
    const margin = number(team, 'pts') - number(other, 'pts');
    check(number(team, 'plus_minus') === margin, 'margin', () => show(team));
    for (const column of [...COUNTS, 'minutes']) {
      check(sum(lines, column) === number(team, column), `sum of ${column}`, () => show(team));
    }
    check(sum(lines, 'plus_minus') === 5 * margin, 'sum of plus_minus', () => show(team));
    const overtimes = overtimesOf(team);
    const off = number(team, 'minutes') - 240 - 25 * overtimes;
    check(overtimes >= 0 && off >= -1 && off <= 2, 'minutes of a team', () => show(team));
    check(overtimes === overtimesOf(other), 'minutes of both teams', () => show(team));
    const line = odds.get(id);
    const overtimePoints =
      line === undefined ? Number.NaN : number(line, 'ot_home') + number(line, 'ot_visitor');
    check(overtimePoints > 0 === overtimes > 0, 'overtime', () => show(team));
    check(lines.length >= 7 && lines.length <= 13, 'players used', () => `${show(team)} ${lines.length}`);
    check(new Set(lines.map((line) => text(line, 'player_id'))).size === lines.length, 'player twice', () =>
      show(team),
    );
    check(number(team, 'ast') <= number(team, 'fgm'), 'assists', () => show(team));
    check(number(team, 'stl') <= number(other, 'tov'), 'steals', () => show(team));
    check(number(team, 'blk') <= number(other, 'fga') - number(other, 'fgm'), 'blocks', () => show(team));
    for (const line of lines) {
      const same = ['season', 'season_type', 'game_date', 'team_id', 'opponent', 'is_home', 'win'];
      check(
        same.every((column) => line[column] === team[column]),
        'names of the game',
        () => show(line),
      );
    }
  }
  for (const line of player_box) {
    const [fgm, fga, fg3m, fg3a] = ['fgm', 'fga', 'fg3m', 'fg3a'].map((column) => number(line, column)) as [
      number,
      number,
      number,
      number,
    ];
    const points = 2 * fgm + fg3m + number(line, 'ftm');
    check(number(line, 'pts') === points, 'points of a player', () => show(line));
    check(number(line, 'reb') === number(line, 'oreb') + number(line, 'dreb'), 'rebounds of a player', () =>
      show(line),
    );
    check(fg3m <= fgm && fgm <= fga && fg3a <= fga && fg3m <= fg3a && fgm - fg3m <= fga - fg3a, 'makes', () =>
      show(line),
    );
    check(number(line, 'ftm') <= number(line, 'fta'), 'free throws', () => show(line));
    check(number(line, 'pf') <= 6, 'fouls', () => show(line));
    check(number(line, 'minutes') >= 0 && number(line, 'minutes') <= 65, 'minutes of a player', () =>
      show(line),
    );
  }
  return list;
}

/** What may stand in the zone columns together: range and sides. */
const ZONES: Readonly<
  Record<
    string,
    { readonly isThree: boolean; readonly ranges: readonly string[]; readonly sides: readonly string[] }
  >
> = {
  'Restricted Area': { isThree: false, ranges: ['Less Than 8 ft.'], sides: ['Center'] },
  'In The Paint (Non-RA)': {
    isThree: false,
    ranges: ['Less Than 8 ft.', '8-16 ft.'],
    sides: ['Center', 'Left Side', 'Right Side'],
  },
  'Mid-Range': {
    isThree: false,
    ranges: ['8-16 ft.', '16-24 ft.'],
    sides: ['Center', 'Left Side', 'Right Side', 'Left Side Center', 'Right Side Center'],
  },
  'Left Corner 3': { isThree: true, ranges: ['24+ ft.'], sides: ['Left Side'] },
  'Right Corner 3': { isThree: true, ranges: ['24+ ft.'], sides: ['Right Side'] },
  'Above the Break 3': {
    isThree: true,
    ranges: ['24+ ft.'],
    sides: ['Center', 'Left Side Center', 'Right Side Center'],
  },
  Backcourt: { isThree: true, ranges: ['Back Court Shot'], sides: ['Back Court'] },
};

function shotFaults({ shots, player_box, schedule }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  const counts = new Map<string, [number, number, number, number]>();
  for (const shot of shots) {
    const key = `${text(shot, 'game_id')}/${text(shot, 'team')}/${text(shot, 'player_id')}`;
    const count = counts.get(key) ?? [0, 0, 0, 0];
    const [made, three] = [text(shot, 'made') === 'true' ? 1 : 0, text(shot, 'is_three') === 'true' ? 1 : 0];
    counts.set(key, [count[0] + made, count[1] + 1, count[2] + made * three, count[3] + three]);

    const zone = ZONES[text(shot, 'zone')];
    check(zone !== undefined && zone.isThree === (three === 1), 'zone', () => show(shot));
    check(zone?.ranges.includes(text(shot, 'zone_range')) === true, 'zone range', () => show(shot));
    check(zone?.sides.includes(text(shot, 'zone_side')) === true, 'zone side', () => show(shot));
    const [x, y] = [number(shot, 'loc_x'), number(shot, 'loc_y') - 5.25];
    const distance = Math.sqrt(x * x + y * y);
    check(Math.abs(Math.floor(distance + 1e-9) - number(shot, 'shot_distance')) === 0, 'distance', () =>
      show(shot),
    );
    check(Math.abs(x) <= 25 && y >= -5.25 && y <= 88.75, 'on the court', () => show(shot));
    const range = text(shot, 'zone_range');
    const inRange =
      (range === 'Less Than 8 ft.' && distance < 8) ||
      (range === '8-16 ft.' && distance >= 8 && distance <= 16) ||
      (range === '16-24 ft.' && distance >= 16 && distance < 23.75) ||
      (range === '24+ ft.' && distance >= 22 && distance < 40) ||
      (range === 'Back Court Shot' && distance >= 39);
    check(inRange, 'range of the distance', () => show(shot));
    check(!text(shot, 'zone_side').startsWith('Left') || x > 0, 'left side', () => show(shot));
    check(!text(shot, 'zone_side').startsWith('Right') || x < 0, 'right side', () => show(shot));
    check(text(shot, 'action') !== '', 'action', () => show(shot));
  }
  for (const line of player_box) {
    const key = `${text(line, 'game_id')}/${text(line, 'team')}/${text(line, 'player_id')}`;
    const expected = ['fgm', 'fga', 'fg3m', 'fg3a'].map((column) => text(line, column)).join();
    check((counts.get(key) ?? [0, 0, 0, 0]).join() === expected, 'shots of a player', () => show(line));
    counts.delete(key);
  }
  check(counts.size === 0, 'shots without a box score', () => [...counts.keys()].slice(0, 3).join(' '));

  const order = schedule.map((row) => text(row, 'game_id'));
  const byGame = groupBy(shots, 'game_id');
  check([...byGame.keys()].join() === order.join(), 'order of games in the shots', () =>
    [...byGame.keys()].slice(0, 3).join(),
  );
  for (const game of byGame.values()) {
    let last = -Infinity;
    for (const shot of game) {
      const [period, left] = [number(shot, 'period'), number(shot, 'seconds_left')];
      const length = period <= 4 ? 720 : 300;
      const time = period * 1000 - left;
      check(left >= 0 && left < length && time >= last, 'order of shots', () => show(shot));
      last = time;
    }
  }
  return list;
}

function oddsFaults({ game_odds, schedule }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  check(game_odds.length === schedule.length, 'rows of odds', () => String(game_odds.length));
  for (const [i, row] of game_odds.entries()) {
    const game = schedule[i];
    if (game === undefined) break;
    const same = ['game_id', 'game_date', 'season', 'season_type', 'home_team', 'visitor_team'];
    check(
      same.every((column) => row[column] === game[column]),
      'names of the odds',
      () => show(row),
    );
    const quarters = (side: string): number =>
      ['q1', 'q2', 'q3', 'q4'].reduce((total, quarter) => total + number(row, `${quarter}_${side}`), 0);
    for (const side of ['home', 'visitor']) {
      const points = quarters(side) + number(row, `ot_${side}`);
      check(points === number(game, `${side}_pts`), 'sum of the periods', () => show(row));
    }
    const hasOvertime = number(row, 'ot_home') + number(row, 'ot_visitor') > 0;
    check(hasOvertime === (quarters('home') === quarters('visitor')), 'overtime after a tie', () =>
      show(row),
    );
    const market = ['spread_home', 'total', 'moneyline_home', 'moneyline_visitor'].map((column) =>
      text(row, column),
    );
    const given = market.filter((cell) => cell !== '').length;
    check(given === 0 || given === 4, 'lines together', () => show(row));
    if (given === 0) continue;
    check(
      number(row, 'spread_home') % 0.5 === 0 && Math.abs(number(row, 'spread_home')) <= 25,
      'spread',
      () => show(row),
    );
    check(
      number(row, 'total') % 0.5 === 0 && number(row, 'total') > 150 && number(row, 'total') < 300,
      'total',
      () => show(row),
    );
    const favoured = number(row, 'moneyline_home') < number(row, 'moneyline_visitor');
    check(number(row, 'spread_home') === 0 || favoured === number(row, 'spread_home') < 0, 'moneyline', () =>
      show(row),
    );
    for (const column of ['moneyline_home', 'moneyline_visitor']) {
      check(Math.abs(number(row, column)) >= 100, 'American odds', () => show(row));
    }
  }
  return list;
}

/** The moment at which clocks in New York show `local`, a time between October and April. */
function easternMoment(local: string): number {
  const month = Number(local.slice(5, 7));
  const day = Number(local.slice(8, 10));
  const year = Number(local.slice(0, 4));
  const firstSunday = (of: number): number => 1 + ((7 - new Date(Date.UTC(year, of - 1, 1)).getUTCDay()) % 7);
  const isSummer =
    month === 10 ||
    month === 4 ||
    (month === 11 && day < firstSunday(11)) ||
    (month === 3 && day >= firstSunday(3) + 7);
  return Date.parse(`${local}Z`) + (isSummer ? 4 : 5) * 3_600_000;
}

function propFaults({ player_props, schedule, rosters }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  const games = new Map(schedule.map((row) => [text(row, 'game_id'), row]));
  const names = new Map(rosters.map((row) => [text(row, 'player_id'), text(row, 'player_name')]));
  const rosterTeams = new Map(
    rosters.map((row) => [`${text(row, 'game_date')}/${text(row, 'player_id')}`, text(row, 'team')]),
  );
  for (const row of player_props) {
    const game = games.get(text(row, 'game_id'));
    if (game === undefined) {
      check(false, 'line without a game', () => show(row));
      continue;
    }
    const tipoff = easternMoment(text(game, 'tipoff_et'));
    const [seen, begins] = [Date.parse(text(row, 'snapshot_utc')), Date.parse(text(row, 'commence_utc'))];
    check(seen < tipoff && tipoff <= begins, 'time of a line', () => show(row));
    check(number(row, 'line') % 1 === 0.5 && number(row, 'line') > 0, 'line', () => show(row));
    for (const column of ['over_price', 'under_price']) {
      check(Math.abs(number(row, column)) >= 100, 'price', () => show(row));
    }
    const team = rosterTeams.get(`${text(row, 'game_date')}/${text(row, 'player_id')}`);
    check(team === text(game, 'home_team') || team === text(game, 'visitor_team'), 'team of a line', () =>
      show(row),
    );
    const name = names.get(text(row, 'player_id')) ?? '';
    check(playerLookup(text(row, 'player_name')) === playerLookup(name), 'name of a line', () => show(row));
    check(text(row, 'market') === 'player_points' && text(row, 'source') !== '', 'market', () => show(row));
  }
  for (const [key, lines] of groupBy(player_props, 'game_id', 'player_id')) {
    const main = lines.filter((row) => text(row, 'is_main_line') === 'true');
    const books = new Set(lines.map((row) => text(row, 'bookmaker')));
    check(books.size >= 2 && books.size <= 4, 'books on a player', () => key);
    check(main.length === books.size, 'main lines of a book', () => key);
  }
  return list;
}

function rosterFaults({ rosters, player_box, schedule }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  const teams = groupBy(rosters, 'game_date', 'team');
  const playing = new Set(
    schedule.flatMap((row) => [
      `${text(row, 'game_date')}/${text(row, 'home_team')}`,
      `${text(row, 'game_date')}/${text(row, 'visitor_team')}`,
    ]),
  );
  check(
    teams.size === playing.size && [...teams.keys()].every((key) => playing.has(key)),
    'rosters of the teams that play',
    () => '',
  );
  for (const [key, roster] of teams)
    check(roster.length === 17, 'size of a roster', () => `${key} ${roster.length}`);
  const places = new Set<string>();
  for (const row of rosters) {
    const key = `${text(row, 'game_date')}/${text(row, 'player_id')}`;
    check(!places.has(key), 'player on two rosters', () => show(row));
    places.add(key);
    check(/^(G|G-F|F-G|F|F-C|C-F|C|)$/.test(text(row, 'position')), 'position', () => show(row));
    check(/^\d{4}-\d{2}-\d{2}$/.test(text(row, 'birth_date')), 'birth date', () => show(row));
  }
  const members = new Set(
    rosters.map((row) =>
      ['game_date', 'team', 'player_id', 'player_name', 'position'].map((column) => row[column]).join('/'),
    ),
  );
  for (const line of player_box) {
    const key = ['game_date', 'team', 'player_id', 'player_name', 'position']
      .map((column) => line[column])
      .join('/');
    check(members.has(key), 'player who is not on the roster', () => show(line));
  }
  return list;
}

const STATUSES = ['out', 'doubtful', 'questionable', 'probable', 'available'];

function injuryFaults({ injury_report, player_box, rosters, schedule }: SeasonRows): string[] {
  const { check, list } = makeFaults();
  const played = new Set(player_box.map((row) => `${text(row, 'game_id')}/${text(row, 'player_id')}`));
  const members = new Set(
    rosters.map((row) => `${text(row, 'game_date')}/${text(row, 'team')}/${text(row, 'player_id')}`),
  );
  const games = new Map(schedule.map((row) => [text(row, 'game_id'), row]));
  for (const row of injury_report) {
    const game = games.get(text(row, 'game_id'));
    const isBefore =
      game !== undefined && Date.parse(text(row, 'report_utc')) < easternMoment(text(game, 'tipoff_et'));
    check(isBefore, 'time of a report', () => show(row));
    check(STATUSES.includes(text(row, 'status')) && text(row, 'reason') !== '', 'status', () => show(row));
    const member = `${text(row, 'game_date')}/${text(row, 'team')}/${text(row, 'player_id')}`;
    check(members.has(member), 'report on somebody else', () => show(row));
  }
  for (const [key, reports] of groupBy(injury_report, 'game_id', 'player_id')) {
    const [last] = reports.toSorted((a, b) => text(b, 'report_utc').localeCompare(text(a, 'report_utc')));
    check(
      new Set(reports.map((row) => text(row, 'report_utc'))).size === reports.length,
      'reports at one time',
      () => key,
    );
    check(
      last === undefined || text(last, 'status') !== 'out' || !played.has(key),
      'reported out and played',
      () => key,
    );
  }
  return list;
}
