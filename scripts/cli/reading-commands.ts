/** The commands that say what there is, with their flags: the data dictionary, the configuration and the live sources, and those that take data out. */
import type { Client } from '../../functions/targets/client.ts';
import type { GlobalOptions } from './command.ts';
import type { CorrectionsFlags } from './corrections.ts';
import type { AddCommand, Work } from './deploy-commands.ts';
import type { ExportFlags, SnapshotFlags } from './export.ts';
import type { SourcesFlags } from './sources.ts';

/** Makes the action of a command that works on a home. */
export type OnHome = <F extends object>(
  work: (client: Client, flags: F & GlobalOptions, args: readonly string[]) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;

/** Adds them. `work` and `onHome` run one and keep its exit code. */
export function addReadingCommands(add: AddCommand, work: Work, onHome: OnHome): void {
  add('tables [table]', 'the data dictionary: every table, or the columns, units and inputs of one').action(
    work<GlobalOptions>(async (flags, [name]) => (await import('./tables.ts')).tablesCommand(name, flags)),
  );
  add(
    'sources',
    'how the live sources are: last good read, credits, canary, and what is asked in their place',
  )
    .option('--now <time>', 'what counts as now, such as 2024-01-26T18:30:00Z (default: the clock)')
    .option(
      '--canary',
      'first ask each source about a known game, once a day; the exit code is 1 when one says something else',
    )
    .action(
      onHome<SourcesFlags>(async (client, flags) =>
        (await import('./sources.ts')).sourcesCommand(client, flags, flags),
      ),
    );
  add('corrections', 'what sources said differently later, and the dates of other tables that it moved')
    .requiredOption('--since <date>', 'the first day on which it was loaded, such as 2024-01-15')
    .action(
      onHome<CorrectionsFlags>(async (client, flags) =>
        (await import('./corrections.ts')).correctionsCommand(client, flags, flags),
      ),
    );
  add(
    'unresolved',
    'show the names in injury reports, lines and rosters that were matched with nobody',
  ).action(onHome(async (client, flags) => (await import('./players.ts')).unresolvedCommand(client, flags)));
  add(
    'player <name>',
    'show who a player is, by his name, lookup or NBA id: lookup, teams and aliases',
  ).action(
    onHome(async (client, flags, [asked]) =>
      (await import('./players.ts')).playerCommand(client, asked ?? '', flags),
    ),
  );
  add('export', 'write tables as Parquet files, also while another process works on the home')
    .option(
      '--to <dir>',
      'folder of the files; a file NAME.parquet for each table, and older ones are replaced',
    )
    .option('--tables <tables>', 'only these tables (default: all)')
    .action(
      onHome<ExportFlags>(async (client, flags) =>
        (await import('./export.ts')).exportCommand(client, flags, flags),
      ),
    );
  add('snapshot', 'copy a home as it is at one moment, also while another process works on it')
    .option('--to <dir>', 'folder of the copy; it is made, or it is empty')
    .action(
      onHome<SnapshotFlags>(async (client, flags) =>
        (await import('./export.ts')).snapshotCommand(client, flags, flags),
      ),
    );
  add('config', 'what is in force, and whether it comes from a variable, a flag or the default').action(
    work<GlobalOptions>(async (flags) => (await import('./config.ts')).configCommand(flags)),
  );
}
