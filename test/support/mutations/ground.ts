/**
 * What mistakes are drawn from: the files of a real week with its history. Where the data has no injury reports, rosters or
 * player lines, plain ones are made from the box scores.
 */
import { gunzipSync } from 'node:zlib';
import type { SourceFile } from '../../../functions/control/archive-files.ts';
import { readFolder } from '../../../scripts/cli/load.ts';
import { addDays, type GameDate } from '../../../shared/domain/game-date.ts';
import { playerLookup } from '../../../shared/domain/player-lookup.ts';
import { pick, type Random } from '../../../shared/domain/seeded-random.ts';
import type { Season } from '../../../shared/domain/season.ts';
import { drawn, drawnStretch } from '../draw.ts';
import { dataFolder, type Filling } from '../homes.ts';
import type { Cells } from '../real-part.ts';
import { fileOf } from './mutation.ts';

export const KINDS_OF_FILES = [
  'schedule',
  'player_box',
  'team_box',
  'shots',
  'game_odds',
  'player_props',
  'injury_report',
  'rosters',
] as const;
export type Kind = (typeof KINDS_OF_FILES)[number];

/** A file as a table of cells. */
export interface Table {
  readonly kind: Kind;
  /** Name of the file without its ending. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Cells[];
}

export interface Ground extends Filling {
  /** Dates with games, ascending. */
  readonly dates: readonly GameDate[];
  /** The dates whose games are changed. */
  readonly week: readonly GameDate[];
  readonly tables: Readonly<Record<Kind, Table>>;
  readonly dateOfGame: ReadonlyMap<string, GameDate>;
  readonly teamsOfGame: ReadonlyMap<string, readonly string[]>;
  /** The game of a team on a date; the key is `date team`. */
  readonly gameOfTeam: ReadonlyMap<string, string>;
  /** Every team that a player has played for. */
  readonly teamsOfPlayer: ReadonlyMap<string, ReadonlySet<string>>;
  /** Games whose team boxes have the length of the game: whole minutes of players may add up to something else. */
  readonly gamesWithLengths: ReadonlySet<string>;
  /** Every name that box scores give a player, in the form in which spellings agree. */
  readonly lookupsOfPlayer: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Dates before, in and after the week. */
const [HISTORY, WEEK, AFTER] = [40, 7, 7];

/** The ground of this run, which the commit draws from a season. */
export function groundOf(season: Season): Ground {
  const archived = readFolder(dataFolder());
  const schedule = tableOf(archived, 'schedule', season);
  const all = [
    ...new Set(schedule.rows.filter((row) => row['season_type'] === 'regular').map(dateIn)),
  ].sort();
  const dates = drawnStretch(drawn('mutations', season), all, HISTORY + WEEK + AFTER);
  const inPart = new Set<string>(dates);
  const cut = (kind: Kind): Table => tableOf(archived, kind, season, inPart);
  const player = cut('player_box');
  const games = cut('schedule');
  const props = cut('player_props');
  const lines = props.rows.filter((row) => row['market'] === 'player_points');
  const week = dates.slice(HISTORY, HISTORY + WEEK);
  const made: Record<Kind, Table> = {
    schedule: games,
    player_box: player,
    team_box: cut('team_box'),
    shots: cut('shots'),
    game_odds: cut('game_odds'),
    player_props: {
      ...props,
      rows: lines.some((row) => week.includes(dateIn(row))) ? lines : linesOf(player.rows, games.rows),
    },
    injury_report: {
      kind: 'injury_report',
      name: `injury_report_${season}`,
      columns: INJURY_COLUMNS,
      rows: injuriesOf(player.rows, games.rows),
    },
    // Rosters begin in the middle of the week, so that both ways to know who is on a team are seen.
    rosters: {
      kind: 'rosters',
      name: `rosters_${season}`,
      columns: ROSTER_COLUMNS,
      rows: rostersOf(player.rows, games.rows).filter((row) => dateIn(row) >= (week[3] ?? '')),
    },
  };
  const tables = { ...made };
  for (const kind of KINDS_OF_FILES) tables[kind] = { ...made[kind], rows: made[kind].rows.map(numbered) };
  return {
    name: `mutations-${season}-${dates[0]}-to-${dates.at(-1)}`,
    ...{ season, dates, week, tables },
    files: Object.values(tables).map((each) => fileOf(each, each.rows)),
    dateOfGame: new Map(games.rows.map((row) => [row['game_id'] ?? '', dateIn(row)])),
    teamsOfGame: new Map(
      games.rows.map((row) => [row['game_id'] ?? '', [row['home_team'] ?? '', row['visitor_team'] ?? '']]),
    ),
    gameOfTeam: new Map(
      sidesOf(games.rows).map(({ team, game }) => [`${dateIn(game)} ${team}`, game['game_id'] ?? '']),
    ),
    teamsOfPlayer: ofPlayers(player.rows, ({ team = '' }) => team),
    gamesWithLengths: withLengths(made.team_box.rows),
    lookupsOfPlayer: ofPlayers(player.rows, ({ player_name = '' }) => playerLookup(player_name)),
  };
}

function withLengths(teamBoxes: readonly Cells[]): ReadonlySet<string> {
  const sums = new Set(
    teamBoxes.filter(({ minutes }) => (Number(minutes) - 240) % 25 !== 0).map(({ game_id }) => game_id),
  );
  return new Set(teamBoxes.flatMap(({ game_id = '' }) => (sums.has(game_id) ? [] : [game_id])));
}

/** What the rows of each player say, by his id. */
function ofPlayers(
  rows: readonly Cells[],
  said: (row: Cells) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    const id = row['player_id'] ?? '';
    found.set(id, (found.get(id) ?? new Set()).add(said(row)));
  }
  return found;
}

/** The column by which a row is known in a list in which others have changed. No file has it. */
const ROW = '#';

function numbered(row: Cells, number: number): Cells {
  return { ...row, [ROW]: String(number) };
}

/** The cells of a row for another row, which is not this one. */
export function withoutNumber({ [ROW]: _, ...cells }: Cells): Cells {
  return cells;
}

/** Whether a row is this one, changed or not. */
export const isRow =
  (row: Cells) =>
  (other: Cells): boolean =>
    other[ROW] === row[ROW];

export const dateIn = (row: Cells): GameDate => row['game_date'] as GameDate;

/** A row of the week, drawn from those that `fits` accepts; undefined when there is none. */
export function drawRow(
  { tables, week }: Ground,
  random: Random,
  kind: Kind,
  fits: (row: Cells) => boolean = () => true,
): Cells | undefined {
  const rows = tables[kind].rows.filter((row) => week.includes(dateIn(row)) && fits(row));
  return rows.length === 0 ? undefined : pick(random, rows);
}

/** No file of the archive has quotes. */
function tableOf(
  files: readonly SourceFile[],
  kind: Kind,
  season: Season,
  dates?: ReadonlySet<string>,
): Table {
  const name = `${kind}_${season}`;
  const file = files.find((each) => each.name === `${name}.csv.gz`);
  if (file === undefined) throw new Error(`There is no ${name} in ${dataFolder()}`);
  const [head = '', ...lines] = gunzipSync(file.bytes()).toString('utf8').trimEnd().split('\n');
  const columns = head.split(',');
  const dateAt = columns.indexOf('game_date');
  const kept = dates === undefined ? lines : lines.filter((line) => dates.has(line.split(',')[dateAt] ?? ''));
  const rows = kept.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i): [string, string] => [columns[i] ?? '', cell])),
  );
  return { kind, name, columns, rows };
}

const INJURY_COLUMNS = [
  ...['season', 'season_type', 'game_id', 'game_date', 'team', 'player_id', 'player_name'],
  ...['status', 'reason', 'report_utc'],
];
const ROSTER_COLUMNS = [
  ...['season', 'season_type', 'game_date', 'team', 'player_id', 'player_name', 'position', 'birth_date'],
];

/** Team and game of each side of each game. */
function sidesOf(games: readonly Cells[]): { readonly team: string; readonly game: Cells }[] {
  return games.flatMap((game) => [
    { team: game['home_team'] ?? '', game },
    { team: game['visitor_team'] ?? '', game },
  ]);
}

/** The last row of each player who was with the team in the `days` before the game, unless he has left it for another. */
function squad(player: readonly Cells[], team: string, date: GameDate, days: number): Cells[] {
  const last = new Map<string, Cells>();
  const since = addDays(date, -days);
  for (const row of player)
    if (dateIn(row) >= since && dateIn(row) <= date) last.set(row['player_id'] ?? '', row);
  return [...last.values()].filter((row) => row['team'] === team);
}

/** Who of a team does not play is out; every ninth of the others is questionable. Reported at 10 am in New York. */
function injuriesOf(player: readonly Cells[], games: readonly Cells[]): Cells[] {
  const rows = [...player].sort((a, b) => (dateIn(a) < dateIn(b) ? -1 : 1));
  return sidesOf(games).flatMap(({ team, game }) => {
    const date = dateIn(game);
    return squad(rows, team, date, 15).flatMap((row) => {
      const plays = row['game_id'] === game['game_id'];
      if (plays && Number(row['player_id']) % 9 !== 0) return [];
      const { season = '', season_type = '', game_id = '' } = game;
      const { player_id = '', player_name = '' } = row;
      return [
        {
          ...{ season, season_type, game_id, game_date: date, team, player_id, player_name },
          ...{ status: plays ? 'Questionable' : 'Out', reason: 'Sore knee', report_utc: `${date}T15:00:00Z` },
        },
      ];
    });
  });
}

function rostersOf(player: readonly Cells[], games: readonly Cells[]): Cells[] {
  const rows = [...player].sort((a, b) => (dateIn(a) < dateIn(b) ? -1 : 1));
  return sidesOf(games).flatMap(({ team, game }) =>
    squad(rows, team, dateIn(game), 20).map((row) => {
      const { season = '', season_type = '', game_date = '' } = game;
      const { player_id = '', player_name = '', position = '' } = row;
      const birth_date = `19${90 + (Number(player_id) % 10)}-03-${10 + (Number(player_id) % 19)}`;
      return { season, season_type, game_date, team, player_id, player_name, position, birth_date };
    }),
  );
}

/** Two lines of one book on each player with much time: what he had in his last game, and half a point more later. */
function linesOf(player: readonly Cells[], games: readonly Cells[]): Cells[] {
  const rows = [...player].sort((a, b) => (dateIn(a) < dateIn(b) ? -1 : 1));
  const gameOf = new Map(games.map((game) => [game['game_id'], game]));
  const last = new Map<string, number>();
  return rows.flatMap((row) => {
    const { player_id = '', player_name = '' } = row;
    const before = last.get(player_id);
    last.set(player_id, Number(row['pts']));
    const game = gameOf.get(row['game_id']);
    if (before === undefined || game === undefined || Number(row['minutes']) < 20) return [];
    const {
      season = '',
      season_type = '',
      game_id = '',
      game_date = '',
      home_team = '',
      visitor_team = '',
    } = game;
    return [13, 15].map((hour, i): Cells => ({
      ...{ season, season_type, game_id, game_date, home_team, visitor_team, player_id, player_name },
      ...{ market: 'player_points', bookmaker: 'book', line: String(before + 0.5 + i) },
      ...{ over_price: '-110', under_price: '-110', is_main_line: 'true' },
      ...{ snapshot_utc: `${game_date}T${hour}:00:00Z`, commence_utc: '', source: 'made' },
    }));
  });
}
