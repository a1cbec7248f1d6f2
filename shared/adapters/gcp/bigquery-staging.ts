/** A staged table in BigQuery: its name, its parameters, its loaded rows, and its measurements. */
import { randomUUID } from 'node:crypto';
import type { TableField } from '@google-cloud/bigquery';
import { allExpected } from '../../domain/counted-rows.ts';
import type { GameDate } from '../../domain/game-date.ts';
import { digest } from '../../domain/hash.ts';
import type { RegisteredTable } from '../../domain/registry.ts';
import { countedRowsOf, gamesIn, sourceColumns } from '../../domain/table.ts';
import type { Cell, CheckResult, Row, StagedDate, StageJob } from '../../ports/warehouse.ts';
import { EMPTY_FINGERPRINT, fingerprintOf } from '../audited-rows.ts';
import { parametersIn } from './bigquery-dialect.ts';
import { promisesOf } from './bigquery-statements.ts';

/** Hours after which BigQuery deletes a staged table that was not discarded. */
const STAGING_HOURS = 6;

/** The parameters that the query of a batch may use. @throws Error when the batch has no dates */
export function batchParameters(job: StageJob): Record<string, GameDate> {
  const [first, last] = [job.dates[0], job.dates.at(-1)];
  if (first === undefined || last === undefined)
    throw new Error(`A run of ${job.table.definition.name} has no dates`);
  return { start_date: first, end_date: last, read_start: job.readStart };
}

/** Those of the parameters `all` that `sql` uses. */
export function namedIn(sql: string, all: Readonly<Record<string, GameDate>>): Record<string, GameDate> {
  const used = parametersIn(sql);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

/** The name of a staged table: `<table>_<run>_<hash>`. The same work of the same attempt has the same name. */
export function stagingName(job: StageJob): string {
  const work = digest(
    [job.runId, job.token ?? randomUUID(), job.readStart, ...job.dates, ...(job.inRangeOnly ?? [])].join(' '),
  );
  return `${job.table.definition.name}_${job.runId.replaceAll(/\W/g, '_').slice(0, 200)}_${work.slice(0, 12)}`;
}

/**
 * When a staged table expires. The time is rounded up to the hour, so that a repeated statement has the same
 * text.
 */
export function expiryOf(now: Date): Date {
  const hour = 3_600_000;
  return new Date((Math.floor(now.getTime() / hour) + 1 + STAGING_HOURS) * hour);
}

const FIELD_TYPES = {
  STRING: 'STRING',
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
} as const;

/** The columns of loaded rows. All may be NULL: the audit checks for NULLs later. */
export function fieldsOf({ definition }: RegisteredTable): TableField[] {
  return [...Object.entries(definition.columns), ...sourceColumns(definition)].map(([name, { type }]) => ({
    name,
    type: FIELD_TYPES[type],
  }));
}

/**
 * The columns of a row for a load job, without NULLs.
 * @throws RangeError for a number its column cannot hold
 */
export function loadable(row: Row, { definition }: RegisteredTable): Record<string, Cell> {
  return Object.fromEntries(
    [...Object.entries(definition.columns), ...sourceColumns(definition)].flatMap(([name, { type }]) => {
      const cell = row[name] ?? null;
      if (cell === null) return [];
      if (typeof cell === 'number' && !Number.isFinite(cell))
        throw new RangeError(`${name} of ${definition.name} is ${cell}`);
      if (type === 'INT64' && typeof cell === 'number' && !Number.isInteger(cell))
        throw new RangeError(`${name} of ${definition.name} is ${cell}, which is not whole`);
      return [[name, cell]];
    }),
  );
}

/**
 * The measurements of each date of a batch, from the rows of `measureSql`.
 * @param aside the rows of `asideSql`
 */
export function stagedDates(job: StageJob, rows: readonly Row[], aside: readonly Row[] = []): StagedDate[] {
  const { definition, expectedQuery } = job.table;
  const promises = promisesOf(definition);
  const bySection = new Map<string, Map<string, Row[]>>();
  for (const row of rows) {
    const section = bySection.get(String(row['section'])) ?? new Map<string, Row[]>();
    bySection.set(String(row['section']), section);
    const date = String(row['date']);
    section.set(date, [...(section.get(date) ?? []), row]);
  }
  const of = (section: string, date: GameDate): readonly Row[] => bySection.get(section)?.get(date) ?? [];
  const hasGames = gamesIn(definition) !== undefined;
  const isCounted = countedRowsOf(definition) !== undefined;
  return job.dates.map((date): StagedDate => {
    const measured = of('measured', date)[0];
    const [rowCount, games] = [Number(measured?.['n'] ?? 0), Number(measured?.['games'] ?? 0)];
    const expected = of('expected', date)[0];
    const counted = isCounted ? Number(of('counted', date)[0]?.['n'] ?? 0) : rowCount;
    const broken = measured === undefined ? [] : String(measured['broken']).split(',').map(Number);
    const checks: CheckResult[] = promises.flatMap(({ check, isRange }, i) => {
      const failures = broken[i] ?? 0;
      return failures > 0
        ? [{ check, severity: 'fail' as const, failures, ...(isRange ? { isRange } : {}) }]
        : [];
    });
    const duplicates = Number(measured?.['duplicates'] ?? 0);
    if (duplicates > 0)
      checks.push({
        check: `duplicate_key(${definition.key.join(', ')})`,
        severity: 'fail',
        failures: duplicates,
      });
    for (const row of of('check', date))
      checks.push({
        check: String(row['name']),
        severity: row['severity'] === 'warn' ? 'warn' : 'fail',
        failures: Number(row['n']),
      });
    const hex = (lane: Cell | undefined): string => Number(lane).toString(16).padStart(8, '0');
    return {
      date,
      rows: rowCount,
      games,
      fingerprint:
        measured === undefined
          ? EMPTY_FINGERPRINT
          : fingerprintOf(measured['n'], measured['lane0'], measured['lane1']),
      readyRows: Number(measured?.['ready'] ?? 0),
      syntheticRows: Number(measured?.['synthetic'] ?? 0),
      expectedRows:
        expectedQuery === undefined
          ? rowCount
          : allExpected(Number(expected?.['n'] ?? 0), { rows: rowCount, counted }),
      expectedGames: expectedQuery === undefined ? games : Number(expected?.['games'] ?? 0),
      checks,
      ...asideOf(aside, date),
      ...(hasGames
        ? {
            gameHashes: Object.fromEntries(
              of('game', date).map((row) => [String(row['name']), hex(row['lane0']) + hex(row['lane1'])]),
            ),
          }
        : {}),
    };
  });
}

function asideOf(aside: readonly Row[], date: GameDate): Pick<StagedDate, 'aside'> {
  const found = aside.find((row) => row['date'] === date);
  return found === undefined ? {} : { aside: { rows: Number(found['n']), games: Number(found['games']) } };
}
