/** The gate of the portable subset where there is no warehouse of one's own: a DuckDB in memory that only parses. */
import { DuckDBInstance } from '@duckdb/node-api';
import { judgePortable } from './portable.ts';

/** @returns what is outside the subset, in words; empty when the query is portable */
export async function portableViolations(sql: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const { violations } = await judgePortable(sql, async (text) => {
      const answer = await connection.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR) AS tree', {
        text,
      });
      return String(answer.getRowObjectsJS()[0]?.['tree']);
    });
    return violations;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
