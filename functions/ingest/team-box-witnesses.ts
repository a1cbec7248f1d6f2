/**
 * Compares the box scores of players with those of their teams, line by line, and the minutes of both with the length of the
 * game. `_shared/team-box-witnesses.sql` decides the same for computed tables. Pure.
 */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import { isNamedUnreadable, MAKES_AND_ATTEMPTS } from './box-score.ts';
import type { ScheduledGame } from './schedule.ts';

/** Statistics of which a team has exactly as many as its players. */
const SUMMED = [
  ...MAKES_AND_ATTEMPTS,
  'offensive_rebounds',
  'defensive_rebounds',
  'rebounds',
  'assists',
  'steals',
  'blocks',
  'personal_fouls',
] as const;
const COMPARED = [...SUMMED, 'turnovers'] as const;
type Compared = (typeof COMPARED)[number];

/** Turnovers of the team itself that a lite team box may count beside those of its players. */
const MOST_TEAM_TURNOVERS = 6;
/**
 * By how much the minutes of a team may miss those of the game: 4 for sums of whole minutes, 1 for minutes with seconds. The
 * bounds lie between two values that a sum can have, so that its last bits decide nothing.
 */
const WHOLE_MINUTES = 4.05;
const EXACT_MINUTES = 1.05;
const REGULATION = 240;
const OVERTIME = 25;

/** What the players of a team come to in one game, or what its team box says. A number is null where one of them is unknown. */
export interface TeamTotals {
  readonly game: Cell;
  readonly team: Cell;
  readonly of: 'players' | 'team';
  readonly numbers: Readonly<Partial<Record<Compared | 'minutes', number | null>>>;
  readonly isLite: boolean;
  /** How many players have minutes, and how many of these have a part of a minute. */
  readonly timed: number;
  readonly fractional: number;
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

/** The totals of each team and game, by the players among the rows and by the team boxes among them. */
export function teamTotals(rows: readonly Row[]): TeamTotals[] {
  return [...Map.groupBy(rows, (row) => row['nba_game_id'] ?? null)].flatMap(([game, ofGame]) => {
    const players = ofGame.filter(isOfPlayer);
    const isWhole = !players.some(isFractional);
    const teams = (own: readonly Row[]) => Map.groupBy(own, (row) => row['team_abbr'] ?? null);
    const ofPlayers = [...teams(players)].map(([team, own]): TeamTotals => {
      const took = own.filter((row) => tookPart(row, isWhole));
      const timed = own.filter(({ minutes }) => minutes != null);
      const fractional = timed.filter(isFractional).length;
      return { ...{ game, team }, of: 'players', ...sumsOf(took), timed: timed.length, fractional };
    });
    const ofTeams = [...teams(ofGame.filter((row) => !isOfPlayer(row)))].map(([team, own]): TeamTotals => ({
      ...{ game, team },
      ...{ of: 'team', ...sumsOf(own), timed: 0, fractional: 0 },
    }));
    return [...ofPlayers, ...ofTeams];
  });
}

/** The two sides of one team in one game. */
interface Sides {
  readonly game: ScheduledGame;
  readonly team: string;
  readonly players: TeamTotals | undefined;
  readonly box: TeamTotals | undefined;
}

/**
 * What contradicts the box scores of some games.
 * @param totals by players and by teams, in any order; without those of teams only the minutes speak
 */
export function boxScoreFaults(
  totals: readonly TeamTotals[],
  games: Iterable<ScheduledGame>,
): { readonly lines: TeamBoxFault[]; readonly minutes: MinutesFault[] } {
  const byGame = Map.groupBy(totals, ({ game }) => game);
  const lines: TeamBoxFault[] = [];
  const minutes: MinutesFault[] = [];
  for (const game of games) {
    const ofGame = byGame.get(game.nbaGameId);
    if (ofGame === undefined) continue;
    const sides = [game.home, game.away].map((team): Sides => {
      const own = (of: TeamTotals['of']): TeamTotals | undefined =>
        ofGame.find((each) => each.team === team && each.of === of);
      return { game, team, players: own('players'), box: own('team') };
    });
    lines.push(...sides.flatMap(lineFaults));
    minutes.push(...minutesFaults(sides));
  }
  return { lines, minutes };
}

function isOfPlayer(row: Row): boolean {
  return 'player_lookup' in row;
}

function lineFaults({ game, team, players, box }: Sides): TeamBoxFault[] {
  const differing = COMPARED.flatMap((column) => {
    const [sum, value] = [players?.numbers[column] ?? null, box?.numbers[column] ?? null];
    if (sum === null || value === null) return [];
    const more = column === 'turnovers' && box?.isLite === true ? MOST_TEAM_TURNOVERS : 0;
    return sum > value || value - sum > more ? [{ column, sum, box: value }] : [];
  });
  return differing.length === 0 ? [] : [{ game, team, differing }];
}

function minutesFaults(sides: readonly Sides[]): MinutesFault[] {
  const own = sides.map(({ game, team, players, box }) => ({
    ...{ game, team },
    players: players?.numbers.minutes ?? null,
    box: box?.numbers.minutes ?? null,
  }));
  const count = (what: 'timed' | 'fractional'): number =>
    sides.reduce((sum, { players }) => sum + (players?.[what] ?? 0), 0);
  const isWhole = 2 * count('fractional') <= count('timed');
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

function sumsOf(rows: readonly Row[]): Pick<TeamTotals, 'numbers' | 'isLite'> {
  const sumOf = (column: string): number | null =>
    rows.length > 0 && rows.every((row) => row[column] != null)
      ? rows.reduce((sum, row) => sum + Number(row[column]), 0)
      : null;
  const numbers = [...COMPARED, 'minutes' as const].map((column) => [column, sumOf(column)] as const);
  return { numbers: Object.fromEntries(numbers), isLite: rows[0]?.['source_detail'] === 'lite' };
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

/**
 * Whether a player took part in the game, as `_shared/box-scores.sql` decides it.
 * @param isWhole whether all minutes of the game are whole
 */
function tookPart(row: Row, isWhole: boolean): boolean {
  const minutes: Cell = row['minutes'] ?? null;
  if (minutes !== null && (Number(minutes) > 0 || isWhole)) return true;
  if (minutes === null && isNamedUnreadable(row)) return true;
  return SIGNS.some((column) => row[column] != null && Number(row[column]) !== 0);
}
