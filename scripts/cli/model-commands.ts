/** The commands of models, with their flags: train, evaluate, backtest, explain, and the registry. */
import type { Command } from 'commander';
import { DEFAULT_ALGORITHM } from '../../shared/modeling/default-algorithm.ts';
import type { AddCommand } from './deploy-commands.ts';
import type { BacktestFlags, EvaluateFlags } from './evaluate.ts';
import type { ExplainFlags } from './explain.ts';
import type { DriftFlags, ListModelsFlags, PromoteFlags, RollbackFlags } from './models.ts';
import type { OnHome } from './reading-commands.ts';
import type { TrainFlags } from './train.ts';

/** Adds them. `onHome` runs one and keeps its exit code; `group` makes a command that has others under it. */
export function addModelCommands(
  add: AddCommand,
  onHome: OnHome,
  group: (name: string, description: string) => Command,
): void {
  const repeated = (value: string, all: readonly string[] | undefined): string[] => [...(all ?? []), value];
  add('train', 'train a model of player points on the features of a range of dates, and keep it')
    .option('--start <date>', 'first game date; with --rolling, of the months that are to have a model')
    .option('--end <date>', 'last game date, included')
    .option('--model <lad|trees|mean>', 'linear, trees, or the mean of both', DEFAULT_ALGORITHM)
    .option('--without <name>', 'leave out this feature (repeat for several)', repeated)
    .option('--rolling', 'a model for the first of each month of the range, trained on all dates before it')
    .option(
      '--monthly',
      'what the monthly schedule does: learn from every game before this month, and make the model the challenger',
    )
    .option('--output <file>', 'write the file of the model here, too')
    .option('--dry-run', 'only the checks of the rows, and GO or NO-GO; nothing is kept')
    .option('--verbose', 'name every step')
    .action(
      onHome<TrainFlags>(async (client, flags) =>
        (await import('./train.ts')).trainCommand(client, flags, flags),
      ),
    );
  add('evaluate', 'judge a model on a range of dates, beside averages, rules and lines on the same rows')
    .option('--model <id>', 'id of the model or its beginning, champion, challenger, or last')
    .option('--start <date>', 'first game date')
    .option('--end <date>', 'last game date, included')
    .option('--predecessor', "train the predecessor's model on the same rows, and print its bars as verdicts")
    .option('--report <dir>', 'write plots and a page to this folder')
    .action(
      onHome<EvaluateFlags>(async (client, flags) =>
        (await import('./evaluate.ts')).evaluateCommand(client, flags, flags),
      ),
    );
  add('backtest', 'predict each month of a range with a model that was trained on all dates before the month')
    .option('--start <date>', 'first game date')
    .option('--end <date>', 'last game date, included')
    .option('--model <lad|trees|mean>', 'linear, trees, or the mean of both', DEFAULT_ALGORITHM)
    .option('--without <name>', 'leave out this feature (repeat for several)', repeated)
    .option('--report <dir>', 'write plots and a page to this folder')
    .action(
      onHome<BacktestFlags>(async (client, flags) =>
        (await import('./evaluate.ts')).backtestCommand(client, flags, flags),
      ),
    );
  add(
    'explain <date> <player>',
    'say what the predictions of a player consist of, and make them again from what is kept of them',
  )
    .option('--system <system>', 'only the prediction of this system, such as xgboost_v1')
    .action(
      onHome<ExplainFlags>(async (client, flags, args) =>
        (await import('./explain.ts')).explainCommand(client, args, flags, flags),
      ),
    );
  const models = group('models', 'list, show, promote, roll back or look after models of player points');
  add('list', 'list the models, the newest first, and which one serves', models)
    .option('--on <date>', 'which models served at noon Eastern of this date')
    .action(
      onHome<ListModelsFlags>(async (client, flags) =>
        (await import('./models.ts')).listModelsCommand(client, flags, flags),
      ),
    );
  add(
    'show <id>',
    'show a model (by id, as champion, challenger or last): what it was trained on, its features and its errors',
    models,
  ).action(
    onHome(async (client, flags, [id = '']) =>
      (await import('./models.ts')).showModelCommand(client, id, flags),
    ),
  );
  add('drift <id>', 'how the rows of some dates differ from those that a model has learned from', models)
    .option('--start <date>', 'first game date (default: 13 days before the last)')
    .option('--end <date>', 'last game date, included (default: the last that has features)')
    .action(
      onHome<DriftFlags>(async (client, flags, [id = '']) =>
        (await import('./models.ts')).driftCommand(client, id, flags, flags),
      ),
    );
  add('promote <id>', 'let a model serve, when the gate is open', models)
    .option(
      '--as <champion|challenger>',
      'champion, which predicts, or challenger, which predicts beside it',
      'champion',
    )
    .option('--start <date>', 'first game date of the comparison (default: the day after its training)')
    .option('--end <date>', 'last game date of the comparison, included (default: the last that is loaded)')
    .option('--force', 'promote it although the gate is shut; needs --reason')
    .option('--reason <text>', 'why; it is kept with the promotion')
    .action(
      onHome<PromoteFlags>(async (client, flags, [id = '']) =>
        (await import('./models.ts')).promoteCommand(client, id, flags, flags),
      ),
    );
  add('rollback', 'give the alias back to the model that served before', models)
    .option('--as <champion|challenger>', 'champion or challenger', 'champion')
    .option('--reason <text>', 'why; it is kept', 'rolled back')
    .action(
      onHome<RollbackFlags>(async (client, flags) =>
        (await import('./models.ts')).rollbackCommand(client, flags, flags),
      ),
    );
}
