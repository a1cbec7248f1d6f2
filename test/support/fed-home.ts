/**
 * A simulated season that is told day by day, as sources would: schedules whose scores come with the days, box scores of the night,
 * reports and quotes of the next one. What is told is at times wrong, and is corrected days later; games move; lines are refused
 * at first; a report calls a player by a name that nobody knows until a person says who he is.
 */
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom, pick, type Random } from '../../shared/domain/seeded-random.ts';
import { sourceFile } from './source-file.ts';

type Cells = Record<string, string>;

/** What is told at one time. */
export interface Telling {
  /** The morning after the night (ISO, UTC). */
  readonly at: string;
  readonly night: GameDate;
  readonly files: readonly SourceFile[];
  /** A name that a person explains at this time. */
  readonly alias?: { readonly name: string; readonly id: string };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Cells[];
}

/** Kinds of which a night is told the morning after, and those of which the next night is told before it. */
const AFTER = ['player_box', 'team_box', 'shots', 'game_odds'];
const BEFORE = ['player_props', 'injury_report', 'rosters'];
/** A name that no file has with an id. */
const NICKNAME = 'Quick Zedd';

export interface Feeding {
  readonly seed: number;
  /** Game dates that the first telling has at once. */
  readonly first: number;
  /** Tellings after it, of one night each. */
  readonly then: number;
}

/** The tellings of a season of six teams with 30 games each. */
export function tellings({ seed, first, then }: Feeding): Telling[] {
  const random = makeRandom(seed);
  const [season] = [...simulateLeague({ seasons: 1, seed, firstSeason: 2021, teams: 6, gamesPerTeam: 30 })];
  const tables = new Map((season?.files ?? []).map(({ name, text }) => [kindOf(name), tableOf(name, text)]));
  const schedule = tables.get('schedule');
  if (schedule === undefined) throw new Error('The season has no schedule');
  const dates = [...new Set(schedule.rows.map((row) => row['game_date'] ?? ''))].sort().map(gameDate);
  const moves = movesOf(schedule.rows, dates, random);
  const mistakes = mistakesIn(dates, random);
  const rowsOf = (kind: string, date: GameDate, i: number): Cells[] => {
    const rows = (tables.get(kind)?.rows ?? []).filter((row) => row['game_date'] === date);
    const mistake = mistakes.find((each) => each.kind === kind && each.night === date);
    const isWrong = mistake !== undefined && i < mistake.corrected;
    return isWrong ? rows.map((row, at) => (at === 1 ? mistake.change(row) : row)) : rows;
  };
  const playerId = tables.get('player_box')?.rows[0]?.['player_id'] ?? '';
  return dates.slice(first - 1, first + then).map((night, step): Telling => {
    const i = first - 1 + step;
    const told = new Map<string, Cells[]>();
    const tell = (kind: string, rows: readonly Cells[]): void => {
      if (rows.length > 0) told.set(kind, [...(told.get(kind) ?? []), ...rows]);
    };
    tell(
      'schedule',
      schedule.rows.map((row) => scheduledAs(row, night, i, moves)),
    );
    for (const date of step === 0 ? dates.slice(0, first) : [night])
      for (const kind of AFTER) tell(kind, rowsOf(kind, date, i));
    const next = dates[i + 1];
    for (const date of step === 0 ? dates.slice(0, first + 1) : next === undefined ? [] : [next])
      for (const kind of BEFORE) tell(kind, rowsOf(kind, date, i));
    if (step % 5 === 2 && next !== undefined)
      tell('injury_report', nicknamed(rowsOf('injury_report', next, i)));
    if (step > 0)
      for (const { kind, night: of, corrected } of mistakes)
        if (corrected === i) tell(kind, rowsOf(kind, of, i));
    return {
      at: `${addDays(night, 1)}T12:00:00.000Z`,
      night,
      files: [...told].map(([kind, rows]) => fileOf(tables.get(kind), rows)),
      ...(step === ALIAS_STEP ? { alias: { name: NICKNAME, id: playerId } } : {}),
    };
  });
}

/** The telling with which a person says who the nickname is. */
const ALIAS_STEP = 4;

/** What is told wrong of a night, until the correction comes after a later one. */
interface Mistake {
  readonly kind: string;
  readonly night: GameDate;
  /** Index of the night after which it is corrected. */
  readonly corrected: number;
  readonly change: (row: Cells) => Cells;
}

function mistakesIn(dates: readonly GameDate[], random: Random): Mistake[] {
  return dates.flatMap((night, i) =>
    ['player_box', 'team_box', 'shots', 'player_props', 'injury_report'].flatMap((kind) =>
      random.below(4) > 0
        ? []
        : [{ kind, night, corrected: i + 1 + random.below(6), change: mistakeIn(kind, random) }],
    ),
  );
}

function fileOf(table: Table | undefined, rows: readonly Cells[]): SourceFile {
  if (table === undefined) throw new Error('The season has no such file');
  const lines = rows.map((row) => table.columns.map((column) => row[column] ?? '').join(','));
  return sourceFile(table.name, `${[table.columns.join(','), ...lines].join('\n')}\n`);
}

function kindOf(name: string): string {
  return name.replace(/_\d{4}-\d\d\.csv$/, '');
}

function tableOf(name: string, text: string): Table {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const columns = head.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
  return { name, columns, rows };
}

/** A game that is scheduled for another date until `until` nights are over. */
interface Move {
  readonly first: GameDate;
  readonly until: number;
}

/** Games that move to their date from a day on which neither of their teams plays, by id. */
function movesOf(
  rows: readonly Cells[],
  dates: readonly GameDate[],
  random: Random,
): ReadonlyMap<string, Move> {
  const moves = new Map<string, Move>();
  const isBusy = (date: GameDate, teams: readonly (string | undefined)[]): boolean =>
    rows.some(
      (row) =>
        row['game_date'] === date &&
        (teams.includes(row['home_team']) || teams.includes(row['visitor_team'])),
    );
  for (const row of rows) {
    const at = dates.indexOf((row['game_date'] ?? '') as GameDate);
    if (at < 4 || random.below(6) > 0) continue;
    const teams = [row['home_team'], row['visitor_team']];
    const near = [-2, -1, 1, 2].map((days) => addDays(dates[at] as GameDate, days));
    const free = near.filter((date) => !isBusy(date, teams));
    if (free.length > 0) moves.set(row['game_id'] ?? '', { first: pick(random, free), until: at - 3 });
  }
  return moves;
}

/** A line of the schedule as it is told after a night: games of later dates have no score, and may be on another date. */
function scheduledAs(row: Cells, night: GameDate, i: number, moves: ReadonlyMap<string, Move>): Cells {
  if ((row['game_date'] ?? '') <= night) return row;
  const open = { ...row, home_pts: '', visitor_pts: '', winner: '' };
  const move = moves.get(row['game_id'] ?? '');
  if (move === undefined || i > move.until || move.first <= night) return open;
  return { ...open, game_date: move.first, tipoff_et: `${move.first}${(row['tipoff_et'] ?? '').slice(10)}` };
}

/** What is wrong with a row when it is told first: a number, or so much that the line is refused. */
function mistakeIn(kind: string, random: Random): (row: Cells) => Cells {
  const more = 1 + random.below(3);
  const isRefused = random.below(3) === 0;
  switch (kind) {
    case 'player_box':
    case 'team_box':
      return (row) => ({ ...row, ast: isRefused ? 'many' : String(Number(row['ast']) + more) });
    case 'shots':
      return (row) => ({
        ...row,
        zone: isRefused ? 'Elsewhere' : (row['zone'] ?? ''),
        action: 'Unknown Shot',
      });
    case 'player_props':
      return (row) => ({ ...row, line: isRefused ? '' : String(Number(row['line']) + more) });
    default:
      return (row) => ({ ...row, status: isRefused ? 'Perhaps' : 'Doubtful' });
  }
}

/** Reports in which the first player is called by a name that nobody has. */
function nicknamed([first]: readonly Cells[]): Cells[] {
  return first === undefined ? [] : [{ ...first, player_id: '', player_name: NICKNAME }];
}
