/** Values and types between DuckDB and BigQuery's JSON. */
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBResultReader,
} from '@duckdb/node-api';

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REQUIRED';
  readonly description?: string;
}

const FIELD_TYPES: Readonly<Record<number, string>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  [DuckDBTypeId.HUGEINT]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.DECIMAL]: 'FLOAT',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIMESTAMP]: 'TIMESTAMP',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  // A NULL that nothing gives a type is an INT64.
  [DuckDBTypeId.SQLNULL]: 'INTEGER',
};

/** A value as JSON has it: text, or null. */
export type Wire = string | null;

export interface Answer {
  readonly fields: readonly Field[];
  /** TIMESTAMPs in microseconds. */
  readonly rows: readonly (readonly Wire[])[];
}

export function answerOf(reader: DuckDBResultReader): Answer {
  const fields = reader.columnNames().map((name, i): Field => {
    const type = FIELD_TYPES[reader.columnTypeId(i)];
    if (type === undefined) throw new Error(`this server does not know the type of ${name}`);
    return { name, type, mode: 'NULLABLE' };
  });
  return { fields, rows: reader.getRows().map((row) => row.map(wireOf)) };
}

function wireOf(value: unknown): Wire {
  if (value === null || value === undefined) return null;
  if (value instanceof DuckDBTimestampValue) return value.micros.toString();
  if (value instanceof DuckDBDateValue) return value.toString();
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value instanceof DuckDBDecimalValue ? value.toString() : JSON.stringify(value);
  }
}

/** Rows as the API has them; TIMESTAMPs as microseconds, or as seconds for clients that do not ask for those. */
export function wireRows({ fields, rows }: Answer, useMicros: boolean): { f: { v: Wire }[] }[] {
  return rows.map((row) => ({
    f: row.map((value, i) => ({
      v:
        value !== null && fields[i]?.type === 'TIMESTAMP' && !useMicros
          ? `${value.slice(0, -6) || '0'}.${value.slice(-6).padStart(6, '0')}`
          : value,
    })),
  }));
}

/** Names of types in schemas, and what DuckDB calls them. */
export const COLUMN_TYPES: Readonly<
  Record<string, { readonly api: string; readonly duckDb: string; readonly bytes: number }>
> = {
  STRING: { api: 'STRING', duckDb: 'VARCHAR', bytes: 14 },
  INT64: { api: 'INTEGER', duckDb: 'BIGINT', bytes: 8 },
  INTEGER: { api: 'INTEGER', duckDb: 'BIGINT', bytes: 8 },
  FLOAT64: { api: 'FLOAT', duckDb: 'DOUBLE', bytes: 8 },
  FLOAT: { api: 'FLOAT', duckDb: 'DOUBLE', bytes: 8 },
  BOOL: { api: 'BOOLEAN', duckDb: 'BOOLEAN', bytes: 1 },
  BOOLEAN: { api: 'BOOLEAN', duckDb: 'BOOLEAN', bytes: 1 },
  DATE: { api: 'DATE', duckDb: 'DATE', bytes: 8 },
  TIMESTAMP: { api: 'TIMESTAMP', duckDb: 'TIMESTAMP', bytes: 8 },
};
