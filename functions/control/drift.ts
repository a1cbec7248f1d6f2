/** Looks how far the rows of some dates are from those that a model has learned from. */
import { RequestError } from '../../shared/domain/failure.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { ModelDocument } from '../../shared/domain/models.ts';
import type { TableRows } from '../../shared/domain/table-rows.ts';
import { DRIFT_COLUMNS, driftOf, type DriftCause } from '../../shared/modeling/drift.ts';
import { lastDateWithRows } from './date-range.ts';
import { fileOfModel, type EvaluatingPorts } from './evaluate-model.ts';
import { FEATURES, readTable } from './model-rows.ts';
import type { ReadingPorts } from './ports.ts';

/** Drift is looked for in the last 14 days when no range is given. */
const DAYS = 14;

/** What was found. */
export interface Drift {
  readonly model: ModelDocument;
  readonly first: GameDate;
  readonly last: GameDate;
  /** Rows of features of these dates, and of the dates of the training. */
  readonly rows: number;
  readonly learnedRows: number;
  readonly causes: readonly DriftCause[];
}

/**
 * The causes of drift of a model on a range of dates.
 * @param asked.first by default 13 days before the last date
 * @param asked.last by default the last date that has features
 * @throws RequestError when the file of the model is lost, or one of both ranges has no features
 */
export async function modelDrift(
  ports: EvaluatingPorts & ReadingPorts,
  asked: {
    readonly model: ModelDocument;
    readonly first?: GameDate | undefined;
    readonly last?: GameDate | undefined;
  },
): Promise<Drift> {
  const { model } = asked;
  const file = await fileOfModel(ports, model);
  const last = asked.last ?? (await lastDateWithRows(ports, FEATURES));
  if (last === undefined)
    throw new RequestError('No date has features; build them with: fullcourt backfill --season SEASON');
  const first = asked.first ?? addDays(last, 1 - DAYS);
  const read = async (from: GameDate, to: GameDate): Promise<TableRows> => {
    const found = await readTable(ports, FEATURES, [...DRIFT_COLUMNS, ...file.features], from, to);
    if (found.count === 0)
      throw new RequestError(
        `From ${from} to ${to} there are no features; build them with: fullcourt backfill --start ${from} --end ${to}`,
      );
    return found;
  };
  const [rows, learned] = [await read(first, last), await read(model.training.first, model.training.last)];
  return {
    ...{ model, first, last, rows: rows.count, learnedRows: learned.count },
    causes: driftOf(learned, rows, file.features),
  };
}
