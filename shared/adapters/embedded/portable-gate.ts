/** The check of the portable subset for warehouses other than DuckDB. It uses only DuckDB's parser. */
import { DuckDBInstance } from '@duckdb/node-api';
import { checkPortable } from './portable.ts';

/**
 * Makes the gate: a function that says in words what in a query is outside the portable subset. It says
 * nothing when the query is portable. The first query starts DuckDB.
 * @throws Error, from the gate, when DuckDB cannot be started
 */
export function portableGate(): (sql: string) => Promise<readonly string[]> {
  let opened: Promise<DuckDBInstance> | undefined;
  return async (sql) => {
    opened ??= DuckDBInstance.create(':memory:');
    const connection = await (await opened).connect();
    try {
      const { violations } = await checkPortable(sql, async (text) => {
        const reader = await connection.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR) AS tree', {
          text,
        });
        const tree = reader.getRowObjectsJS()[0]?.['tree'];
        if (typeof tree !== 'string') throw new Error('the text has no syntax tree');
        return tree;
      });
      return violations;
    } finally {
      connection.closeSync();
    }
  };
}
