/** What DuckDB says of a query that it cannot answer, in words that name what to change. Pure. */
import { RequestError } from '../../../domain/failure.ts';
import { CHECKED_FUNCTIONS } from './functions.ts';

/** Kinds of errors that a query is not the cause of: memory, the disk, or the engine itself. */
const OF_THE_MACHINE = /^(?:Out of Memory|IO|INTERNAL|FATAL|INTERRUPT|TransactionContext) Error\b/i;

/** Functions of DuckDB that a query calls otherwise. */
const CALLED: Readonly<Record<string, string>> = {
  ...{ '~~': 'LIKE', '!~~': 'NOT LIKE', like_escape: 'LIKE', not_like_escape: 'NOT LIKE' },
  ...{ len: 'ARRAY_LENGTH', list_concat: 'ARRAY_CONCAT', list_reverse: 'ARRAY_REVERSE' },
  ...{ strlen: 'BYTE_LENGTH', isnan: 'IS_NAN', isinf: 'IS_INF' },
  ...{ string_split: 'SPLIT', strpos: 'STRPOS', regexp_matches: 'REGEXP_CONTAINS' },
  ...{ arg_max_null: 'MAX_BY', arg_min_null: 'MIN_BY', bool_and: 'LOGICAL_AND', bool_or: 'LOGICAL_OR' },
  ...{ quantile_cont: 'PERCENTILE_CONT', quantile_disc: 'PERCENTILE_DISC', quantile: 'APPROX_QUANTILES' },
};

/** How a function of DuckDB is called in a query. */
const calledAs = (name: string): string =>
  CALLED[name.toLowerCase()] ?? name.toUpperCase().replace(/^BQ_/, '');

/** Types of DuckDB as BigQuery names them. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ STRING_LITERAL: 'STRING', VARCHAR: 'STRING', DOUBLE: 'FLOAT64', BOOLEAN: 'BOOL', FLOAT: 'FLOAT64' },
  ...{ INTEGER_LITERAL: 'INT64', INTEGER: 'INT64', BIGINT: 'INT64', HUGEINT: 'INT64', INT32: 'INT64' },
};

/** The types in a text under their names in BigQuery; a list of INTEGER is an ARRAY<INT64>. */
function typesIn(text: string): string {
  return text
    .replaceAll(/DECIMAL\(\d+,\s?\d+\)/g, 'NUMERIC')
    .replaceAll(/\b[A-Z][A-Z_0-9]*\b/g, (type) => TYPES[type] ?? type)
    .replaceAll(/\b([A-Z][A-Z_0-9]*)\[\]/g, 'ARRAY<$1>');
}

/** What is said of the groups that a pattern matched; undefined when the pattern has met something else. */
type Say = (...groups: string[]) => string | undefined;

const notType = (value = '', type = ''): string => `"${value}" is no ${typesIn(type)}`;
const neither = (name = ''): string =>
  `${name} is neither in GROUP BY nor inside of an aggregate such as MAX(${name})`;
const noColumn = (name = '', where = 'here'): string => `There is no column ${name} ${where}`;
const cannotTake = (name = '', types = ''): string =>
  `${calledAs(name)} cannot take ${types === '' ? 'no arguments' : typesIn(types)}`;

/** What DuckDB says, and how it is told; of several that match, the first one tells. */
const WORDS: readonly (readonly [RegExp, Say])[] = [
  [/Referenced column "([^"]+)" was not found because the FROM clause/, (name) => noColumn(name)],
  [/Referenced table "([^"]+)" not found/, (name) => `${name} is no table or alias of this query`],
  [
    /Table with name (\S+) does not exist/,
    (name) => `There is no table ${name} before this place of the query`,
  ],
  [
    /Ambiguous reference to (?:column name|alias) "([^"]+)"/,
    (name) =>
      `More than one table has a column ${name}: write the alias of the table before it, such as t.${name}`,
  ],
  [
    /Ambiguous reference to table "([^"]+)"|Duplicate alias "([^"]+)"/,
    (a, b) => `Two tables are called ${a ?? b} here`,
  ],
  [/Duplicate CTE name "([^"]+)"/, (name) => `WITH names ${name} twice`],
  [/Column ""?([^"]+)""? in (?:EXCLUDE|REPLACE) list not found/, (name) => noColumn(name)],
  [
    /Column "([^"]+)" does not exist on (left|right) side of join/,
    (name, side) => noColumn(name, `on the ${side} side of USING`),
  ],
  [
    /Cannot extract field '([^']+)' from expression "([^"]+)"/,
    (part, name) => `${name} is one value, so that ${name}.${part} cannot be asked for`,
  ],
  [/column "?([\w.]+)"? must appear in the GROUP BY clause/, (name) => neither(name)],
  [
    /(WHERE|GROUP BY|ON|JOIN) clause cannot contain aggregates/,
    (clause) => `${clause} cannot have an aggregate in it: HAVING can`,
  ],
  [
    /(WHERE|GROUP BY|HAVING|ON|JOIN) clause cannot contain window functions/,
    (clause) => `${clause} cannot have a window in it: QUALIFY can`,
  ],
  [
    /aggregate function calls cannot be nested/,
    () => 'An aggregate cannot have another one in it: compute the inner one in a WITH',
  ],
  [
    /aggregate function calls cannot contain window function/,
    () => 'An aggregate cannot have a window in it: compute the window in a WITH',
  ],
  [/at least one window function must appear/, () => 'QUALIFY needs a window: write WHERE or HAVING'],
  [/window "([^"]+)" does not exist/, (name) => `There is no WINDOW ${name} in this query`],
  [/^frame (?:starting|ending|end|start)/i, () => 'The frame of a window ends before it begins'],
  [
    /(GROUP BY|ORDER) term out of range - should be between 1 and (\d+)/,
    (clause, most) =>
      `${clause === 'ORDER' ? 'ORDER BY' : clause} names a column by a number from 1 to ${most}`,
  ],
  [/LIMIT\/OFFSET cannot be negative/, () => 'LIMIT and OFFSET cannot be below 0'],
  [/same number of result columns/, () => 'Both sides of UNION, INTERSECT and EXCEPT need as many columns'],
  [
    /Subquery returns (\d+) columns - expected (\d+)/,
    (has, needs) => `A query in brackets has ${has} columns where ${needs} is needed`,
  ],
  [
    /More than one row returned by a subquery/,
    () => 'A query in the place of a value gives more than one row: use an aggregate, or IN (…)',
  ],
  [/SELECT list is empty after resolving/, () => 'EXCEPT leaves no column'],
  [/\* expression without FROM clause/, () => '* needs a FROM'],
  [/SELECT clause without selection list/, () => 'The query names no columns after SELECT'],
  [/Wrong number of arguments to (\w+)/, (name) => `${name} cannot take these arguments`],
  [
    /(?:Scalar |Aggregate |Table |Macro )?Function with name (\S+) does not exist/i,
    (name = '') =>
      CHECKED_FUNCTIONS.includes(name.toUpperCase())
        ? `${name.toUpperCase()} needs a window: ${name.toUpperCase()}(…) OVER (ORDER BY …)`
        : `There is no function ${name.toUpperCase()} here; docs/query.md lists those that there are`,
  ],
  [/No function matches the given name and argument types '(.+)\((.*)\)'/, cannotTake],
  [/Could not choose a best candidate function for the function call "(.+?)\((.*)\)"/, cannotTake],
  [
    /Macro (\w+)\(\) does not support the supplied arguments/,
    (name = '') => `${calledAs(name)} cannot take these arguments`,
  ],
  [
    /No matching aggregate function/,
    () => 'The elements of an array do not fit the function that takes them',
  ],
  [/Type with name (\S+) does not exist/, (name) => `${name} is no type`],
  [/^UNNEST requires a single list/, () => 'UNNEST takes an array'],
  [/^Cannot (?:mix|combine|unify)[^]*? types? (?:of )?([A-Z_[\]]+) and ([A-Z_[\]]+)/, (a, b) => mixed(a, b)],
  [
    /^Cannot compare values of type (\S+) and type (\S+)/,
    (a, b) => `${typesIn(a ?? '')} and ${typesIn(b ?? '')} cannot be compared`,
  ],
  [/^Cannot concatenate lists of types (\S+) and (\S+)/, (a, b) => mixed(a, b)],
  [
    /^Unimplemented type for cast \((.+?) -> (.+?)\)/,
    (from = '', to = '') =>
      `A value of type ${typesIn(from)} is no ${typesIn(to)}, and CAST cannot make it one`,
  ],
  [
    /^Could not convert string (['"])([^]*?)\1 to ([A-Z][A-Z_0-9]*)/,
    (_, value, type) => notType(value, type),
  ],
  [
    /^(?:invalid )?(date|timestamp) field (?:value out of range|format)[^:]*: "([^"]*)"/i,
    (type = '', value) => notType(value, type.toUpperCase()),
  ],
  [/^Date out of range: (\S+)/, (value) => notType(value, 'DATE')],
  [
    /^Could not parse string "([^"]*)" according to format specifier "([^"]*)"/,
    (value, format) => `"${value}" is not written as "${format}" says`,
  ],
  [
    /^Type \S+ with value (\S+) can't be cast because the value is out of range for the destination type (\S+)/,
    (value, type = '') => `${value} is too large or too small for ${typesIn(type)}`,
  ],
  [/^Overflow[^(]*? of \S+ \((.+)\)/, (what) => `${what} is too large or too small for INT64`],
  [/^Overflow/, () => 'A number is too large or too small for INT64'],
  [
    /^Unknown TimeZone '([^']*)'/,
    (zone) => `There is no time zone ${zone}; one is written like America/New_York`,
  ],
  [
    /^(?:missing |unexpected |no argument for repetition|invalid (?:escape|character class|perl operator|repetition|named capture|UTF-8)|bad repetition|trailing \\)/,
    () => undefined,
  ],
  [/^QUANTILE can only take parameters/, () => 'PERCENTILE_CONT and PERCENTILE_DISC take a part from 0 to 1'],
  [/^QUANTILE parameter cannot be NaN/, () => 'APPROX_QUANTILES takes a number of parts from 1 on'],
  [/^Argument for ntile/i, () => 'NTILE takes a number of parts from 1 on'],
  [
    /^Invalid type specifier "(\w)" for formatting a value of type (\w+)/,
    (letter, type = '') => `%${letter} in a format cannot take ${typesIn(type.toUpperCase())}`,
  ],
  [/^Lists larger than/, () => 'An array has more elements than there is room for'],
  [/syntax error at or near "([^"]*)"/i, (near) => `The query cannot be read at ${near}`],
  [/syntax error at end of input/i, () => 'The query ends too early'],
];

const mixed = (a = '', b = ''): string =>
  `${typesIn(a)} and ${typesIn(b)} cannot stand in one column or array: use CAST`;

/** The column that is lacking, and which ones are alike. */
function lackingColumn(first: string, message: string): string | undefined {
  const [, table, own] =
    /(?:Table|Values list) "([^"]+)" does not have a column named "([^"]+)"/.exec(first) ?? [];
  const name = own ?? /Referenced column "([^"]+)" not found/.exec(first)?.[1];
  if (name === undefined) return undefined;
  const near = /Candidate (?:bindings|columns): *:? *(.*)/.exec(message)?.[1]?.replaceAll('"', '');
  return `${noColumn(name, table === undefined ? 'here' : `in ${table}`)}${near === undefined ? '' : `; similar: ${near}`}`;
}

/** What DuckDB says of the text of a query, without the kind of its error, in our words. */
export function told(message: string): string {
  const [first = ''] = message.split('\n');
  const lacking = lackingColumn(first, message);
  if (lacking !== undefined) return lacking;
  for (const [pattern, say] of WORDS) {
    const found = pattern.exec(first);
    if (found !== null) return say(...found.slice(1)) ?? `The pattern cannot be read: ${first}`;
  }
  return typesIn(first.replaceAll(/\bbq_(\w+)/g, (_, name: string) => name.toUpperCase()));
}

/**
 * An error of DuckDB about a query, in words that name what to change.
 * @returns a RequestError; the error itself when the machine is the cause, such as too little memory
 */
export function inOurWords(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (OF_THE_MACHINE.test(message)) return error instanceof Error ? error : new Error(message);
  return new RequestError(told(message.replace(/^[A-Z][\w ]* Error: /, '')));
}
