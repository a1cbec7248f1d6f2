/** Carries statements out on DuckDB, under the rules and limits of BigQuery. */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { installDialect } from '../../../shared/adapters/embedded/dialect.ts';
import { labelsOf, textOption, type Catalog, type TableEntry } from './catalog.ts';
import { BigQueryError } from './errors.ts';
import { LIMITS, type Limits } from './limits.ts';
import { tableReferences } from './partition-filter.ts';
import {
  literal,
  nameOf,
  quoted,
  type ColumnDefinition,
  type Statement,
  type TableName,
} from './translate.ts';
import { answerOf, COLUMN_TYPES, type Answer, type Field } from './values.ts';

export interface Outcome {
  /** What the last query of the script gave. */
  readonly answer: Answer | undefined;
  readonly statementType: string;
  readonly bytesProcessed: number;
  readonly bytesBilled: number;
  readonly dmlRows: number;
}

export interface ScriptJob {
  readonly statements: readonly Statement[];
  readonly maximumBytesBilled: number | undefined;
  /** Called before each statement; what it throws ends the script. */
  readonly beforeStatement: (i: number) => Promise<void>;
}

export interface Dispatcher {
  readonly run: (job: ScriptJob) => Promise<Outcome>;
  /** Bytes and result columns of a script that is not run. */
  readonly dryRun: (job: ScriptJob) => Promise<Outcome>;
  readonly load: (
    table: TableName,
    rows: readonly Readonly<Record<string, unknown>>[],
    fields: readonly Field[],
    how: LoadHow,
  ) => Promise<number>;
  readonly stream: (table: TableName, rows: readonly Readonly<Record<string, unknown>>[]) => Promise<void>;
  readonly create: (
    table: TableName,
    columns: readonly ColumnDefinition[],
    entry: Partial<TableEntry>,
  ) => Promise<void>;
  readonly drop: (table: TableName) => Promise<void>;
  /** Drops a dataset without tables. */
  readonly dropDataset: (dataset: string) => Promise<void>;
  readonly rows: (table: TableName) => Promise<Answer>;
  readonly count: (table: TableName) => Promise<number>;
}

export interface LoadHow {
  readonly write: string;
  readonly create: string;
}

/** Rows that were streamed cannot be changed for half an hour. */
const STREAMING_MS = 30 * 60_000;

export function makeDispatcher(
  instance: DuckDBInstance,
  catalog: Catalog,
  limits: Limits,
  now: () => number,
): Dispatcher {
  /** Tables that an open transaction has changed. */
  const changing = new Map<string, object>();
  /** Table -> number of the last change that others can see; a transaction knows those before its own beginning. */
  const changed = new Map<string, number>();
  let changes = 0;
  const idle: DuckDBConnection[] = [];

  const connect = async (): Promise<DuckDBConnection> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    const connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
    return connection;
  };
  const using = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await connect();
    try {
      return await work(connection);
    } catch (error) {
      throw asBigQuery(error);
    } finally {
      idle.push(connection);
    }
  };
  const read = async (connection: DuckDBConnection, sql: string): Promise<Answer> =>
    answerOf(await connection.runAndReadAll(sql));
  const number = async (connection: DuckDBConnection, sql: string): Promise<number> =>
    Number((await read(connection, sql)).rows[0]?.[0] ?? 0);

  /** Every table of `sql` must exist, and be filtered where it asks for that. */
  const check = async (
    connection: DuckDBConnection,
    sql: string,
    tables: readonly TableName[],
  ): Promise<void> => {
    for (const name of tables) {
      const { viewSql } = catalog.table(name);
      if (viewSql !== undefined) await checkFilters(connection, viewSql);
    }
    await checkFilters(connection, sql);
  };
  const checkFilters = async (connection: DuckDBConnection, sql: string): Promise<void> => {
    const tree: unknown = JSON.parse(
      (await read(connection, `SELECT json_serialize_sql(${literal(sql)})`)).rows[0]?.[0] ?? '{}',
    );
    const column = (table: string): string | undefined => {
      const [dataset = '', name = ''] = table.split('.');
      const entry = catalog.find({ dataset, table: name });
      return entry?.requireFilter === true ? entry.partitionColumn : undefined;
    };
    const open = tableReferences(tree, column).find(({ isFiltered }) => !isFiltered);
    if (open !== undefined)
      throw new BigQueryError(
        'invalidQuery',
        `Cannot query over table '${open.table}' without a filter over column(s) '${column(open.table)}' that can be used for partition elimination`,
      );
  };
  /** Bytes of the named columns of the tables a statement reads: processed, and charged for. */
  const bytesOf = async (
    connection: DuckDBConnection,
    statement: { readonly tables: readonly TableName[]; readonly words: ReadonlySet<string> },
  ): Promise<{ processed: number; billed: number }> => {
    let [processed, billed] = [0, 0];
    for (const table of statement.tables) {
      const entry = catalog.table(table);
      if (entry.kind === 'VIEW') continue;
      const width = entry.fields
        .filter(({ name }) => statement.words.has('*') || statement.words.has(name))
        .reduce((sum, { type }) => sum + (COLUMN_TYPES[type]?.bytes ?? 8), 0);
      const bytes = width * (await number(connection, `SELECT COUNT(*) FROM ${nameOf(table)}`));
      processed += bytes;
      billed += Math.max(bytes, LIMITS.minimumBytes);
    }
    return { processed, billed };
  };

  const describe = async (connection: DuckDBConnection, table: TableName): Promise<Field[]> => {
    const { fields } = await read(connection, `SELECT * FROM ${nameOf(table)} LIMIT 0`);
    return [...fields];
  };

  const define = async (
    connection: DuckDBConnection,
    table: TableName,
    sql: string,
    columns: readonly ColumnDefinition[] | undefined,
    entry: Partial<TableEntry>,
  ): Promise<void> => {
    const dataset = catalog.dataset(table.dataset);
    limits.defined(`${table.dataset}.${table.table}`);
    await connection.run(sql);
    const expiresAt =
      entry.expiresAt ??
      (dataset.defaultExpirationMs === undefined ? undefined : now() + dataset.defaultExpirationMs);
    dataset.tables.set(table.table, {
      kind: 'TABLE',
      partitionColumn: undefined,
      requireFilter: false,
      clustering: [],
      labels: {},
      description: undefined,
      viewSql: undefined,
      ...entry,
      fields: columns?.map(fieldOf) ?? (await describe(connection, table)),
      createdAt: now(),
      expiresAt,
      streamingUntil: 0,
      insertIds: new Set(),
    });
  };

  const createSql = (table: TableName, columns: readonly ColumnDefinition[]): string =>
    `CREATE OR REPLACE TABLE ${nameOf(table)} (${columns.map(columnSql).join(', ')})`;

  const insertRows = async (
    connection: DuckDBConnection,
    table: TableName,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Promise<void> => {
    const { fields } = catalog.table(table);
    const unknown = rows
      .flatMap((row) => Object.keys(row))
      .find((name) => !fields.some((field) => field.name === name));
    if (unknown !== undefined) throw new BigQueryError('invalid', `no such field: ${unknown}.`);
    const shape = JSON.stringify([
      Object.fromEntries(fields.map(({ name, type }) => [name, COLUMN_TYPES[type]?.duckDb ?? 'VARCHAR'])),
    ]);
    const list = fields.map(({ name }) => quoted(name)).join(', ');
    await connection.run(
      `INSERT INTO ${nameOf(table)} (${list})
       SELECT ${fields.map(({ name }) => `one.${quoted(name)}`).join(', ')}
       FROM (SELECT unnest(from_json_strict($rows::JSON, ${literal(shape)})) AS one)`,
      {
        rows: JSON.stringify(
          rows.map((row) => Object.fromEntries(fields.map(({ name }) => [name, row[name] ?? null]))),
        ),
      },
    );
  };
  const partitions = (table: TableName, rows: readonly Readonly<Record<string, unknown>>[]): number => {
    const column = catalog.table(table).partitionColumn;
    return column === undefined ? 1 : new Set(rows.map((row) => row[column])).size;
  };

  interface Session {
    readonly connection: DuckDBConnection;
    isOpen: boolean;
    /** Number of the last change the transaction can see. */
    sees: number;
    readonly changed: Set<string>;
    readonly appended: Set<string>;
  }

  /**
   * A change within a transaction; of two at one table that overlap the later one is cancelled. Rows may be appended while
   * others append.
   */
  const claim = (session: Session, table: string, appends: boolean): void => {
    if (appends && !session.changed.has(table)) {
      if (session.isOpen) session.appended.add(table);
      else changed.set(table, (changes += 1));
      return;
    }
    const holder = changing.get(table);
    const isOutdated = session.isOpen && (changed.get(table) ?? 0) > session.sees;
    if (isOutdated || (holder !== undefined && holder !== session))
      throw new BigQueryError(
        'invalidQuery',
        `Transaction is aborted due to concurrent update against table ${catalog.project}:${table}. Transaction ID: ${table}`,
      );
    if (!session.isOpen) {
      changed.set(table, (changes += 1));
      return;
    }
    changing.set(table, session);
    session.changed.add(table);
  };
  const endTransaction = async (session: Session, how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    if (!session.isOpen) {
      if (how === 'COMMIT')
        throw new BigQueryError('invalidQuery', 'Cannot commit: there is no active transaction.');
      return;
    }
    session.isOpen = false;
    await session.connection.run(how);
    for (const table of session.changed) {
      changing.delete(table);
      if (how === 'COMMIT') changed.set(table, (changes += 1));
    }
    if (how === 'COMMIT') for (const table of session.appended) changed.set(table, (changes += 1));
    session.changed.clear();
    session.appended.clear();
  };

  const runOne = async (
    session: Session,
    statement: Statement,
  ): Promise<{ answer?: Answer; dmlRows?: number }> => {
    const { connection } = session;
    switch (statement.kind) {
      case 'begin':
        if (session.isOpen) throw new BigQueryError('invalidQuery', 'Transaction already started.');
        await connection.run('BEGIN TRANSACTION');
        session.isOpen = true;
        session.sees = changes;
        return {};
      case 'commit':
        await endTransaction(session, 'COMMIT');
        return {};
      case 'rollback':
        await endTransaction(session, 'ROLLBACK');
        return {};
      case 'select':
        await check(connection, statement.sql, statement.tables);
        return { answer: await read(connection, statement.sql) };
      case 'insert':
      case 'delete': {
        const { target } = statement;
        const table = `${target.dataset}.${target.table}`;
        const entry = catalog.table(target);
        if (statement.reads !== undefined) await check(connection, statement.reads, statement.tables);
        const leave = await limits.enterDml(table);
        try {
          claim(session, table, statement.kind === 'insert');
          if (statement.reads !== undefined && entry.partitionColumn !== undefined) {
            const column = quoted(entry.partitionColumn);
            limits.touched(
              table,
              await number(connection, `SELECT COUNT(DISTINCT ${column}) FROM (${statement.reads})`),
            );
          }
          if (statement.kind === 'delete' && entry.streamingUntil > now() && statement.reads !== undefined) {
            if ((await number(connection, `SELECT COUNT(*) FROM (${statement.reads})`)) > 0)
              throw new BigQueryError(
                'invalidQuery',
                `UPDATE or DELETE statement over table ${table} would affect rows in the streaming buffer, which is not supported`,
              );
          }
          const reader = await connection.runAndReadAll(statement.sql);
          return { dmlRows: reader.rowsChanged };
        } finally {
          leave();
        }
      }
      case 'create_schema': {
        const { dataset, options } = statement;
        if (catalog.datasets.has(dataset)) {
          if (statement.ifNotExists) return {};
          throw new BigQueryError('duplicate', `Already Exists: Dataset ${catalog.project}:${dataset}`);
        }
        const days = options.get('default_table_expiration_days');
        await connection.run(`CREATE SCHEMA ${quoted(dataset)}`);
        catalog.datasets.set(dataset, {
          location: textOption(options, 'location') ?? 'US',
          labels: labelsOf(options),
          description: textOption(options, 'description'),
          defaultExpirationMs: typeof days === 'number' ? days * 86_400_000 : undefined,
          createdAt: now(),
          tables: new Map(),
        });
        return {};
      }
      case 'create_table': {
        const { table, options, query } = statement;
        catalog.dataset(table.dataset);
        if (catalog.find(table) !== undefined && statement.mode !== 'replace') {
          if (statement.mode === 'keep') return {};
          throw new BigQueryError(
            'duplicate',
            `Already Exists: Table ${catalog.project}:${table.dataset}.${table.table}`,
          );
        }
        if (query !== undefined) await check(connection, query.sql, query.tables);
        const expires = options.get('expiration_timestamp');
        await define(
          connection,
          table,
          query === undefined
            ? createSql(table, statement.columns)
            : `CREATE OR REPLACE TABLE ${nameOf(table)} AS ${query.sql}`,
          query === undefined ? statement.columns : undefined,
          {
            partitionColumn: statement.partitionColumn,
            requireFilter: options.get('require_partition_filter') === true,
            clustering: statement.clustering,
            labels: labelsOf(options),
            description: textOption(options, 'description'),
            expiresAt: expires instanceof Date ? expires.getTime() : undefined,
          },
        );
        return {};
      }
      case 'create_view':
        await define(
          connection,
          statement.table,
          `CREATE OR REPLACE VIEW ${nameOf(statement.table)} AS ${statement.query.sql}`,
          undefined,
          {
            kind: 'VIEW',
            labels: labelsOf(statement.options),
            description: textOption(statement.options, 'description'),
            viewSql: statement.query.sql,
          },
        );
        return {};
      case 'add_columns': {
        const entry = catalog.table(statement.table);
        limits.defined(`${statement.table.dataset}.${statement.table.table}`);
        for (const column of statement.columns) {
          if (entry.fields.some(({ name }) => name === column.name)) continue;
          await connection.run(`ALTER TABLE ${nameOf(statement.table)} ADD COLUMN ${columnSql(column)}`);
          entry.fields = [...entry.fields, fieldOf(column)];
        }
        return {};
      }
      case 'relax_columns': {
        const entry = catalog.table(statement.table);
        limits.defined(`${statement.table.dataset}.${statement.table.table}`);
        for (const column of statement.columns)
          await connection.run(
            `ALTER TABLE ${nameOf(statement.table)} ALTER COLUMN ${quoted(column)} DROP NOT NULL`,
          );
        entry.fields = entry.fields.map((field) =>
          statement.columns.includes(field.name) ? { ...field, mode: 'NULLABLE' } : field,
        );
        return {};
      }
      case 'drop_table': {
        const { table } = statement;
        if (catalog.find(table) === undefined && statement.ifExists) return {};
        catalog.table(table);
        await connection.run(`DROP TABLE ${nameOf(table)}`);
        catalog.dataset(table.dataset).tables.delete(table.table);
        return {};
      }
      default:
        return statement satisfies never;
    }
  };

  const priced = async (
    connection: DuckDBConnection,
    statement: Statement,
  ): Promise<{ processed: number; billed: number }> => {
    switch (statement.kind) {
      case 'select':
      case 'insert':
        return bytesOf(connection, statement);
      case 'delete':
        // Whole partitions are dropped without being read.
        return { processed: 0, billed: 0 };
      case 'create_table':
        return statement.query === undefined
          ? { processed: 0, billed: 0 }
          : bytesOf(connection, statement.query);
      default:
        return { processed: 0, billed: 0 };
    }
  };

  return {
    run: ({ statements, maximumBytesBilled, beforeStatement }) =>
      using(async (connection) => {
        const session: Session = {
          connection,
          isOpen: false,
          sees: 0,
          changed: new Set(),
          appended: new Set(),
        };
        let [processed, billed, dmlRows] = [0, 0, 0];
        let answer: Answer | undefined;
        try {
          for (const [i, statement] of statements.entries()) {
            await beforeStatement(i);
            const price = await priced(connection, statement);
            processed += price.processed;
            billed += price.billed;
            if (maximumBytesBilled !== undefined && price.billed > maximumBytesBilled)
              throw new BigQueryError(
                'bytesBilledLimitExceeded',
                `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${price.billed} or higher required.`,
              );
            const result = await runOne(session, statement);
            if (result.answer !== undefined) answer = result.answer;
            dmlRows += result.dmlRows ?? 0;
          }
          if (session.isOpen)
            throw new BigQueryError(
              'invalidQuery',
              'The script ended with an open transaction, which is rolled back.',
            );
        } finally {
          await endTransaction(session, 'ROLLBACK').catch(() => undefined);
        }
        return {
          answer,
          statementType: typeOf(statements),
          bytesProcessed: processed,
          bytesBilled: billed,
          dmlRows,
        };
      }),
    dryRun: ({ statements }) =>
      using(async (connection) => {
        let [processed, billed] = [0, 0];
        let answer: Answer | undefined;
        for (const statement of statements) {
          const price = await priced(connection, statement);
          processed += price.processed;
          billed += price.billed;
          if (statement.kind !== 'select') continue;
          await check(connection, statement.sql, statement.tables);
          answer = await read(connection, `SELECT * FROM (${statement.sql}) LIMIT 0`);
        }
        return {
          answer,
          statementType: typeOf(statements),
          bytesProcessed: processed,
          bytesBilled: billed,
          dmlRows: 0,
        };
      }),
    load: (table, rows, fields, how) =>
      using(async (connection) => {
        catalog.dataset(table.dataset);
        const columns = fields.map((field): ColumnDefinition => ({
          name: field.name,
          type: field.type,
          required: field.mode === 'REQUIRED',
          description: undefined,
        }));
        const existing = catalog.find(table);
        if (existing === undefined && how.create === 'CREATE_NEVER') catalog.table(table);
        if (existing === undefined) await define(connection, table, createSql(table, columns), columns, {});
        else if (how.write === 'WRITE_TRUNCATE') await connection.run(`DELETE FROM ${nameOf(table)}`);
        else if (
          how.write === 'WRITE_EMPTY' &&
          (await number(connection, `SELECT COUNT(*) FROM ${nameOf(table)}`)) > 0
        )
          throw new BigQueryError(
            'duplicate',
            `Already Exists: Table ${catalog.project}:${table.dataset}.${table.table}`,
          );
        limits.loaded(`${table.dataset}.${table.table}`, partitions(table, rows));
        await insertRows(connection, table, rows);
        return rows.length;
      }),
    stream: (table, rows) =>
      using(async (connection) => {
        await insertRows(connection, table, rows);
        catalog.table(table).streamingUntil = now() + STREAMING_MS;
      }),
    create: (table, columns, entry) =>
      using((connection) => define(connection, table, createSql(table, columns), columns, entry)),
    drop: (table) =>
      using(async (connection) => {
        const { kind } = catalog.table(table);
        await connection.run(`DROP ${kind} ${nameOf(table)}`);
        catalog.dataset(table.dataset).tables.delete(table.table);
      }),
    dropDataset: (dataset) =>
      using(async (connection) => {
        await connection.run(`DROP SCHEMA ${quoted(dataset)}`);
        catalog.datasets.delete(dataset);
      }),
    rows: (table) => using((connection) => read(connection, `SELECT * FROM ${nameOf(table)}`)),
    count: (table) => using((connection) => number(connection, `SELECT COUNT(*) FROM ${nameOf(table)}`)),
  };
}

function columnSql({ name, type, required }: ColumnDefinition): string {
  return `${quoted(name)} ${COLUMN_TYPES[type]?.duckDb ?? 'VARCHAR'}${required ? ' NOT NULL' : ''}`;
}

function fieldOf({ name, type, required, description }: ColumnDefinition): Field {
  return {
    name,
    type: COLUMN_TYPES[type]?.api ?? type,
    mode: required ? 'REQUIRED' : 'NULLABLE',
    ...(description === undefined ? {} : { description }),
  };
}

const TYPES: Readonly<Record<Statement['kind'], string>> = {
  begin: 'BEGIN_TRANSACTION',
  commit: 'COMMIT_TRANSACTION',
  rollback: 'ROLLBACK_TRANSACTION',
  select: 'SELECT',
  insert: 'INSERT',
  delete: 'DELETE',
  create_schema: 'CREATE_SCHEMA',
  create_table: 'CREATE_TABLE',
  create_view: 'CREATE_VIEW',
  add_columns: 'ALTER_TABLE',
  relax_columns: 'ALTER_TABLE',
  drop_table: 'DROP_TABLE',
};

function typeOf(statements: readonly Statement[]): string {
  const [first] = statements;
  if (statements.length !== 1 || first === undefined) return 'SCRIPT';
  return first.kind === 'create_table' && first.query !== undefined
    ? 'CREATE_TABLE_AS_SELECT'
    : TYPES[first.kind];
}

/** Errors of DuckDB, as BigQuery would tell them. */
function asBigQuery(error: unknown): BigQueryError {
  if (error instanceof BigQueryError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^(?:TransactionContext Error|Transaction conflict)|write-write conflict/i.test(message))
    return new BigQueryError('invalidQuery', `Transaction is aborted due to concurrent update: ${message}`);
  if (
    /^(?:Binder|Catalog|Parser|Conversion|Constraint|Invalid Input|Out of Range|Mismatch Type)\b/i.test(
      message,
    )
  )
    return new BigQueryError('invalidQuery', message);
  return new BigQueryError('internalError', message);
}
