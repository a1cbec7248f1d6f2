/** Answers a query that a person has written. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Answer, Warehouse } from '../../shared/ports/warehouse.ts';

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
