/** Expected rows are remembered until a table that they were computed from is published. */
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { expectedBy, rememberedExpectations } from '../../shared/adapters/embedded/duckdb-expectations.ts';
import { gameDate } from '../../shared/domain/game-date.ts';

const NIGHT = gameDate('2024-01-26');
const QUERY = `SELECT DATE '${NIGHT}' AS expected_date, COUNT(*) AS expected_rows, 1 AS expected_games FROM nba_raw.games`;

/** A table of one game, and how many rows are expected of the night. */
async function oneGame() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('CREATE SCHEMA nba_raw; CREATE TABLE nba_raw.games AS SELECT 1 AS game');
  const expectations = rememberedExpectations();
  return {
    another: () => connection.run('INSERT INTO nba_raw.games SELECT 2'),
    forget: (table: string) => expectations.forget(table),
    rows: async () => (await expectations.of(QUERY, () => expectedBy(connection, QUERY))).get(NIGHT)?.rows,
  };
}

describe('what is expected of a date', () => {
  it('is computed once, whatever other tables are published', async () => {
    const { rows, another, forget } = await oneGame();
    const first = await rows();
    await another();
    forget('nba_raw.lines');

    expect([first, await rows()]).toEqual([1, 1]);
  });

  it('is computed anew after a table that it reads is published', async () => {
    const { rows, another, forget } = await oneGame();
    const first = await rows();
    await another();
    forget('nba_raw.games');

    expect([first, await rows()]).toEqual([1, 2]);
  });

  it('is not remembered when such a publication began while it was computed', async () => {
    const { rows, another, forget } = await oneGame();
    const first = rows();
    forget('nba_raw.games');
    const before = await first;
    await another();

    expect([before, await rows()]).toEqual([1, 2]);
  });
});
