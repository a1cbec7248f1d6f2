/** Parts of dates and times, as GoogleSQL names them and as DuckDB computes them. Pure. */
import { RequestError } from '../../../domain/failure.ts';
import { textLiteral } from './words.ts';

const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

/** The weekday that a week begins with, 0 for Sunday; undefined for a part that is no week. */
function weekStart(part: string): number | undefined {
  if (part === 'WEEK') return 0;
  if (part === 'ISOWEEK') return 1;
  const day = /^WEEK\((\w+)\)$/.exec(part)?.[1];
  const found = WEEKDAYS.indexOf(day ?? '');
  return found < 0 ? undefined : found;
}

/** The SQL for the first day of the week of `date`. */
function weekOf(date: string, start: number): string {
  return `bq_week_start(${date}, ${start})`;
}

/** The SQL for `DATE_TRUNC(date, part)`. */
export function dateTrunc(date: string, part: string): string {
  const start = weekStart(part);
  const plain = `bq_plain_date(${date})`;
  if (start !== undefined) return weekOf(plain, start);
  if (part === 'DAY') return plain;
  if (part === 'ISOYEAR') return `bq_iso_year_start(isoyear(${plain}))`;
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part))
    return `CAST(date_trunc('${part.toLowerCase()}', ${plain}) AS DATE)`;
  throw new RequestError(`DATE_TRUNC to ${part} cannot be asked for; there are ${DATE_PARTS}`);
}

/** The SQL for `LAST_DAY(date, part)`. */
export function lastDay(date: string, part: string): string {
  const start = weekStart(part);
  const plain = `CAST(${date} AS DATE)`;
  if (start !== undefined) return `(${weekOf(plain, start)} + 6)`;
  if (part === 'MONTH') return `last_day(${plain})`;
  if (part === 'QUARTER') return `last_day(CAST(date_trunc('quarter', ${plain}) + INTERVAL 2 MONTH AS DATE))`;
  if (part === 'YEAR') return `make_date(year(${plain}), 12, 31)`;
  if (part === 'ISOYEAR') return `(bq_iso_year_start(isoyear(${plain}) + 1) - 1)`;
  throw new RequestError(
    `LAST_DAY of ${part} cannot be asked for; there are ${DATE_PARTS.replace('DAY, ', '')}`,
  );
}

const DATE_PARTS = 'DAY, WEEK, WEEK(MONDAY), ISOWEEK, MONTH, QUARTER, YEAR and ISOYEAR';

/** The SQL for `DATE_DIFF(last, first, part)`: how many boundaries of the part lie between the dates. */
export function dateDiff(last: string, first: string, part: string): string {
  const start = weekStart(part);
  const [from, to] = [`bq_plain_date(${first})`, `bq_plain_date(${last})`];
  if (start !== undefined) return `((${weekOf(to, start)} - ${weekOf(from, start)}) // 7)`;
  if (part === 'DAY') return `(${to} - ${from})`;
  if (part === 'ISOYEAR') return `(isoyear(${to}) - isoyear(${from}))`;
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part))
    return `date_diff('${part.toLowerCase()}', ${from}, ${to})`;
  throw new RequestError(`DATE_DIFF in ${part} cannot be asked for; there are ${DATE_PARTS}`);
}

const TIME_PARTS = ['MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY'];

/** The SQL for `TIMESTAMP_DIFF(last, first, part)`: whole parts, cut off toward zero. */
export function timestampDiff(last: string, first: string, part: string): string {
  if (!TIME_PARTS.includes(part))
    throw new RequestError(
      `TIMESTAMP_DIFF in ${part} cannot be asked for; there are ${TIME_PARTS.join(', ')}`,
    );
  return `date_sub('${part.toLowerCase()}', bq_timestamp(${first}), bq_timestamp(${last}))`;
}

/** The SQL for `TIMESTAMP_TRUNC(time, part)`, of a time without a zone. */
export function timestampTrunc(time: string, part: string): string {
  const start = weekStart(part);
  if (start !== undefined) return `CAST(${weekOf(time, start)} AS TIMESTAMP)`;
  if ([...TIME_PARTS, 'MONTH', 'QUARTER', 'YEAR'].includes(part))
    return `CAST(date_trunc('${part.toLowerCase()}', ${time}) AS TIMESTAMP)`;
  throw new RequestError(`TIMESTAMP_TRUNC to ${part} cannot be asked for`);
}

const EXTRACTED: Readonly<Record<string, (from: string) => string>> = {
  DAYOFWEEK: (from) => `(dayofweek(${from}) + 1)`,
  DAYOFYEAR: (from) => `dayofyear(${from})`,
  DATE: (from) => `CAST(${from} AS DATE)`,
  ISOWEEK: (from) => `week(${from})`,
  ISOYEAR: (from) => `isoyear(${from})`,
  ...Object.fromEntries(
    ['WEEK', ...WEEKDAYS.map((day) => `WEEK(${day})`)].map((part) => [
      part,
      // Days before the first such weekday of the year are in week 0.
      (from: string) =>
        `((dayofyear(${from}) + 6 - (dayofweek(${from}) - ${weekStart(part) ?? 0} + 7) % 7) // 7)`,
    ]),
  ),
  MILLISECOND: (from) => `(millisecond(${from}) % 1000)`,
  MICROSECOND: (from) => `(microsecond(${from}) % 1000000)`,
  ...Object.fromEntries(
    ['YEAR', 'QUARTER', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'].map((part) => [
      part,
      (from: string) => `${part.toLowerCase()}(${from})`,
    ]),
  ),
};

/** The SQL for `EXTRACT(part FROM value)`. */
export function extracted(part: string, from: string): string {
  const made = EXTRACTED[part];
  if (made === undefined)
    throw new RequestError(
      `EXTRACT of ${part} cannot be asked for; there are ${Object.keys(EXTRACTED).join(', ')}`,
    );
  return made(from);
}

/** Letters of a format that mean the same in both engines, and those that are short for others. */
const FORMAT_LETTERS = 'YmdbBaAjyHIMSpGVUWu%';
const SHORT: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  R: '%H:%M',
  h: '%b',
  n: '\n',
  t: '\t',
};
/** Letters that are only written, never read, and the SQL of what they are written as. */
const WRITTEN: Readonly<Record<string, (value: string) => string>> = {
  e: (value) => `lpad(CAST(day(${value}) AS VARCHAR), 2, ' ')`,
  k: (value) => `lpad(CAST(hour(${value}) AS VARCHAR), 2, ' ')`,
  l: (value) => `lpad(CAST((hour(${value}) + 11) % 12 + 1 AS VARCHAR), 2, ' ')`,
  Q: (value) => `CAST(quarter(${value}) AS VARCHAR)`,
  C: (value) => `lpad(CAST(year(${value}) // 100 AS VARCHAR), 2, '0')`,
  P: (value) => `lower(strftime(${value}, '%p'))`,
  w: (value) => `CAST(dayofweek(${value}) AS VARCHAR)`,
  s: (value) => `CAST(bq_unix_seconds(${value}) AS VARCHAR)`,
};

/** A format of GoogleSQL as DuckDB reads a text by it. @throws RequestError for a letter that only one of the two knows */
export function formatOf(format: string): string {
  return format.replace(/%(.?)/gs, (all, letter: string) => {
    const long = SHORT[letter];
    if (long !== undefined) return long;
    if (letter !== '' && FORMAT_LETTERS.includes(letter)) return all;
    const letters = [...FORMAT_LETTERS.split(''), ...Object.keys(SHORT)];
    throw new RequestError(
      `${all} in a format cannot be asked for; there are ${letters.map((each) => `%${each}`).join(' ')}${letter in WRITTEN ? ' where a text is read' : ''}`,
    );
  });
}

/** Letters that are short for others where a text is written. */
const LONG: Readonly<Record<string, string>> = {
  '%c': '%a %b %e %H:%M:%S %Y',
  '%X': '%T',
  '%E4Y': '%Y',
};

/** The SQL for a date or time as a text. @throws RequestError for a letter of the format that only one of the engines knows */
export function formatted(value: string, format: string): string {
  const parts = format
    .replaceAll(/%(?:%|c|X|E4Y)/g, (all) => LONG[all] ?? all)
    .split(/(%.)/s)
    .reduce<string[]>((made, each) => {
      // What DuckDB writes by itself stays in one piece.
      const last = made.at(-1);
      if (isWritten(each) || last === undefined || isWritten(last)) made.push(each);
      else made[made.length - 1] = `${last}${each}`;
      return made;
    }, [])
    .filter((each) => each !== '');
  if (parts.length === 0) return `IF(${value} IS NULL, NULL, '')`;
  return `(${parts
    .map((each) =>
      isWritten(each)
        ? (WRITTEN[each.slice(1)]?.(value) ?? '')
        : `strftime(${value}, ${textLiteral(formatOf(each))})`,
    )
    .join(' || ')})`;
}

const isWritten = (part: string): boolean => part.length === 2 && part[0] === '%' && part.slice(1) in WRITTEN;
