/** Copies the rows of features of a date, each with a hash of what it holds. */
import type { Compute } from '../../../shared/domain/code-table.ts';
import { digest } from '../../../shared/domain/hash.ts';
import { rowAt, type Cell } from '../../../shared/domain/table-rows.ts';

const compute: Compute = ({ rowsOf }) => {
  const store = rowsOf('ml_feature_store_v2');
  return Array.from({ length: store.count }, (_, i) => {
    const row = rowAt(store, i);
    return { ...row, feature_hash: digest(JSON.stringify(Object.entries(row).toSorted(byName))) };
  });
};
export default compute;

function byName([a]: readonly [string, Cell], [b]: readonly [string, Cell]): number {
  return a < b ? -1 : 1;
}
