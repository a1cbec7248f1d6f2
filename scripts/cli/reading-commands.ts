/** The commands that say what there is, with their flags: the data dictionary and the configuration. */
import type { GlobalOptions } from './command.ts';
import type { AddCommand, Work } from './deploy-commands.ts';

/** Adds them. `work` runs one and keeps its exit code. */
export function addReadingCommands(add: AddCommand, work: Work): void {
  add('tables [name]', 'the data dictionary: every table, or the columns, units and inputs of one').action(
    work<GlobalOptions>(async (flags, [name]) => (await import('./tables.ts')).tablesCommand(name, flags)),
  );
  add('config', 'what is in force, and whether it comes from a variable, a flag or the default').action(
    work<GlobalOptions>(async (flags) => (await import('./config.ts')).configCommand(flags)),
  );
}
