/** Reads a `BackfillRequest` from the flags of `backfill` and `plan`. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { RequestError } from '../../shared/domain/failure.ts';
import { PHASES } from '../../shared/domain/table.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, type BackfillRequest } from '../../shared/messages/schemas.ts';

export interface RequestFlags {
  readonly start?: string;
  readonly end?: string;
  readonly dates?: string;
  readonly season?: string;
  readonly from?: string;
  readonly through?: string;
  readonly tables?: string;
  readonly only?: string;
  readonly restate?: string;
  readonly force?: boolean;
  readonly maxInFlight?: string;
  readonly skipPreflight?: boolean;
  readonly reason?: string;
}

/** Adds the flags that `backfill` and `plan` share. */
export function withRequestFlags(command: Command): Command {
  return command
    .option('--start <date>', 'first date (YYYY-MM-DD), with --end')
    .option('--end <date>', 'last date, included')
    .option('--dates <list>', 'dates separated by commas, or @FILE with one on each line')
    .option('--season <season>', 'a whole season, such as 2023-24')
    .option(
      '--from <phase>',
      `first phase to build (${PHASES.join(', ')}; default phase3, and phase2 with --only stale)`,
    )
    .option('--through <phase>', 'last phase to build (default phase5)')
    .option('--tables <list>', 'build these tables and the tables that depend on them')
    .option('--only <which>', 'which dates to build: all, missing, failed or stale (default all)')
    .option(
      '--restate <how>',
      'later dates that become stale: auto (default) rebuilds them after the range; mark and none, which are the same, leave them stale',
    )
    .option('--force', 'build again even dates whose inputs and code are unchanged')
    .option('--max-in-flight <n>', 'most batches under way at once')
    .option('--skip-preflight', 'run although inputs are missing; the results have the status partial')
    .option('--reason <text>', 'why inputs may be missing, with --skip-preflight');
}

/** @throws RequestError saying which flag is wrong and what it must be */
export function requestOf(flags: RequestFlags): BackfillRequest {
  if (flags.skipPreflight === true && flags.reason === undefined)
    throw new RequestError('--skip-preflight needs --reason TEXT');
  if (flags.maxInFlight !== undefined && !/^\d+$/.test(flags.maxInFlight))
    throw new RequestError('--max-in-flight must be a whole number');
  const fields = {
    startDate: flags.start,
    endDate: flags.end,
    dates: flags.dates === undefined ? undefined : datesOf(flags.dates),
    season: flags.season,
    from: flags.from,
    through: flags.through,
    tables: flags.tables?.split(',').map((name) => name.trim()),
    only: flags.only,
    restate: flags.restate,
    force: flags.force,
    maxInFlight: flags.maxInFlight === undefined ? undefined : Number(flags.maxInFlight),
    skipPreflight: flags.skipPreflight === true ? { reason: flags.reason } : undefined,
  };
  const request = decode(backfillRequest, JSON.stringify(fields));
  if (!request.ok) throw new RequestError(request.reason);
  return request.value;
}

function datesOf(text: string): string[] {
  if (!text.startsWith('@')) return text.split(',').map((date) => date.trim());
  try {
    return readFileSync(text.slice(1), 'utf8')
      .split(/[\s,]+/)
      .filter((date) => date !== '');
  } catch (error) {
    throw new RequestError(
      `${text.slice(1)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
