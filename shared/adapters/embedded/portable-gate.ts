/** The gate of the portable subset for warehouses that are not DuckDB: only its parser is used. */
import { DuckDBInstance } from '@duckdb/node-api';
import { judgePortable } from './portable.ts';

/** Says what in a query is outside the portable subset, in words. DuckDB is started by the first query. */
export function portableGate(): (sql: string) => Promise<readonly string[]> {
  let opened: Promise<DuckDBInstance> | undefined;
  return async (sql) => {
    opened ??= DuckDBInstance.create(':memory:');
    const connection = await (await opened).connect();
    try {
      const { violations } = await judgePortable(sql, async (text) => {
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
