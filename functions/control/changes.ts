/** What publications have changed in rows that were published before: cell by cell for a date, and counted for backfills. */
import { ROW_CHANGE_DAYS } from '../../shared/derive/row-changes.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { tableNamed } from '../../shared/domain/table-named.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { Cell, ChangeCount, ChangesAsked, RowChange, Warehouse } from '../../shared/ports/warehouse.ts';

/** A change with its values as the column has them: numbers, booleans, texts. */
export interface Change extends Omit<RowChange, 'old' | 'new'> {
  readonly old: Cell;
  readonly new: Cell;
}

export interface ChangePorts {
  readonly registry: Registry;
  readonly clock: Clock;
}

type Changed = Pick<Warehouse, 'changes' | 'changeCounts'>;

/** Most changes of one date that are read. A date has some 10 000 cells. */
const MAX_OF_DATE = 100_000;

/**
 * The changes in rows of a game date in the last 90 days, the oldest first.
 * @throws RequestError when there is no such table, or the warehouse does not answer
 */
export async function changesOn(
  { registry, clock }: ChangePorts,
  warehouse: Changed,
  date: GameDate,
  askedTable?: string,
): Promise<Change[]> {
  const table = askedTable === undefined ? undefined : tableNamed(registry, askedTable);
  const asked = {
    since: firstKeptDay(clock()),
    dates: { first: date, last: date },
    ...(table === undefined ? {} : { table }),
  };
  return readChanges(registry, warehouse, asked, MAX_OF_DATE);
}

/** What some backfills have changed: counts for each table and date, and the first changes with their values. */
export interface ChangeSummary {
  readonly changes: readonly ChangeCount[];
  readonly examples: readonly Change[];
}

/** Changes that a summary has with their values. */
const EXAMPLES = 10;

/** @throws RequestError when the warehouse does not answer */
export async function changesBy(
  { registry, clock }: ChangePorts,
  warehouse: Changed,
  backfillIds: readonly string[],
): Promise<ChangeSummary> {
  const counts: ChangeCount[] = [];
  const examples: Change[] = [];
  for (const backfillId of backfillIds) {
    const asked = { since: firstKeptDay(clock()), backfillId };
    const counted = await warehouse.changeCounts(asked);
    if (!counted.ok) throw new RequestError(counted.failure.detail);
    counts.push(...counted.value);
    if (counted.value.length > 0 && examples.length < EXAMPLES)
      examples.push(...(await readChanges(registry, warehouse, asked, EXAMPLES - examples.length)));
  }
  return { changes: inOrder(counts), examples };
}

/** Counts ordered by table and date; counts of the same table and date are added. */
export function inOrder(counts: readonly ChangeCount[]): ChangeCount[] {
  const groups = Map.groupBy(counts, ({ table, date }) => `${table} ${date}`);
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, same]) =>
      same.reduce((sum, each) => ({
        ...sum,
        added: sum.added + each.added,
        changed: sum.changed + each.changed,
        removed: sum.removed + each.removed,
      })),
    );
}

async function readChanges(
  registry: Registry,
  warehouse: Changed,
  asked: ChangesAsked,
  limit: number,
): Promise<Change[]> {
  const found = await warehouse.changes(asked, limit);
  if (!found.ok) throw new RequestError(found.failure.detail);
  return found.value.map((change) => ({
    ...change,
    old: valueOf(registry, change, change.old),
    new: valueOf(registry, change, change.new),
  }));
}

/** A value from its text. It stays a text when the column is no longer declared. */
function valueOf(registry: Registry, { table, column }: RowChange, text: string | null): Cell {
  if (text === null || column === null || !registry.has(table)) return text;
  switch (registry.get(table).definition.columns[column]?.type) {
    case 'INT64':
    case 'FLOAT64':
      return Number(text);
    case 'BOOL':
      return text === 'true';
    default:
      return text;
  }
}

function firstKeptDay(now: Date): GameDate {
  return addDays(gameDate(now.toISOString().slice(0, 10)), -ROW_CHANGE_DAYS);
}
