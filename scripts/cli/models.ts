/** `models`: the registry of models of player points. */
import { userInfo } from 'node:os';
import { modelDrift, type Drift } from '../../functions/control/drift.ts';
import {
  listModels,
  promoteModel,
  rollBackModel,
  servingModel,
  showModel,
} from '../../functions/control/models.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { ALIASES, type ModelAlias, type ModelDocument } from '../../shared/domain/models.ts';
import type { DriftKind } from '../../shared/modeling/drift.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { answer, copyable, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { table } from './text-table.ts';
import { checkLines } from './train.ts';

export interface ListModelsFlags {
  readonly on?: string;
}

export async function listModelsCommand(
  client: Client,
  flags: ListModelsFlags,
  options: GlobalOptions,
): Promise<number> {
  const at = flags.on === undefined ? undefined : easternToUtc(`${dateOption('--on', flags.on)}T12:00:00`);
  const { models, aliases } = await listModels(client, at);
  answer(options, { models, aliases }, () =>
    [
      models.length === 0
        ? copyable('There are no models; train one with: fullcourt train --start DATE --end DATE')
        : modelsTable(models),
      '',
      ...aliases.map(
        ({ alias, modelId, since }) =>
          `${alias}: ${modelId === null ? 'none' : `${modelId}, since ${(since ?? '').slice(0, 16)}Z`}`,
      ),
    ].join('\n'),
  );
  return EXIT.done;
}

function modelsTable(models: readonly ModelDocument[]): string {
  return table(
    ['model', 'trained on', 'rows', 'features', 'test MAE', 'L10', 'predicts', 'made'],
    models.map(({ id, training, features, metrics, baselines, validity, trainedAt }) => [
      id,
      `${training.first} to ${training.last}`,
      training.rows,
      features.length,
      testOf(metrics)?.mae.toFixed(3) ?? '',
      baselines['l10']?.mae.toFixed(3) ?? '',
      validity === null ? '' : validity.from.slice(0, 7),
      trainedAt.slice(0, 10),
    ]),
  );
}

function testOf(metrics: ModelDocument['metrics']): ModelDocument['metrics'][number] | undefined {
  return metrics.find(({ rowsOf, interval }) => rowsOf.startsWith('test') && interval !== null);
}

export async function showModelCommand(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const { model, servesAs } = await showModel(client, id);
  answer(options, { model, servesAs }, () => modelText(model, servesAs));
  return EXIT.done;
}

function modelText(model: ModelDocument, servesAs: readonly ModelAlias[]): string {
  const { training, validity, metrics, baselines, features, leftOut, fill, parameters, file } = model;
  return [
    `${model.id}${servesAs.length === 0 ? '' : ` (${servesAs.join(', ')})`}`,
    `  trained on ${training.first} to ${training.last}: ${counted(training.rows, 'row')}, ${counted(training.dates, 'date')}, ${counted(training.players, 'player')}; rows ${training.rowsHash}`,
    ...(validity === null ? [] : [`  predicts ${validity.from} until ${validity.before}`]),
    `  made ${model.trainedAt}, seed ${model.seed}, code ${model.codeRevision}`,
    `  ${Object.entries(parameters)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    `  file ${file.uri}, ${counted(file.bytes, 'byte')}, SHA-256 ${file.sha256}`,
    '',
    table(
      ['MAE on', 'rows', 'MAE', '95 % interval'],
      [
        ...metrics,
        ...Object.entries(baselines).map(([name, of]) => ({ ...of, rowsOf: `${name}, ${of.rowsOf}` })),
      ].map(({ rowsOf, rows, mae, interval }) => [
        rowsOf,
        rows,
        mae.toFixed(3),
        interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`,
      ]),
    ),
    '',
    `${counted(features.length, 'feature')} of ${model.featureVersion}:`,
    ...features.map((name) => `  ${name} (known in ${(100 * (fill[name] ?? 0)).toFixed(1)} %)`),
    ...leftOut.map(({ name, why }) => `  left out: ${name} (${why})`),
    '',
    ...checkLines(model.checks),
  ].join('\n');
}

export interface DriftFlags {
  readonly start?: string;
  readonly end?: string;
}

/** The dates of flags of which either may be absent. @throws RequestError when one is no date */
function openRange({ start, end }: DriftFlags) {
  return {
    first: start === undefined ? undefined : dateOption('--start', start),
    last: end === undefined ? undefined : dateOption('--end', end),
  };
}

/** @throws RequestError when there is no such model, or there are no features */
export async function driftCommand(
  client: Client,
  asked: string,
  flags: DriftFlags,
  options: GlobalOptions,
): Promise<number> {
  const model = await servingModel(client, asked);
  const found = await client.readWarehouse('models', (warehouse) =>
    modelDrift(
      { ...client, warehouse },
      {
        model,
        ...openRange(flags),
      },
    ),
  );
  const { model: of, ...rest } = found;
  answer(options, { modelId: of.id, ...rest }, () => driftText(found));
  return found.causes.some(({ isDrift }) => isDrift) ? EXIT.failed : EXIT.done;
}

/** What a cause is called in a sentence. */
const CAUSES: Readonly<Record<DriftKind, string>> = {
  unknown_feature: 'unknown',
  default_feature: 'default of',
  synthetic_context: 'synthetic context',
  unseen_player: 'player without a row in the training',
  issue: 'quality issue',
};

function driftText({ model, first, last, rows, learnedRows, causes }: Drift): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const drifted = causes.filter(({ isDrift }) => isDrift);
  return [
    `${model.id}, ${first} to ${last}: ${counted(rows, 'row')} beside ${counted(learnedRows, 'row')} of ${model.training.first} to ${model.training.last}`,
    '',
    causes.length === 0
      ? 'No row lacks anything.'
      : table(
          ['share of the rows', 'training', 'now', ''],
          causes.map(({ kind, name, then, now, isDrift }) => [
            [CAUSES[kind], name].filter((text) => text !== '').join(' '),
            percent(then),
            percent(now),
            isDrift ? 'drift' : '',
          ]),
        ),
    '',
    drifted.length === 0
      ? 'No share has moved by 5 points or more.'
      : `${counted(drifted.length, 'share')} moved by 5 points or more; a training on newer dates learns them: fullcourt train --start DATE --end DATE`,
  ].join('\n');
}

export interface PromoteFlags {
  readonly as: string;
  readonly start?: string;
  readonly end?: string;
  readonly force?: boolean;
  readonly reason?: string;
}

export async function promoteCommand(
  client: Client,
  id: string,
  flags: PromoteFlags,
  options: GlobalOptions,
): Promise<number> {
  const asked = {
    ...{ model: id, alias: aliasOption(flags.as), force: flags.force === true, reason: flags.reason },
    ...openRange(flags),
    by: userInfo().username,
  };
  const found = await client.readWarehouse('promote', (warehouse) =>
    promoteModel({ ...client, warehouse }, asked),
  );
  answer(options, found, () =>
    [
      ...checkLines(found.gate),
      found.promoted
        ? `${found.modelId} is the ${found.alias}${found.forced ? ', by force' : ''}${found.before === null ? '' : `, in the place of ${found.before}`}`
        : `${found.modelId} is not promoted: the gate is shut. To promote it all the same: --force --reason TEXT`,
    ].join('\n'),
  );
  return found.promoted ? EXIT.done : EXIT.failed;
}

export interface RollbackFlags {
  readonly as: string;
  readonly reason: string;
}

export async function rollbackCommand(
  client: Client,
  flags: RollbackFlags,
  options: GlobalOptions,
): Promise<number> {
  const found = await rollBackModel(client, {
    alias: aliasOption(flags.as),
    reason: flags.reason,
    by: userInfo().username,
  });
  answer(
    options,
    found,
    () => `${found.modelId} is the ${found.alias} again, in the place of ${found.before}`,
  );
  return EXIT.done;
}

/** @throws RequestError when it is no alias */
function aliasOption(text: string): ModelAlias {
  const found = ALIASES.find((alias) => alias === text);
  if (found === undefined)
    throw new RequestError(`--as ${text} is no alias; there are: ${ALIASES.join(', ')}`, { flag: '--as' });
  return found;
}
