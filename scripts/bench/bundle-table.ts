/** What the bundles measure, as a table for a terminal. */
import { IMPORT_GOAL_MS, type BundleMeasure, type Times } from '../../infra/bundle/measure.ts';
import { table } from '../cli/text-table.ts';

export function bundleTable(measures: readonly BundleMeasure[]): string {
  const shown = ({ best, median }: Times): string => `${best.toFixed(0)} (${median.toFixed(0)})`;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const rows = measures.map((each) => [
    each.name,
    megabytes(each.bytes),
    shown(each.import),
    shown(each.serves),
    shown(each.rest),
    each.packages
      .slice(0, 3)
      .map(({ name, bytes }) => `${name} ${megabytes(bytes)}`)
      .join(', '),
  ]);
  const head = ['function', 'MB', 'import ms', 'serves after ms', 'all the rest ms', 'largest inside'];
  const slow = measures.filter(({ import: { best } }) => best > IMPORT_GOAL_MS);
  const verdict =
    slow.length === 0
      ? `Every function is imported within ${IMPORT_GOAL_MS} ms.`
      : `Longer than ${IMPORT_GOAL_MS} ms: ${slow.map(({ name }) => name).join(', ')}.`;
  return `${table(head, rows)}\n\nBest of cold starts, and their median in brackets. ${verdict}`;
}
