/** Calls of functions that DuckDB writes otherwise than GoogleSQL. Pure. */
import { RequestError } from '../../../domain/failure.ts';
import { zoned } from './macros.ts';
import { dateDiff, dateTrunc, extracted, formatOf, timestampDiff, timestampTrunc } from './parts.ts';
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
  ...{ FLOAT64: 'DOUBLE', BOOL: 'BOOLEAN', BOOLEAN: 'BOOLEAN', DATE: 'DATE', TIMESTAMP: 'TIMESTAMP' },
  ...{ NUMERIC: 'DECIMAL(38, 9)', DECIMAL: 'DECIMAL(38, 9)', BIGNUMERIC: 'DECIMAL(38, 18)' },
};
const INTEGERS = ['INT64', 'INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT'];
/** The SQL of a call. @throws RequestError for what cannot be asked */
export function reshapedCall(call: Call): string {
  const { name, count, written, part } = call;
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
    case 'TIMESTAMP_TRUNC':
      return timestampTrunc(written(0), part(1));
    case 'LAST_DAY':
      if (count > 1 && part(1) !== 'MONTH') throw new RequestError('LAST_DAY can be asked for a MONTH only');
      return `bq_last_day(${written(0)})`;
    case 'APPROX_COUNT_DISTINCT':
      return `COUNT(DISTINCT ${written(0)})`;
    case 'FORMAT':
      if (!/^(?:[^%]|%[-+ #0-9.]*[dsfeEgGxXo%])*$/.test(call.text(0) ?? '%'))
        throw new RequestError(
          "FORMAT takes a text with %d, %s, %f, %e, %g, %x and %%, such as FORMAT('%.1f', points)",
        );
      return `printf(${all().join(', ')})`;
    case 'FORMAT_DATE':
      return `strftime(bq_date(${written(1)}), ${formatIn(call)})`;
    case 'FORMAT_TIMESTAMP': {
      const time = `bq_timestamp(${written(1)})`;
      return `strftime(${count > 2 ? zoned(time, written(2)) : time}, ${formatIn(call)})`;
    }
    case 'PARSE_DATE':
      return `CAST(strptime(${written(1)}, ${formatIn(call)}) AS DATE)`;
    case 'PARSE_TIMESTAMP':
      return `CAST(strptime(${written(1)}, ${formatIn(call)}) AS TIMESTAMP)`;
    default:
      throw new RequestError(`${name} stands where it has no meaning`);
  }
}

/** The format that is the first argument of a call. */
function formatIn({ name, text }: Call): string {
  const format = text(0);
  if (format === undefined) throw new RequestError(`The format of ${name} is a text such as '%Y-%m-%d'`);
  return textLiteral(formatOf(format));
}

function castOf({ split }: Call, isSafe: boolean): string {
  const halves = split('AS');
  if (halves === undefined) throw new RequestError('CAST is written like CAST(points AS STRING)');
  const { before, afterText: type } = halves;
  if (INTEGERS.includes(type)) return `${isSafe ? 'bq_safe_int64' : 'bq_int64'}(${before()})`;
  if (type === 'STRING') return `bq_string(${before()})`;
  const named = TYPES[type];
  if (named === undefined)
    throw new RequestError(
      `CAST to ${type} cannot be asked for; there are INT64, FLOAT64, NUMERIC, STRING, BOOL, DATE and TIMESTAMP`,
    );
  return `${isSafe ? 'TRY_CAST' : 'CAST'}(${before()} AS ${named})`;
}
