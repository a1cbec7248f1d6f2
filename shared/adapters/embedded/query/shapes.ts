/** Rewrites a query of GoogleSQL, word by word, into a text that DuckDB reads in the same way. Pure. */
import { RequestError } from '../../../domain/failure.ts';
import { useOf } from './functions.ts';
import { reshapedCall } from './calls.ts';
import { columnNames } from './column-names.ts';
import { informationSchema } from './information.ts';
import { LITERALS, literalOf, numberOf, refuseForeign, RESERVED } from './literals.ts';
import { closingOf, isSign, isWord, textLiteral, wordsOf, type Word } from './words.ts';

/** A query for DuckDB. */
export interface Reshaped {
  readonly sql: string;
  /** Functions of the engine that nobody has held against BigQuery. */
  readonly unchecked: readonly string[];
}

const TIME_UNITS = /^(?:MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR)$/i;
/** Words that end an item of a FROM clause, so that no alias follows. */
const AFTER_TABLE =
  /^(?:WHERE|GROUP|HAVING|ORDER|LIMIT|QUALIFY|WINDOW|UNION|INTERSECT|EXCEPT|JOIN|LEFT|RIGHT|FULL|INNER|CROSS|ON|USING|WITH)$/i;

/** The column of an array in FROM that has no alias; nobody can name it. */
const UNNAMED = 'unnest';

const nameLiteral = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Rewrites one query.
 * @param datasets names of the datasets that have tables; what stands before them is a project
 * @throws RequestError for what is known to mean something else, and for what cannot be read
 */
export function reshaped(sql: string, datasets: ReadonlySet<string>): Reshaped {
  const words = wordsOf(sql);
  while (isSign(words.at(-1), ';')) words.pop();
  if (words.some((word) => isSign(word, ';')))
    throw new RequestError('Only one query can be asked at a time: there is a ; inside of the text');
  const parameter = words.find(({ kind, text }) => kind === 'sign' && text.startsWith('@'));
  if (parameter !== undefined)
    throw new RequestError(
      `${parameter.text} is a parameter, and no value can be given here: write the value itself`,
    );
  if (words.length === 0) throw new RequestError('The query is empty');
  refuseForeign(words);
  const unchecked = new Set<string>();
  const writer = writerOf(words, columnNames(sql, words, closingOf(words)), datasets, unchecked);
  return { sql: writer(0, words.length), unchecked: [...unchecked] };
}

/** Words after which a bracket begins a list of values and no place in one. */
const BEFORE_LIST =
  /^(?:SELECT|DISTINCT|ALL|ARRAY|IN|THEN|ELSE|WHEN|CASE|AND|OR|NOT|BY|ON|WHERE|HAVING|QUALIFY|AS|LIKE|BETWEEN|FROM|IS|UNNEST|LIMIT|OFFSET)$/i;

/** Types of the elements of `ARRAY<T>[…]`, as DuckDB calls them. */
const ELEMENTS: Readonly<Record<string, string>> = {
  ...{ INT64: 'BIGINT', FLOAT64: 'DOUBLE', STRING: 'VARCHAR', BOOL: 'BOOLEAN', DATE: 'DATE' },
  TIMESTAMP: 'TIMESTAMP',
};

type Writer = (from: number, to: number) => string;

function writerOf(
  words: readonly Word[],
  names: ReadonlyMap<number, string>,
  datasets: ReadonlySet<string>,
  unchecked: Set<string>,
): Writer {
  const closing = closingOf(words);

  const write: Writer = (from, to) => {
    const out: string[] = [];
    let at = from;
    while (at < to) {
      const [text, next] = writeOne(at, to);
      out.push(text);
      const alias = names.get(next - 1);
      if (alias !== undefined) out.push(`AS ${nameLiteral(alias)}`);
      at = next;
    }
    return out.join(' ');
  };

  /** The text of what begins at a place, and the place after it. */
  const writeOne = (at: number, to: number): readonly [string, number] => {
    const word = words[at] as Word;
    const next = words[at + 1];
    if (word.kind === 'string') return [textLiteral(word.text), at + 1];
    if (word.kind === 'number') return [numberOf(word.text), at + 1];
    if (word.kind === 'sign') return (word.text === '[' ? placeAt(at) : undefined) ?? [word.text, at + 1];
    const path = pathAt(at, to);
    if (path !== undefined) return path;
    if (word.kind === 'name') return [nameLiteral(word.text), at + 1];
    const upper = word.text.toUpperCase();
    if (isSign(next, '(') && !isSign(words[at - 1], '.') && !isGrammar(upper, at))
      return writeCall(at, upper);
    if (upper === 'EXCEPT' && isSign(next, '(') && isSign(words[at - 1], '*')) return ['EXCLUDE', at + 1];
    if (upper === 'SAFE' && isSign(next, '.'))
      throw new RequestError('The prefix SAFE. cannot be asked for: use SAFE_CAST, SAFE_DIVIDE or IF');
    if (next?.kind === 'string' && upper in LITERALS) return [literalOf(upper, next.text), at + 2];
    if (upper === 'ARRAY' && isSign(next, '<')) return writeTypedArray(at);
    if (upper === 'PIVOT' && isSign(next, '(')) refusePivot(at + 1);
    if (upper === 'QUALIFY') {
      const window = windowAfter(at, to);
      if (window !== undefined)
        return [`${write(window.from, window.to)} QUALIFY ${write(at + 1, window.from)}`, window.to];
    }
    if (upper === 'INTERVAL') return writeInterval(at, to);
    if (upper === 'UNNEST' && isSign(next, '(')) return writeUnnest(at, to);
    if (upper === 'LIKE' && isWord(next, 'ANY', 'SOME', 'ALL') && isSign(words[at + 2], '('))
      throw new RequestError(
        `LIKE ${next?.text.toUpperCase()} cannot be asked for: write x LIKE 'a%' ${isWord(next, 'ALL') ? 'AND' : 'OR'} x LIKE 'b%'`,
      );
    if (upper === 'AT' && isWord(next, 'TIME') && isWord(words[at + 2], 'ZONE'))
      return ["AT TIME ZONE 'UTC' AT TIME ZONE", at + 3];
    const isOfLimit = isWord(words[at - 1], 'WITH') || words[at - 1]?.kind === 'number';
    if (upper === 'OFFSET' && !isOfLimit) return [nameLiteral(word.text), at + 1];
    if (upper === 'CURRENT_DATE') return ['bq_today()', at + 1];
    if (upper === 'CURRENT_TIMESTAMP') return ['bq_now()', at + 1];
    if (upper === 'SELECT' && isWord(next, 'AS') && isWord(words[at + 2], 'STRUCT', 'VALUE'))
      throw new RequestError(
        `SELECT AS ${words[at + 2]?.text} cannot be asked for: name the columns one by one`,
      );
    if (upper === 'FOR' && isWord(next, 'SYSTEM_TIME'))
      throw new RequestError('FOR SYSTEM_TIME AS OF cannot be asked for: only the present rows are kept');
    if (isWord(words[at - 1], 'AS') && next !== undefined && !isSign(next, '.') && RESERVED.has(upper))
      return [nameLiteral(word.text), at + 1];
    if (RESERVED.has(upper) && !isSign(next, '(')) return [nameLiteral(word.text), at + 1];
    return [word.text, at + 1];
  };

  /** Names with dots: a table behind a project, an information schema, or names in backticks. */
  const pathAt = (at: number, to: number): readonly [string, number] | undefined => {
    const previous = words[at - 1];
    if (isSign(previous, '.')) return undefined;
    const parts: string[] = [];
    let end = at;
    for (;;) {
      const word = words[end];
      if (word === undefined || end >= to || (word.kind !== 'word' && word.kind !== 'name')) return undefined;
      if (word.kind === 'name') parts.push(...word.text.split('.'));
      else parts.push(word.text);
      end += 1;
      // A project may have dashes: my-project.nba_raw.nbac_schedule.
      while (
        isWord(previous, 'FROM', 'JOIN') &&
        isSign(words[end], '-') &&
        touches(end - 1) &&
        touches(end)
      ) {
        parts.push(`${parts.pop()}-${words[end + 1]?.text}`);
        end += 2;
      }
      if (!isSign(words[end], '.')) break;
      if (isSign(words[end + 1], '*')) return undefined;
      end += 1;
    }
    const place = parts.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA');
    if (place >= 0) return [informationSchema(parts, place, datasets), end];
    const dataset = parts.at(-2);
    if (parts.length > 2 && dataset !== undefined && datasets.has(dataset))
      return [parts.slice(-2).map(nameLiteral).join('.'), end];
    if (end === at + 1 && words[at]?.kind === 'word') return undefined;
    return words.slice(at, end).some(({ kind }) => kind === 'name')
      ? [parts.map(nameLiteral).join('.'), end]
      : undefined;
  };

  const touches = (at: number): boolean => words[at]?.end === words[at + 1]?.at;

  /** A word before a bracket that is no function: `IN (`, `OVER (`, `WITH t AS (`. */
  const isGrammar = (upper: string, at: number): boolean =>
    /^(?:AND|OR|NOT|IN|AS|OVER|FROM|JOIN|WHERE|ON|USING|SELECT|BY|WHEN|THEN|ELSE|CASE|BETWEEN|LIKE|HAVING|QUALIFY|UNION|ALL|DISTINCT|EXCEPT|REPLACE|VALUES|SETS|CUBE|WITH|LIMIT|IS|INTERSECT|PIVOT|UNPIVOT|FOR|ANY|SOME|WINDOW|PARTITION|EXCLUDE)$/.test(
      upper,
    )
      ? upper !== 'REPLACE' || isSign(words[at - 1], '*')
      : upper === 'UNNEST';

  /** `IN UNNEST(x)` is a query, and `FROM UNNEST(x) AS a` a table of one column with the name of its alias. */
  const writeUnnest = (at: number, to: number): readonly [string, number] => {
    const close = closing.get(at + 1) ?? at + 1;
    const list = write(at + 2, close);
    if (isWord(words[at - 1], 'IN')) return [`(SELECT unnest(${list}))`, close + 1];
    let end = close + 1;
    if (end < to && isWord(words[end], 'AS')) end += 1;
    const isOffset = isWord(words[end], 'WITH') && isWord(words[end + 1], 'OFFSET');
    const alias = isOffset && end < to ? UNNAMED : end < to ? aliasAt(end) : undefined;
    // BigQuery joins an array of a row without a condition.
    const isLeft = isWord(words[at - 1], 'JOIN') && isWord(words[at - 2], 'LEFT', 'OUTER');
    const on = (after: number): string => (isLeft && !isWord(words[after], 'ON') ? ' ON TRUE' : '');
    if (alias === undefined) return [`UNNEST(${list})${on(end)}`, close + 1];
    if (!isOffset) end += 1;
    if (!isWord(words[end], 'WITH') || !isWord(words[end + 1], 'OFFSET'))
      return [`UNNEST(${list}) AS ${nameLiteral(alias)}(${nameLiteral(alias)})${on(end)}`, end];
    end += 2;
    if (isWord(words[end], 'AS')) end += 1;
    const offset = end < to ? aliasAt(end) : undefined;
    const place = nameLiteral(offset ?? 'offset');
    const both = `SELECT unnest(listed.list) AS ${nameLiteral(alias)}, unnest(range(0, len(listed.list))) AS ${place}`;
    if (offset !== undefined) end += 1;
    return [`(${both} FROM (SELECT ${list} AS list) AS listed) AS ${nameLiteral(alias)}${on(end)}`, end];
  };

  /** A place in a list: `[OFFSET(n)]` and its kin, or `[n]`, which counts from 0 as well. Undefined where a list begins. */
  const placeAt = (at: number): readonly [string, number] | undefined => {
    const [previous, next] = [words[at - 1], words[at + 1]];
    const place = next?.kind === 'word' ? /^(SAFE_)?(OFFSET|ORDINAL)$/i.exec(next.text) : null;
    const end = closing.get(at + 2);
    if (place !== null && end !== undefined && isSign(words[at + 2], '(')) {
      const inside = write(at + 3, end);
      const by = place[1] === undefined ? 'bq_offset' : 'bq_safe_offset';
      return [place[2]?.toUpperCase() === 'OFFSET' ? `[${by}(${inside})]` : `[${inside}]`, end + 2];
    }
    const followsValue =
      isSign(previous, ')', ']') ||
      previous?.kind === 'name' ||
      (previous?.kind === 'word' && !BEFORE_LIST.test(previous.text));
    const close = closing.get(at);
    if (!followsValue || close === undefined) return undefined;
    if (words.slice(at, close).some((word) => isSign(word, ':')))
      throw new RequestError('A part of a list such as [1:2] is no SQL of BigQuery: use [OFFSET(n)]');
    return [`[bq_offset(${write(at + 1, close)})]`, close + 1];
  };

  /** `ARRAY<INT64>[1, 2]`. */
  const writeTypedArray = (at: number): readonly [string, number] => {
    const type = ELEMENTS[words[at + 2]?.text.toUpperCase() ?? ''];
    const close = closing.get(at + 4);
    if (
      type === undefined ||
      !isSign(words[at + 3], '>') ||
      !isSign(words[at + 4], '[') ||
      close === undefined
    )
      throw new RequestError(
        `An array is written like ARRAY<INT64>[1, 2], of ${Object.keys(ELEMENTS).join(', ')}`,
      );
    return [`CAST([${write(at + 5, close)}] AS ${type}[])`, close + 1];
  };

  /** @throws RequestError for a PIVOT whose columns have other names in BigQuery */
  const refusePivot = (open: number): void => {
    const close = closing.get(open) ?? open;
    const until = wordIn(open + 1, close, 'FOR');
    for (let at = open + 1; at < until; at = (closing.get(at) ?? at) + 1)
      if (isSign(words[at], ',') || isWord(words[at], 'AS'))
        throw new RequestError(
          "PIVOT takes one aggregate without a name here: its columns are called otherwise in BigQuery. Write SUM(IF(team = 'LAL', points, NULL)) AS lal",
        );
    if (words.slice(until, close).some((word, i, all) => word.kind === 'number' && !isWord(all[i + 1], 'AS')))
      throw new RequestError(
        'A number in PIVOT … IN needs a name, as in IN (1 AS one): BigQuery would call its column _1',
      );
  };

  /** The WINDOW clause behind a QUALIFY, which DuckDB reads in the other order. */
  const windowAfter = (
    from: number,
    to: number,
  ): { readonly from: number; readonly to: number } | undefined => {
    const ends = (at: number): boolean => isWord(words[at], 'ORDER', 'LIMIT', 'UNION', 'INTERSECT', 'EXCEPT');
    let found: number | undefined;
    for (let at = from + 1; at < to; at = (closing.get(at) ?? at) + 1) {
      if (ends(at)) return found === undefined ? undefined : { from: found, to: at };
      if (isWord(words[at], 'WINDOW')) found = at;
    }
    return found === undefined ? undefined : { from: found, to };
  };

  /** The alias that stands at a place. */
  const aliasAt = (at: number): string | undefined => {
    const word = words[at];
    if (word?.kind === 'name') return word.text;
    return word?.kind === 'word' && !AFTER_TABLE.test(word.text) ? word.text : undefined;
  };

  const writeInterval = (at: number, to: number): readonly [string, number] => {
    let end = at + 1;
    while (
      end < to &&
      !(words[end]?.kind === 'word' && TIME_UNITS.test(words[end]?.text ?? '') && end > at + 1)
    ) {
      end = (closing.get(end) ?? end) + 1;
    }
    if (end >= to) throw new RequestError('An INTERVAL is written like INTERVAL 7 DAY');
    return [`INTERVAL (${write(at + 1, end)}) ${words[end]?.text.toUpperCase()}`, end + 1];
  };

  /** The arguments of a call, each from one place to another. */
  const argumentsOf = (open: number, close: number): (readonly [number, number])[] => {
    const found: (readonly [number, number])[] = [];
    let begin = open + 1;
    for (let at = begin; at < close; at = (closing.get(at) ?? at) + 1)
      if (isSign(words[at], ',')) {
        found.push([begin, at]);
        begin = at + 1;
      }
    if (begin < close) found.push([begin, close]);
    return found;
  };

  const wordIn = (from: number, to: number, text: string): number => {
    for (let at = from; at < to; at = (closing.get(at) ?? at) + 1) if (isWord(words[at], text)) return at;
    return -1;
  };

  const partOf = ([from, to]: readonly [number, number] = [0, 0]): string =>
    words
      .slice(from, to)
      .map(({ text }) => text.toUpperCase())
      .join('');

  const writeCall = (at: number, upper: string): readonly [string, number] => {
    const open = at + 1;
    const close = closing.get(open) ?? open;
    const after = close + 1;
    const use = useOf(words[at]?.text ?? '');
    if (use.kind === 'refused') throw new RequestError(use.reason);
    const args = argumentsOf(open, close);
    const written = (i: number): string => {
      const arg = args[i];
      if (arg === undefined) throw new RequestError(`${upper} lacks an argument`);
      return write(...arg);
    };
    const split = (keyword: string) => {
      const place = wordIn(open + 1, close, keyword);
      if (place < 0) return undefined;
      const [before, behind] = [[open + 1, place] as const, [place + 1, close] as const];
      return {
        before: () => write(...before),
        beforeText: partOf(before),
        after: () => write(...behind),
        afterText: partOf(behind),
      };
    };
    const text = (i: number): string | undefined => {
      const [from, to] = args[i] ?? [0, 0];
      const word = words[from];
      return to === from + 1 && word?.kind === 'string' ? word.text : undefined;
    };
    if (use.kind === 'reshape')
      return [
        reshapedCall({ name: upper, count: args.length, written, part: (i) => partOf(args[i]), text, split }),
        after,
      ];
    const having = upper === 'ANY_VALUE' ? wordIn(open + 1, close, 'HAVING') : -1;
    if (having > 0 && isWord(words[having + 1], 'MAX', 'MIN')) {
      const by = isWord(words[having + 1], 'MAX') ? 'arg_max_null' : 'arg_min_null';
      return [`${by}(${write(open + 1, having)}, ${write(having + 2, close)})`, after];
    }
    if (upper === 'STRING_AGG' && wordIn(open + 1, close, 'LIMIT') > 0)
      return [limitedText(open, close, args), after];
    if (use.kind === 'unchecked') unchecked.add(upper);
    return [`${use.name}${aggregated(upper, open, close, args, written)}`, after];
  };

  /** The brackets of an ordinary call, and what follows from clauses that only BigQuery has inside of them. */
  const aggregated = (
    upper: string,
    open: number,
    close: number,
    args: readonly (readonly [number, number])[],
    written: (i: number) => string,
  ): string => {
    const limit = wordIn(open + 1, close, 'LIMIT');
    const ignore = wordIn(open + 1, close, 'IGNORE');
    const respect = wordIn(open + 1, close, 'RESPECT');
    const having = wordIn(open + 1, close, 'HAVING');
    if (having > 0) throw new RequestError(`${upper}(x HAVING …) cannot be asked for: only ANY_VALUE has it`);
    if (upper === 'APPROX_QUANTILES')
      return `(${written(0)}, ${write((args[1] ?? [0, 0])[0], endBefore(close, ignore, respect))})`;
    const isAggregate = ['ARRAY_AGG', 'STRING_AGG'].includes(upper);
    if (!isAggregate || (limit < 0 && ignore < 0 && respect < 0)) return `(${write(open + 1, close)})`;
    const nulls = ignore > 0 ? ignore : respect;
    const until = limit > 0 ? limit : close;
    const inside =
      nulls > 0 ? `${write(open + 1, nulls)} ${write(nulls + 2, until)}` : write(open + 1, until);
    const first = args[0] ?? [open + 1, close];
    const value = write(
      first[0],
      [wordIn(first[0], first[1], 'ORDER'), nulls, limit]
        .filter((end) => end > 0)
        .reduce((a, b) => Math.min(a, b), first[1]),
    );
    const filter = ignore > 0 ? ` FILTER (WHERE ${value.replace(/^DISTINCT\s+/i, '')} IS NOT NULL)` : '';
    if (limit < 0) return `(${inside})${filter}`;
    return `(${inside})${filter}[1:${write(limit + 1, close)}]`;
  };

  /** `STRING_AGG(x, ', ' ORDER BY y LIMIT n)`: the first of the texts that are no NULL. */
  const limitedText = (open: number, close: number, args: readonly (readonly [number, number])[]): string => {
    const limit = wordIn(open + 1, close, 'LIMIT');
    const order = wordIn(open + 1, limit, 'ORDER');
    const ends = order > 0 ? order : limit;
    const [first = [open + 1, ends], second] = args;
    const value = write(first[0], Math.min(first[1], ends));
    const separator =
      second === undefined || second[0] >= ends ? "','" : write(second[0], Math.min(second[1], ends));
    const plain = value.replace(/^DISTINCT\s+/i, '');
    const list = `array_agg(${value} ${order > 0 ? write(order, limit) : ''}) FILTER (WHERE ${plain} IS NOT NULL)`;
    return `array_to_string((${list})[1:${write(limit + 1, close)}], ${separator})`;
  };

  const endBefore = (close: number, ...places: readonly number[]): number =>
    Math.min(close, ...places.filter((place) => place > 0));

  return write;
}
