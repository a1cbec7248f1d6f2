/** The flags of `backfill` and `plan`, which describe a `BackfillRequest`. */
import type { Command } from 'commander';
import { PHASES } from '../../shared/domain/table.ts';

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
  /** `false` with --no-fetch. */
  readonly fetch?: boolean;
  readonly maxInFlight?: string;
  readonly skipPreflight?: boolean;
  readonly reason?: string;
}

/** Adds the flags that `backfill` and `plan` share. @param reason what --reason says */
export function withRequestFlags(
  command: Command,
  reason = 'why inputs may be missing, with --skip-preflight',
): Command {
  return command
    .option('--start <date>', 'first date (YYYY-MM-DD), with --end')
    .option('--end <date>', 'last date, included')
    .option('--dates <dates>', 'dates separated by commas, or @FILE with one on each line')
    .option('--season <season>', 'a whole season, such as 2023-24')
    .option(
      '--from <phase>',
      `first phase to build (${PHASES.join(', ')}; default phase3, and phase2 with --only stale)`,
    )
    .option('--through <phase>', 'last phase to build (default phase5)')
    .option('--tables <tables>', 'build these tables and the tables that depend on them')
    .option('--only <which>', 'which dates to build: all, missing, failed or stale (default all)')
    .option(
      '--restate <how>',
      'later dates that become stale: auto (default) rebuilds them after the range; mark and none, which are the same, leave them stale',
    )
    .option('--no-fetch', 'with --from phase2: load what is archived, and ask no live source for what is not')
    .option('--force', 'build again even dates whose inputs and code are unchanged')
    .option('--max-in-flight <n>', 'most batches under way at once')
    .option('--skip-preflight', 'run although inputs are missing; the results have the status partial')
    .option('--reason <text>', reason);
}
