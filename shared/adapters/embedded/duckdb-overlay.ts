/**
 * An overlay in DuckDB: a database in memory, attached beside the file for as long as the overlay is open. It has the schemas of the
 * warehouse with a view in place of each table; its connection looks for names there first, so that queries stay as they are. It is
 * gone with the process. What does not fit into memory goes to the temporary files of the warehouse.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { viewShapes, DATASETS } from '../../derive/ddl.ts';
import { playersQuery } from '../../derive/players-registry.ts';
import { scheduleFactsQuery, scheduleQuery } from '../../derive/schedule-queries.ts';
import { ok, permanent, transient, type Result } from '../../domain/failure.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { Registry } from '../../domain/registry.ts';
import { qualifiedName, sourceColumns, type TableDefinition } from '../../domain/table.ts';
import type { Answer, Overlay, Staged, TableDates } from '../../ports/warehouse.ts';
import { overlayDates } from '../overlay-dates.ts';
import { scheduleFactOf } from '../schedule-facts.ts';
import { DUCKDB_TYPES, quoted } from './dialect.ts';
import { rememberedExpectations } from './duckdb-expectations.ts';
import { rememberedParts, type Parted } from './duckdb-parts.ts';
import { readRows } from './duckdb-read.ts';
import { dropLeftovers, dropStaged, shownDates, stageRows } from './duckdb-staging.ts';
import { dateList, failureOf, rowsOf } from './duckdb-values.ts';
import { answerTo, installQueryFunctions } from './query/question.ts';

/**
 * Attaches an overlay to a connection, which belongs to it until it is closed.
 * @param done called when the overlay is closed; the connection is as it was before
 * @throws DuckDB's error
 */
export async function attachOverlay(
  {
    connection,
    registry,
    name,
    parted,
  }: { connection: DuckDBConnection; registry: Registry; name: string; parted: Parted },
  shows: TableDates | undefined,
  done: () => void,
): Promise<Overlay> {
  const [main] = await rowsOf(connection, 'SELECT current_database() AS name');
  const published = quoted(String(main?.['name']));
  const dates = overlayDates(registry, shows);
  const staging = new Map<string, TableDefinition>();
  const remembered = {
    expectations: rememberedExpectations(),
    parts: rememberedParts({ schema: `${name}.parts`, run: (sql) => connection.run(sql) }, parted),
  };
  const forget = (definition?: TableDefinition): void => {
    const table = definition === undefined ? undefined : qualifiedName(definition);
    remembered.expectations.forget(table);
    remembered.parts.forget(table);
  };
  let stages = 0;
  let canAsk = false;
  let isClosed = false;

  const guarded = async <T>(work: () => Promise<T>): Promise<Result<T>> => {
    if (isClosed) return permanent('overlay_closed', `The overlay ${name} is closed`);
    try {
      return ok(await work());
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };

  /** The view of a table: the rows that are held, and the published ones of other dates. */
  const showTable = async (definition: TableDefinition): Promise<void> => {
    const part = quoted(definition.partitionColumn);
    const columns = columnsOf(definition);
    const conditions = dates.readThrough(definition.name);
    const filter = [
      ...(conditions.only === undefined ? [] : [inDates(part, conditions.only)]),
      ...(conditions.without.length === 0 ? [] : [`NOT (${inDates(part, conditions.without)})`]),
    ].join(' AND ');
    const held = inDates(part, dates.held(definition.name));
    await connection.run(
      `CREATE OR REPLACE VIEW ${name}.${qualifiedName(definition)} AS
       SELECT ${columns} FROM ${published}.${qualifiedName(definition)}${filter === '' ? '' : ` WHERE ${filter}`}
       UNION ALL SELECT ${columns} FROM ${heldTable(definition)} WHERE ${held}`,
    );
  };

  const heldTable = ({ name: table }: TableDefinition): string => `${name}.held.${table}`;

  const hold = async ({ handle, table: { definition } }: Staged, of: readonly GameDate[]): Promise<void> => {
    const part = quoted(definition.partitionColumn);
    const columns = columnsOf(definition);
    forget(definition);
    await connection.run(
      `DELETE FROM ${heldTable(definition)} WHERE ${inDates(part, of)};
       INSERT INTO ${heldTable(definition)} SELECT ${columns} FROM temp.${handle} WHERE ${inDates(part, of)}`,
    );
    dates.hold(definition.name, of);
    await showTable(definition);
    forget(definition);
  };

  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    for (const handle of staging.keys()) await dropStaged(connection, handle);
    await connection.run(`USE ${published}; DETACH ${name}`);
    done();
  };
  try {
    await connection.run(`ATTACH ':memory:' AS ${name}`);
  } catch (error) {
    done();
    throw error;
  }
  try {
    for (const dataset of DATASETS) await connection.run(`CREATE SCHEMA ${name}.${dataset}`);
    await connection.run(`CREATE SCHEMA ${name}.held; CREATE SCHEMA ${name}.parts`);
    for (const { definition } of registry.all) {
      const columns = [...Object.entries(definition.columns), ...sourceColumns(definition)];
      await connection.run(
        `CREATE TABLE ${heldTable(definition)} (${columns.map(([column, { type }]) => `${quoted(column)} ${DUCKDB_TYPES[type]}`).join(', ')})`,
      );
      await showTable(definition);
    }
    await connection.run(`USE ${name}`);
    for (const { name: view } of viewShapes(registry))
      await connection.run(`CREATE VIEW ${name}.nba_reference.${view} AS ${VIEWS[view]?.() ?? ''}`);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    name,
    stage: (job) =>
      guarded(async () => {
        const handle = `${name}_${(stages += 1)}`;
        try {
          const { dates: measured } = await stageRows(connection, handle, job, remembered);
          staging.set(handle, job.table.definition);
          return { table: job.table, runId: job.runId, dates: measured, handle };
        } catch (error) {
          await dropLeftovers(connection, handle);
          throw error;
        }
      }),
    discard: async ({ handle }) => {
      if (staging.delete(handle)) await dropStaged(connection, handle);
    },
    hold: (staged, of) =>
      staging.has(staged.handle)
        ? guarded(() => hold(staged, of))
        : Promise.resolve(transient('staging_gone', `The staged rows of ${staged.runId} are gone`)),
    reveal: ({ definition }, of) =>
      guarded(async () => {
        dates.reveal(definition.name, of);
        await showTable(definition);
        forget(definition);
      }),
    read: (asked) => guarded(() => readRows(connection, asked)),
    shown: (table, of) => guarded(() => shownDates(connection, table.definition, of)),
    scheduleFacts: (seasons) =>
      guarded(async () => {
        const sql = scheduleFactsQuery(
          (table) => `nba_raw.${table}`,
          seasons.map((_, i) => `$s${i}`),
          undefined,
        );
        const values = Object.fromEntries(seasons.map((season, i) => [`s${i}`, season]));
        return (await rowsOf(connection, sql, values)).map(scheduleFactOf);
      }),
    narrow: (only) =>
      guarded(async () => {
        dates.narrow(only);
        for (const { definition } of registry.all) await showTable(definition);
        forget();
      }),
    ask: async (sql): Promise<Answer> => {
      dates.assertReadable(sql);
      if (!canAsk) await installQueryFunctions(connection);
      canAsk = true;
      return answerTo(connection, registry, sql, dates.readable());
    },
    close,
  };
}

/** The queries of the views in `nba_reference`; names of tables are looked for in the overlay. */
const VIEWS: Readonly<Record<string, () => string>> = {
  nba_schedule: () => scheduleQuery((table) => `nba_raw.${table}`),
  nba_players_registry: () => playersQuery((table) => `nba_raw.${table}`),
};

function columnsOf(definition: TableDefinition): string {
  return [...Object.keys(definition.columns), ...sourceColumns(definition).map(([column]) => column)]
    .map(quoted)
    .join(', ');
}

function inDates(part: string, dates: readonly GameDate[]): string {
  return dates.length === 0 ? 'FALSE' : `${part} IN (${dateList(dates)})`;
}
