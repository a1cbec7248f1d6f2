/**
 * Compares the box scores of players with those of their teams, line by line, and the minutes of both with the length of the
 * game. `_shared/team-box-witnesses.sql` decides the same for computed tables. Pure.
 */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { ScheduledGame } from './schedule.ts';

/** Statistics of which a team has exactly as many as its players. */
const SUMMED = [
  'field_goals_made',
  'field_goals_attempted',
  'three_pointers_made',
  'three_pointers_attempted',
  'free_throws_made',
  'free_throws_attempted',
  'offensive_rebounds',
  'defensive_rebounds',
  'rebounds',
  'assists',
  'steals',
  'blocks',
  'personal_fouls',
] as const;
const COMPARED = [...SUMMED, 'turnovers'] as const;

/** Turnovers of the team itself that a lite team box may count beside those of its players. */
const MOST_TEAM_TURNOVERS = 6;
/** By how much the minutes of a team may miss those of the game: sums of whole minutes, and of minutes with seconds. */
const WHOLE_MINUTES = 4;
const EXACT_MINUTES = 1;
const REGULATION = 240;
const OVERTIME = 25;

/** What the players of a team come to in one game, or what its team box says. A number is null where one of them is unknown. */
interface Totals {
  readonly numbers: Readonly<Partial<Record<(typeof COMPARED)[number] | 'minutes', number | null>>>;
  readonly isLite: boolean;
}

/** The two sides of one team in one game. */
interface Compared {
  readonly game: ScheduledGame;
  readonly team: string;
  readonly players: Totals | undefined;
  readonly box: Totals | undefined;
}

/** A team whose players do not add up to its team box. */
export interface TeamBoxFault {
  readonly game: ScheduledGame;
  readonly team: string;
  /** The statistics that differ: what the players come to, and what the team box says. */
  readonly differing: readonly { readonly column: string; readonly sum: number; readonly box: number }[];
}

/** A team whose minutes are not those of the game. */
export interface MinutesFault {
  readonly game: ScheduledGame;
  readonly team: string;
  /** What its players come to, and what its team box says; null where unknown. */
  readonly players: number | null;
  readonly box: number | null;
  /** Minutes that a team has in a game of this length. */
  readonly length: number;
}

/**
 * What contradicts the box scores of a date.
 * @param rows of players and of teams, in any order; without rows of teams only the minutes speak
 */
export function boxScoreFaults(
  rows: readonly Row[],
  games: Iterable<ScheduledGame>,
): { readonly lines: TeamBoxFault[]; readonly minutes: MinutesFault[] } {
  const byGame = Map.groupBy(rows, (row) => row['nba_game_id'] ?? null);
  const lines: TeamBoxFault[] = [];
  const minutes: MinutesFault[] = [];
  for (const game of games) {
    const ofGame = byGame.get(game.nbaGameId);
    if (ofGame === undefined) continue;
    const players = ofGame.filter(isOfPlayer);
    const isWhole = hasWholeMinutes(players);
    const sides = [game.home, game.away].map((team): Compared => {
      const isOwn = (row: Row): boolean => row['team_abbr'] === team;
      const own = ofGame.find((row) => isOwn(row) && !isOfPlayer(row));
      return {
        ...{ game, team },
        players: totalsOf(players.filter((row) => isOwn(row) && tookPart(row, players))),
        box: own === undefined ? undefined : totalsOf([own]),
      };
    });
    lines.push(...sides.flatMap(lineFaults));
    minutes.push(...minutesFaults(sides, isWhole));
  }
  return { lines, minutes };
}

function isOfPlayer(row: Row): boolean {
  return 'player_lookup' in row;
}

function lineFaults({ game, team, players, box }: Compared): TeamBoxFault[] {
  const differing = COMPARED.flatMap((column) => {
    const [sum, value] = [players?.numbers[column] ?? null, box?.numbers[column] ?? null];
    if (sum === null || value === null) return [];
    const more = column === 'turnovers' && box?.isLite === true ? MOST_TEAM_TURNOVERS : 0;
    return sum > value || value - sum > more ? [{ column, sum, box: value }] : [];
  });
  return differing.length === 0 ? [] : [{ game, team, differing }];
}

function minutesFaults(sides: readonly Compared[], isWhole: boolean): MinutesFault[] {
  const own = sides.map(({ game, team, players, box }) => ({
    ...{ game, team },
    players: players?.numbers.minutes ?? null,
    box: box?.numbers.minutes ?? null,
  }));
  const longest = Math.max(
    ...own.map(({ players, box }) => lengthNearest(box ?? players ?? REGULATION)),
    REGULATION,
  );
  const boxesAreSums = own.some(({ box }) => box !== null && Math.abs(box - lengthNearest(box)) > 0.05);
  return own.flatMap((side) => {
    const { players, box } = side;
    const misses = (minutes: number | null, by: number): boolean =>
      minutes !== null && Math.abs(minutes - longest) > by;
    const isOtherSum =
      boxesAreSums && isWhole && players !== null && box !== null && Math.abs(players - box) > 0.25;
    return misses(players, isWhole ? WHOLE_MINUTES : EXACT_MINUTES) ||
      misses(box, WHOLE_MINUTES) ||
      isOtherSum
      ? [{ ...side, length: longest }]
      : [];
  });
}

/** The nearest number of minutes that a team can have in a game. */
function lengthNearest(minutes: number): number {
  return REGULATION + OVERTIME * Math.round((minutes - REGULATION) / OVERTIME);
}

/** Undefined without rows. */
function totalsOf(rows: readonly Row[]): Totals | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const sumOf = (column: string): number | null =>
    rows.every((row) => row[column] != null) ? rows.reduce((sum, row) => sum + Number(row[column]), 0) : null;
  const numbers = [...COMPARED, 'minutes' as const].map((column) => [column, sumOf(column)] as const);
  return { numbers: Object.fromEntries(numbers), isLite: first['source_detail'] === 'lite' };
}

/** Whether the minutes of most players of a game are whole. */
function hasWholeMinutes(players: readonly Row[]): boolean {
  const known = players.filter(({ minutes = null }) => minutes !== null);
  return 2 * known.filter(isFractional).length <= known.length;
}

function isFractional({ minutes = null }: Row): boolean {
  return minutes !== null && !Number.isInteger(Number(minutes));
}

/** Statistics by which a player without minutes is known to have taken part. */
const SIGNS = [
  'points',
  'field_goals_attempted',
  'free_throws_attempted',
  'rebounds',
  'assists',
  'steals',
  'blocks',
  'turnovers',
  'personal_fouls',
  'plus_minus',
] as const;

/** Whether a player took part in the game, as `_shared/box-scores.sql` decides it. */
function tookPart(row: Row, ofGame: readonly Row[]): boolean {
  const minutes: Cell = row['minutes'] ?? null;
  if (minutes !== null && Number(minutes) > 0) return true;
  if (minutes !== null && !ofGame.some(isFractional)) return true;
  return SIGNS.some((column) => row[column] != null && Number(row[column]) !== 0);
}
