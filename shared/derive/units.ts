/** In what unit the number of a column is: told by its description or its name, or declared by the column. Pure. */
import type { Column } from '../domain/table.ts';

/** Words of a description that name a unit. The first that is found counts. */
const TOLD: readonly (readonly [RegExp, string])[] = [
  [/^Id at /, 'id'],
  [/\bpercentage points\b/i, 'percentage points'],
  [/\ba fraction\b|^Share of\b|makes \/ attempts|\bMean over teams\b|^As league_paint_pct\b/i, 'fraction'],
  [/^Mean ratio\b/, 'free throws for each field goal attempted'],
  [/\bpercent\b|^100 \* actual/i, 'percent'],
  [/^Decimal odds\b/, 'decimal odds'],
  [/^American odds\b/, 'American odds'],
  [/^Feet\b/, 'feet'],
  [/\bSeconds\b/, 'seconds'],
  [/^Whole years\b/, 'years'],
];

/** Words of a column's name that name a unit. The first that is found counts. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/_id$/, 'id'],
  [/^minutes_change$|^recent_trend$|^injury_risk$/, 'class'],
  [/^rest_advantage$/, 'days'],
  [/(?:^|_)(?:seconds|duration_seconds)(?:_|$)/, 'seconds'],
  [/(?:def|off|defensive|offensive)_rating/, 'points for 100 possessions'],
  [/(?:^|_)pace(?:_|$)(?!score|label|gaps)/, 'possessions in 48 minutes'],
  [/_gaps(?:_\d+)?$|_mismatches(?:_\d+)?$/, 'games'],
  [/usage_rate|_rate_last_\d+$|_pct_\w*complete|completeness/, 'percent'],
  [/_pct(?:_|$)|^pct_/, 'fraction'],
  [/^minutes|_minutes(?:_|$)(?!penalty)/, 'minutes'],
  [/days_rest|days_since|_days_rest/, 'days'],
  [/^back_to_backs_/, 'pairs of dates'],
  [/(?:^|_)(?:games|game_number)(?:_|$)(?!penalty)|_streak(?:_|$)/, 'games'],
  [/quality(?:_score)?$/, 'points of 100'],
  [/(?:penalty|bonus)$|^fatigue_score$/, 'points of the fatigue score'],
  [/(?:attempts|makes|made|attempted|allowed_attempts|total_shots)(?:_|$)/, 'shots'],
  [/possessions/, 'possessions'],
  [/rebounds/, 'rebounds'],
  [/assists/, 'assists'],
  [/steals/, 'steals'],
  [/blocks/, 'blocks'],
  [/turnovers/, 'turnovers'],
  [/fouls/, 'fouls'],
  [/overtime_periods/, 'overtimes'],
  [/^period$|^shot_number$|^attempt$|_token$/, 'number'],
  [/players_count$|out_count$|teammates/, 'players'],
  [/rows|records/, 'rows'],
  [/default_count$/, 'features'],
  [
    /points|outcome_point|margin|plus_minus|spread|total|line|^(?:home|away)_(?:q\d|ot)$|_adjustment$|_movement$|_move$/,
    'points',
  ],
  [/_score$/, 'points'],
];

/**
 * The unit of a column: `minutes`, `percent`, `points for 100 possessions`. Times are UTC. Empty for a column whose value is
 * no quantity: a text, a date, a truth value.
 */
export function unitOf(name: string, column: Column): string {
  if (column.unit !== undefined) return column.unit;
  if (column.type === 'TIMESTAMP') return 'UTC';
  if (column.type !== 'INT64' && column.type !== 'FLOAT64') return '';
  if (column.type === 'INT64' && column.min === 0 && column.max === 1) return '0 or 1';
  return (
    TOLD.find(([words]) => words.test(column.description))?.[1] ??
    NAMED.find(([words]) => words.test(name))?.[1] ??
    ''
  );
}
