/** A query of a person, in the portable subset of BigQuery SQL. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';

/** @throws RequestError with what the engine says when it refuses the query */
export async function queryRows(warehouse: Warehouse, sql: string): Promise<readonly Row[]> {
  const rows = await warehouse.query(sql);
  if (!rows.ok) throw new RequestError(oneLine(rows.failure.detail));
  return rows.value;
}

/** What an engine says of a query, in one line, without the part of the query that it points at. */
function oneLine(detail: string): string {
  return detail
    .replace(/\s*LINE \d+:[\s\S]*$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}
