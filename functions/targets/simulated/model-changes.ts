/** The changes that the model of the warehouse keeps: its rows have two columns, their core and their note. */
import type { ChangeCount, ChangeEvent, ChangesAsked, RowChange } from '../../../shared/ports/warehouse.ts';
import type { ModelRow } from './model-rows.ts';

type Difference = Pick<RowChange, 'key' | 'kind' | 'column' | 'old' | 'new'>;

/** What differs between the rows of a partition before and after a publication. */
export function changesBetween(before: readonly ModelRow[], after: readonly ModelRow[]): Difference[] {
  const [was, is] = [byKey(before), byKey(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key): Difference[] => {
    const [old, now] = [was.get(key), is.get(key)];
    if (old === undefined || now === undefined) {
      const kind = old === undefined ? 'added' : 'removed';
      return [{ key, kind, column: null, old: null, new: null }];
    }
    return (['core', 'note'] as const).flatMap((column): Difference[] =>
      old[column] === now[column]
        ? []
        : [{ key, kind: 'changed', column, old: old[column], new: now[column] }],
    );
  });
}

function byKey(rows: readonly ModelRow[]): Map<string, ModelRow> {
  return new Map(rows.map((row) => [row.entity, row]));
}

export function isAskedFor(change: RowChange, { since, dates, table, backfillId }: ChangesAsked): boolean {
  return (
    change.at.slice(0, 10) >= since &&
    (dates === undefined || (change.date >= dates.first && change.date <= dates.last)) &&
    (table === undefined || change.table === table) &&
    (backfillId === undefined || change.backfillId === backfillId)
  );
}

export function countsOf(changes: readonly RowChange[]): ChangeCount[] {
  const keys = new Map<string, Record<RowChange['kind'], Set<string>>>();
  for (const { table, date, kind, key } of changes) {
    const found = keys.get(`${table} ${date}`) ?? {
      added: new Set(),
      changed: new Set(),
      removed: new Set(),
    };
    keys.set(`${table} ${date}`, found);
    found[kind].add(key);
  }
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { added, changed, removed }]) => {
      const [table = '', date = ''] = name.split(' ');
      return {
        table,
        date: date as ChangeCount['date'],
        added: added.size,
        changed: changed.size,
        removed: removed.size,
      };
    });
}

/** The counts of each run and of what the keys begin with, the oldest first. The model knows no sources. */
export function eventsOf(changes: readonly RowChange[]): ChangeEvent[] {
  const subjectOf = ({ key }: RowChange): string => key.split(' ')[0] ?? '';
  return [
    ...Map.groupBy(changes, (change) =>
      JSON.stringify([change.at, change.table, change.date, change.runId, subjectOf(change)]),
    ).entries(),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, of]) =>
      countsOf(of).map((count) => {
        const [first] = of;
        const [runId = '', at = ''] = [first?.runId, first?.at];
        const subject = first === undefined ? '' : subjectOf(first);
        return { ...count, subject, runId, at, source: null, observedAt: null };
      }),
    );
}
