/** Judges a model on a range of dates, and a rolling origin of models that are trained for it alone. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Algorithm, Comparison, ModelDocument } from '../../shared/domain/models.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { canariesOf, type Canary } from '../../shared/modeling/canaries.ts';
import { compared, evaluatePoints, type Evaluation } from '../../shared/modeling/evaluate.ts';
import {
  knownThen,
  predictedThen,
  type KnownThen,
  type PredictedThen,
} from '../../shared/modeling/known-then.ts';
import { modelIn, type PointsModel } from '../../shared/modeling/points-model.ts';
import { joined, predictedBy, type Absent, type Predicted } from '../../shared/modeling/predicted.ts';
import { rowsWhere } from '../../shared/modeling/rows.ts';
import { trainPoints } from '../../shared/modeling/train.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { knownModels } from '../../shared/state/models.ts';
import { archivedBytes, WHY_LOST } from '../ingest/archived-bytes.ts';
import { featuresOf, newestVersion, readModelRows, readSealedRows, type FoundRows } from './model-rows.ts';
import { BEFORE_ALL_GAMES, monthsBetween, SEED } from './train-model.ts';

export interface EvaluatingPorts {
  readonly registry: Registry;
  readonly store: StateStore;
  readonly archive: Pick<ArchiveStore, 'get'>;
  readonly warehouse: Pick<Warehouse, 'read'>;
}

/** What was found about a model on a range of dates. Its figures are of the regular season. */
export interface ModelEvaluation {
  readonly model: ModelDocument;
  readonly file: PointsModel;
  readonly first: GameDate;
  readonly last: GameDate;
  readonly evaluation: Evaluation;
  /** The error as known then, beside that of `evaluation`, which is from the rows as corrected now. */
  readonly knownThen: KnownThen;
  /** The same of the play-in and the play-offs; null when the range has none. */
  readonly playOffs: { readonly rows: number; readonly of: number; readonly mae: number } | null;
  /** How many of the predicted games the model has learned from. */
  readonly learnedFrom: number;
  readonly canaries: readonly Canary[];
  /** The predictions of the regular season, for plots and comparisons. */
  readonly found: Predicted;
}

/**
 * The model of an id, the one whose id begins with the text, or with `last` the newest one.
 * @throws RequestError when there is none, or more than one
 */
export async function modelNamed(
  ports: Pick<EvaluatingPorts, 'store'>,
  asked: string,
): Promise<ModelDocument> {
  const known = await knownModels(ports);
  const like =
    asked === 'last'
      ? known.toSorted((a, b) => (a.trainedAt < b.trainedAt ? 1 : -1)).slice(0, 1)
      : known.filter(({ id }) => id.startsWith(asked));
  const model = like.find(({ id }) => id === asked) ?? (like.length === 1 ? like[0] : undefined);
  if (model === undefined)
    throw new RequestError(
      `${like.length === 0 ? `There is no model ${asked}` : `The ids of ${like.length} models begin with ${asked}`}; list them with: fullcourt models`,
    );
  return model;
}

/** What the file of a model holds. @throws RequestError when it is lost */
export async function fileOfModel(
  ports: Pick<EvaluatingPorts, 'archive'>,
  model: ModelDocument,
): Promise<PointsModel> {
  const bytes = await archivedBytes(ports.archive, model.file);
  if (typeof bytes === 'string')
    throw new RequestError(
      `The file of ${model.id} cannot be used: ${WHY_LOST[bytes]}. Train it again with: ${trainCommandOf(model)}`,
    );
  return modelIn(new TextDecoder().decode(bytes));
}

/** The command that trains a model again. */
export function trainCommandOf({ training, algorithm, leftOut, validity }: ModelDocument): string {
  const without = leftOut.flatMap(({ name, why }) => (why === 'asked for' ? [`--without ${name}`] : []));
  const range =
    validity === null
      ? `--start ${training.first} --end ${training.last}`
      : `--rolling --start ${validity.from} --end ${validity.from}`;
  return ['fullcourt train', range, `--model ${algorithm}`, ...without].join(' ');
}

/**
 * Evaluates a model.
 * @throws RequestError when the file of the model is lost, or there is nothing to predict in the range
 */
export async function evaluateModel(
  ports: EvaluatingPorts,
  asked: { readonly model: ModelDocument; readonly first: GameDate; readonly last: GameDate },
): Promise<ModelEvaluation> {
  const { model } = asked;
  const file = await fileOfModel(ports, model);
  const read = await readModelRows(ports, asked.first, asked.last, file.features);
  const regular = partOf(read, true);
  const others = partOf(read, false);
  if (regular.rows.games.length === 0)
    throw new RequestError(
      `From ${asked.first} to ${asked.last} no player-game of the regular season has features; see: fullcourt coverage --start ${asked.first} --end ${asked.last}`,
    );
  const { found, absent } = predictedBy(file, regular.rows, regular.rules);
  if (found.games.length === 0)
    throw new RequestError(
      `${model.id} predicts none of these games: their rows lack features that it needs`,
    );
  const { first, last } = model.training;
  const sealed = await readSealedRows(ports, asked.first, asked.last, file.features);
  return {
    ...{ model, file, first: asked.first, last: asked.last, found },
    evaluation: evaluatePoints(found, [...regular.absent, ...absent], SEED),
    knownThen: knownThen([predictedThen(file, regular.rows, sealed)]),
    playOffs: playOffsOf(file, others),
    learnedFrom: found.games.filter(({ date }) => date >= first && date <= last).length,
    canaries: canariesOf(file, regular.rows, SEED),
  };
}

/** The rows of the regular season, or all others. */
function partOf({ rows, rules, absent }: FoundRows, isRegular: boolean): FoundRows {
  const is = (at: number): boolean => rows.games[at]?.isRegular === isRegular;
  return {
    rows: rowsWhere(rows, is),
    rules: rules.filter((_, at) => is(at)),
    absent: absent.filter(({ game }) => game.isRegular === isRegular),
  };
}

function playOffsOf(file: PointsModel, { rows, rules, absent }: FoundRows): ModelEvaluation['playOffs'] {
  const { found, absent: lacking } = predictedBy(file, rows, rules);
  const of = rows.games.length + absent.length;
  if (of === 0) return null;
  const total = found.games.reduce(
    (sum, { points }, at) => sum + Math.abs((found.predicted[at] ?? NaN) - points),
    0,
  );
  const predicted = rows.games.length - lacking.length;
  return { rows: predicted, of, mae: predicted === 0 ? 0 : total / predicted };
}

/** What a backtest has found. */
export interface Backtest {
  readonly evaluation: Evaluation;
  /** The error of the same games as known then. The models have learned from the rows as corrected now. */
  readonly knownThen: KnownThen;
  /** Months, and why one has no model. */
  readonly months: readonly {
    readonly month: string;
    readonly learnedFrom: number;
    readonly why: string | null;
  }[];
  readonly found: Predicted;
}

/**
 * Predicts each month of a range with a model that is trained on everything before the month. Nothing is kept.
 * @throws RequestError when no month has a season before it
 */
export async function backtest(
  ports: Pick<EvaluatingPorts, 'registry' | 'warehouse'>,
  asked: {
    readonly first: GameDate;
    readonly last: GameDate;
    readonly algorithm: Algorithm;
    readonly without: readonly string[];
  },
  say: (step: string) => void,
): Promise<Backtest> {
  const version = newestVersion(ports.registry);
  const features = featuresOf(version, asked.without);
  say(`reading the rows before ${asked.last}`);
  const all = partOf(await readModelRows(ports, BEFORE_ALL_GAMES, asked.last, features), true);
  const oldest = all.rows.games[0]?.date;
  const months: Backtest['months'][number][] = [];
  const parts: Predicted[] = [];
  const sealed = await readSealedRows(ports, asked.first, asked.last, features);
  const then: PredictedThen[] = [];
  const absent: Absent[] = all.absent.filter(({ game }) => game.date >= asked.first);
  for (const { from, before } of monthsBetween(asked.first, asked.last)) {
    const isIn = (date: GameDate): boolean => date >= from && date < before && date >= asked.first;
    const dateAt = (at: number): GameDate => all.rows.games[at]?.date ?? asked.last;
    const rows = rowsWhere(all.rows, (at) => isIn(dateAt(at)));
    if (rows.games.length === 0) continue;
    const month = from.slice(0, 7);
    if (oldest === undefined || seasonOf(oldest) === seasonOf(from)) {
      months.push({ month, learnedFrom: 0, why: 'no season before it is loaded' });
      continue;
    }
    const earlier = rowsWhere(all.rows, (at) => dateAt(at) < from);
    say(`${month}: learning from ${earlier.games.length} rows`);
    const { model } = trainPoints(earlier, {
      ...{ algorithm: asked.algorithm, featureVersion: version, features, seed: SEED },
    });
    const predictions = predictedBy(
      model,
      rows,
      all.rules.filter((_, at) => isIn(dateAt(at))),
    );
    parts.push(predictions.found);
    then.push(predictedThen(model, rows, sealed));
    absent.push(...predictions.absent);
    months.push({ month, learnedFrom: earlier.games.length, why: null });
  }
  const found = joined(parts);
  if (found.games.length === 0)
    throw new RequestError(
      'No month of the range has a loaded season before it to learn from; load an earlier one with: fullcourt import --from DIR',
    );
  const predictedMonths = new Set(months.flatMap(({ month, why }) => (why === null ? [month] : [])));
  const counting = absent.filter(({ game }) => predictedMonths.has(game.date.slice(0, 7)));
  return { evaluation: evaluatePoints(found, counting, SEED), knownThen: knownThen(then), months, found };
}

/**
 * A model and the one in whose place it would come, on the regular season games of a range that both predict and neither has learned
 * from. Without a champion it is compared with the mean of the last 10 games.
 * @throws RequestError when no such game is there
 */
export async function compareModels(
  ports: EvaluatingPorts,
  asked: {
    readonly model: ModelDocument;
    /** The id of the other one; null for none. */
    readonly against: string | null;
    readonly first: GameDate;
    readonly last: GameDate;
  },
): Promise<Comparison> {
  const candidate = await evaluateModel(ports, asked);
  const other =
    asked.against === null
      ? null
      : await evaluateModel(ports, { ...asked, model: await modelNamed(ports, asked.against) });
  const unseen = candidate.found.games.filter(({ date }) =>
    [candidate, other].every(
      (each) => each === null || date < each.model.training.first || date > each.model.training.last,
    ),
  );
  if (unseen.length === 0)
    throw new RequestError(
      `From ${asked.first} to ${asked.last} there is no game that the models have not learned from; give a later range with --start and --end`,
    );
  const keys = new Set(unseen.map(({ key }) => key));
  const predictions =
    other === null
      ? new Map(candidate.found.games.map(({ key, l10 }) => [key, l10]))
      : new Map(other.found.games.map(({ key }, at) => [key, other.found.predicted[at] ?? NaN]));
  return compared(
    other?.model.id ?? 'l10',
    candidate.found,
    new Map([...predictions].filter(([key]) => keys.has(key))),
    candidate.canaries,
    SEED,
  );
}
