/** `evaluate` and `backtest`: how good predictions of player points are, beside others on the same rows. */
import {
  backtest,
  evaluateModel,
  type Backtest,
  type ModelEvaluation,
} from '../../functions/control/evaluate-model.ts';
import { servingModel } from '../../functions/control/models.ts';
import { predecessorOf } from '../../functions/control/predecessor.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { ModelDocument } from '../../shared/domain/models.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { ofFlag } from './options.ts';
import { backtestText, evaluationText } from './evaluation-text.ts';
import { writeReport } from './report.ts';
import { placeFor } from '../../functions/targets/folders.ts';
import { algorithmOption } from './train.ts';

export interface EvaluateFlags {
  readonly model?: string;
  readonly start?: string;
  readonly end?: string;
  readonly predecessor?: boolean;
  readonly report?: string;
}

/** @throws RequestError when a flag is wrong, there is no such model, or nothing is predicted in the range */
export async function evaluateCommand(
  client: Client,
  flags: EvaluateFlags,
  options: GlobalOptions,
): Promise<number> {
  const { start, end } = rangeOptions(flags);
  if (flags.report !== undefined) placeFor('--report', flags.report);
  if (flags.model === undefined)
    throw new RequestError('--model must be the id of a model, champion or challenger', { flag: '--model' });
  const model = await modelOption(client, flags.model);
  const { found, predecessor } = await client.readWarehouse('evaluate', async (warehouse) => {
    const ports = { ...client, warehouse };
    const judged = await evaluateModel(ports, { model, first: start, last: end });
    if (flags.predecessor !== true) return { found: judged, predecessor: null };
    return { found: judged, predecessor: await predecessorOf(ports, judged, tell) };
  });
  const report = flags.report === undefined ? null : writeReport(flags.report, titleOf(found), found);
  const document = { ...documentOf(found), predecessor, report };
  answer(options, document, () => evaluationText(found, predecessor, report));
  return found.canaries.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

/** The model that `--model` names. @throws RequestError when it names none */
async function modelOption(client: Client, asked: string): Promise<ModelDocument> {
  try {
    return await servingModel(client, asked);
  } catch (error) {
    throw ofFlag('--model', error);
  }
}

function titleOf({ model, first, last }: ModelEvaluation): string {
  return `${model.id}, ${first} to ${last}`;
}

/** What scripts read. */
function documentOf(found: ModelEvaluation) {
  const { model, evaluation, knownThen, playOffs, learnedFrom, canaries, first, last } = found;
  return { modelId: model.id, first, last, ...evaluation, knownThen, playOffs, learnedFrom, canaries };
}

export interface BacktestFlags {
  readonly start?: string;
  readonly end?: string;
  readonly model: string;
  readonly without?: readonly string[];
  readonly report?: string;
}

/** @throws RequestError when a flag is wrong, or no month of the range has a season before it */
export async function backtestCommand(
  client: Client,
  flags: BacktestFlags,
  options: GlobalOptions,
): Promise<number> {
  const { start, end } = rangeOptions(flags);
  if (flags.report !== undefined) placeFor('--report', flags.report);
  const asked = {
    ...{ first: start, last: end, algorithm: algorithmOption(flags.model) },
    without: flags.without ?? [],
  };
  const found: Backtest = await client.readWarehouse('backtest', (warehouse) =>
    backtest({ ...client, warehouse }, asked, tell),
  );
  const { evaluation, knownThen, months } = found;
  const title = `Rolling origin of ${asked.algorithm}, ${start} to ${end}`;
  const report = flags.report === undefined ? null : writeReport(flags.report, title, found);
  answer(options, { ...evaluation, knownThen, months, report }, () => backtestText(found, report));
  return EXIT.done;
}
