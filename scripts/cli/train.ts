/** `train`: trains models of player points and keeps them. */
import { writeFileSync } from 'node:fs';
import { retrain, type Retraining } from '../../functions/control/retrain.ts';
import {
  trainModel,
  trainRolling,
  type RollingAnswer,
  type TrainAnswer,
  type TrainAsked,
} from '../../functions/control/train-model.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { ALGORITHMS, type Algorithm, type ModelCheck } from '../../shared/domain/models.ts';
import { DEFAULT_ALGORITHM } from '../../shared/modeling/default-algorithm.ts';
import { answer, copyable, EXIT, tell, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { table } from './text-table.ts';

export interface TrainFlags {
  readonly start?: string;
  readonly end?: string;
  readonly model: string;
  readonly without?: readonly string[];
  readonly rolling?: boolean;
  readonly monthly?: boolean;
  readonly output?: string;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

/** @throws RequestError when it is no kind of model */
export function algorithmOption(text: string): Algorithm {
  const found = ALGORITHMS.find((algorithm) => algorithm === text);
  if (found === undefined)
    throw new RequestError(`--model ${text} is no kind of model; there are: ${ALGORITHMS.join(', ')}`, {
      flag: '--model',
    });
  return found;
}

/** @throws RequestError when a flag is wrong or the rows cannot be read */
export async function trainCommand(
  client: Client,
  flags: TrainFlags,
  options: GlobalOptions,
): Promise<number> {
  const say = (step: string): void => {
    if (flags.verbose === true || !step.startsWith('  ')) tell(step);
  };
  if (flags.monthly === true) return monthlyCommand(client, flags, options, say);
  const { start, end } = rangeOptions(flags);
  const asked: TrainAsked = {
    ...{ first: start, last: end, algorithm: algorithmOption(flags.model) },
    without: flags.without ?? [],
    dryRun: flags.dryRun === true,
  };
  if (flags.rolling === true) {
    if (flags.output !== undefined)
      throw new RequestError('--output is for one model, and --rolling makes several', { flag: '--output' });
    const models = await client.readWarehouse('train', (warehouse) =>
      trainRolling({ ...client, warehouse }, asked, say),
    );
    answer(options, { models }, () => rollingText(models));
    return models.some(({ why }) => why === null) || asked.dryRun ? EXIT.done : EXIT.failed;
  }
  const { file, model, ...found } = await client.readWarehouse('train', (warehouse) =>
    trainModel({ ...client, warehouse }, asked, say),
  );
  if (flags.output !== undefined && file !== null) writeFileSync(flags.output, file);
  const fill = Object.fromEntries(
    Object.entries(found.fill).map(([name, share]) => [name, Math.round(share * 1e4) / 1e4]),
  );
  answer(options, { ...found, fill, metrics: model?.metrics ?? [], baselines: model?.baselines ?? {} }, () =>
    trainText({ ...found, file, model }, flags),
  );
  return found.verdict === 'GO' ? EXIT.done : EXIT.failed;
}

/** @throws RequestError when a flag is given that the schedule would not have, or the rows cannot be read */
async function monthlyCommand(
  client: Client,
  flags: TrainFlags,
  options: GlobalOptions,
  say: (step: string) => void,
): Promise<number> {
  const { start, end, model, without, rolling, output, dryRun } = flags;
  const isOther =
    model !== DEFAULT_ALGORITHM ||
    [start, end, without, rolling, output, dryRun].some((flag) => flag !== undefined);
  if (isOther)
    throw new RequestError(
      '--monthly goes with no other flag of a training: it does what the schedule does',
      {
        flag: '--monthly',
      },
    );
  const found = await client.readWarehouse('train', (warehouse) => retrain({ ...client, warehouse }, say));
  answer(options, found, () => monthlyText(found));
  return found.outcome === 'refused' ? EXIT.failed : EXIT.done;
}

function monthlyText({ through, rows, features, seconds, modelId, outcome, checks }: Retraining): string {
  const learned = `${counted(rows, 'row')} until ${through}, ${counted(features, 'feature')}`;
  switch (outcome) {
    case 'challenger':
      return [
        `Model ${modelId}, trained on ${learned} in ${seconds.toFixed(1)} s, is the challenger: it predicts beside the champion`,
        copyable(`It becomes the champion, when the gate is open, with: fullcourt models promote ${modelId}`),
      ].join('\n');
    case 'known':
      return `Model ${modelId} is known: the same rows (${learned}) give it again, and nothing has changed`;
    case 'refused':
      return [learned, ...checkLines(checks), 'NO-GO: nothing serves that did not serve before'].join('\n');
    default:
      return outcome satisfies never;
  }
}

/** The lines of checks: what holds, what does not, and what was found. */
export function checkLines(checks: readonly ModelCheck[]): string[] {
  return checks.map(
    ({ name, ok, required, found }) => `  ${ok ? 'ok  ' : required ? 'FAIL' : 'note'}  ${name}: ${found}`,
  );
}

/** A share below 1, rounded down, so that what is lacking in one row of many is not told as 100 %. */
const knownShare = (share: number): string => `${(Math.floor(1000 * share) / 10).toFixed(1)} %`;

function trainText(found: TrainAnswer, flags: TrainFlags): string {
  const { rows, dates, players, features, leftOut, fill, checks, verdict, modelId, model } = found;
  const sparse = Object.entries(fill).filter(([name, share]) => share < 1 && features.includes(name));
  const lines = [
    `${counted(rows, 'row')} of ${counted(dates, 'date')} and ${counted(players, 'player')}; ${counted(features.length, 'feature')}`,
    ...leftOut.map(({ name, why }) => `  left out: ${name} (${why})`),
    ...(sparse.length === 0
      ? ['  every feature is known in every row']
      : [
          `  not known in every row: ${sparse.map(([name, share]) => `${name} ${knownShare(share)}`).join(', ')}`,
        ]),
    ...(model === null
      ? []
      : [
          table(
            ['MAE on', 'rows', 'MAE', '95 % interval'],
            [
              ...model.metrics,
              ...Object.entries(model.baselines).map(([name, of]) => ({
                ...of,
                rowsOf: `${name}, ${of.rowsOf}`,
              })),
            ].map(({ rowsOf, rows: count, mae, interval }) => [
              rowsOf,
              count,
              mae.toFixed(3),
              interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`,
            ]),
          ),
        ]),
    ...checkLines(checks),
    verdict,
    ...(modelId === null
      ? []
      : [
          `Model ${modelId}, trained in ${found.seconds.toFixed(1)} s${flags.output === undefined ? '' : `, written to ${flags.output}`}`,
          copyable(`Judge it with: fullcourt evaluate --model ${modelId} --start DATE --end DATE`),
        ]),
  ];
  return lines.join('\n');
}

function rollingText(models: readonly RollingAnswer[]): string {
  if (models.length === 0) return 'No month of the range has games';
  return table(
    ['month', 'model', 'rows', 'seconds', 'why not'],
    models.map(({ validity, modelId, rows, seconds, why }) => [
      validity.from.slice(0, 7),
      modelId ?? 'none',
      rows,
      seconds.toFixed(1),
      why ?? '',
    ]),
  );
}
