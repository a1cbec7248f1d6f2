/** Numbers, literals with a type, signs and names that DuckDB reads otherwise than BigQuery. Pure. */
import { RequestError } from '../../../domain/failure.ts';
import { textLiteral, type Word } from './words.ts';

/** Signs that DuckDB reads, and BigQuery otherwise or not at all; each with what to write. */
const FOREIGN: Readonly<Record<string, string>> = {
  '^': 'is no power in BigQuery: write POW(x, y)',
  '%': 'is no SQL of BigQuery: write MOD(x, y)',
  '::': 'is no SQL of BigQuery: write CAST(x AS INT64)',
  '|>': 'cannot be asked for: write SELECT … FROM … WHERE …',
  '?': 'is a parameter, and no value can be given here: write the value itself',
  '{': 'is no SQL of BigQuery: name the columns one by one',
  '//': 'is no SQL of BigQuery: write DIV(x, y)',
  '**': 'is no SQL of BigQuery: write POW(x, y)',
  '->': 'is no SQL of BigQuery: write UNNEST(…) and SELECT',
  '!': 'is no SQL of BigQuery: write NOT x',
};

/** Words one after the other that only DuckDB reads, or that give other rows each time; each with what to write. */
const FOREIGN_WORDS: readonly (readonly [string, string])[] = [
  ['DISTINCT ON', 'QUALIFY ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1'],
  ['ORDER BY ALL', 'the columns one by one'],
  ['ILIKE', 'LOWER(x) LIKE …'],
  ['SIMILAR TO', 'REGEXP_CONTAINS(x, …)'],
  ['USING SAMPLE', 'ORDER BY … LIMIT n, for the same rows each time'],
  ['TABLESAMPLE', 'ORDER BY … LIMIT n, for the same rows each time'],
  ...['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL'].map(
    (join) => [`NATURAL ${join}`, 'JOIN … USING (…)'] as const,
  ),
  ['SEMI JOIN', 'WHERE EXISTS (…)'],
  ['ANTI JOIN', 'WHERE NOT EXISTS (…)'],
  ['ASOF JOIN', 'JOIN … ON …, and QUALIFY for the last row before'],
  ['POSITIONAL JOIN', 'JOIN … ON …'],
  ...['UNION', 'INTERSECT', 'EXCEPT'].flatMap((set) =>
    ['SELECT', 'WITH', '('].map(
      (next) => [`${set} ${next}`, `${set} DISTINCT${set === 'UNION' ? ' or UNION ALL' : ''}`] as const,
    ),
  ),
  ['(number) PERCENT', 'a number of rows'],
  ['INTERSECT ALL', 'INTERSECT DISTINCT'],
  ['EXCEPT ALL', 'EXCEPT DISTINCT'],
];

/** Words that a query of DuckDB may begin with, and one of BigQuery may not. */
const NO_BEGINNING = /^(?:FROM|VALUES|TABLE|DESCRIBE|DESC|SHOW|SUMMARIZE|PIVOT|UNPIVOT)$/;

/** @throws RequestError for signs and words that mean something else */
export function refuseForeign(words: readonly Word[]): void {
  for (const [at, word] of words.entries()) {
    if (word.kind !== 'sign') continue;
    const next = words[at + 1];
    const both = next?.kind === 'sign' && next.at === word.end ? `${word.text}${next.text}` : '';
    const found = FOREIGN[word.text] === undefined ? both : word.text;
    if (word.text === '~' && next?.kind === 'string')
      throw new RequestError('~ is no SQL of BigQuery: write REGEXP_CONTAINS(x, …)');
    if (FOREIGN[found] !== undefined) throw new RequestError(`${found} ${FOREIGN[found]}`);
  }
  const texts = words.map(({ kind, text }) =>
    kind === 'word' || text === '(' ? text.toUpperCase() : `(${kind})`,
  );
  if (words[0]?.kind === 'word' && NO_BEGINNING.test(texts[0] ?? ''))
    throw new RequestError('A query begins with SELECT or WITH');
  for (const [foreign, instead] of FOREIGN_WORDS) {
    const parts = foreign.split(' ');
    // `* EXCEPT (…)` leaves out columns, and a name after a dot or AS is a column.
    const at = texts.findIndex(
      (_, begin) =>
        parts.every((part, i) => texts[begin + i] === part) &&
        !['*', '.'].includes(words[begin - 1]?.text ?? '') &&
        texts[begin - 1] !== 'AS',
    );
    if (at < 0) continue;
    const written = foreign.replace(/ (?:SELECT|WITH|\()$|^\(number\) /g, '');
    throw new RequestError(`${written} cannot be asked for: write ${instead}`);
  }
}

/** Words that DuckDB keeps for itself and BigQuery does not. */
export const RESERVED = new Set([
  'ANALYSE',
  'ANALYZE',
  'CHECK',
  'COLUMN',
  'CONSTRAINT',
  'DEFERRABLE',
  'DESCRIBE',
  'DO',
  'FOREIGN',
  'INITIALLY',
  'LAMBDA',
  'LEADING',
  'ONLY',
  'PLACING',
  'PRIMARY',
  'REFERENCES',
  'RETURNING',
  'SHOW',
  'SUMMARIZE',
  'SYMMETRIC',
  'TABLE',
  'TRAILING',
  'UNIQUE',
  'VARIADIC',
]);
/** Types of literals such as `TIMESTAMP '2024-01-02 03:04:05'` that DuckDB reads otherwise or that no column has. */
export const LITERALS: Readonly<Record<string, (text: string) => string>> = {
  TIMESTAMP: (text) => `bq_timestamp(${textLiteral(text)})`,
  NUMERIC: (text) => `CAST(${textLiteral(text)} AS DECIMAL(38, 9))`,
  DECIMAL: (text) => `CAST(${textLiteral(text)} AS DECIMAL(38, 9))`,
  ...Object.fromEntries(
    ['DATETIME', 'TIME', 'JSON', 'BIGNUMERIC', 'BIGDECIMAL'].map((type) => [
      type,
      (): string => {
        throw new RequestError(`${type} cannot be asked for: no column is a ${type}`);
      },
    ]),
  ),
};

/** The SQL of a literal with its type before it. @throws RequestError for a type that no column has */
export const literalOf = (type: string, text: string): string => LITERALS[type]?.(text) ?? textLiteral(text);

/** A number. DuckDB takes 0.1 for a decimal number, BigQuery for a float; DuckDB knows no 0x1F. */
export function numberOf(text: string): string {
  if (/^0[xX]/.test(text)) return BigInt(text).toString();
  return /^\d+$/.test(text) ? text : `CAST(${text} AS DOUBLE)`;
}
