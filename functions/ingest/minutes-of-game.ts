/**
 * Minutes whose form a cell alone does not tell: seconds (`2070` is 34:30), and minutes and seconds with a point between them
 * (`34.30` is 34:30). They are read where all players of both teams agree: their sum is exactly that of a game.
 */
import type { Row } from '../../shared/ports/warehouse.ts';
import { withDecimalPoint } from './source-row.ts';

const SECONDS = /^\d{1,4}(?:\.0+)?$/;
const WITH_POINT = /^(\d{1,2})(?:\.(\d{2}))?$/;
/** Player-minutes of a game without overtime, and those of an overtime. */
const REGULATION = 240;
const OVERTIME = 25;
/** By how much a sum of minutes with seconds may miss that of the game. */
const EXACT = 0.2;
/** From so many on, a whole number is no number of minutes: no player has played so long. */
const MORE_THAN_MINUTES = 100;

/** Whether a cell can only be a number of seconds. */
export function isMoreThanMinutes(cell: string): boolean {
  return SECONDS.test(cell) && Number(cell) >= MORE_THAN_MINUTES;
}

/** The minutes of each row of one game when its cells are read in another form; undefined when they must not be. */
export function minutesInOtherForm(cells: ReadonlyMap<Row, string>): ReadonlyMap<Row, number> | undefined {
  const known = [...cells]
    .filter(([, cell]) => /\d/.test(cell))
    .map(([row, cell]) => [row, withDecimalPoint(cell)] as const);
  if (known.some(([, cell]) => isMoreThanMinutes(cell))) return readAs(known, secondsOf);
  const isWhole = known.every(([, cell]) => !cell.includes('.'));
  if (isWhole || fits(known, Number)) return undefined;
  return readAs(known, withPointOf);
}

type Cells = readonly (readonly [Row, string])[];

function readAs(cells: Cells, minutesOf: (cell: string) => number): ReadonlyMap<Row, number> | undefined {
  if (!fits(cells, minutesOf)) return undefined;
  return new Map(cells.map(([row, cell]) => [row, Math.round(minutesOf(cell) * 100) / 100]));
}

/** Whether both teams have the minutes of one game. */
function fits(cells: Cells, minutesOf: (cell: string) => number): boolean {
  const sums = [...Map.groupBy(cells, ([row]) => row['team_abbr']).values()].map((own) =>
    own.reduce((sum, [, cell]) => sum + minutesOf(cell), 0),
  );
  const [one = Number.NaN, other = Number.NaN, ...more] = sums;
  const overtimes = Math.max(0, Math.round((one - REGULATION) / OVERTIME));
  const length = REGULATION + OVERTIME * overtimes;
  return more.length === 0 && Math.abs(one - length) <= EXACT && Math.abs(other - length) <= EXACT;
}

function secondsOf(cell: string): number {
  return SECONDS.test(cell) ? Number(cell) / 60 : Number.NaN;
}

function withPointOf(cell: string): number {
  const [, whole, seconds = '0'] = WITH_POINT.exec(cell) ?? [];
  return whole === undefined || Number(seconds) > 59 ? Number.NaN : Number(whole) + Number(seconds) / 60;
}
