/** Looks for whatever is not as it should be in a range of dates: against the calendar, the documents, other tables, and the days before. */
import type { Cell, Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { isBuilt } from '../../shared/domain/partition.ts';
import {
  BASELINE_DAYS,
  COMPARED_FEATURES,
  documentFinding,
  expectedFindings,
  featureFindings,
  FEATURES,
  isTrusted,
  regressionFindings,
  shiftFinding,
  verdictOf,
  type Finding,
  type KnownShares,
  type SeasonShares,
  type Moments,
  type Verdict,
} from '../../shared/domain/validation.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { countRows } from './count-rows.ts';
import { gameDatesBetween, unknownSeasons } from './date-range.ts';
import type { ReadingPorts } from './ports.ts';
import { rowsAnswering } from './query.ts';
import { rowChecks, type DateRange, type RowCheck } from './row-checks.ts';
import { spotChecks, type SpotChecks, type SpotsAsked } from './spot-checks.ts';

/** What is asked for. */
export interface ValidationAsked extends DateRange {
  /** The tables to look at; all without. */
  readonly tables?: readonly string[] | undefined;
  /** Rows of each table that are recomputed from raw rows; none without. */
  readonly spots?: SpotsAsked | undefined;
}

export interface Validation {
  readonly start: GameDate;
  readonly end: GameDate;
  readonly verdict: Verdict;
  /** Failures first, then by table in the order in which they are built, date and check. */
  readonly findings: readonly Finding[];
  /** Seasons of the range of which no game is known. They fail. */
  readonly unknownSeasons: readonly Season[];
  /** What became of the rows that were recomputed from raw rows; null where none were asked for. */
  readonly spots: Omit<SpotChecks, 'findings'> | null;
  /** Game dates, tables and rows that were looked at. */
  readonly looked: { readonly dates: number; readonly tables: number; readonly rows: number };
}

type Reading = Pick<Warehouse, 'ask' | 'published' | 'rowCounts'>;

/** @throws Error when the warehouse does not answer */
export async function validate(
  ports: ReadingPorts,
  warehouse: Reading,
  asked: ValidationAsked,
): Promise<Validation> {
  const { start, end } = asked;
  const { view, dates } = await gameDatesBetween(ports, start, end);
  const { registry } = view;
  const tables = registry.all
    .map(({ definition }) => definition.name)
    .filter((name) => asked.tables?.includes(name) ?? true);

  const documents = await againstDocuments(view, warehouse, tables, asked, dates);
  const rows: Finding[] = [];
  for (const check of rowChecks(registry, tables, asked))
    for (const row of await rowsAnswering(warehouse, check.sql)) rows.push(...rowFinding(view, check, row));
  const spots =
    asked.spots === undefined ? undefined : await spotChecks(view, warehouse, tables, asked, asked.spots);
  const findings = [
    ...expectedFindings(view, tables, dates),
    ...(spots?.findings ?? []),
    ...documents.findings,
    ...rows,
    ...(tables.includes('player_game_summary') ? await featuresAndRegression(warehouse, asked) : []),
    ...(tables.includes('ml_feature_store_v2') ? await shifts(view, warehouse, asked) : []),
  ];
  const unknown = unknownSeasons(view, { startDate: start, endDate: end });
  const places = new Map(tables.map((name, i) => [name, i]));
  const place = ({ severity, table }: Finding): number =>
    (severity === 'fail' ? 0 : tables.length) + (places.get(table) ?? 0);
  return {
    start,
    end,
    verdict: unknown.length > 0 ? 'fail' : verdictOf(findings),
    findings: findings.toSorted(
      (a, b) =>
        place(a) - place(b) ||
        a.date.localeCompare(b.date) ||
        a.check.localeCompare(b.check) ||
        (a.entity ?? '').localeCompare(b.entity ?? ''),
    ),
    unknownSeasons: unknown,
    spots: spots === undefined ? null : withoutFindings(spots),
    looked: { dates: dates.length, tables: tables.length, rows: documents.rows },
  };
}

/** What a row that a check has answered says; nothing where what the check rests on is not trusted on its date. */
export function rowFinding(view: View, { check, table, trusted }: RowCheck, row: Row): Finding[] {
  const date = gameDate(String(row['date']));
  if (!trusted.every((each) => isTrusted(view, each, date))) return [];
  return [
    {
      ...{ check, severity: 'fail', table, date, entity: textOf(row['entity']) },
      ...{ value: valueOf(row['value']), threshold: valueOf(row['threshold']) },
    },
  ];
}

function withoutFindings({ findings: _, ...rest }: SpotChecks): Omit<SpotChecks, 'findings'> {
  return rest;
}

/** Counts and fingerprints of the rows that are there, against those that the completion documents have. */
async function againstDocuments(
  view: View,
  warehouse: Reading,
  tables: readonly string[],
  range: DateRange,
  dates: readonly GameDate[],
): Promise<{ readonly findings: Finding[]; readonly rows: number }> {
  const findings: Finding[] = [];
  let rows = 0;
  const ranges = tables.map((name) => ({
    table: view.registry.get(name),
    first: range.start,
    last: range.end,
  }));
  for (const {
    range: { table },
    counted,
  } of await countRows(warehouse, ranges)) {
    const { name } = table.definition;
    if (!counted.ok) throw new Error(counted.failure.detail);
    const counts = counted.value;
    rows += [...counts.values()].reduce((sum, n) => sum + n, 0);
    const built = dates.filter((date) => {
      const state = stateOf(view, name, date);
      return state !== undefined && isBuilt(state) && state.rows > 0 && state.rows === counts.get(date);
    });
    const published = await warehouse.published(table, built);
    if (!published.ok) throw new Error(published.failure.detail);
    const prints = new Map(published.value.map(({ date, fingerprint }) => [date, fingerprint]));
    for (const date of new Set([...dates, ...counts.keys()])) {
      const fingerprint = prints.get(date);
      const found = { rows: counts.get(date) ?? 0, ...(fingerprint === undefined ? {} : { fingerprint }) };
      const finding = documentFinding(name, date, stateOf(view, name, date), found);
      if (finding !== undefined) findings.push(finding);
    }
  }
  return { findings, rows };
}

/** Known columns of player games by season, and against the baseline. */
export async function featuresAndRegression(
  warehouse: Pick<Warehouse, 'ask'>,
  { start, end }: DateRange,
): Promise<Finding[]> {
  const columns = [...new Set([...Object.keys(FEATURES), ...COMPARED_FEATURES])];
  const shares = async (first: GameDate, last: GameDate): Promise<Map<Season, SeasonShares>> => {
    const known = columns
      .flatMap((column) => [
        `COUNT(t.${column}) AS ${column}`,
        `COUNTIF(t.is_production_ready AND t.${column} IS NOT NULL) AS ready_${column}`,
      ])
      .join(', ');
    const found = await rowsAnswering(
      warehouse,
      `SELECT t.season, CAST(MIN(t.game_date) AS STRING) AS first, COUNT(*) AS n, COUNTIF(t.is_production_ready) AS ready_n, ${known}
       FROM nba_analytics.player_game_summary AS t
       WHERE t.game_date BETWEEN DATE '${first}' AND DATE '${last}' AND t.points IS NOT NULL GROUP BY t.season`,
    );
    return new Map(
      found.map((row) => [
        String(row['season']),
        {
          first: gameDate(String(row['first'])),
          rows: Number(row['n']),
          known: Object.fromEntries(columns.map((column) => [column, Number(row[column])])),
          ready: {
            rows: Number(row['ready_n']),
            known: Object.fromEntries(columns.map((column) => [column, Number(row[`ready_${column}`])])),
          },
        },
      ]),
    );
  };
  const now = await shares(start, end);
  const features = [...now].flatMap(([season, each]) => featureFindings(season, each));
  const baseline = await firstBaseline(start, end, async (first, last) => {
    const before = summed([...(await shares(first, last)).values()]);
    return before.rows === 0 ? undefined : before;
  });
  return baseline === undefined
    ? features
    : [...features, ...regressionFindings(start, baseline, summed([...now.values()]))];
}

function summed(all: readonly KnownShares[]): KnownShares {
  const known: Record<string, number> = {};
  for (const each of all)
    for (const [column, n] of Object.entries(each.known)) known[column] = (known[column] ?? 0) + n;
  return { rows: all.reduce((sum, { rows }) => sum + rows, 0), known };
}

/**
 * What the days before a range have; where they have nothing, as in October, what the same days a year before have; undefined when these
 * have nothing either.
 */
async function firstBaseline<T>(
  start: GameDate,
  end: GameDate,
  look: (first: GameDate, last: GameDate) => Promise<T | undefined>,
): Promise<T | undefined> {
  return (
    (await look(addDays(start, -BASELINE_DAYS), addDays(start, -1))) ??
    look(addDays(start, -365), addDays(end, -365))
  );
}

/** Features whose mean has moved. */
export async function shifts(
  view: View,
  warehouse: Pick<Warehouse, 'ask'>,
  { start, end }: DateRange,
): Promise<Finding[]> {
  const { columns } = view.registry.get('ml_feature_store_v2').definition;
  const numbers = Object.entries(columns).flatMap(([name, { type }]) => (type === 'FLOAT64' ? [name] : []));
  const moments = async (first: GameDate, last: GameDate): Promise<Map<string, Moments> | undefined> => {
    const of = numbers.map(
      (name) =>
        `COUNT(t.${name}) AS n_${name}, AVG(t.${name}) AS m_${name}, STDDEV_SAMP(t.${name}) AS d_${name}`,
    );
    const [row] = await rowsAnswering(
      warehouse,
      `SELECT COUNT(*) AS n, ${of.join(', ')} FROM nba_predictions.ml_feature_store_v2 AS t WHERE t.game_date BETWEEN DATE '${first}' AND DATE '${last}'`,
    );
    if (row === undefined || Number(row['n']) === 0) return undefined;
    return new Map(
      numbers.map((name) => [
        name,
        { n: Number(row[`n_${name}`]), mean: Number(row[`m_${name}`]), deviation: Number(row[`d_${name}`]) },
      ]),
    );
  };
  const now = await moments(start, end);
  const baseline = now === undefined ? undefined : await firstBaseline(start, end, moments);
  if (now === undefined || baseline === undefined) return [];
  return numbers.flatMap((name) => {
    const [before, found] = [baseline.get(name), now.get(name)];
    return before === undefined || found === undefined
      ? []
      : (shiftFinding(start, name, before, found) ?? []);
  });
}

const textOf = (cell: Cell | undefined): string | null => (cell == null ? null : String(cell));
const valueOf = (cell: Cell | undefined): string | number | null =>
  typeof cell === 'number' ? cell : textOf(cell);
