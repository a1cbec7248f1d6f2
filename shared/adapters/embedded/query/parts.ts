/** Parts of dates and times, as GoogleSQL names them and as DuckDB computes them. Pure. */
import { RequestError } from '../../../domain/failure.ts';

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
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part))
    return `CAST(date_trunc('${part.toLowerCase()}', ${plain}) AS DATE)`;
  throw new RequestError(
    `DATE_TRUNC to ${part} cannot be asked for; there are DAY, WEEK, WEEK(MONDAY), ISOWEEK, MONTH, QUARTER and YEAR`,
  );
}

/** The SQL for `DATE_DIFF(last, first, part)`: how many boundaries of the part lie between the dates. */
export function dateDiff(last: string, first: string, part: string): string {
  const start = weekStart(part);
  const [from, to] = [`bq_plain_date(${first})`, `bq_plain_date(${last})`];
  if (start !== undefined) return `((${weekOf(to, start)} - ${weekOf(from, start)}) // 7)`;
  if (part === 'DAY') return `(${to} - ${from})`;
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part))
    return `date_diff('${part.toLowerCase()}', ${from}, ${to})`;
  throw new RequestError(
    `DATE_DIFF in ${part} cannot be asked for; there are DAY, WEEK, ISOWEEK, MONTH, QUARTER and YEAR`,
  );
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
  WEEK: (from) => `CAST(strftime(${from}, '%U') AS BIGINT)`,
  'WEEK(SUNDAY)': (from) => `CAST(strftime(${from}, '%U') AS BIGINT)`,
  'WEEK(MONDAY)': (from) => `CAST(strftime(${from}, '%W') AS BIGINT)`,
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
  R: '%H:%M',
  h: '%b',
};

/** A format of GoogleSQL as DuckDB writes it. @throws RequestError for a letter that only one of the two knows */
export function formatOf(format: string): string {
  return format.replace(/%(.?)/gs, (all, letter: string) => {
    const long = SHORT[letter];
    if (long !== undefined) return long;
    if (letter !== '' && FORMAT_LETTERS.includes(letter)) return all;
    throw new RequestError(
      `${all} in a format cannot be asked for; there are ${[...FORMAT_LETTERS.split(''), ...Object.keys(SHORT)].map((each) => `%${each}`).join(' ')}`,
    );
  });
}
