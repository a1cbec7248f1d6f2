/** Kept changes in BigQuery: the statements that write and read them. */
import { gameDate, type GameDate } from '../../domain/game-date.ts';
import type { TableDefinition } from '../../domain/table.ts';
import type { Names } from '../../derive/names.ts';
import type { ChangesAsked } from '../../ports/warehouse.ts';
import {
  CHANGE_COLUMNS,
  changeCountsQuery,
  changeEventsQuery,
  changeFilter,
  changesQuery,
  changesSelect,
  type ChangeFilter,
  type ChangeSpelling,
} from '../row-changes-sql.ts';
import {
  dateList,
  dateLiteral,
  identifier,
  stagingTable,
  stringLiteral,
  tableOf,
  timestampLiteral,
} from './bigquery-dialect.ts';

const SPELLING: ChangeSpelling = {
  identifier,
  string: stringLiteral,
  types: { text: 'STRING', whole: 'INT64', timestamp: 'TIMESTAMP' },
  timestampText: (expression) => {
    // Microseconds within the second plus a million: without its first digit, the decimals with their zeros.
    const micros = `MOD(MOD(UNIX_MICROS(${expression}), 1000000) + 1000000, 1000000) + 1000000`;
    return `FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S', ${expression}) || '.' || SUBSTR(CAST(${micros} AS STRING), 2, 3) || 'Z'`;
  },
  unnested: (pairs, cells) => {
    const structs = cells.map(
      (cell) =>
        `STRUCT(${Object.entries(cell)
          .map(([name, value]) => `${value} AS ${name}`)
          .join(', ')})`,
    );
    return `(${pairs}) AS pairs CROSS JOIN UNNEST([${structs.join(',\n')}]) AS cell`;
  },
};

/** What the statement that keeps changes needs to know of a publication. */
export interface KeepChanges {
  readonly definition: TableDefinition;
  readonly staging: string;
  readonly runId: string;
  readonly processedAt: Date;
  readonly backfillId?: string | null;
}

/** Writes down how the staged rows of `dates` differ from the published ones, which are about to be replaced. */
export function keepChangesSql(job: KeepChanges, dates: readonly GameDate[], names: Names): string {
  const { definition, processedAt, backfillId = null } = job;
  const select = changesSelect(
    {
      definition,
      published: tableOf(definition, names),
      staged: stagingTable(job.staging, names),
      dates: dateList(dates),
      facts: {
        changed_on: dateLiteral(gameDate(processedAt.toISOString().slice(0, 10))),
        changed_at: timestampLiteral(processedAt),
        run_id: stringLiteral(job.runId),
        backfill_id: backfillId === null ? 'CAST(NULL AS STRING)' : stringLiteral(backfillId),
      },
    },
    SPELLING,
  );
  return `INSERT INTO ${changesTable(names)} (${CHANGE_COLUMNS.join(', ')})\n${select}`;
}

/** A query for kept changes with its parameters. */
export interface ChangeQuery extends Pick<ChangeFilter, 'dates' | 'texts'> {
  readonly sql: string;
}

/** The kept changes that are asked for, the oldest first. */
export function changesSql(asked: ChangesAsked, limit: number, names: Names): ChangeQuery {
  const filter = changeFilter(asked, parameter);
  return { ...filter, sql: changesQuery(changesTable(names), filter, limit, SPELLING) };
}

/** Rows that were added, changed and removed, for each table and date. */
export function changeCountsSql(asked: ChangesAsked, names: Names): ChangeQuery {
  const filter = changeFilter(asked, parameter);
  return { ...filter, sql: changeCountsQuery(changesTable(names), filter, SPELLING) };
}

/** The same for each run and game, the oldest first. */
export function changeEventsSql(asked: ChangesAsked, names: Names): ChangeQuery {
  const filter = changeFilter(asked, parameter);
  return { ...filter, sql: changeEventsQuery(changesTable(names), filter, SPELLING) };
}

/** Every query for kept changes with all of its conditions. */
export function exampleChangeQueries(names: Names): { purpose: string; table: string; sql: string }[] {
  const day = gameDate('2024-01-10');
  const asked = { since: day, dates: { first: day, last: day }, table: 'form', backfillId: 'bf-1' };
  return [
    { purpose: 'changes', table: '', sql: changesSql(asked, 10, names).sql },
    { purpose: 'change_counts', table: '', sql: changeCountsSql(asked, names).sql },
    { purpose: 'change_events', table: '', sql: changeEventsSql(asked, names).sql },
  ];
}

/** Parameters of statements that are STRINGs; all others are DATEs. */
export const TEXT_PARAMETERS: readonly string[] = ['table_name', 'backfill_id'];

const parameter = (name: string): string => `@${name}`;

function changesTable(names: Names): string {
  return tableOf({ dataset: 'nba_reference', name: 'row_changes' }, names);
}
