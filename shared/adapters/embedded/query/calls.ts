/** Calls of functions that DuckDB writes otherwise than GoogleSQL. Pure. */
import { counted } from '../../../domain/counted.ts';
import { RequestError } from '../../../domain/failure.ts';
import { zoned } from './macros.ts';
import {
  dateDiff,
  dateTrunc,
  extracted,
  formatOf,
  formatted,
  lastDay,
  timestampDiff,
  timestampTrunc,
} from './parts.ts';
import { textLiteral } from './words.ts';

/** One call, whose arguments can be written for DuckDB. */
export interface Call {
  /** In capitals. */
  readonly name: string;
  readonly count: number;
  /** The SQL of an argument. @throws RequestError when the call lacks it */
  readonly written: (i: number) => string;
  /** An argument that is a word, such as MONTH or WEEK(MONDAY), in capitals without blanks. */
  readonly part: (i: number) => string;
  /** The value of an argument that is a string and nothing else. */
  readonly text: (i: number) => string | undefined;
  /** What stands before and after a keyword between the brackets; undefined where the keyword is lacking. */
  readonly split: (keyword: string) => Halves | undefined;
}

interface Halves {
  readonly before: () => string;
  readonly beforeText: string;
  readonly after: () => string;
  readonly afterText: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ NUMERIC: 'DECIMAL(38, 9)', DECIMAL: 'DECIMAL(38, 9)', BIGNUMERIC: 'DECIMAL(38, 18)' },
};
/** Types whose values are cast by a function of their own, and what ends the name of this function. */
const CAST_BY: Readonly<Record<string, readonly [cast: string, safeCast: string]>> = {
  STRING: ['bq_string', 'bq_string'],
  FLOAT64: ['bq_float64', 'bq_safe_float64'],
  BOOL: ['bq_bool', 'bq_safe_bool'],
  BOOLEAN: ['bq_bool', 'bq_safe_bool'],
  DATE: ['bq_cast_date', 'bq_safe_date'],
  TIMESTAMP: ['bq_timestamp', 'bq_safe_timestamp'],
};
/** Fewest and most arguments of the calls that are written here. */
const ARGUMENTS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...{ DATE_DIFF: [3, 3], DATE_TRUNC: [2, 2], TIMESTAMP_DIFF: [3, 3], TIMESTAMP_TRUNC: [2, 3] },
  ...{ DATE_ADD: [2, 2], DATE_SUB: [2, 2], TIMESTAMP_ADD: [2, 2], TIMESTAMP_SUB: [2, 2] },
  ...{ LAST_DAY: [1, 2], APPROX_COUNT_DISTINCT: [1, 1], FORMAT_DATE: [2, 2], FORMAT_TIMESTAMP: [2, 3] },
  ...{ PARSE_DATE: [2, 2], PARSE_TIMESTAMP: [2, 3] },
};
const INTEGERS = ['INT64', 'INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT'];
/** The SQL of a call. @throws RequestError for what cannot be asked */
export function reshapedCall(call: Call): string {
  const { name, count, written, part } = call;
  const [least, most] = ARGUMENTS[name] ?? [0, Infinity];
  if (count < least || count > most)
    throw new RequestError(`${name} takes ${least === most ? least : `${least} or ${most}`} arguments`);
  const all = (): string[] => Array.from({ length: count }, (_, i) => written(i));
  switch (name) {
    case 'CAST':
    case 'SAFE_CAST':
      return castOf(call, name === 'SAFE_CAST');
    case 'EXTRACT': {
      const halves = call.split('FROM');
      if (halves === undefined)
        throw new RequestError('EXTRACT is written like EXTRACT(YEAR FROM game_date)');
      return extracted(halves.beforeText, `(${halves.after()})`);
    }
    case 'CONCAT':
      return `(${all()
        .map((value) => `(${value})`)
        .join(' || ')})`;
    case 'GREATEST':
    case 'LEAST':
      return `CASE WHEN ${all()
        .map((value) => `(${value}) IS NULL`)
        .join(' OR ')} THEN NULL ELSE ${name.toLowerCase()}(${all().join(', ')}) END`;
    case 'DATE_DIFF':
      return dateDiff(written(0), written(1), part(2));
    case 'DATE_TRUNC':
      return dateTrunc(written(0), part(1));
    case 'TIMESTAMP_DIFF':
      return timestampDiff(written(0), written(1), part(2));
    case 'TIMESTAMP_TRUNC': {
      const time = `bq_timestamp(${written(0)})`;
      if (count < 3) return timestampTrunc(time, part(1));
      return fromZone(timestampTrunc(zoned(time, written(2)), part(1)), written(2));
    }
    case 'DATE_ADD':
    case 'DATE_SUB':
    case 'TIMESTAMP_ADD':
    case 'TIMESTAMP_SUB': {
      const units = name.startsWith('DATE') ? DATE_UNITS : TIME_UNITS;
      if (!units.some((unit) => part(1).endsWith(unit)))
        throw new RequestError(`${name} takes an INTERVAL of ${units.join(', ')}`);
      return `bq_${name.toLowerCase()}(${written(0)}, ${written(1)})`;
    }
    case 'LAST_DAY':
      return lastDay(written(0), count > 1 ? part(1) : 'MONTH');
    case 'APPROX_COUNT_DISTINCT':
      return `COUNT(DISTINCT ${written(0)})`;
    case 'FORMAT':
      return printed(call);
    case 'FORMAT_DATE':
      return formatted(`bq_date(${written(1)})`, formatIn(call));
    case 'FORMAT_TIMESTAMP': {
      const time = `bq_timestamp(${written(1)})`;
      return formatted(count > 2 ? zoned(time, written(2)) : time, formatIn(call));
    }
    case 'PARSE_DATE':
      return `CAST(${parsed(call)} AS DATE)`;
    case 'PARSE_TIMESTAMP': {
      const time = `CAST(${parsed(call)} AS TIMESTAMP)`;
      return count < 3 ? time : fromZone(time, written(2));
    }
    default:
      throw new RequestError(`${name} stands where it has no meaning`);
  }
}

const DATE_UNITS = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const TIME_UNITS = ['MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY'];

/** The time at which the clock of a zone shows `time`. */
const fromZone = (time: string, zone: string): string =>
  `((${time} AT TIME ZONE ${zone}) AT TIME ZONE 'UTC')`;

/** The format that is the first argument of a call. */
function formatIn({ name, text }: Call): string {
  const format = text(0);
  if (format === undefined) throw new RequestError(`The format of ${name} is a text such as '%Y-%m-%d'`);
  return format;
}

const parsed = (call: Call): string =>
  `strptime(${call.written(1)}, ${textLiteral(formatOf(formatIn(call)))})`;

/** A place of FORMAT for a value: flags, width and precision, and the letter. */
const PLACE = /%(?<flags>[-+ #0']*)(?<width>\d*)(?<precision>(?:\.\d+)?)(?<letter>[disfeEgGxXotT])/;

/** FORMAT as printf. A number with separators, and %t, become texts before. */
function printed({ count, text, written }: Call): string {
  const format = text(0) ?? '%';
  const places = format.replaceAll('%%', '').match(new RegExp(PLACE, 'g')) ?? [];
  if (!new RegExp(`^(?:[^%]|%%|${PLACE.source.replaceAll(/\?<\w+>/g, '?:')})*$`).test(format))
    throw new RequestError(
      "FORMAT takes a text with %d, %s, %f, %e, %g, %x, %t and %%, such as FORMAT('%.1f', points)",
    );
  if (places.length !== count - 1)
    throw new RequestError(
      `FORMAT has ${counted(places.length, 'place')} for values in its text, and ${counted(count - 1, 'value')}`,
    );
  const values: string[] = [];
  const pattern = format.replace(new RegExp(`%%|${PLACE.source}`, 'g'), (place) => {
    if (place === '%%') return place;
    const { flags = '', width = '', precision = '', letter = '' } = PLACE.exec(place)?.groups ?? {};
    const value = written(values.length + 1);
    const aligned = `%${flags.includes('-') ? '-' : ''}${width}s`;
    if (letter === 't' || letter === 'T') {
      if (letter === 'T') throw new RequestError('%T in FORMAT cannot be asked for: use %t');
      values.push(`coalesce(bq_string(${value}), 'NULL')`);
      return aligned;
    }
    if (flags.includes("'")) {
      if (!['d', 'i', 'f'].includes(letter) || /[+ #0]/.test(flags))
        throw new RequestError(`${place} in FORMAT cannot be asked for: use %'d or %'.1f`);
      values.push(
        letter === 'f'
          ? `format('{:,${precision || '.6'}f}', CAST(${value} AS DOUBLE))`
          : `format('{:,}', CAST(${value} AS BIGINT))`,
      );
      return aligned;
    }
    values.push(value);
    return letter === 'i' ? `${place.slice(0, -1)}d` : place;
  });
  return `printf(${[textLiteral(pattern), ...values].join(', ')})`;
}

function castOf({ split }: Call, isSafe: boolean): string {
  const halves = split('AS');
  if (halves === undefined) throw new RequestError('CAST is written like CAST(points AS STRING)');
  const { before, afterText: type } = halves;
  if (INTEGERS.includes(type)) return `${isSafe ? 'bq_safe_int64' : 'bq_int64'}(${before()})`;
  const by = CAST_BY[type];
  if (by !== undefined) return `${by[isSafe ? 1 : 0]}(${before()})`;
  const named = TYPES[type];
  if (named === undefined)
    throw new RequestError(
      `CAST to ${type} cannot be asked for; there are INT64, FLOAT64, NUMERIC, STRING, BOOL, DATE and TIMESTAMP`,
    );
  return `${isSafe ? 'TRY_CAST' : 'CAST'}(${before()} AS ${named})`;
}
