/** Parts that queries have in common, and that they are computed once and never from what was. */
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { commonParts, type PartedQuery } from '../../shared/adapters/embedded/common-parts.ts';
import { installDialect, stagedSelect, toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import {
  partedQueries,
  rememberedParts,
  type RememberedParts,
} from '../../shared/adapters/embedded/duckdb-parts.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { drawn, drawnStretch } from '../support/draw.ts';
import { builtLeague, OPENING_NIGHT } from '../support/tiny-league.ts';

const COUNTED = 'counted AS (SELECT team, COUNT(*) AS n FROM nba_raw.games GROUP BY team)';
const BEST = `WITH ${COUNTED} SELECT MAX(n) AS answer FROM counted`;
const LEAST = `WITH\n-- how many games each team has\n${COUNTED.replace('SELECT', '\n  SELECT')}\nSELECT MIN(n) AS answer FROM counted`;

/** The names of the CTEs of a query; a part has brackets with what is in it. */
function shapeOf(query: PartedQuery | undefined): string[] {
  return (query?.ctes ?? []).map((cte) =>
    'part' in cte ? `${cte.name}(${shapeOf(cte.part.query).join(' ')})` : cte.name,
  );
}

describe('the common parts of queries', () => {
  it('are CTEs of the same text, whatever blanks and comments are between', () => {
    const parted = commonParts([BEST, LEAST]);

    expect([shapeOf(parted(BEST)), shapeOf(parted(LEAST))]).toEqual([['counted()'], ['counted()']]);
  });

  it('are not those of one name with another text, or that read another CTE of one name', () => {
    const other = BEST.replace('COUNT(*)', 'COUNT(*) + 1');
    const reading = (n: number): string =>
      `WITH base AS (SELECT DISTINCT ${n} AS n), both AS (SELECT DISTINCT n FROM base) SELECT n FROM both`;

    expect(commonParts([BEST, other])(BEST)).toBeUndefined();
    expect(commonParts([reading(1), reading(2)])(reading(1))).toBeUndefined();
  });

  it('keep inside of them what only they read', () => {
    const inner = 'a AS (SELECT DISTINCT x FROM t), b AS (SELECT DISTINCT x FROM a)';
    const [one, two, three] = [
      `WITH ${inner}, c AS (SELECT x + 1 AS x FROM b) SELECT x FROM c`,
      `WITH ${inner} SELECT MAX(x) FROM b`,
      `WITH a AS (SELECT DISTINCT x FROM t) SELECT MIN(x) FROM a`,
    ] as const;

    expect(shapeOf(commonParts([one, two])(one))).toEqual(['b(a)', 'c']);
    expect(shapeOf(commonParts([one, two, three])(one))).toEqual(['b(a())', 'c']);
  });

  it('are none that only picks rows of a table, and a bracket or a comma in a text ends nothing', () => {
    const picked = "WITH p AS (SELECT ')' AS mark FROM t WHERE x = '),') SELECT mark FROM p";
    const asked = [`${picked} WHERE TRUE`, picked];

    expect(commonParts(asked)(picked)).toBeUndefined();
    expect(commonParts(['SELECT 1', 'SELECT 1, 2'])('SELECT 1')).toBeUndefined();
  });
});

describe('a part', () => {
  const day = gameDate('2024-01-26');
  let parts: RememberedParts;
  let run: (sql: string) => Promise<unknown>;
  let statements: string[];
  /** Called before a part is computed. */
  let before: () => void;
  const answer = async (query: string): Promise<unknown> => {
    const { sql, release } = await parts.lease(query, { start_date: day });
    try {
      return ((await run(sql)) as unknown[][])[0]?.[0];
    } finally {
      release();
    }
  };

  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    run = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
    await run("CREATE SCHEMA nba_raw; CREATE TABLE nba_raw.games AS SELECT 'BOS' AS team");
    await run("ATTACH ':memory:' AS apart");
    statements = [];
    before = () => undefined;
    parts = rememberedParts(
      {
        schema: 'apart',
        run: (sql) => {
          statements.push(sql);
          before();
          return run(sql);
        },
      },
      commonParts([BEST, LEAST]),
    );
  });
  const another = (): Promise<unknown> => run("INSERT INTO nba_raw.games SELECT 'BOS'");

  it('is computed once, whatever other tables are published, and anew after one that it reads', async () => {
    const first = [await answer(BEST), await answer(LEAST)];
    await another();
    parts.forget('nba_raw.lines');
    const unaware = await answer(BEST);
    parts.forget('nba_raw.games');

    expect([...first, unaware, await answer(LEAST)]).toEqual(['1', '1', '1', '2']);
    expect(statements).toHaveLength(2);
  });

  it('is given to nobody who asks after such a publication, even while it is still computed', async () => {
    parts.forget();
    let isFirst = true;
    before = () => {
      if (isFirst) parts.forget('nba_raw.games');
      isFirst = false;
    };
    await answer(BEST);
    await another();

    expect(await answer(LEAST)).toBe('3');
  });

  it('stays as it was for a query that has it, until that is released', async () => {
    const held = await parts.lease(BEST, { start_date: day });
    await another();
    parts.forget('nba_raw.games');
    const now = await answer(LEAST);
    const then = ((await run(held.sql)) as unknown[][])[0]?.[0];
    held.release();

    expect([then, now]).toEqual(['3', '4']);
  });

  it('that could not be computed is computed when it is asked for again', async () => {
    parts.forget();
    before = () => {
      before = () => undefined;
      throw new Error('no memory');
    };

    await expect(answer(BEST)).rejects.toThrow('no memory');
    expect(await answer(BEST)).toBe('4');
  });
});

describe('the queries of the tables', () => {
  let instance: DuckDBInstance;
  const rowsOf = async (sql: string): Promise<unknown[]> => {
    const connection = await instance.connect();
    try {
      await installDialect((each) => connection.run(each));
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
    }
  };

  beforeAll(async () => {
    const { folder } = await builtLeague();
    instance = await DuckDBInstance.create(':memory:');
    await rowsOf(
      `ATTACH '${join(folder, 'warehouse.duckdb')}' AS league (READ_ONLY); ATTACH ':memory:' AS apart`,
    );
    for (const name of ['nba_raw', 'nba_analytics', 'nba_precompute', 'nba_predictions', 'nba_reference']) {
      await rowsOf(`CREATE SCHEMA ${name}`);
    }
    const tables = await rowsOf(
      "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'league'",
    );
    for (const [schema, table] of tables as [string, string][])
      await rowsOf(`CREATE VIEW ${schema}.${table} AS SELECT * FROM league.${schema}.${table}`);
  });
  afterAll(() => instance.closeSync());

  it('make the same rows with their parts computed apart', async () => {
    const registry = loadRegistry();
    const days = await rowsOf('SELECT DISTINCT game_date FROM nba_raw.nbac_game_results ORDER BY game_date');
    const dates = drawnStretch(
      drawn('common parts'),
      days.flat().map((date) => gameDate(String(date))),
      3,
    );
    const [first, last] = [dates[0], dates.at(-1)];
    if (first === undefined || last === undefined) throw new Error('The league has no games');
    const parameters = { start_date: first, end_date: last, read_start: gameDate(OPENING_NIGHT) };
    const parted = partedQueries(registry);
    const parts = rememberedParts({ schema: 'apart', run: rowsOf }, parted);
    const asStored =
      ({ definition }: RegisteredTable) =>
      (sql: string) =>
        stagedSelect(definition, sql, dates);
    const queries = registry.all.flatMap((table) => [
      ...(table.query === undefined ? [] : [{ query: table.query, stored: asStored(table) }]),
      ...(table.expectedQuery === undefined
        ? []
        : [{ query: table.expectedQuery, stored: (sql: string) => sql }]),
    ]);
    const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

    let rows = 0;
    for (const { query, stored } of queries.filter((each) => parted(each.query) !== undefined)) {
      const { sql, release } = await parts.lease(query, parameters);
      const [apart, whole] = [await rowsOf(stored(sql)), await rowsOf(stored(toDuckDb(query, parameters)))];
      release();
      rows += whole.length;
      expect(sorted(apart)).toEqual(sorted(whole));
    }
    expect(rows).toBeGreaterThan(20);
  });
});
