/** What `evaluate` and `backtest` print. */
import type { Backtest, ModelEvaluation } from '../../functions/control/evaluate-model.ts';
import type { Predecessor } from '../../functions/control/predecessor.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { BASELINES, type Evaluation, type Part } from '../../shared/modeling/evaluate.ts';
import type { Interval } from '../../shared/modeling/errors.ts';
import type { KnownThen } from '../../shared/modeling/known-then.ts';
import { table } from './text-table.ts';
import { checkLines } from './train.ts';

const NAMES = {
  l5: 'mean of the last 5 games',
  l10: 'mean of the last 10 games',
  season: 'mean of the season',
  rules: 'hand rules (rules_v1)',
} as const;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const between = ([low, high]: Interval): string => `${low.toFixed(3)} to ${high.toFixed(3)}`;

/** The text of an evaluation. @param report where plots were written; null where none were */
export function evaluationText(
  found: ModelEvaluation,
  predecessor: Predecessor | null,
  report: string | null,
): string {
  const { model, evaluation, knownThen, playOffs, learnedFrom, canaries, first, last } = found;
  return [
    `${model.id} on ${first} to ${last}`,
    ...(learnedFrom === 0
      ? []
      : [`  It has learned from ${grouped(learnedFrom)} of these games: the figures are too good`]),
    ...figures(evaluation),
    ...thenLines(knownThen),
    ...(playOffs === null
      ? []
      : [
          `Play-in and play-offs, not counted above: ${grouped(playOffs.rows)} of ${grouped(playOffs.of)} player-games, MAE ${playOffs.mae.toFixed(3)}`,
        ]),
    '',
    'Canaries (a fault is planted, and has to be found)',
    ...canaries.map(({ name, ok, found: text }) => `  ${ok ? 'ok  ' : 'FAIL'}  ${name}: ${text}`),
    ...(predecessor === null ? [] : ['', ...predecessorLines(predecessor)]),
    ...(report === null ? [] : ['', `Plots: ${report}`]),
  ].join('\n');
}

/** The text of a backtest. */
export function backtestText({ evaluation, knownThen, months }: Backtest, report: string | null): string {
  return [
    table(
      ['month', 'learned from', 'why not'],
      months.map(({ month, learnedFrom, why }) => [month, learnedFrom, why ?? '']),
    ),
    '',
    ...figures(evaluation),
    ...thenLines(knownThen),
    ...(report === null ? [] : ['', `Plots: ${report}`]),
  ].join('\n');
}

/** What is said of knowledge before the games: above, the rows are as they are corrected now. */
function thenLines({ measured, assumed, unknownThen, mae, onMeasured }: KnownThen): string[] {
  if (onMeasured === null)
    return [
      'As known then: none of these games was predicted before it, so it is assumed that their features were known as they are now',
    ];
  const share = percent(measured / (measured + assumed));
  return [
    `As known then: MAE ${mae.toFixed(3)}. Of ${grouped(measured)} games (${share}) the features were sealed before the game; of the other ${grouped(assumed)} it is assumed that they were known as they are now`,
    `On the sealed ones: MAE ${onMeasured.mae.toFixed(3)} as known then, ${onMeasured.correctedMae.toFixed(3)} as corrected now; corrections have changed ${counted(onMeasured.changed, 'prediction')}${unknownThen === 0 ? '' : `; ${grouped(unknownThen)} more could not be predicted then`}`,
  ];
}

function figures(evaluation: Evaluation): string[] {
  const { rows, of, absent, mae, interval, baselines, differences, withLine, parts } = evaluation;
  const reasons = Object.entries(absent).map(([reason, count]) => `${reason} ${grouped(count)}`);
  return [
    `Predicted: ${grouped(rows)} of ${counted(of, 'player-game')} (${percent(rows / of)})${reasons.length === 0 ? '' : `; absent: ${reasons.join(', ')}`}`,
    `MAE ${mae.toFixed(3)} (${between(interval)}); with the last 10 games for the absent ${evaluation.maeWithL10ForAbsent.toFixed(3)}`,
    `RMSE ${evaluation.rmse.toFixed(3)}; within 1 / 3 / 5 points ${[1, 3, 5].map((k) => percent(evaluation.within[String(k) as '1' | '3' | '5'])).join(' / ')}; bias ${evaluation.bias.toFixed(3)}; P10 to P90 holds ${percent(evaluation.p10p90)}`,
    '',
    table(
      ['on the same rows', 'MAE', 'model minus this, 95 %'],
      BASELINES.map((name) => [NAMES[name], baselines[name].toFixed(3), between(differences[name])]),
    ),
    '',
    withLine.rows === 0
      ? 'No row has a line'
      : `Rows with a line: ${grouped(withLine.rows)}; model ${withLine.mae.toFixed(3)}, line ${withLine.lineMae.toFixed(3)} (model minus line ${between(withLine.difference)})${withLine.seeingLine === null ? '' : `, model that sees the line ${withLine.seeingLine.toFixed(3)}`}${withLine.overScore === null ? '' : `; score of P(over) ${withLine.overScore.toFixed(4)}, a coin has 0.2500`}`,
    '',
    ...partTable('scorers, by mean points of the season', parts.scorer),
    ...partTable('minutes, last 10 games', parts.minutes),
    ...partTable('tenth of the predictions', parts.decile),
    ...partTable('month', parts.month),
  ];
}

function partTable(title: string, parts: readonly Part[]): string[] {
  return [
    table(
      [title, 'rows', 'MAE', 'L10', 'bias'],
      parts.map(({ part, rows, mae, l10, bias }) => [
        part,
        rows,
        mae.toFixed(3),
        l10.toFixed(3),
        bias.toFixed(3),
      ]),
    ),
    '',
  ];
}

function predecessorLines({ checks, spotChecks, mae, rows }: Predecessor): string[] {
  return [
    `The model of the predecessor, 21 features and its parameters, on the same ${grouped(rows)} rows: MAE ${mae.toFixed(3)}`,
    ...checkLines(checks),
    table(
      ['20 spot checks', 'date', 'predicted', 'points', 'L5', 'L10', 'season', 'minutes'],
      spotChecks.map((each) => [
        each.player,
        each.date,
        each.predicted.toFixed(1),
        each.points,
        each.l5.toFixed(1),
        each.l10.toFixed(1),
        each.season.toFixed(1),
        each.minutes10.toFixed(1),
      ]),
    ),
  ];
}
