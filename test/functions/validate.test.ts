/** Faults in rows, which `validate` must name by table, date and row, all in one home. */
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { SPOTS } from '../../functions/processors/spots.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Validation } from '../../functions/control/validate.ts';
import { drawn } from '../support/draw.ts';
import { cliJson } from '../support/run-cli.ts';
import { copyOf } from '../support/homes.ts';
import { builtLeague } from '../support/tiny-league.ts';

const RANGE = ['--start', '2021-11-05', '--end', '2021-11-14'];

/** The league has no predictions. */
const TABLES = loadRegistry()
  .all.map(({ definition }) => definition)
  .flatMap(({ name, phase }) => (phase === 'phase5' ? [] : [name]));

const validated = (home: string) =>
  cliJson<Validation>(home, 'validate', ...RANGE, '--tables', TABLES.join(','));

/** What a fault does, and the finding that names it. */
interface Fault {
  readonly what: string;
  readonly table: string;
  readonly check: string;
  readonly sql: (at: string) => string;
  /** What the entity of the finding names; null for a whole date. */
  readonly entity: 'player' | 'game' | null;
}

const PGS = 'nba_analytics.player_game_summary';
const FAULTS: readonly Fault[] = [
  {
    what: 'a row that is gone',
    table: 'player_game_summary',
    check: 'points_against_final_score',
    sql: (at) => `DELETE FROM ${PGS} WHERE ${at}`,
    entity: 'game',
  },
  {
    what: 'a row twice',
    table: 'player_game_summary',
    check: 'duplicate_key',
    sql: (at) => `INSERT INTO ${PGS} SELECT * FROM ${PGS} WHERE ${at}`,
    entity: 'player',
  },
  {
    what: 'a row under another date',
    table: 'player_game_summary',
    check: 'game_not_scheduled',
    sql: (at) => `UPDATE ${PGS} SET game_date = game_date + 1 WHERE ${at}`,
    entity: 'player',
  },
  {
    what: 'a row under a team that does not play',
    table: 'player_game_summary',
    check: 'game_not_scheduled',
    sql: (at) => `UPDATE ${PGS} SET team_abbr = 'SEA' WHERE ${at}`,
    entity: 'player',
  },
  {
    what: 'a row of a game that nobody knows',
    table: 'player_game_summary',
    check: 'game_not_scheduled',
    sql: (at) => `UPDATE ${PGS} SET game_id = '20211101_XXX_YYY' WHERE ${at}`,
    entity: 'player',
  },
  {
    what: "points and assists in each other's place",
    table: 'player_game_summary',
    check: 'points_against_final_score',
    sql: (at) => `UPDATE ${PGS} SET points = assists, assists = points WHERE ${at}`,
    entity: 'game',
  },
  {
    what: 'a value out of range',
    table: 'player_game_summary',
    check: 'out_of_range',
    sql: (at) => `UPDATE ${PGS} SET assists = -3 WHERE ${at}`,
    entity: 'player',
  },
  {
    what: 'a number that no other table has',
    table: 'player_game_summary',
    check: 'content_against_document',
    sql: (at) => `UPDATE ${PGS} SET steals = steals + 1 WHERE ${at}`,
    entity: null,
  },
  {
    what: 'a date without its rows',
    table: 'player_game_summary',
    check: 'rows_against_document',
    sql: (at) => `DELETE FROM ${PGS} WHERE game_date = (SELECT game_date FROM ${PGS} WHERE ${at})`,
    entity: null,
  },
];

describe('validate', () => {
  it('finds nothing that fails in a league as it was built', async () => {
    const { code, document } = await validated((await builtLeague()).folder);

    expect(code).toBe(0);
    expect(document.findings.filter(({ severity }) => severity === 'fail')).toEqual([]);
    expect(document.looked.rows).toBeGreaterThan(1000);
  });

  it('names every fault by table, date and row', async () => {
    const home = copyOf((await builtLeague()).folder);
    const done = await withTables(home, async (connection) => {
      // A player who scored, on a date of his own for each fault.
      const scorers = await rowsOf(
        connection,
        `SELECT CAST(game_date AS VARCHAR), MIN(player_lookup || ' ' || game_id) FROM ${PGS}
         WHERE points > 5 AND points <> assists AND game_date BETWEEN DATE '2021-11-05' AND DATE '2021-11-14' GROUP BY game_date ORDER BY game_date`,
      );
      const faults = FAULTS.map((fault, i) => {
        const [date = '', row = ''] = scorers[i] ?? [];
        const [player = '', game = ''] = row.split(' ');
        return { ...fault, date, player, game };
      });
      for (const { sql, player, game } of faults)
        await connection.run(sql(`player_lookup = '${player}' AND game_id = '${game}'`));
      return faults;
    });
    expect(new Set(done.map(({ date }) => date)).size).toBe(FAULTS.length);
    const { code, document } = await validated(home);

    expect([code, document.verdict]).toEqual([1, 'fail']);
    for (const { what, table, check, entity, ...fault } of done) {
      const named = document.findings.filter((each) => each.check === check && each.table === table);
      const dates = named.filter(({ entity: of }) => entity === null || of?.includes(fault[entity]) === true);
      // A row under another date or game is found where it is now.
      const day = what === 'a row under another date' ? nextDay(fault.date) : fault.date;
      expect([what, dates.some((each) => each.date === day)]).toEqual([what, true]);
    }
    // Each fault changes its date, so the documents name all of them, and nothing else in this table.
    const changed = document.findings.filter(({ check }) => check.endsWith('_against_document'));
    const expected = done.flatMap(({ what, date }) =>
      what === 'a row under another date' ? [date, nextDay(date)] : [date],
    );
    expect([...new Set(changed.map(({ table, date }) => `${table}@${date}`))].sort()).toEqual(
      [...new Set(expected.map((date) => `player_game_summary@${date}`))].sort(),
    );
  });

  it('recomputes drawn rows from raw rows: none differs, and a planted wrong value is named', async () => {
    const home = copyOf((await builtLeague()).folder);
    const tables = Object.keys(SPOTS);
    const spotted = async (seed: number, rows: number, range: readonly string[]) => {
      const asked = ['--tables', tables.join(','), '--spot', String(rows), '--seed', String(seed)];
      const { document } = await cliJson<Validation>(home, 'validate', ...range, ...asked);
      return { ...document, differ: document.findings.filter(({ check }) => check === 'spot') };
    };
    const season = ['--start', '2021-10-19', '--end', '2021-12-31'];
    expect(tables).toHaveLength(PLANTED.length);
    const sound = await spotted(drawn('spots of a league').below(1000), 2, season);
    expect(sound.differ).toEqual([]);
    expect(sound.spots).toMatchObject({ leftOut: [], without: [], compared: { rows: 2 * tables.length } });

    const day = '2021-11-12';
    await withTables(home, async (connection) => {
      for (const [table, column, dataset, part] of PLANTED)
        await connection.run(
          `UPDATE ${dataset}.${table} SET ${column} = COALESCE(${column}, 0) + 1 WHERE ${part} = DATE '${day}'`,
        );
    });
    const found = await spotted(1, 2, ['--start', day, '--end', day]);
    expect(found.verdict).toBe('fail');
    for (const [table, column] of PLANTED) {
      const ofTable = found.differ.filter((each) => each.table === table);
      expect(ofTable.length, table).toBeGreaterThan(0);
      for (const { date, entity } of ofTable) {
        expect(date).toBe(day);
        expect(entity?.split(' '), table).toContain(column);
      }
    }
  });
});

/** A column of each table with a spot, in which wrong values are planted: table, column, dataset, date. */
const PLANTED = [
  ['team_offense_game_summary', 'pace', 'nba_analytics', 'game_date'],
  ['team_defense_game_summary', 'steals', 'nba_analytics', 'game_date'],
  ['player_game_summary', 'plus_minus', 'nba_analytics', 'game_date'],
  ['upcoming_team_game_context', 'days_since_last_game', 'nba_analytics', 'game_date'],
  ['upcoming_player_game_context', 'games_in_last_14_days', 'nba_analytics', 'game_date'],
  ['team_defense_zone_analysis', 'opponent_pace', 'nba_precompute', 'analysis_date'],
  ['player_shot_zone_analysis', 'games_in_sample_20', 'nba_precompute', 'analysis_date'],
  ['player_daily_cache', 'points_avg_last_5', 'nba_precompute', 'cache_date'],
] as const;

const nextDay = (date: string): string => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

async function withTables<T>(home: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(join(home, 'warehouse.duckdb'));
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<string[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as string[][];
}
