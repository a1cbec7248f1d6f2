/** Asks BigQuery how many bytes a batch would read. It uses a dry run, which is free and reads nothing. */
import type { CloudConfig } from '../../config.ts';
import { dollarsOf, jobsOf, MINIMUM_BYTES } from '../../derive/bigquery-cost.ts';
import { namesOf } from '../../derive/names.ts';
import type { Result } from '../../domain/failure.ts';
import { ok } from '../../domain/failure.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { RegisteredTable, Registry } from '../../domain/registry.ts';
import { columnsToRead } from '../../domain/code-table.ts';
import { gamesIn, isRaw, qualifiedName } from '../../domain/table.ts';
import { readEnd } from '../../domain/window.ts';
import { bigQueryFailure } from './bigquery-failure.ts';
import { parametersIn, toBigQuery } from './bigquery-dialect.ts';
import { readSql } from './bigquery-read.ts';
import { bigQueryClient, lazily } from './clients.ts';

/** One planned run: its table, its dates and the first date that its query reads. */
export interface PlannedRun {
  readonly table: RegisteredTable;
  readonly dates: readonly GameDate[];
  readonly readStart: GameDate;
}

/** What a run would read and cost. */
export interface RunEstimate {
  /** Bytes that the table's query reads, as the dry run counts them. */
  readonly bytesRead: number;
  /**
   * Bytes that all jobs of the run are charged for. BigQuery charges a minimum for each table that a job
   * reads.
   */
  readonly bytesCharged: number;
  readonly dollars: number;
}

/** Makes the function that estimates a run. Errors of BigQuery are returned as failures. */
export function bigQueryEstimate(
  cloud: Pick<CloudConfig, 'project' | 'location' | 'prefix' | 'hosts'>,
  registry: Registry,
): (run: PlannedRun) => Promise<Result<RunEstimate>> {
  const names = namesOf(cloud.prefix);
  const open = lazily(() => bigQueryClient(cloud));
  return async ({ table, dates, readStart }) => {
    const [first, last] = [dates[0], dates.at(-1)];
    const charged = jobsOf(table, dates.length, registry).reduce((sum, { bytes }) => sum + bytes, 0);
    const all: Readonly<Record<string, GameDate>> = {
      start_date: first ?? readStart,
      end_date: last ?? readStart,
      read_start: readStart,
    };
    const bytesOf = async (sql: string, dates: Readonly<Record<string, GameDate>>): Promise<number> => {
      const client = await open();
      const [job] = await client.createQueryJob({
        query: sql,
        dryRun: true,
        params: Object.fromEntries(
          [...parametersIn(sql)].map((name) => [name, client.date(dates[name] ?? readStart)]),
        ),
      });
      const { statistics } = job.metadata as {
        statistics?: { totalBytesProcessed?: string; query?: { totalBytesProcessed?: string } };
      };
      return Number(statistics?.totalBytesProcessed ?? statistics?.query?.totalBytesProcessed ?? 0);
    };
    const estimate = (bytesRead: number, reading: 'stage' | 'read', bytes: number): Result<RunEstimate> => {
      const others = jobsOf(table, dates.length, registry)
        .filter(({ purpose }) => purpose !== reading)
        .reduce((sum, job) => sum + job.bytes, 0);
      return ok({ bytesRead, bytesCharged: bytes + others, dollars: dollarsOf(bytes + others) });
    };
    const { definition } = table;
    if (first === undefined || last === undefined || isRaw(definition))
      return ok({ bytesRead: 0, bytesCharged: charged, dollars: dollarsOf(charged) });
    try {
      if (definition.rowsFrom === 'code') {
        const each = await Promise.all(
          definition.inputs.map((input) => {
            const source = registry.get(input.table);
            const { partitionColumn } = source.definition;
            const columns = columnsToRead(input, { partitionColumn, games: gamesIn(source.definition) });
            const reach = { start_date: readStart, end_date: readEnd(input.window, last) };
            return bytesOf(readSql({ table: source, columns }, names), reach);
          }),
        );
        const bytes = each.reduce((sum, read) => sum + Math.max(read, MINIMUM_BYTES), 0);
        return estimate(
          each.reduce((sum, read) => sum + read, 0),
          'read',
          bytes,
        );
      }
      const query = table.query ?? '';
      const bytesRead = await bytesOf(toBigQuery(query, names), all);
      const sources = registry.all.filter((source) => query.includes(qualifiedName(source.definition)));
      return estimate(bytesRead, 'stage', Math.max(bytesRead, sources.length * MINIMUM_BYTES));
    } catch (error) {
      return { ok: false, failure: bigQueryFailure(error) };
    }
  };
}
