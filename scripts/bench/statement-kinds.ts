/** Where the time of the engine goes, by kind of statement. */
import { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { performance } from 'node:perf_hooks';

/** Kinds of statements of a backfill. The first pattern that a text has names its kind. */
const KINDS: readonly (readonly [kind: string, text: RegExp])[] = [
  ['staging: query, canonical text, hash', /^CREATE TEMP TABLE staging_\d+ AS/],
  ['common parts of queries', /^CREATE OR REPLACE TABLE .*part/],
  ['expected rows', /\bexpected_rows, expected_games\b/],
  ['checks', /^WITH staged AS/],
  ['counts and hashes of staged rows', /\bAS row_count\b(?!.*\bAS token\b).*\bstaging_\d+/],
  ['reading back what was published', /\bAS row_count, MAX\(run_token\)|\bAS content\b/],
  ['changes of rows', /\brow_changes\b/],
  ['run history', /\bprocessor_run_history\b/],
  ['publication', /^(?:DELETE FROM|INSERT INTO) nba_|^BEGIN\b|^ROLLBACK\b/],
  ['commits', /^COMMIT\b/],
];
const OTHER = 'everything else';

/** Seconds that statements took, and how many there were. */
export interface KindTime {
  readonly kind: string;
  readonly seconds: number;
  readonly statements: number;
}

/**
 * Times every statement that connections of this process run from now on.
 * @returns a function that ends it and answers by kind, the longest first. Statements that run side by side count each for
 * itself, so that the sum may be longer than the clock.
 */
export function timeStatements(): () => KindTime[] {
  const times = new Map<string, { seconds: number; statements: number }>();
  const texts = new WeakMap<object, string>();
  const count = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work();
    } finally {
      const kind = kindOf(text);
      const time = times.get(kind) ?? { seconds: 0, statements: 0 };
      time.seconds += (performance.now() - started) / 1000;
      time.statements += 1;
      times.set(kind, time);
    }
  };
  const back = [
    replaced(DuckDBConnection.prototype, 'run', (run, sql) => count(String(sql), run)),
    replaced(DuckDBConnection.prototype, 'stream', (stream, sql) => count(String(sql), stream)),
    replaced(DuckDBConnection.prototype, 'prepare', async (prepare, sql) => {
      const statement = await prepare();
      if (statement instanceof DuckDBPreparedStatement) texts.set(statement, String(sql));
      return statement;
    }),
    // A statement that a connection prepares for one run is counted there.
    replaced(DuckDBPreparedStatement.prototype, 'run', function (run) {
      const text = texts.get(this);
      return text === undefined ? run() : count(text, run);
    }),
  ];
  return () => {
    for (const putBack of back) putBack();
    return [...times]
      .map(([kind, { seconds, statements }]) => ({ kind, seconds, statements }))
      .sort((a, b) => b.seconds - a.seconds);
  };
}

/**
 * Replaces a method of all objects of a class.
 * @param instead is called on the object, with the method bound to it and its arguments, and with the first argument
 * @returns a function that puts the method back
 */
function replaced(
  prototype: object,
  name: string,
  instead: (this: object, original: () => Promise<unknown>, first: unknown) => Promise<unknown>,
): () => void {
  const original = Reflect.get(prototype, name) as (...args: readonly unknown[]) => Promise<unknown>;
  Reflect.set(prototype, name, function (this: object, ...args: readonly unknown[]) {
    return instead.call(this, () => original.apply(this, [...args]), args[0]);
  });
  return () => void Reflect.set(prototype, name, original);
}

function kindOf(sql: string): string {
  const text = sql.replace(/\s+/g, ' ').trim();
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? OTHER;
}
