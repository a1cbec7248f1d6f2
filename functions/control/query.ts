/** Runs a query that a person has written, in the part of BigQuery SQL that both engines understand. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';

/** @throws RequestError with the engine's message when it refuses the query */
export async function queryRows(warehouse: Warehouse, sql: string): Promise<readonly Row[]> {
  const rows = await warehouse.query(sql);
  if (!rows.ok) throw new RequestError(oneLine(rows.failure.detail));
  return rows.value;
}

/** The engine's message in one line, without the excerpt of the query that it points at. */
function oneLine(detail: string): string {
  return detail
    .replace(/\s*LINE \d+:[\s\S]*$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}
