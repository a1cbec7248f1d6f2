/** Asks BigQuery how many bytes a batch would read. It uses a dry run, which is free and reads nothing. */
import type { CloudConfig } from '../../config.ts';
import { dollarsOf, jobsOf, MINIMUM_BYTES } from '../../derive/bigquery-cost.ts';
import { namesOf } from '../../derive/names.ts';
import type { Result } from '../../domain/failure.ts';
import { ok } from '../../domain/failure.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { RegisteredTable, Registry } from '../../domain/registry.ts';
import { qualifiedName } from '../../domain/table.ts';
import { bigQueryFailure } from './bigquery-failure.ts';
import { parametersIn, toBigQuery } from './bigquery-dialect.ts';
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
    if (table.query === undefined || first === undefined || last === undefined)
      return ok({ bytesRead: 0, bytesCharged: charged, dollars: dollarsOf(charged) });
    try {
      const sql = toBigQuery(table.query, names);
      const all: Readonly<Record<string, GameDate>> = {
        start_date: first,
        end_date: last,
        read_start: readStart,
      };
      const client = await open();
      const [job] = await client.createQueryJob({
        query: sql,
        dryRun: true,
        params: Object.fromEntries(
          [...parametersIn(sql)].map((name) => [name, client.date(all[name] ?? first)]),
        ),
      });
      const { statistics } = job.metadata as {
        statistics?: { totalBytesProcessed?: string; query?: { totalBytesProcessed?: string } };
      };
      const bytesRead = Number(
        statistics?.totalBytesProcessed ?? statistics?.query?.totalBytesProcessed ?? 0,
      );
      const sources = registry.all.filter(({ definition }) =>
        table.query?.includes(qualifiedName(definition)),
      );
      const stage = Math.max(bytesRead, sources.length * MINIMUM_BYTES);
      const others = jobsOf(table, dates.length, registry)
        .filter(({ purpose }) => purpose !== 'stage')
        .reduce((sum, { bytes }) => sum + bytes, 0);
      return ok({ bytesRead, bytesCharged: stage + others, dollars: dollarsOf(stage + others) });
    } catch (error) {
      return { ok: false, failure: bigQueryFailure(error) };
    }
  };
}
