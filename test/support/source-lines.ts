/** Small source files, and a season of three games to read them against. */
import { loadTable, type LoadedFiles, type SourceText } from '../../functions/ingest/load-table.ts';
import { scheduleOf, type LoadContext } from '../../functions/ingest/schedule.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';

export type Cells = Readonly<Record<string, string | number | boolean>>;

/** A source file with the columns of the first row. */
export function csv(name: string, rows: readonly Cells[]): SourceText {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => columns.map((column) => String(row[column] ?? '')).join(','));
  return { name, text: `${[columns.join(','), ...lines].join('\n')}\n` };
}

export const SEASON = '2023-24';
const NOTHING: LoadContext = { schedule: new Map(), players: new Map() };

/** Row of the schedule: DEN beat LAL 119 : 107 on opening night. */
export const game: Cells = {
  game_id: '0022300061',
  game_date: '2023-10-24',
  season: SEASON,
  season_type: 'regular',
  home_team: 'DEN',
  visitor_team: 'LAL',
  home_pts: 119,
  visitor_pts: 107,
  winner: 'DEN',
  neutral_site: false,
  tipoff_et: '2023-10-24T19:30:00',
  arena: 'Ball Arena',
  arena_city: 'Denver',
};
export const secondGame: Cells = {
  ...game,
  game_id: '0022300062',
  home_team: 'GSW',
  visitor_team: 'PHX',
  home_pts: 104,
  visitor_pts: 108,
  winner: 'PHX',
  tipoff_et: '',
};
export const playoffGame: Cells = {
  ...game,
  game_id: '0042300161',
  game_date: '2024-04-20',
  season_type: 'playoffs',
  home_pts: 114,
  visitor_pts: 103,
  tipoff_et: '2024-04-20T20:30:00',
};

const scheduleFile = csv('schedule_2023-24.csv', [game, secondGame, playoffGame]);
const scheduleRows = loadTable(RAW_LOADS.of('nbac_schedule'), SEASON, [scheduleFile], NOTHING).rows;
const games = scheduleOf(scheduleRows);
const resultRows = loadTable(RAW_LOADS.of('nbac_game_results'), SEASON, [scheduleFile], {
  ...NOTHING,
  schedule: games,
}).rows;

/** What is known of the season: its three games and two players. */
export const context: LoadContext = {
  schedule: scheduleOf(scheduleRows, resultRows),
  players: new Map([
    [2544, { lookup: 'lebronjames', name: 'LeBron James' }],
    [203999, { lookup: 'nikolajokic', name: 'Nikola Jokić' }],
  ]),
};

/** What a load knows that is told of `tables` only. The box scores call every player by another lookup than his name gives. */
export function contextOf(tables: readonly string[]): LoadContext {
  const has = (table: string): boolean => tables.includes(table);
  return {
    schedule: scheduleOf(
      has('nbac_schedule') ? scheduleRows : [],
      has('nbac_game_results') ? resultRows : [],
    ),
    players: new Map(
      has('nbac_player_boxscores')
        ? [...context.players].map(([id, { name, lookup }]) => [id, { name, lookup: `${lookup}_${id}` }])
        : [],
    ),
  };
}

/** What LeBron James did on opening night. */
const numbers: Cells = {
  position: 'F',
  minutes: 29,
  fgm: 10,
  fga: 16,
  fg3m: 1,
  fg3a: 4,
  ftm: 0,
  fta: 1,
  oreb: 1,
  dreb: 7,
  reb: 8,
  ast: 5,
  stl: 1,
  blk: 0,
  tov: 0,
  pf: 1,
  pts: 21,
  plus_minus: 7,
};

/** Row of the whole player box score: LeBron James on opening night. */
export const boxLine: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  team_id: 1610612747,
  team: 'LAL',
  opponent: 'DEN',
  is_home: false,
  win: false,
  player_id: 2544,
  player_name: 'LeBron James',
  ...numbers,
};

/** The same row as a file without attempts has it. */
export const liteLine: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  team: 'LAL',
  opponent: 'DEN',
  is_home: false,
  win: false,
  player_id: 2544,
  player_name: 'LeBron James',
  minutes: 29,
  pts: 21,
  reb: 8,
  ast: 5,
  stl: 1,
  blk: 0,
  tov: 0,
  fg_pct: 0.625,
  fg3_pct: 0.25,
  ft_pct: 0,
  plus_minus: 7,
};

/** Row of the whole team box score: LAL on opening night. */
export const teamLine: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  team_id: 1610612747,
  team: 'LAL',
  opponent: 'DEN',
  is_home: false,
  win: false,
  minutes: 239,
  fgm: 41,
  fga: 90,
  fg3m: 10,
  fg3a: 29,
  ftm: 15,
  fta: 20,
  oreb: 13,
  dreb: 31,
  reb: 44,
  ast: 23,
  stl: 5,
  blk: 4,
  tov: 11,
  pf: 18,
  pts: 107,
  plus_minus: -12,
};

export const shot: Cells = {
  game_id: '0022300061',
  game_date: '2023-10-24',
  team: 'DEN',
  player_id: 203999,
  period: 1,
  seconds_left: 675,
  made: true,
  is_three: false,
  zone: 'In The Paint (Non-RA)',
  zone_side: 'Center',
  zone_range: 'Less Than 8 ft.',
  shot_distance: 6,
  action: 'Driving Floating Jump Shot',
  loc_x: -1.3,
  loc_y: 11.75,
};

export const closingOdds: Cells = {
  game_id: '0022300061',
  game_date: '2023-10-24',
  season: SEASON,
  season_type: 'regular',
  home_team: 'DEN',
  visitor_team: 'LAL',
  spread_home: -5.5,
  total: 226.25,
  moneyline_home: '',
  moneyline_visitor: '',
  q1_home: 34,
  q2_home: 29,
  q3_home: 29,
  q4_home: 27,
  ot_home: 0,
  q1_visitor: 20,
  q2_visitor: 34,
  q3_visitor: 24,
  q4_visitor: 29,
  ot_visitor: 0,
};

const bookOdds: Cells = {
  game_id: '0022300061',
  game_date: '2023-10-24',
  home_team: 'DEN',
  visitor_team: 'LAL',
  bookmaker: 'unibet',
  snapshot_utc: '2023-10-24T21:00:00Z',
  commence_utc: '2023-10-24T23:40:00Z',
  h2h_home_dec: 1.4,
  h2h_visitor_dec: 3,
  spread_home: -5.5,
  spread_home_dec: 1.88,
  spread_visitor_dec: 1.92,
};

const prop: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  home_team: 'DEN',
  visitor_team: 'LAL',
  player_id: 2544,
  player_name: 'Lebron James Sr.',
  market: 'player_points',
  bookmaker: 'betmgm',
  line: 24.5,
  over_price: -110,
  under_price: -125,
  is_main_line: true,
  snapshot_utc: '2023-10-24T22:25:44Z',
  commence_utc: '',
  source: 'sample',
};

export const injury: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  team: 'DEN',
  player_id: 1629008,
  player_name: 'Michael Porter Jr.',
  status: 'Questionable',
  reason: 'Left Ankle; Sprain',
  report_utc: '2023-10-24T21:30:00Z',
};

/** What Ball Don't Lie says of LeBron James on opening night. */
const namedBoxLine: Cells = {
  game: '20231024_LAL_DEN',
  game_date: '2023-10-24',
  home_team: 'DEN',
  visitor_team: 'LAL',
  team: 'LAL',
  player_name: 'LeBron James',
  bdl_player_id: 237,
  ...numbers,
};

const rosterLine: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_date: '2023-10-24',
  team: 'DEN',
  player_id: 203999,
  player_name: 'Nikola Jokić',
  position: 'C',
  birth_date: '1995-02-19',
};

/** A line of BettingPros, as its answer becomes a source file. */
const bettingprosProp: Cells = {
  snapshot: '2023-10-24 2023-10-24T22:25:44Z',
  game_date: '2023-10-24',
  home_team: 'DEN',
  visitor_team: 'LAL',
  snapshot_utc: '2023-10-24T22:25:44Z',
  commence_utc: '2023-10-24T23:40:00Z',
  bookmaker: 'draftkings',
  market: 'player_points',
  player_name: 'LeBron James',
  line: 24.5,
  over_price: -110,
  under_price: -125,
  is_main_line: true,
};

/** An action of the play-by-play: a three of Nikola Jokić after a pass of LeBron James, who is his team mate here. */
const action: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: '2023-10-24',
  action_number: 17,
  period: 1,
  clock: 'PT11M15.20S',
  action_type: '3pt',
  sub_type: 'Jump Shot',
  descriptor: 'running',
  team: 'DEN',
  player_id: 203999,
  assist_player_id: 2544,
  block_player_id: '',
  shot_result: 'Made',
  shot_distance: 27.94,
  x: 72.48685939553219,
  y: 12.254901960784313,
};

/** A line of a gamebook, as its PDF becomes a source file: LeBron James on opening night. */
const gamebookLine: Cells = {
  snapshot: '20231024_LAL_DEN',
  game_date: '2023-10-24',
  home_team: 'DEN',
  visitor_team: 'LAL',
  team: 'LAL',
  player_name: 'LeBron James',
  player_status: 'active',
  reason: '',
  starter: true,
  minutes: '29:12',
  fgm: 10,
  fga: 16,
  fg3m: 1,
  fg3a: 4,
  ftm: 0,
  fta: 1,
  oreb: 1,
  dreb: 7,
  reb: 8,
  ast: 5,
  pf: 1,
  stl: 1,
  tov: 0,
  blk: 0,
  plus_minus: 7,
  pts: 21,
};

/** For each raw table, a file of it and a sound row. */
export const samples: Readonly<Record<string, { readonly file: string; readonly row: Cells }>> = {
  nbac_schedule: { file: 'schedule_2023-24.csv', row: game },
  nbac_game_results: { file: 'schedule_2023-24.csv', row: game },
  nbac_player_boxscores: { file: 'player_box_2023-24.csv', row: boxLine },
  bdl_player_boxscores: { file: 'named_player_box_2023-24.csv', row: namedBoxLine },
  nbac_team_boxscore: { file: 'team_box_2023-24.csv', row: teamLine },
  nbac_shot_chart: { file: 'shots_2023-24.csv', row: shot },
  nbac_play_by_play: { file: 'play_by_play_2023-24.csv', row: action },
  odds_api_game_lines: { file: 'game_odds_2023-24.csv', row: closingOdds },
  odds_api_player_points_props: { file: 'player_props_2023-24.csv', row: prop },
  bettingpros_player_points_props: { file: 'bettingpros_props_2023-24.csv', row: bettingprosProp },
  nbac_gamebook_player_stats: { file: 'gamebook_2023-24.csv', row: gamebookLine },
  nbac_injury_report: { file: 'injury_report_2023-24.csv', row: injury },
  espn_team_rosters: { file: 'rosters_2023-24.csv', row: rosterLine },
};

/** Loads rows of the usual file of `table`, each the sample row with other cells. */
export function loadRows(table: string, ...changes: readonly Cells[]): LoadedFiles {
  const sample = samples[table];
  if (sample === undefined) throw new Error(`There is no sample of ${table}`);
  return loadTable(
    RAW_LOADS.of(table),
    SEASON,
    [
      csv(
        sample.file,
        changes.map((change) => ({ ...sample.row, ...change })),
      ),
    ],
    context,
  );
}

/** Loads the odds of one bookmaker with other cells. */
export function loadBooks(change: Cells): LoadedFiles {
  return loadTable(
    RAW_LOADS.of('odds_api_game_lines'),
    SEASON,
    [csv('game_odds_books_2023-24.csv', [{ ...bookOdds, ...change }])],
    context,
  );
}

/** Why the sample row with other cells is not loaded. */
export function reasonFor(table: string, change: Cells): string | undefined {
  return loadRows(table, change).rejects[0]?.reason;
}

/** The row that the sample row with another cell becomes, and what the report says of the cell. */
export function noted(
  table: string,
  change: Cells,
): { readonly row: Row | undefined; readonly notes: readonly string[] } {
  const { rows, rejects, notes } = loadRows(table, change);
  if (rejects.length > 0) throw new Error(`The row is refused: ${rejects[0]?.reason}`);
  return { row: rows[0], notes: notes.map(({ text, count }) => `${count} ${text}`) };
}
