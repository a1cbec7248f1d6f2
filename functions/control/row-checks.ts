/**
 * The questions by which `validate` looks for rows that cannot be right, in the SQL of BigQuery. Each answers rows with a date, an entity,
 * what was found and what would be right. Names are those of declared tables and columns, and dates are game dates: nothing that a person has
 * typed is part of a question.
 */
import { promisesOf, type PromiseSpelling } from '../../shared/derive/column-promises.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { isRaw, qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';

/** First and last date, both included. */
export interface DateRange {
  readonly start: GameDate;
  readonly end: GameDate;
}

/** A question about the rows of one table. */
export interface RowCheck {
  readonly check: string;
  readonly table: string;
  /** Columns: `date` (text), `entity`, `value`, `threshold`. */
  readonly sql: string;
  /**
   * Tables whose cells of the date must be `success` for an answer to count: rows of a cell that lacks rows, or that should have none, need
   * not agree with those of another table.
   */
  readonly trusted: readonly string[];
  /** Whether each run looks for the same before it publishes rows. */
  readonly isAudited?: true;
}

/**
 * Several questions as one, for a warehouse in which each question takes its time. Columns: `at`, the place of the check, and those of
 * a check, all of them texts.
 */
export function asOneQuestion(checks: readonly RowCheck[]): string {
  const text = (column: string): string => `CAST(${column} AS STRING) AS ${column}`;
  return checks
    .map(
      ({ sql }, i) =>
        `SELECT ${i} AS at, date, ${['entity', 'value', 'threshold'].map(text).join(', ')} FROM (${sql})`,
    )
    .join(' UNION ALL ');
}

const SPELLING: PromiseSpelling = {
  identifier: (name) => `t.${name}`,
  string: (value) => `'${value}'`,
  // Not a number is in no range.
  notFinite: (column) => `NOT (${column} BETWEEN -1e308 AND 1e308)`,
};

const within = (column: string, { start, end }: DateRange): string =>
  `${column} BETWEEN DATE '${start}' AND DATE '${end}'`;

/** All questions about some tables. */
export function rowChecks(registry: Registry, tables: readonly string[], range: DateRange): RowCheck[] {
  const asked = new Set(tables);
  const ofTables = tables.flatMap((name) => {
    const { definition } = registry.get(name);
    return [
      duplicates(definition, range),
      outside(definition, range),
      ...('game_id' in definition.columns && !isCalendar(definition) ? [ofNoGame(definition, range)] : []),
    ];
  });
  const named = (table: string): string => qualifiedName(registry.get(table).definition);
  return [...ofTables, ...acrossTables(named, range).filter(({ table }) => asked.has(table))];
}

function isCalendar(definition: TableDefinition): boolean {
  return isRaw(definition) && definition.tells === 'calendar';
}

/** The columns of the key as one text, without the date. */
function entityOf(definition: TableDefinition): string {
  const columns = definition.key.filter((column) => column !== definition.partitionColumn);
  return columns.map((column) => `COALESCE(CAST(t.${column} AS STRING), 'NULL')`).join(" || ' ' || ");
}

function duplicates(definition: TableDefinition, range: DateRange): RowCheck {
  const part = definition.partitionColumn;
  const groups = [...new Set([part, ...definition.key])].map((column) => `t.${column}`).join(', ');
  return {
    check: 'duplicate_key',
    table: definition.name,
    trusted: [],
    isAudited: true,
    sql: `SELECT CAST(t.${part} AS STRING) AS date, ${entityOf(definition)} AS entity, COUNT(*) AS value, 1 AS threshold
      FROM ${qualifiedName(definition)} AS t WHERE ${within(`t.${part}`, range)} GROUP BY ${groups} HAVING COUNT(*) > 1`,
  };
}

/** Rows with a value that their column may not have; the value is the first rule that is broken. Every table has rules: those of its key. */
function outside(definition: TableDefinition, range: DateRange): RowCheck {
  const part = definition.partitionColumn;
  const promises = promisesOf(definition, SPELLING);
  const broken = promises.map(({ check, broken: is }) => `WHEN ${is} THEN '${check}'`).join(' ');
  const isBroken = promises.map(({ broken: is }) => `(${is})`).join(' OR ');
  return {
    check: 'out_of_range',
    table: definition.name,
    trusted: [],
    isAudited: true,
    sql: `SELECT CAST(t.${part} AS STRING) AS date, ${entityOf(definition)} AS entity, CASE ${broken} END AS value,
      CAST(NULL AS STRING) AS threshold FROM ${qualifiedName(definition)} AS t WHERE ${within(`t.${part}`, range)} AND (${isBroken})`,
  };
}

/** Rows of a game that the schedule does not have on that date, or of a team that does not play in it. */
function ofNoGame(definition: TableDefinition, range: DateRange): RowCheck {
  const part = definition.partitionColumn;
  const team = ['team_abbr', 'defending_team_abbr'].find((column) => column in definition.columns);
  const isWrongTeam =
    team === undefined
      ? 'FALSE'
      : `(t.${team} IS NOT NULL AND t.${team} <> s.home_team_abbr AND t.${team} <> COALESCE(s.away_team_abbr, t.${team}))`;
  return {
    check: 'game_not_scheduled',
    table: definition.name,
    trusted: [],
    sql: `SELECT CAST(t.${part} AS STRING) AS date, ${entityOf(definition)} AS entity,
        IF(s.game_id IS NULL, t.game_id, ${team === undefined ? 'NULL' : `t.${team}`}) AS value,
        IF(s.game_id IS NULL, 'no such game on the date', 'a team of the game') AS threshold
      FROM ${qualifiedName(definition)} AS t
      LEFT JOIN (SELECT game_id, game_date, home_team_abbr, away_team_abbr FROM nba_raw.nbac_schedule WHERE ${within('game_date', range)}) AS s
        ON s.game_id = t.game_id AND s.game_date = t.${part}
      WHERE ${within(`t.${part}`, range)} AND t.game_id IS NOT NULL AND (s.game_id IS NULL OR ${isWrongTeam})`,
  };
}

const COUNTED = "('regular', 'play_in', 'playoffs')";

/** What rows of several tables must have in common. */
function acrossTables(named: (table: string) => string, range: DateRange): RowCheck[] {
  const players = `(SELECT game_date, game_id, team_abbr, SUM(points) AS points FROM nba_analytics.player_game_summary
    WHERE ${within('game_date', range)} GROUP BY game_date, game_id, team_abbr)`;
  const sides = ['home', 'away']
    .map(
      (
        side,
      ) => `SELECT game_date, game_id, ${side}_team_abbr AS team_abbr, ${side}_points AS points FROM nba_raw.nbac_game_results
        WHERE ${within('game_date', range)} AND season_type IN ${COUNTED}`,
    )
    .join(' UNION ALL ');
  const disagreement = (of: string, other: string): string =>
    `SELECT CAST(a.game_date AS STRING) AS date, a.game_id || ' ' || a.team_abbr AS entity, a.points AS value, b.points AS threshold
     FROM ${of} AS a JOIN ${other} AS b ON b.game_id = a.game_id AND b.game_date = a.game_date AND b.team_abbr = a.team_abbr
     WHERE a.points <> b.points`;
  const without = (of: string, other: string): string =>
    `SELECT CAST(a.game_date AS STRING) AS date, a.player_lookup AS entity, CAST(NULL AS STRING) AS value, '${other}' AS threshold
     FROM (SELECT game_date, player_lookup FROM ${of} WHERE ${within('game_date', range)}) AS a
     LEFT JOIN (SELECT game_date, player_lookup FROM ${other} WHERE ${within('game_date', range)}) AS b
       ON b.game_date = a.game_date AND b.player_lookup = a.player_lookup
     WHERE b.player_lookup IS NULL`;
  const offense = `(SELECT game_date, game_id, team_abbr, points_scored AS points FROM nba_analytics.team_offense_game_summary WHERE ${within('game_date', range)})`;
  const defense = `(SELECT game_date, game_id, opponent_team_abbr AS team_abbr, points_allowed AS points FROM nba_analytics.team_defense_game_summary WHERE ${within('game_date', range)})`;
  const check = (name: string, table: string, others: readonly string[], sql: string): RowCheck => ({
    check: name,
    table,
    sql,
    trusted: [table, ...others],
  });
  const universe = (table: string, other: string): RowCheck =>
    check('player_without_row', table, [other], without(named(table), named(other)));
  return [
    check(
      'points_against_final_score',
      'player_game_summary',
      ['nbac_game_results'],
      disagreement(players, `(${sides})`),
    ),
    check(
      'points_against_players',
      'team_offense_game_summary',
      ['player_game_summary'],
      disagreement(offense, players),
    ),
    check(
      'points_against_opponent',
      'team_defense_game_summary',
      ['team_offense_game_summary'],
      disagreement(defense, offense),
    ),
    check(
      'game_without_rows',
      'player_game_summary',
      ['nbac_game_results'],
      `SELECT CAST(a.game_date AS STRING) AS date, a.game_id || ' ' || a.team_abbr AS entity, 0 AS value, CAST(NULL AS INT64) AS threshold
       FROM (${sides}) AS a LEFT JOIN ${players} AS b ON b.game_id = a.game_id AND b.game_date = a.game_date AND b.team_abbr = a.team_abbr
       WHERE a.points IS NOT NULL AND b.game_id IS NULL`,
    ),
    universe('ml_feature_store_v2', 'player_composite_factors'),
    universe('player_composite_factors', 'ml_feature_store_v2'),
    universe('upcoming_player_game_context', 'player_composite_factors'),
  ];
}
