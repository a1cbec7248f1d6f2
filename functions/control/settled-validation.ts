/**
 * Validates what a backfill has built when it ends. Each run has looked for doubled keys and values out of range before it published, and
 * has read back the fingerprints of its rows, so this looks for the rest: dates and rows that are lacking, counts, and sums and players
 * across tables. A long range is also compared with the days before and with the schedule; for a few dates that would take longer than
 * to build some of their tables.
 */
import {
  BASELINE_DAYS,
  documentFinding,
  expectedFindings,
  keptFindings,
  type Finding,
  type KeptValidation,
} from '../../shared/domain/validation.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { tablesInScope } from '../../shared/domain/plan.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { NormalRequest } from '../../shared/state/backfills.ts';
import { countRows } from './count-rows.ts';
import { asPlanned } from './plan.ts';
import type { ReadingPorts } from './ports.ts';
import { rowsAnswering } from './query.ts';
import { asOneQuestion, rowChecks, type DateRange, type RowCheck } from './row-checks.ts';
import { featuresAndRegression, rowFinding, shifts } from './validate.ts';

/** Game dates below which a range is short: too few to tell a change from chance. */
const LONG_DATES = BASELINE_DAYS / 3;

/** Most characters that are kept of why a warehouse did not answer. */
const MAX_DETAIL = 300;

/** What validating asks of. */
type Validating = Pick<ReadingPorts, 'registry' | 'clock'> & {
  readonly warehouse: Pick<Warehouse, 'ask' | 'rowCounts'>;
};

/**
 * The validation of the dates that a request has asked for. It never throws: where it cannot be told, the verdict is `unknown`.
 * @param view the seasons of these dates as they are when the backfill ends
 * @returns undefined for a request without dates
 */
export async function settledValidation(
  ports: Validating,
  view: View,
  request: NormalRequest,
): Promise<KeptValidation | undefined> {
  const [start, end] = [request.dates[0], request.dates.at(-1)];
  if (start === undefined || end === undefined) return undefined;
  const began = ports.clock().getTime();
  const kept = await findingsOf(ports, view, request, { start, end }).then(
    keptFindings,
    (error: unknown) => ({
      verdict: 'unknown' as const,
      ...{ checks: [], first: [] },
      detail: (error instanceof Error ? error.message : String(error)).slice(0, MAX_DETAIL),
    }),
  );
  return { ...kept, start, end, seconds: (ports.clock().getTime() - began) / 1000 };
}

async function findingsOf(
  { warehouse, registry }: Validating,
  view: View,
  request: NormalRequest,
  range: DateRange,
): Promise<Finding[]> {
  const tables = tablesInScope(view, asPlanned(request)).map(({ definition }) => definition.name);
  const isLong = request.dates.length >= LONG_DATES;
  const checks = rowChecks(registry, tables, range).filter(
    ({ isAudited, trusted }) => isAudited !== true && (isLong || trusted.length > 0),
  );
  return [
    ...expectedFindings(view, tables, request.dates),
    ...(await countFindings(view, warehouse, tables, request.dates, range)),
    ...(await answersTo(view, warehouse, checks, request.dates)),
    ...(isLong && tables.includes('player_game_summary')
      ? await featuresAndRegression(warehouse, range)
      : []),
    ...(isLong && tables.includes('ml_feature_store_v2') ? await shifts(view, warehouse, range) : []),
  ];
}

async function countFindings(
  view: View,
  warehouse: Pick<Warehouse, 'rowCounts'>,
  tables: readonly string[],
  dates: readonly GameDate[],
  { start, end }: DateRange,
): Promise<Finding[]> {
  const ranges = tables.map((name) => ({ table: view.registry.get(name), first: start, last: end }));
  return (await countRows(warehouse, ranges)).flatMap(({ range: { table }, counted }) => {
    if (!counted.ok) throw new Error(counted.failure.detail);
    const { name } = table.definition;
    return dates.flatMap(
      (date) =>
        documentFinding(name, date, stateOf(view, name, date), { rows: counted.value.get(date) ?? 0 }) ?? [],
    );
  });
}

/** Rows that cannot be right, of the dates that were asked for. */
async function answersTo(
  view: View,
  warehouse: Pick<Warehouse, 'ask'>,
  checks: readonly RowCheck[],
  dates: readonly GameDate[],
): Promise<Finding[]> {
  if (checks.length === 0) return [];
  const asked = new Set(dates);
  return (await rowsAnswering(warehouse, asOneQuestion(checks))).flatMap((row): Finding[] => {
    const check = checks[Number(row['at'])];
    const isAsked = asked.has(gameDate(String(row['date'])));
    return check === undefined || !isAsked ? [] : rowFinding(view, check, row);
  });
}
