/**
 * What `validate` looks for and how it judges what it finds. Every threshold of it is here. Shares are of 1. Sources: chapter 8 of the domain
 * specification, with the denominators of `coverage`.
 */
import { coverageOf } from './coverage.ts';
import type { GameDate } from './game-date.ts';
import { isBuilt, isInDoubt, type PartitionState } from './partition.ts';
import { seasonOf, type Season } from './season.ts';
import type { TableDefinition } from './table.ts';
import { stateOf, type View } from './view.ts';

/** `fail`: the rows are wrong or lacking. `review`: a person should look; it may be right. */
export type Severity = 'fail' | 'review';

/** Something that is not as it should be. */
export interface Finding {
  /** The name of the check, such as `duplicate_key`. */
  readonly check: string;
  readonly severity: Severity;
  readonly table: string;
  /** The date, or the first date of the season or range that was judged. */
  readonly date: GameDate;
  /** The row, game, team, player or column that it is about; null for a whole partition. */
  readonly entity: string | null;
  /** What was found. */
  readonly value: string | number | null;
  /** What would have been right, or the bound that was crossed. */
  readonly threshold: string | number | null;
}

export type Verdict = 'pass' | Severity;

/** The worst severity of the findings. */
export function verdictOf(findings: readonly Pick<Finding, 'severity'>[]): Verdict {
  if (findings.some(({ severity }) => severity === 'fail')) return 'fail';
  return findings.length > 0 ? 'review' : 'pass';
}

/** What is kept of a validation: the verdict, how many findings each check has, and the first of them. */
export interface KeptValidation {
  /** `unknown`: the warehouse did not answer. */
  readonly verdict: Verdict | 'unknown';
  /** The first and last date that were looked at. */
  readonly start: string;
  readonly end: string;
  readonly checks: readonly {
    readonly check: string;
    readonly severity: Severity;
    readonly table: string;
    readonly findings: number;
  }[];
  /** The first findings, failures first. */
  readonly first: readonly Finding[];
  /** Why the verdict is unknown; null otherwise. */
  readonly detail: string | null;
  readonly seconds: number;
}

/** Findings that are kept one by one. */
const KEPT_FINDINGS = 5;

/** What is kept of some findings. */
export function keptFindings(
  findings: readonly Finding[],
): Pick<KeptValidation, 'verdict' | 'checks' | 'first' | 'detail'> {
  const groups = Map.groupBy(findings, ({ severity, table, check }) => `${severity} ${table} ${check}`);
  const inOrder = [
    ...findings.filter(({ severity }) => severity === 'fail'),
    ...findings.filter(({ severity }) => severity === 'review'),
  ];
  return {
    verdict: verdictOf(findings),
    checks: [...groups.values()]
      .flatMap(([first, ...more]) =>
        first === undefined
          ? []
          : [
              {
                ...{ check: first.check, severity: first.severity, table: first.table },
                findings: 1 + more.length,
              },
            ],
      )
      .toSorted((a, b) => Number(b.severity === 'fail') - Number(a.severity === 'fail')),
    first: inOrder.slice(0, KEPT_FINDINGS),
    detail: null,
  };
}

/** The share of final games of which a layer has rows: below `fail` it fails, below `review` a person should look. */
const LAYERS: Readonly<Record<string, { readonly fail: number; readonly review: number }>> = {
  player_game_summary: { fail: 0.9, review: 0.9 },
  team_offense_game_summary: { fail: 0.9, review: 0.9 },
  team_defense_game_summary: { fail: 0.9, review: 0.9 },
  upcoming_player_game_context: { fail: 0.85, review: 0.9 },
  upcoming_team_game_context: { fail: 0.85, review: 0.9 },
  player_composite_factors: { fail: 0.8, review: 0.9 },
  ml_feature_store_v2: { fail: 0.8, review: 0.9 },
  player_prop_predictions: { fail: 0.8, review: 0.9 },
};

/** The limits of a layer; undefined for a table that is none. */
export function layerLimits(table: string): { readonly fail: number; readonly review: number } | undefined {
  return LAYERS[table];
}

/** The share of the rows of `player_game_summary` with points in which a column must be known. Only `isCritical` ones fail. */
export const FEATURES: Readonly<Record<string, { readonly share: number; readonly isCritical: boolean }>> = {
  points: { share: 0.995, isCritical: true },
  minutes_played: { share: 0.99, isCritical: true },
  fg_attempts: { share: 0.99, isCritical: true },
  rebounds: { share: 0.99, isCritical: true },
  assists: { share: 0.99, isCritical: true },
  three_pt_attempts: { share: 0.99, isCritical: true },
  usage_rate: { share: 0.95, isCritical: true },
  paint_attempts: { share: 0.4, isCritical: false },
  mid_range_attempts: { share: 0.4, isCritical: false },
  assisted_fg_makes: { share: 0.4, isCritical: false },
};

/** The columns whose known share is compared with that of the days before. */
export const COMPARED_FEATURES = [
  'minutes_played',
  'usage_rate',
  'paint_attempts',
  'assisted_fg_makes',
] as const;

/** Days before a range that it is compared with. */
export const BASELINE_DAYS = 90;
/** A known share below so much of that of the baseline is a regression, which fails; below the second, a degradation. */
const REGRESSION = { fail: 0.9, review: 0.95 } as const;

/** Less than this is between two shares that are equal but for rounding. */
const ROUNDING = 1e-9;

/** A mean that has moved by more standard errors than this, and by more than the share, is to be looked at. */
const SHIFT = { errors: 3, share: 0.05 } as const;

/** How many rows of a table have points, and in how many of them each column is known. */
export interface KnownShares {
  readonly rows: number;
  /** Column -> rows in which it is known. */
  readonly known: Readonly<Record<string, number>>;
}

/** Findings of what is expected from the calendar: cells that are not there, and layers of a season with too few games. */
export function expectedFindings(
  view: View,
  tables: readonly string[],
  dates: readonly GameDate[],
): Finding[] {
  const bySeason = [...Map.groupBy(dates, seasonOf)];
  return tables.flatMap((name) => {
    const table = view.registry.get(name);
    const cells = coverageOf(view, table, dates).missing.map((date) => missingCell(view, name, date));
    const layer = layerLimits(name);
    if (layer === undefined) return cells;
    const layers = bySeason.flatMap(([, ofSeason]): Finding[] => {
      const { games } = coverageOf(view, table, ofSeason);
      const [first] = ofSeason;
      if (games.expected === 0 || first === undefined) return [];
      const share = games.present / games.expected;
      if (share >= layer.review) return [];
      const severity = share < layer.fail ? 'fail' : 'review';
      return [
        {
          check: 'layer_completeness',
          severity,
          table: name,
          date: first,
          entity: seasonOf(first),
          value: rounded(share),
          threshold: severity === 'fail' ? layer.fail : layer.review,
        },
      ];
    });
    return [...cells, ...layers];
  });
}

function missingCell(view: View, table: string, date: GameDate): Finding {
  const state = stateOf(view, table, date);
  const isThere = state !== undefined && isBuilt(state) && state.rows > 0;
  return {
    check: isThere ? 'rows_lacking' : 'date_missing',
    severity: 'fail',
    table,
    date,
    entity: null,
    value: isThere ? state.rows : (state?.status ?? 'waiting'),
    threshold: isThere ? state.expectedRows : null,
  };
}

/**
 * What is not as the completion document of a cell says.
 * @param found the rows of the cell, and their fingerprint where it was computed
 */
export function documentFinding(
  table: string,
  date: GameDate,
  state: PartitionState | undefined,
  found: { readonly rows: number; readonly fingerprint?: string },
): Finding | undefined {
  const recorded = state !== undefined && isBuilt(state) ? state : undefined;
  const about = { severity: 'fail', table, date, entity: null } as const;
  if (found.rows !== (recorded?.rows ?? 0))
    return { ...about, check: 'rows_against_document', value: found.rows, threshold: recorded?.rows ?? 0 };
  const { fingerprint } = found;
  if (recorded === undefined || fingerprint === undefined || fingerprint === recorded.outputFingerprint)
    return undefined;
  return {
    ...about,
    check: 'content_against_document',
    value: fingerprint,
    threshold: recorded.outputFingerprint,
  };
}

/** Whether the document of a cell says that all its rows are there and none of its games is in doubt. */
export function isTrusted(view: View, table: string, date: GameDate): boolean {
  const state = stateOf(view, table, date);
  return state?.status === 'success' && !isInDoubt(state);
}

/** The rows of a season, and those of them that say of themselves that they are ready. */
export interface SeasonShares extends KnownShares {
  /** The first date of them. */
  readonly first: GameDate;
  readonly ready: KnownShares;
}

/**
 * Columns of which too little is known in a season. It fails where ready rows lack them; a row that is not ready has told it, as those of
 * a source without attempts do.
 */
export function featureFindings(season: Season, { first, rows, known, ready }: SeasonShares): Finding[] {
  if (rows === 0) return [];
  return Object.entries(FEATURES).flatMap(([column, { share, isCritical }]): Finding[] => {
    const found = (known[column] ?? 0) / rows;
    const ofReady = ready.rows === 0 ? 1 : (ready.known[column] ?? 0) / ready.rows;
    // Nobody needs to load shots and plays. A season that had them before and has none now is found as a regression.
    if (found >= share || (!isCritical && found === 0)) return [];
    return [
      {
        check: 'feature_coverage',
        severity: isCritical && ofReady < share ? 'fail' : 'review',
        table: 'player_game_summary',
        date: first,
        entity: `${column} ${season}`,
        value: rounded(found),
        threshold: share,
      },
    ];
  });
}

/** Columns of which less is known than in the baseline. A baseline without rows says nothing. */
export function regressionFindings(first: GameDate, baseline: KnownShares, now: KnownShares): Finding[] {
  if (baseline.rows === 0 || now.rows === 0) return [];
  return COMPARED_FEATURES.flatMap((column): Finding[] => {
    const before = (baseline.known[column] ?? 0) / baseline.rows;
    const found = (now.known[column] ?? 0) / now.rows;
    const isBelow = (share: number): boolean => share * before - found > ROUNDING;
    if (!isBelow(REGRESSION.review)) return [];
    const severity = isBelow(REGRESSION.fail) ? 'fail' : 'review';
    return [
      {
        check: severity === 'fail' ? 'regression' : 'degradation',
        severity,
        table: 'player_game_summary',
        date: first,
        entity: column,
        value: rounded(found),
        threshold: rounded(REGRESSION[severity] * before),
      },
    ];
  });
}

/** Count, mean and standard deviation of a column. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
}

/** A feature whose mean has moved since the baseline by more than chance and by more than a twentieth. */
export function shiftFinding(
  first: GameDate,
  column: string,
  baseline: Moments,
  now: Moments,
): Finding | undefined {
  if (baseline.n < 2 || now.n < 2) return undefined;
  const error = Math.sqrt(baseline.deviation ** 2 / baseline.n + now.deviation ** 2 / now.n);
  const shift = Math.abs(now.mean - baseline.mean);
  if (shift <= SHIFT.errors * error || shift <= SHIFT.share * Math.abs(baseline.mean)) return undefined;
  return {
    check: 'mean_shift',
    severity: 'review',
    table: 'ml_feature_store_v2',
    date: first,
    entity: column,
    value: rounded(now.mean),
    threshold: rounded(baseline.mean),
  };
}

/**
 * The columns of a row that are not what was recomputed from raw rows. A number may be off by half of its last decimal.
 * @param row as it is published
 * @param told by column; a column that is absent is not compared
 */
export function spotFindings(
  { name, key, partitionColumn, columns }: TableDefinition,
  date: GameDate,
  row: Readonly<Record<string, SpotCell>>,
  told: Readonly<Record<string, SpotCell>>,
): Finding[] {
  const entity = key.flatMap((column) => (column === partitionColumn ? [] : String(row[column]))).join(' ');
  return Object.entries(told).flatMap(([column, expected]): Finding[] => {
    const found = row[column] ?? null;
    const { decimals = 0 } = { ...columns[column] };
    const isSame =
      typeof expected === 'number' && found !== null
        ? Math.abs(Number(found) - expected) <= 0.5 * 10 ** -decimals + ROUNDING * 100
        : expected === found;
    if (isSame) return [];
    return [
      {
        ...{ check: 'spot', severity: 'fail', table: name, date, entity: `${entity} ${column}` },
        value: plainCell(found),
        threshold: plainCell(expected),
      },
    ];
  });
}

/** A value of a row. */
type SpotCell = string | number | boolean | null;

const plainCell = (cell: SpotCell): string | number | null =>
  cell === null || typeof cell === 'number' ? cell : String(cell);

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
