/**
 * Google's reference implementation of GoogleSQL, as a process that is asked one thing at a time. It decides what a
 * statement means; DuckDB is held against it.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { proof } from './proof.ts';

/** What the suites of this folder need beside Node, or what is missing. */
const googleSql = findPythonTool('zetasql');

/**
 * Whether suites that ask the judge run: it is on this machine, and more than small worlds is to be proved. The line on the
 * console names what is left out when they do not.
 */
export function haveJudge(leftOut: string): boolean {
  if (proof === 'small') return false;
  if (!isMissing(googleSql)) return true;
  console.log(`Left out: ${leftOut} (${googleSql.missing})`);
  return false;
}

export type SqlType = 'STRING' | 'INT64' | 'FLOAT64' | 'BOOL' | 'DATE' | 'TIMESTAMP' | 'BYTES';
/** INT64 beyond 2^53 is text, so are NaN and the infinities; TIMESTAMP is microseconds since 1970. */
export type Value = string | number | boolean | null | readonly Value[];

export interface JudgedTable {
  /** `dataset.table`; a query that is executed writes it as one quoted name. */
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: SqlType])[];
  readonly rows?: readonly (readonly Value[])[];
}
export type Parameter = readonly [name: string, type: SqlType | 'ARRAY', value: Value];

export interface Executed {
  readonly columns: readonly (readonly [name: string, type: SqlType | 'OTHER'])[];
  readonly rows: readonly (readonly Value[])[];
  readonly seconds: number;
}
/** A statement of a text that the analyser has accepted. */
export interface AnalyzedStatement {
  /** Its node of the resolved syntax tree, as in `query_stmt` or `create_table_stmt`. */
  readonly kind: string;
  /** Name and type of each column of a query. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Every cast, explicit or not, as in `FLOAT64 -> INT64 of round`. */
  readonly casts: readonly string[];
}
export interface Analyzed {
  readonly statements: readonly AnalyzedStatement[];
  /** The given tables and those that the statements made or changed. */
  readonly tables: readonly JudgedTable[];
}
/** What GoogleSQL does not accept, in its own words. */
export interface Refused {
  readonly error: string;
}

export interface Judge {
  /** Hands over tables; what is executed afterwards reads them by the number that is returned. */
  readonly catalog: (tables: readonly JudgedTable[]) => Promise<number>;
  readonly forget: (catalog: number) => Promise<void>;
  readonly execute: (
    sql: string,
    catalog?: number,
    parameters?: readonly Parameter[],
  ) => Promise<Executed | Refused>;
  /** Analyses every statement of `sql`, which may be a script, each knowing the tables that those before it made. */
  readonly analyze: (
    sql: string,
    tables: readonly JudgedTable[],
    parameters?: readonly Parameter[],
  ) => Promise<Analyzed | Refused>;
  readonly close: () => Promise<void>;
}

export function isRefused<T extends object>(answer: T | Refused): answer is Refused {
  return 'error' in answer;
}

/**
 * How long a judge may take to answer: seconds by itself, many minutes on a machine that is busy with other things, and a
 * minute more on one that is new to it, where its program is compiled first.
 */
export const PATIENCE_MS = 1_800_000;

/** Starts a judge and waits for it. @throws Error when it is not installed; ask {@link haveJudge} first */
export async function openJudge(): Promise<Judge> {
  if (isMissing(googleSql)) throw new Error(googleSql.missing);
  const child = spawn(googleSql.python, [fileURLToPath(new URL('./judge.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // Whoever waits for an answer is told that there is none.
  child.stdin.on('error', () => undefined);
  let last: Promise<unknown> = Promise.resolve();

  const ask = (request: object): Promise<unknown> => {
    const answer = last.then(async () => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('The judge ended without an answer');
      return JSON.parse(line.value) as unknown;
    });
    last = answer.catch(() => undefined);
    return answer;
  };

  await ask({ op: 'execute', sql: 'SELECT 1' });
  return {
    catalog: async (tables) => {
      const answer = (await ask({ op: 'catalog', tables })) as { catalog: number } | Refused;
      if (isRefused(answer)) throw new Error(answer.error);
      return answer.catalog;
    },
    forget: async (catalog) => {
      await ask({ op: 'forget', catalog });
    },
    execute: (sql, catalog, parameters = []) =>
      ask({ op: 'execute', sql, catalog: catalog ?? null, parameters }) as Promise<Executed | Refused>,
    analyze: (sql, tables, parameters = []) =>
      ask({ op: 'analyze', sql, tables, parameters }) as Promise<Analyzed | Refused>,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

// A string, a quoted identifier, a comment or a path of two names, whichever comes first.
const TOKEN = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\b(\w+\.\w+)\b/g;

/** `sql` with each `dataset.table` of `names` as one quoted name, which is how rows can be given to it. */
export function withQuotedTables(sql: string, names: Iterable<string>): string {
  const known = new Set(names);
  return sql.replace(TOKEN, (token, path: string | undefined) =>
    path !== undefined && known.has(path) ? `\`${path}\`` : token,
  );
}
