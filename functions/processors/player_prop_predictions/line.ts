/** The line that a prediction is compared with. */
import type { TableRows } from '../../../shared/domain/table-rows.ts';
import { numberAt } from './features.ts';
import type { PlayerFeatures } from './systems/system.ts';

/** A bookmaker's line, or what stands in for one. */
export interface PointsLine {
  readonly has_prop_line: boolean | null;
  readonly current_points_line: number | null;
  readonly line_source: 'ACTUAL_PROP' | 'ESTIMATED_AVG' | null;
  readonly line_bookmaker: string | null;
  readonly line_provider: string | null;
  readonly line_snapshot_at: string | null;
  readonly estimated_line_value: number | null;
  readonly estimation_method: 'points_avg_last_5' | 'points_avg_last_10' | null;
}

/** The columns of upcoming_player_game_context that {@link lineAt} needs. */
export const LINE_COLUMNS: readonly string[] = [
  'has_prop_line',
  'current_points_line',
  'points_line_source',
  'points_line_provider',
  'points_line_snapshot_at',
];

/**
 * The line of a player by his row of upcoming_player_game_context. Without one, the mean of his last 5 games, else of his last 10,
 * rounded to half a point, stands in for it.
 * @param i undefined without a row: nobody knows whether there is a line
 */
export function lineAt(rows: TableRows, i: number | undefined, features: PlayerFeatures): PointsLine {
  const line = i === undefined ? null : numberAt(rows, 'current_points_line', i);
  const text = (column: string): string | null =>
    i === undefined ? null : (rows.texts[column]?.[i] ?? null);
  if (line !== null)
    return {
      has_prop_line: true,
      current_points_line: line,
      line_source: 'ACTUAL_PROP',
      line_bookmaker: text('points_line_source'),
      line_provider: text('points_line_provider'),
      line_snapshot_at: text('points_line_snapshot_at'),
      estimated_line_value: null,
      estimation_method: null,
    };
  const method =
    features.points_avg_last_5 !== null
      ? 'points_avg_last_5'
      : features.points_avg_last_10 !== null
        ? 'points_avg_last_10'
        : null;
  const mean = method === null ? null : features[method];
  return {
    has_prop_line: i === undefined ? null : (rows.flags['has_prop_line']?.[i] ?? null),
    current_points_line: null,
    line_source: mean === null ? null : 'ESTIMATED_AVG',
    line_bookmaker: null,
    line_provider: null,
    line_snapshot_at: null,
    estimated_line_value: mean === null ? null : Math.round(2 * mean) / 2,
    estimation_method: method,
  };
}
