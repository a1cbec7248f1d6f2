/**
 * Rows and games that are expected of the dates of a batch. Tables whose rows are of one universe, such as
 * `player_composite_factors` and `ml_feature_store_v2`, ask the same query, and a batch of theirs the same question. So an answer is
 * remembered until one of the tables that it was computed from is published.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { GameDate } from '../../domain/game-date.ts';
import { rowsOf } from './duckdb-values.ts';

/** How many rows and games each date should have. */
export type Expected = ReadonlyMap<GameDate, { readonly rows: number; readonly games: number }>;

/** The expectations of one database, into which only this process publishes. */
export interface Expectations {
  /**
   * The answer to a query that names the tables it reads: the one that is remembered, else what `ask` answers.
   * @throws what `ask` throws
   */
  readonly of: (query: string, ask: () => Promise<Expected>) => Promise<Expected>;
  /**
   * Forgets the answers that were computed from a table, or all. To be called when a publication of `table` (`dataset.table`) begins, and
   * again when it has ended: what is asked in between is not remembered.
   */
  readonly forget: (table?: string) => void;
}

/** Answers that are kept. A batch of the longest backfill asks one for each table. */
const KEPT = 64;

/** Makes expectations; nothing is remembered yet. */
export function rememberedExpectations(): Expectations {
  const answers = new Map<string, Expected>();
  /** Queries that are being answered. `isOver`: a table that it reads has been published meanwhile. */
  const underWay = new Set<{ readonly query: string; isOver: boolean }>();
  return {
    of: async (query, ask) => {
      const known = answers.get(query);
      if (known !== undefined) return known;
      const work = { query, isOver: false };
      underWay.add(work);
      try {
        const answer = await ask();
        if (!work.isOver) {
          const [oldest] = answers.keys();
          if (answers.size >= KEPT && oldest !== undefined) answers.delete(oldest);
          answers.set(query, answer);
        }
        return answer;
      } finally {
        underWay.delete(work);
      }
    },
    forget: (table = '') => {
      for (const query of answers.keys()) if (query.includes(table)) answers.delete(query);
      for (const work of underWay) if (work.query.includes(table)) work.isOver = true;
    },
  };
}

/**
 * The answer to a query with the columns `expected_date`, `expected_rows` and `expected_games`.
 * @throws DuckDB's error
 */
export async function expectedBy(connection: DuckDBConnection, query: string): Promise<Expected> {
  const rows = await rowsOf(
    connection,
    `SELECT CAST(expected_date AS VARCHAR) AS date, expected_rows, expected_games FROM (${query})`,
  );
  return new Map(
    rows.map((row) => [
      String(row['date']) as GameDate,
      { rows: Number(row['expected_rows']), games: Number(row['expected_games']) },
    ]),
  );
}
