/** `migrate`: brings a home, or a project, that an earlier version has written to the present format. */
import { migrate, type Migration } from '../../functions/control/migrate.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';

export interface MigrateFlags {
  readonly dryRun?: boolean;
}

interface Answer extends Migration {
  /** Changes of columns, such as `nba_raw.nbac_schedule: the column arena is new`. */
  readonly columns: readonly string[];
  readonly dryRun: boolean;
}

export async function migrateCommand(
  client: Client,
  flags: MigrateFlags,
  options: GlobalOptions,
): Promise<number> {
  const dryRun = flags.dryRun === true;
  const columns = (await client.migrateColumns?.(dryRun)) ?? [];
  const found = await migrate(client, dryRun);
  answer(options, { ...found, columns, dryRun } satisfies Answer, () => text({ ...found, columns, dryRun }));
  return found.lost.length === 0 ? EXIT.done : EXIT.failed;
}

function text({ archives, calendars, partitions, lost, columns, dryRun }: Answer): string {
  if (archives.length + calendars.length + columns.length === 0)
    return 'Everything has the present format: nothing to do';
  const [sorted, moved] = dryRun ? ['would be sorted', 'would move'] : ['were sorted', 'moved'];
  return [
    `The archived files of ${counted(archives.length, 'raw table and season', 'raw tables and seasons')} ${sorted} by date`,
    `${calendars.length} calendars ${moved} to calendars/{season}`,
    ...(dryRun
      ? []
      : [
          `${counted(partitions, 'raw partition stays', 'raw partitions stay')} current; nothing has to be loaded again`,
        ]),
    ...columns.map((what) => `${what}${dryRun ? ' (would be changed)' : ''}`),
    ...lost,
  ].join('\n');
}
