/**
 * The hash of a table's code: of everything in its definition and its query that decides which rows it
 * makes.
 */
import { digest } from './hash.ts';
import { SCHEME } from './scheme.ts';
import { artifactsOf, nameOfInput, type TableDefinition } from './table.ts';

/** A text in quotes, or a gap: blanks and comments in a row. */
const TEXT_OR_GAP = /'(?:[^'\\]|\\.|'')*'|(?:--[^\n]*|\/\*[\s\S]*?\*\/|\s+)+/g;

/**
 * The query without comments and with every gap reduced to one space, so that a new comment or line break
 * does not change the hash. Text in quotes stays as it is.
 */
export function withoutLayout(sql: string): string {
  return sql.replace(TEXT_OR_GAP, (token) => (token.startsWith("'") ? token : ' ')).trim();
}

/**
 * Hash (20 hex digits) of a table's query or code, columns, inputs with their windows, and calculation version.
 * @param text the query with its shared parts in place, or the hash of the code that computes the rows; undefined for a raw table
 */
export function codeFingerprintOf(definition: TableDefinition, text: string | undefined): string {
  const columns = Object.entries(definition.columns).map(
    ([name, { type, decimals }]) => `${name} ${type} ${decimals ?? ''}`,
  );
  const inputs = definition.inputs.map(
    ({ table, window, required }) => `${table} ${JSON.stringify(window)} ${required}`,
  );
  return digest(
    [
      ...[SCHEME, definition.calculationVersion, ...columns, ...inputs, ...handedOf(definition)],
      withoutLayout(text ?? ''),
    ].join('\n'),
  );
}

/** What is handed to the code of a table. */
function handedOf(definition: TableDefinition): string[] {
  if (definition.rowsFrom !== 'code') return [];
  return [
    ...definition.inputs.map((input) => `${nameOfInput(input)} ${input.columns.join(' ')}`),
    ...artifactsOf(definition).map(({ role }) => `artifact ${role}`),
    ...(definition.seal === undefined ? [] : [`seal ${definition.seal}`]),
  ];
}
