/** Reads calendar dates as the sources write them. */
import { gameDateOf, parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { plainCell } from './plain-cells.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `2022-11-01`, `2022/11/01` or `20221101`. */
const YEAR_FIRST = /^(\d{4})([-/]?)(\d{2})\2(\d{2})$/;
/** `11/01/2022` and `11-1-2022`: month, day, year, as in the United States; or day, month, year. */
const YEAR_LAST = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/;
/** What a date with its year last begins with. */
type Order = 'month' | 'day';
/** `Nov 1, 2022`, `NOV 01, 2022`, `Tue, Nov 1, 2022` and `November 1, 2022`. */
const NAMED_MONTH = /^(?:[a-z]{3,9},? )?([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i;
/** A date with a time after it: `2022-11-01T00:00:00`, `2022-11-01 19:30`, `2022-11-01T23:30:00Z`, `11/01/2022 00:00`. */
const WITH_TIME =
  /^(\S+)[T ]((\d{1,2}):\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?([AP])M)?)(Z| ?UTC|[+-]\d{2}:?\d{2})?$/i;
const MIDNIGHT = /^(?:00?:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)$/i;
/** No game of the league begins between midnight and this hour of the Eastern day. */
const FIRST_HOUR = 5;

/** A date with a time after it. */
interface DateWithTime {
  readonly date: GameDate;
  readonly time: string;
  readonly isMidnight: boolean;
  /** 0 to 23. */
  readonly hour: number;
  readonly zone: string | undefined;
}

/**
 * The calendar date in a cell; undefined when it is none, or none that is certain.
 *
 * A time part is dropped when it is midnight or a time of the Eastern day at which games begin. A time with a zone is an
 * instant: its Eastern date counts. Midnight with a zone may be either, so it is no date by itself; see {@link datesOfCells}.
 */
export function dateIn(cell: string): GameDate | undefined {
  return dateOfCell(cell, 'month');
}

function dateOfCell(cell: string, order: Order): GameDate | undefined {
  const plain = plainCell(cell);
  const date = parseGameDate(plain) ?? calendarDate(plain, order);
  if (date !== undefined) return date;
  const found = withTime(plain, order);
  if (found === undefined) return undefined;
  if (found.zone !== undefined) return found.isMidnight ? undefined : easternDateOf(found);
  return found.isMidnight || found.hour >= FIRST_HOUR ? found.date : undefined;
}

/**
 * The calendar dates in the cells of one column of a file; undefined for a cell that is none. Midnight with a zone
 * (`2022-11-01T00:00:00Z`) is a date with decoration when the column has no other time with a zone, else an instant.
 * Dates with the year last begin with the day when one of the column can be read in no other way (`25/12/2022`). When
 * another one must begin with the month, none of those that may be read in two ways is certain.
 */
export function datesOfCells(cells: Iterable<string>): ReadonlyMap<string, GameDate | undefined> {
  const dates = new Map<string, GameDate | undefined>();
  const midnights = new Map<string, DateWithTime>();
  let hasInstants = false;
  const all = [...cells];
  const orders = ordersIn(all);
  const order = orders.has('day') && !orders.has('month') ? 'day' : 'month';
  for (const cell of all) {
    const isUncertain = orders.size === 2 && orderOf(cell) === 'either';
    dates.set(cell, isUncertain ? undefined : dateOfCell(cell, order));
    const found = parseGameDate(cell) === undefined ? withTime(plainCell(cell), order) : undefined;
    if (found?.zone === undefined) continue;
    if (found.isMidnight) midnights.set(cell, found);
    else hasInstants = true;
  }
  for (const [cell, found] of midnights) dates.set(cell, hasInstants ? easternDateOf(found) : found.date);
  return dates;
}

/** The orders in which some cell must be read, because its date is none in the other order. */
function ordersIn(cells: readonly string[]): ReadonlySet<Order> {
  const orders = new Set<Order>();
  for (const cell of cells) {
    const order = orderOf(cell);
    if (order === 'month' || order === 'day') orders.add(order);
  }
  return orders;
}

/** In which order a cell with the year last can be read; undefined for any other cell, and for a day like `11/11/2022`. */
function orderOf(cell: string): Order | 'either' | undefined {
  const [day = ''] = plainCell(cell).split(/[T ]/, 1);
  const [monthFirst, dayFirst] = [calendarDate(day, 'month'), calendarDate(day, 'day')];
  if (!YEAR_LAST.test(day) || monthFirst === dayFirst) return undefined;
  if (monthFirst !== undefined && dayFirst !== undefined) return 'either';
  return monthFirst === undefined ? 'day' : 'month';
}

function withTime(text: string, order: Order): DateWithTime | undefined {
  const [, day = '', time = '', hours, half, zone] = WITH_TIME.exec(text) ?? [];
  const date = calendarDate(day, order);
  if (date === undefined) return undefined;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/i.test(half) ? 12 : 0);
  return { date, time, isMidnight: MIDNIGHT.test(time), hour, zone };
}

function easternDateOf({ date, time, zone = '' }: DateWithTime): GameDate | undefined {
  const instant = new Date(`${date}T${time}${/utc/i.test(zone) ? 'Z' : zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : gameDateOf(instant);
}

/** A date without a time, in any of the forms. */
function calendarDate(text: string, order: Order): GameDate | undefined {
  const [, year, , month, day] = YEAR_FIRST.exec(text) ?? [];
  if (year !== undefined) return parseGameDate(`${year}-${month}-${day}`);
  const [, one, , other, ofYear] = YEAR_LAST.exec(text) ?? [];
  if (one !== undefined) return order === 'month' ? dateOf(ofYear, one, other) : dateOf(ofYear, other, one);
  const [, name = '', dayOfNamed, ofNamed] = NAMED_MONTH.exec(text) ?? [];
  return name === ''
    ? undefined
    : dateOf(ofNamed, String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1), dayOfNamed);
}

function dateOf(year = '', month = '', day = ''): GameDate | undefined {
  return parseGameDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}
