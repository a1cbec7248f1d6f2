/** What of a table's code decides its rows. */
import { digest } from './hash.ts';
import { SCHEME } from './scheme.ts';
import type { TableDefinition } from './table.ts';

/** The text without comments and layout, so that only a change of meaning changes the hash. */
export function withoutLayout(sql: string): string {
  let out = '';
  for (const [token] of sql.matchAll(/'(?:[^'\\]|\\.|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|[^'\s]/g)) {
    if (token.startsWith('--') || token.startsWith('/*') || /^\s/.test(token))
      out += out === '' || out.endsWith(' ') ? '' : ' ';
    else out += token;
  }
  return out.trim();
}

/** Hash of the query, the columns, the windows and the version of a table. */
export function codeFingerprintOf(definition: TableDefinition, query: string | undefined): string {
  const columns = Object.entries(definition.columns).map(
    ([name, { type, decimals }]) => `${name} ${type} ${decimals ?? ''}`,
  );
  const inputs = definition.inputs.map(
    ({ table, window, required }) => `${table} ${JSON.stringify(window)} ${required}`,
  );
  return digest(
    [SCHEME, definition.calculationVersion, ...columns, ...inputs, withoutLayout(query ?? '')].join('\n'),
  );
}
