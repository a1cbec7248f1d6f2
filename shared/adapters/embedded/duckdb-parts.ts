/**
 * Common parts of queries in DuckDB. Tables that are built for the same dates compute the same things on their way, such as who is in
 * the universe of players and how complete his season is. Each such part is computed once for the dates of a batch, into a table in
 * memory, and remembered until one of the tables that it was computed from is published.
 */
import type { GameDate } from '../../domain/game-date.ts';
import type { Registry } from '../../domain/registry.ts';
import { commonParts, type CommonPart, type PartedQuery } from './common-parts.ts';
import { parametersOf, toDuckDb } from './dialect.ts';

/** A query for DuckDB, whose parts stay until it is released. */
export interface LeasedQuery {
  readonly sql: string;
  readonly release: () => void;
}

/** The parts that were computed in one database, into which only this process publishes. */
export interface RememberedParts {
  /**
   * A query as DuckDB's SQL that reads its common parts from their tables. Those that are not there yet are computed.
   * @throws DuckDB's error
   */
  readonly lease: (query: string, dates: Dates) => Promise<LeasedQuery>;
  /**
   * Forgets the parts that were computed from a table (`dataset.table`; all parts without one). To be called when a publication of it
   * begins, and again when it has ended.
   */
  readonly forget: (table?: string) => void;
}

/** The dates of a batch, by the names of the parameters that stand for them. */
type Dates = Readonly<Record<string, GameDate>>;

interface Computed {
  readonly table: string;
  readonly source: string;
  /** Settles when the table is filled. */
  readonly filled: Promise<void>;
  /** Who reads the table. */
  leases: number;
  /** It may no longer be what the tables have: nobody else gets it. */
  isOver: boolean;
}

/** A query with its common parts; undefined for one that has none. */
export type Parted = (query: string) => PartedQuery | undefined;

/** Finds the common parts of the queries of all tables, when the first one is asked for. */
export function partedQueries(registry: Registry): Parted {
  let parted: Parted | undefined;
  return (query) => {
    parted ??= commonParts(
      registry.all.flatMap((table) => [table.query ?? [], table.expectedQuery ?? []].flat()),
    );
    return parted(query);
  };
}

/** Parts that are kept. The tables of one date have about forty. */
const KEPT = 96;

/** Where the tables of parts are. */
export interface PartsHome {
  /** A schema of a database in memory. */
  readonly schema: string;
  /** Runs one statement. Parts that do not read each other are computed at the same time. @throws DuckDB's error */
  readonly run: (sql: string) => Promise<unknown>;
}

/** Makes the memory; nothing is in it yet. */
export function rememberedParts({ schema, run }: PartsHome, parted: Parted): RememberedParts {
  const known = new Map<string, Computed>();
  /** Tables of forgotten parts. The next parts take their places. */
  const unused: string[] = [];
  let made = 0;

  const forgetPart = (key: string, part: Computed): void => {
    known.delete(key);
    part.isOver = true;
    if (part.leases === 0) unused.push(part.table);
  };
  const release = (part: Computed): void => {
    part.leases -= 1;
    if (part.leases === 0 && part.isOver) unused.push(part.table);
  };

  const compute = async (table: string, { query }: CommonPart, dates: Dates): Promise<void> => {
    const { sql, release: done } = await composed(query, dates);
    try {
      await run(`CREATE OR REPLACE TABLE ${table} AS ${sql}`);
    } finally {
      done();
    }
  };

  /** The table of a part, which stays until it is released. */
  const leasePart = async (part: CommonPart, dates: Dates): Promise<Computed> => {
    const key = keyOf(part, dates);
    let found = known.get(key);
    if (found === undefined) {
      const table = unused.pop() ?? `${schema}.part_${(made += 1)}`;
      found = { table, source: part.source, filled: compute(table, part, dates), leases: 0, isOver: false };
      known.set(key, found);
    }
    found.leases += 1;
    try {
      await found.filled;
    } catch (error) {
      if (!found.isOver) forgetPart(key, found);
      release(found);
      throw error;
    }
    for (const [oldKey, old] of known) {
      if (known.size <= KEPT) break;
      if (old.leases === 0) forgetPart(oldKey, old);
    }
    return found;
  };

  const composed = async ({ ctes, rest }: PartedQuery, dates: Dates): Promise<LeasedQuery> => {
    const asked = ctes.map(async (cte) => ('part' in cte ? leasePart(cte.part, dates) : undefined));
    const leased = await Promise.allSettled(asked);
    const parts = leased.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
    const releaseAll = (): void => {
      for (const part of parts) if (part !== undefined) release(part);
    };
    const failed = leased.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      releaseAll();
      throw failed.reason;
    }
    const list = ctes.map((cte, i) =>
      'text' in cte
        ? `${cte.name} AS (${cte.text})`
        : `${cte.name} AS NOT MATERIALIZED (SELECT * FROM ${parts[i]?.table ?? ''})`,
    );
    const sql = list.length === 0 ? rest : `WITH ${list.join(',\n')}\n${rest}`;
    return { sql: toDuckDb(sql, dates), release: releaseAll };
  };

  return {
    lease: (query, dates) => composed(parted(query) ?? { ctes: [], rest: query }, dates),
    forget: (table = '') => {
      for (const [key, part] of known) if (part.source.includes(table)) forgetPart(key, part);
    },
  };
}

/** Equal for the same part of the same dates. */
function keyOf({ id, source }: CommonPart, dates: Dates): string {
  return [id, ...[...parametersOf(source)].sort().map((name) => dates[name])].join(' ');
}
