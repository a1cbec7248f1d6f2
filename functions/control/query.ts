/** Answers queries: those that a person has written, and those of other answers. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Answer, Cell, Row, Warehouse } from '../../shared/ports/warehouse.ts';

/**
 * The answer to a query in BigQuery's SQL.
 * @param portable whether only the part is allowed that is the same text for both engines
 * @throws RequestError that says what cannot be asked
 */
export async function queryAnswer(
  warehouse: Pick<Warehouse, 'ask' | 'notPortable'>,
  sql: string,
  portable: boolean,
): Promise<Answer> {
  if (portable) {
    const violations = await warehouse.notPortable(sql);
    if (violations.length > 0) throw new RequestError(violations.join('; '));
  }
  return warehouse.ask(sql);
}

/**
 * All rows of the answer to a query of our own, in its order.
 * @param sql nothing that a person has typed is part of it
 * @throws Error when the warehouse does not answer
 */
export async function rowsAnswering(warehouse: Pick<Warehouse, 'ask'>, sql: string): Promise<Row[]> {
  const { columns, chunks } = await warehouse.ask(sql);
  const rows: Row[] = [];
  for await (const chunk of chunks)
    for (const cells of chunk)
      rows.push(Object.fromEntries(columns.map(({ name }, i): [string, Cell] => [name, cells[i] ?? null])));
  return rows;
}
