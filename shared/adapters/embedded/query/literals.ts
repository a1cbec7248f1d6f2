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
};

/** @throws RequestError for a sign that means something else */
export function refuseForeign(words: readonly Word[]): void {
  for (const [at, word] of words.entries()) {
    if (word.kind !== 'sign') continue;
    const next = words[at + 1];
    const both = next?.kind === 'sign' && next.at === word.end ? `${word.text}${next.text}` : '';
    const found = FOREIGN[word.text] === undefined ? both : word.text;
    if (FOREIGN[found] !== undefined) throw new RequestError(`${found} ${FOREIGN[found]}`);
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
