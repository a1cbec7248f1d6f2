/**
 * The command line: every command with its flags, and the function of `scripts/cli` that runs it. A command imports the module
 * of that function when it runs, so that no command waits for what only others need.
 */
import { Command, CommanderError } from 'commander';
import type { AcceptFlags } from './cli/accept.ts';
import { asksForJson, normalized, refuseWithoutEffect, unknownCommand, wrongOf } from './cli/arguments.ts';
import { configOf, EXIT, explain, refuse, tell, withHome, type GlobalOptions } from './cli/command.ts';
import type { CoverageFlags } from './cli/coverage.ts';
import { addDeployCommands } from './cli/deploy-commands.ts';
import type { DiffFlags } from './cli/diff.ts';
import { environmentHelp } from './cli/environment.ts';
import { helpAfter, pathOf } from './cli/examples.ts';
import type { ImpactFlags } from './cli/impact.ts';
import type { GapsFlags } from './cli/gaps.ts';
import type { HealthFlags, MuteFlags } from './cli/health.ts';
import type { IngestFlags } from './cli/ingest.ts';
import type { ImportFlags, SimulateFlags } from './cli/load.ts';
import type { MigrateFlags } from './cli/migrate.ts';
import type { AliasFlags } from './cli/players.ts';
import { outliveReaders } from './cli/output.ts';
import { QUERY_FORMATS, type QueryFlags } from './cli/query-formats.ts';
import { addLetterCommands } from './cli/letter-commands.ts';
import { addModelCommands } from './cli/model-commands.ts';
import { addReadingCommands } from './cli/reading-commands.ts';
import { terminalWidth } from './cli/text-table.ts';
import { withRequestFlags, type RequestFlags } from './cli/request-flags.ts';
import type { PredictionFlags } from './cli/predictions.ts';
import type { PreflightFlags } from './cli/preflight.ts';
import type { RecoverFlags } from './cli/recover.ts';
import type { ResetFlags } from './cli/reset.ts';
import type { RestatementFlags } from './cli/restatements.ts';
import type { ReportFlags } from './cli/backfill-report.ts';
import type { ListFlags } from './cli/backfills.ts';
import type { OtherCodeFlags } from './cli/other-code.ts';
import type { EmulatorFlags } from './cli/serve-emulator.ts';
import type { StartFlags } from './cli/start.ts';
import type { StatusFlags } from './cli/status.ts';
import type { ValidateFlags } from './cli/validate.ts';
import type { WhyFlags } from './cli/why.ts';
import type { Client } from '../functions/targets/client.ts';
import { environment } from '../shared/config.ts';
import { RequestError } from '../shared/domain/failure.ts';

/** Every command. */
export const program = new Command('fullcourt')
  .description(
    'NBA data pipeline: one backfill request fills all tables for a range of dates, each after the tables it reads.',
  )
  .version('0.1.0')
  .configureOutput({ outputError: () => undefined })
  .helpCommand('help [command...]', 'show the flags and examples of a command')
  .addHelpText('after', () => `\n${environmentHelp(terminalWidth())}\n\nMore: README.md`)
  .addHelpText('afterAll', ({ command }) => helpAfter(pathOf(command)))
  .hook('preAction', (_program, command) => refuseWithoutEffect(command))
  .exitOverride();

let exitCode: number = EXIT.done;

const ALLOW_OTHER_CODE = [
  '--allow-other-code',
  'also when the process that works on the home has other queries or definitions of tables',
] as const;

/** Adds a command. Every command has `--json` and `--target`. */
function add(name: string, description: string, parent: Command = program): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'one JSON document on stdout')
    .option('--target <target>', 'embedded, emulator or gcp (default: FULLCOURT_TARGET, else embedded)')
    .exitOverride();
}

/** Adds a command that has others under it. */
function group(name: string, description: string): Command {
  return program.command(name).description(description).exitOverride();
}

function onHome<Flags extends object = object>(
  work: (client: Client, flags: Flags & GlobalOptions, args: readonly string[]) => Promise<number>,
) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const flags = command.opts<Flags & GlobalOptions>();
    exitCode = await withHome(flags, (client) => work(client, flags, command.args));
  };
}

/** Collects the values of a flag that may be given several times. */
const repeated = (value: string, all: readonly string[] | undefined): string[] => [...(all ?? []), value];

add('start', 'load data, publish one backfill request, show the tables as they fill, then serve')
  .option('--data <dir>', 'a folder of source files (see docs/import.md) instead of a simulated season')
  .option('--seasons <n>', 'seasons to simulate', '1')
  .option('--seed <n>', 'seed of the simulated league', '1')
  .option('--exit', 'end after the tables are shown, instead of serving')
  .option('--port <n>', 'port at which messages are taken, on 127.0.0.1', '8787')
  .action(async (flags: StartFlags) => {
    exitCode = await (await import('./cli/start.ts')).startCommand(flags);
  });

add('import [paths...]', 'load files of games, box scores, shots and odds into the raw tables')
  .option('--from <dir>', 'folder of .csv or .csv.gz files (see docs/import.md)')
  .option('--dry-run', 'say what the files would change; nothing is written')
  .option(
    '--replace',
    'the files replace all older files of their kinds in their seasons: games that they do not have are dropped',
  )
  .option(
    '--scope <file>',
    'what the files mean to hold, as JSON (default: scope.json in the folder); final games outside are not missing',
  )
  .option('--season <season>', 'only this season (repeat for several)', repeated)
  .action(
    onHome<ImportFlags>(async (client, flags, paths) =>
      (await import('./cli/load.ts')).importCommand(client, flags, flags, paths),
    ),
  );

add('ingest', 'ask the live sources about a date, and load what they answer')
  .requiredOption('--date <date>', 'game date, such as 2026-02-11')
  .option('--source <source>', 'only this source, such as nba_cdn (repeat for several)', repeated)
  .option('--now <time>', 'what counts as now, such as 2024-01-26T18:30:00Z (default: the clock)')
  .action(
    onHome<IngestFlags>(async (client, flags) =>
      (await import('./cli/ingest.ts')).ingestCommand(client, flags, flags),
    ),
  );

for (const [name, asked, what] of [
  ['predict', 'predictions', 'predict the points of every player of a date, with each system that can'],
  ['grade', 'grades', 'compare the predictions of a date with what the players scored'],
] as const)
  add(name, what)
    .requiredOption('--date <date>', 'game date, such as 2024-01-26')
    .option('--now <time>', 'what counts as now, such as 2024-01-26T18:30:00Z (default: the clock)')
    .action(
      onHome<PredictionFlags>(async (client, flags) =>
        (await import('./cli/predictions.ts')).predictionsCommand(client, asked, flags, flags),
      ),
    );

add('simulate', 'load the files of a simulated league')
  .option('--seasons <n>', 'how many seasons', '1')
  .option('--seed <n>', 'seed of the league; the same seed makes the same files', '1')
  .option('--first-season <year>', 'year in which the first season starts', '2021')
  .action(
    onHome<SimulateFlags>(async (client, flags) =>
      (await import('./cli/load.ts')).simulateCommand(client, flags, flags),
    ),
  );

withRequestFlags(add('backfill', 'publish a backfill request and show its progress until it ends'))
  .option('--dry-run', 'say what the request would do; nothing is written')
  .option(
    '--expect <id>',
    'the id that plan has printed; refused when the request would run anything else by now',
  )
  .option('--no-watch', 'publish the request and do not wait for its end')
  .option(...ALLOW_OTHER_CODE)
  .action(
    onHome<RequestFlags & OtherCodeFlags & { dryRun?: boolean; watch?: boolean; expect?: string }>(
      async (client, flags) => {
        const { backfillCommand, planCommand } = await import('./cli/backfill.ts');
        const asked = (await import('./cli/request.ts')).requestOf(flags, client.registry);
        const request = flags.expect === undefined ? asked : { ...asked, expect: flags.expect };
        return flags.dryRun === true
          ? planCommand(client, request, flags)
          : backfillCommand(client, request, flags);
      },
    ),
  );

withRequestFlags(add('plan', 'say what a backfill request would do; nothing is written')).action(
  onHome<RequestFlags>(async (client, flags) => {
    const { requestOf } = await import('./cli/request.ts');
    return (await import('./cli/backfill.ts')).planCommand(client, requestOf(flags, client.registry), flags);
  }),
);

add(
  'preflight',
  'say whether a backfill from a phase on can run: what it reads, date by date; nothing is written',
)
  .option('--phase <phase>', 'the first phase that is to be built, such as 4 or phase4')
  .option('--start <date>', 'first date (YYYY-MM-DD), with --end')
  .option('--end <date>', 'last date, included')
  .option('--dates <dates>', 'dates separated by commas, or @FILE with one on each line')
  .option('--season <season>', 'a whole season, such as 2023-24')
  .option('--through <phase>', 'last phase to build (default phase5)')
  .option('--tables <tables>', 'build these tables and the tables that depend on them')
  .action(
    onHome<PreflightFlags>(async (client, flags) =>
      (await import('./cli/preflight.ts')).preflightCommand(client, flags, flags),
    ),
  );

withRequestFlags(
  add(
    'impact',
    'say what a correction, an acceptance or a backfill will change; nothing is written without --apply',
  ),
  'why: of a correction or of --accept, or why inputs may be missing with --skip-preflight',
)
  .option(
    '--correct <file>',
    'files that correct what is known, or a folder of them (repeat for several)',
    repeated,
  )
  .option('--game <id>', 'correct a line of the box score of this game, such as 20240126_DAL_ATL')
  .option('--player <player>', 'with --game: the line of this player, such as lukadoncic or 1629029')
  .option('--team <team>', 'with --game: the line of this team, such as DAL')
  .option('--set <text>', 'with --game: COLUMN=VALUE, such as assists=7 (repeat for several)', repeated)
  .option('--accept', 'give up what dates of --table lack, as the command accept does')
  .option('--table <table>', 'with --accept: the table')
  .option('--by <person>', 'who says so; by default the user of this machine')
  .option('--backfill', 'a backfill, described by the flags of the command backfill')
  .option('--bound', 'only which partitions can change, by the declared windows; nothing is computed')
  .option('--apply', 'carry it out by the ordinary way: import, accept or backfill')
  .action(
    onHome<ImpactFlags>(async (client, flags) =>
      (await import('./cli/impact.ts')).impactCommand(client, flags),
    ),
  );

const backfills = group('backfills', 'list, show, watch, pause, resume, cancel, retry or report backfills');
add('list', 'list backfills, the newest first', backfills)
  .option('--state <state>', 'only those in this state, such as running or done_with_failures')
  .option('--limit <n>', 'how many; 0 for all', '20')
  .action(
    onHome<ListFlags>(async (client, flags) =>
      (await import('./cli/backfills.ts')).listCommand(client, flags),
    ),
  );
const OF_BACKFILL = [
  ['show', 'show a backfill: its tables, its dates, what has failed and how it ended'],
  ['watch', 'wait for a backfill and show its progress'],
  ['pause', 'start no new runs of a backfill; runs under way finish'],
  ['resume', 'go on with a paused backfill'],
  ['cancel', 'end a backfill; runs under way finish'],
  ['retry', 'ask again for what a backfill has not built, with its options'],
] as const;
for (const [how, description] of OF_BACKFILL) {
  const command = add(`${how} <id>`, `${description} (an id, or: last)`, backfills);
  if (how === 'resume' || how === 'retry') command.option(...ALLOW_OTHER_CODE);
  command.action(
    onHome<OtherCodeFlags>(async (client, flags, [id = '']) => {
      const { showCommand, steerCommand, retryCommand, watchCommand } = await import('./cli/backfills.ts');
      if (how === 'show') return showCommand(client, id, flags);
      if (how === 'watch') return watchCommand(client, id, flags);
      if (how === 'retry') return retryCommand(client, id, flags);
      return steerCommand(client, id, how, flags);
    }),
  );
}
add(
  'report <id>',
  'one page about a backfill, also while it runs: what was decided, what is there, what is lacking, what to do next (an id, or: last)',
  backfills,
)
  .option('--out <file>', 'write the page to this file, too, such as report.html')
  .action(
    onHome<ReportFlags>(async (client, flags, [id = '']) =>
      (await import('./cli/backfill-report.ts')).reportCommand(client, id, flags),
    ),
  );

add('status', 'show what is loaded and what is under way, or the tables of one date')
  .option('--date <date>', 'a game date, such as 2024-01-15: show the completion documents of its tables')
  .option('--why <table>', 'with --date: say why this table is built, waits or is left out on that date')
  .action(
    onHome<StatusFlags>(async (client, flags) =>
      (await import('./cli/status.ts')).statusCommand(client, flags, flags),
    ),
  );

add('why [date] [table]', 'say why cells are not green: their causes, each with the command that cures it')
  .option('--start <date>', 'first date, with --end, in the place of a date')
  .option('--end <date>', 'last date, included')
  .action(
    onHome<WhyFlags>(async (client, flags, args) =>
      (await import('./cli/why.ts')).whyCommand(client, args, flags),
    ),
  );

add('validate', 'look for rows that are lacking or wrong; the exit code is 1 when something fails')
  .option('--start <date>', 'first date')
  .option('--end <date>', 'last date, included')
  .option('--tables <tables>', 'only these tables, separated by commas')
  .option('--spot <n>', 'recompute so many rows of each table of phases 3 and 4 from raw rows, too')
  .option('--seed <n>', 'which rows: the same number draws the same ones (default 1)')
  .action(
    onHome<ValidateFlags>(async (client, flags) =>
      (await import('./cli/validate.ts')).validateCommand(client, flags),
    ),
  );

add('gaps', 'say what should have rows and has none, however long ago, and what closes each hole')
  .option('--start <date>', 'first date, with --end (default: every loaded season)')
  .option('--end <date>', 'last date, included')
  .option('--table <tables>', 'only these tables, separated by commas')
  .option('--heal', 'ask for the small holes, and say of the others why they are not asked for')
  .option('--large', 'with --heal: ask for the large ones as well')
  .action(
    onHome<GapsFlags>(async (client, flags) => (await import('./cli/gaps.ts')).gapsCommand(client, flags)),
  );

add(
  'health',
  'say whether all is well: incidents, and the games of this week; the exit code is 1 when something fails',
)
  .option('--week', 'show this week against the last one, table by table')
  .option('--now <time>', 'what counts as now, such as 2024-01-26T18:30:00Z (default: the clock)')
  .action(
    onHome<HealthFlags>(async (client, flags) =>
      (await import('./cli/health.ts')).healthCommand(client, flags),
    ),
  );

add('mute <key>', 'do not hear of an incident until a date; `health` names its key')
  .option('--until <date>', 'the first date, US Eastern, on which it is heard again')
  .option('--reason <text>', 'why nobody needs to hear of it')
  .option('--by <person>', 'who decides this; by default the user of this machine')
  .action(
    onHome<MuteFlags>(async (client, flags, [key]) =>
      (await import('./cli/health.ts')).muteCommand(client, key ?? '', flags),
    ),
  );

add('accept', 'give up what dates of a table lack, until data comes; without flags: list what was given up')
  .option('--list', 'list what was given up')
  .option(
    '--table <table>',
    'a raw table that lacks rows, or any table whose partitions have failed or are blocked',
  )
  .option('--dates <dates>', 'dates separated by commas, or @FILE with one on each line')
  .option('--start <date>', 'first date, with --end')
  .option('--end <date>', 'last date, included')
  .option('--reason <text>', 'why no source is going to have them')
  .option('--by <person>', 'who decides this; by default the user of this machine')
  .action(
    onHome<AcceptFlags>(async (client, flags) =>
      (await import('./cli/accept.ts')).acceptCommand(client, flags, flags),
    ),
  );

add('coverage', 'show for each table how many of the expected dates are there')
  .option('--start <date>', 'first date')
  .option('--end <date>', 'last date, included')
  .option('--by <unit>', 'a row for each date, week or season')
  .option('--missing', 'show only the missing dates; the exit code is 1 when there are any')
  .option('--csv', 'with --missing: print them as CSV')
  .option('--all-dates', 'show the share of all game dates beside that of the dates that should have rows')
  .action(
    onHome<CoverageFlags>(async (client, flags) =>
      (await import('./cli/coverage.ts')).coverageCommand(client, flags, flags),
    ),
  );

add('restatements', 'show which later dates can change when these dates change, and through which inputs')
  .option('--start <date>', 'first date')
  .option('--end <date>', 'last date, included')
  .option('--through <phase>', 'last phase to look at')
  .option('--tables <tables>', 'the tables that change (default: the box scores)')
  .action(
    onHome<RestatementFlags>(async (client, flags) =>
      (await import('./cli/restatements.ts')).restatementsCommand(client, flags, flags),
    ),
  );

add('query <sql>', 'answer a query in the SQL of BigQuery that reads tables and changes nothing')
  .option('--limit <n>', 'most rows to print, 0 for all (default: 100 as a table, else all)')
  .option('--format <format>', `${QUERY_FORMATS.join(', ')} (default: table)`)
  .option('--portable', 'allow only what is the same text for both engines, as in query.sql of a table')
  .option(
    '--as-known-at <time>',
    'read the tables as they were known at a time, such as 2024-01-26T18:30:00Z; the query sees the dates that are named and no others',
  )
  .option('--dates <dates>', 'with --as-known-at: game dates separated by commas')
  .option('--start <date>', 'with --as-known-at: first date, with --end')
  .option('--end <date>', 'with --as-known-at: last date, included')
  .action(
    onHome<QueryFlags>(async (client, flags, [sql]) =>
      (await import('./cli/query.ts')).queryCommand(client, sql ?? '', flags, flags),
    ),
  );

add('diff <date>', 'show what has changed in the rows of a game date, with old and new values')
  .option('--table <table>', 'only the rows of this table')
  .action(
    onHome<DiffFlags>(async (client, flags, [date]) =>
      (await import('./cli/diff.ts')).diffCommand(client, date ?? '', flags),
    ),
  );

add(
  'rejects',
  'show the rows of source files that the last loads refused, with file, line and reason',
).action(onHome(async (client, flags) => (await import('./cli/rejects.ts')).rejectsCommand(client, flags)));

add('migrate', 'bring a home or a project that an earlier version has written to the present format')
  .option('--dry-run', 'say what would be changed; nothing is written')
  .action(async (...given: unknown[]) => {
    const flags = (given.at(-1) as Command).opts<MigrateFlags & GlobalOptions>();
    exitCode = await withHome(
      flags,
      async (client) => (await import('./cli/migrate.ts')).migrateCommand(client, flags, flags),
      'any format',
    );
  });

add('recover', 'come back from the loss of the documents, the tables or the archive (see docs/recover.md)')
  .option('--dry-run', 'say what would be made again; nothing is written')
  .option('--no-build', 'mend the documents and name the backfills that build the rest')
  .action(async (...given: unknown[]) => {
    const flags = (given.at(-1) as Command).opts<RecoverFlags & GlobalOptions>();
    exitCode = await withHome(
      flags,
      async (client) => (await import('./cli/recover.ts')).recoverCommand(client, flags, flags),
      'any loss',
    );
  });

add('reset', 'forget the state of an embedded home: its documents, tables and archived files')
  .option('--yes', 'do not ask')
  .action(async (flags: ResetFlags) => {
    exitCode = await (await import('./cli/reset.ts')).resetCommand(flags);
  });

add('alias [name] [id]', 'say which player a source means by a name (the NBA id); without a name: list them')
  .option('--team <team>', 'only where the source names him for this team')
  .option('--season <season>', 'only in this season')
  .action(
    onHome<AliasFlags>(async (client, flags, args) =>
      (await import('./cli/players.ts')).aliasCommand(client, args, flags, flags),
    ),
  );

addLetterCommands(add, onHome, group);

add('serve', 'handle the messages of a home until stopped, and take new ones at an address of this machine')
  .option('--port <n>', 'port of that address, on 127.0.0.1', '8787')
  .option(
    '--processes <one|each>',
    'with --target emulator: "one" process for all functions, or one for "each"',
    'each',
  )
  .option(
    '--now <time>',
    'what counts as now for live sources, such as 2024-01-26T18:30:00Z (default: the clock)',
  )
  .action(async (flags: EmulatorFlags & GlobalOptions, command: Command) => {
    const config = configOf(flags);
    if (config.target === 'gcp')
      throw new RequestError(
        'On Google Cloud the deployed functions handle the messages; deploy them with: fullcourt deploy',
      );
    if (config.target === 'embedded' && command.getOptionValueSource('processes') === 'cli')
      throw new RequestError('--processes has no effect without --target emulator', { flag: '--processes' });
    if (config.target === 'embedded') exitCode = await (await import('./cli/serve.ts')).serveCommand(flags);
    else exitCode = await (await import('./cli/serve-emulator.ts')).serveEmulator(config, flags);
  });

/** The action of a command that needs no home. */
function work<Flags>(run: (flags: Flags, args: readonly string[]) => Promise<number>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    exitCode = await run(command.opts() as Flags, command.args);
  };
}

addReadingCommands(add, work, onHome);
addModelCommands(add, onHome, group);
addDeployCommands(add, work);

/** Runs what was typed. @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  const options = asksForJson(args) ? { json: true } : {};
  const typed = normalized(args);
  const unknown = unknownCommand(program, typed);
  if (unknown !== undefined) return refuse(unknown, options);
  try {
    await program.parseAsync(typed, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return explain(error, options);
    if (error.exitCode === 0) return EXIT.done;
    return error.code === 'commander.help' ? EXIT.wrong : refuse(wrongOf(error, program, typed), options);
  }
}

if (import.meta.main) {
  outliveReaders();
  const args = process.argv.slice(2);
  // An error that nobody has caught, for example of a disk that is full, is told in one line as well.
  for (const name of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(name, (error: unknown) =>
      process.exit(explain(error, asksForJson(args) ? { json: true } : {})),
    );
  // A warning of Node or of a library is neither an answer nor a log line: it is told where everything is told.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    if (environment['FULLCOURT_LOG'] === 'debug') tell(`${name}: ${message}`);
  });
  process.exitCode = await run(args);
}
