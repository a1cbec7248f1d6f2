/** What each system answers for a player: a function of his row of prediction_inputs and of the model, and of nothing else. */
import type { TableRows } from '../../../shared/domain/table-rows.ts';
import { featuresAt, numberAt, zoneDefenceAt } from './features.ts';
import { ensemble, type EnsembleAnswer } from './systems/ensemble.ts';
import type { Predictions } from './systems/model.ts';
import { movingAverage } from './systems/moving-average.ts';
import { alikeIn, similarGames } from './systems/similarity.ts';
import type { SystemAnswer, SystemId, SystemResult } from './systems/system.ts';
import { zoneMatchup } from './systems/zone-matchup.ts';

/** An answer of a system. */
export interface Answered {
  readonly system: SystemId;
  readonly answer: SystemAnswer;
  /** Of the ensemble: what it consists of. */
  readonly together?: EnsembleAnswer & {
    readonly of: readonly SystemAnswer[];
    readonly names: readonly SystemId[];
  };
}

/**
 * The answers for the player of a row of prediction_inputs, of the systems that have one.
 * @param model what the model says of these rows; undefined while none serves
 */
export function answersAt(inputs: TableRows, i: number, model: Predictions | undefined): Answered[] {
  const features = featuresAt(inputs, i);
  const alike = alikeIn(inputs.texts['similar_games']?.[i] ?? null);
  const results: readonly (readonly [SystemId, SystemResult])[] = [
    ['moving_average', movingAverage(features)],
    ['zone_matchup_v1', zoneMatchup(features, zoneDefenceAt(inputs, i))],
    ['similarity_balanced_v1', similarGames(features, alike)],
    ...(model === undefined
      ? []
      : [['xgboost_v1', model.resultAt(i, features, numberAt(inputs, 'feature_quality_score', i))] as const]),
  ];
  const answers = results.flatMap(([system, result]): Answered[] =>
    result.ok ? [{ system, answer: result.answer }] : [],
  );
  const of = answers.map(({ answer }) => answer);
  const together = ensemble(of);
  if (!together.result.ok) return answers;
  return [
    ...answers,
    {
      system: 'ensemble_v1',
      answer: together.result.answer,
      together: { ...together, of, names: answers.map(({ system }) => system) },
    },
  ];
}

/** A number of points as it is stored, so that whatever is compared with a line is the number that people see. */
export function tenths(points: number): number {
  return Math.round(points * 10) / 10;
}
