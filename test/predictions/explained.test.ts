/** What a prediction consists of adds up to it to the last bit, whatever the features are. */
import { array, assert, double, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersAt, tenths } from '../../functions/processors/player_prop_predictions/answers.ts';
import { explainedOf, type Explained } from '../../functions/processors/player_prop_predictions/explained.ts';
import { predictionsOf } from '../../functions/processors/player_prop_predictions/systems/model.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import type { TableRows } from '../../shared/domain/table-rows.ts';
import type { Algorithm } from '../../shared/domain/models.ts';
import { modelText } from '../../shared/modeling/points-model.ts';
import { trainPoints } from '../../shared/modeling/train.ts';
import { pointRows } from '../support/point-games.ts';

/** Base, terms and rest in their order. */
const sumOf = ({ base, terms, rest }: Explained): number =>
  terms.reduce((sum, { adds }) => sum + adds, base) + rest;

/** One row of prediction_inputs; what is not given is NULL. */
function inputs(numbers: Readonly<Record<string, number | null>>, similar: string | null): TableRows {
  return {
    count: 1,
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, Float64Array.of(value ?? NaN)]),
    ),
    texts: { similar_games: [similar] },
    flags: {},
  };
}

const points = double({ min: 0, max: 60, noNaN: true });
const some = option(double({ min: -30, max: 130, noNaN: true }));
const features = record({
  ...{ points_avg_last_5: points, points_avg_last_10: points, points_avg_season: points },
  ...{ points_std_last_10: some, games_in_last_7_days: some, fatigue_score: some },
  ...{ shot_zone_mismatch_score: some, pace_score: some, usage_spike_score: some },
  ...{ opponent_def_rating: some, days_rest: some, home_away: integer({ min: 0, max: 1 }) },
  ...{ pct_paint: some, pct_mid_range: some, pct_three: some, pct_free_throw: some },
  ...{ paint_defense_vs_league_avg: some, three_pt_defense_vs_league_avg: some },
});
const similar = array(
  record({ points: integer({ min: 0, max: 70 }), score: integer({ min: 70, max: 100 }) }),
  {
    maxLength: 20,
  },
);

describe('rules and the ensemble', () => {
  it('add up to their points to the last bit, the largest part first', () => {
    let ensembles = 0;
    assert(
      property(features, similar, (given, games) => {
        const text = games.map((game) => `${game.points}:${game.score}`).join(' ');
        for (const answered of answersAt(inputs(given, text === '' ? null : text), 0, undefined)) {
          const found = explainedOf(answered);
          expect(sumOf(found)).toBe(answered.answer.points);
          const sizes = found.terms.map(({ adds }) => Math.abs(adds));
          expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
          if (answered.system === 'ensemble_v1') ensembles += 1;
        }
      }),
    );
    expect(ensembles).toBeGreaterThan(0);
  });

  it('name what each number was, and the part of each system in the ensemble', () => {
    const row = {
      ...{ points_avg_last_5: 22, points_avg_last_10: 20, points_avg_season: 21, home_away: 1 },
      ...{ pct_paint: 0.5, paint_defense_vs_league_avg: 3, opponent_def_rating: null },
    };
    const answers = answersAt(inputs(row, null), 0, undefined);
    const [average, zones, ensemble] = answers.map((each) => explainedOf(each));
    expect(answers.map(({ system }) => system)).toEqual([
      ...['moving_average', 'zone_matchup_v1', 'ensemble_v1'],
    ]);
    expect(average?.terms.slice(0, 2)).toEqual([
      { name: 'points_avg_season', value: 21, adds: 0.459 * 21 },
      { name: 'points_avg_last_5', value: 22, adds: 0.262 * 22 },
    ]);
    expect(average?.base).toBe(-0.432);
    expect(zones?.terms).toContainEqual({
      ...{ name: 'paint_defense_vs_league_avg', value: 3, adds: 0.0172 * 3 },
    });
    expect(ensemble?.terms.map(({ name, value }) => [name, value])).toEqual(
      expect.arrayContaining([
        ['moving_average', average?.points],
        ['zone_matchup_v1', zones?.points],
      ]),
    );
  });
});

describe.each<Algorithm>(['lad', 'trees', 'mean'])('a model of the kind %s', (algorithm) => {
  it('adds up to its points to the last bit, with little that no feature explains', () => {
    const { model } = trainPoints(pointRows(1, 20, 20), {
      ...{ algorithm, featureVersion: 'v', features: ['form', 'level', 'rest'], seed: 1 },
    });
    const random = makeRandom('explained', 7);
    const count = 200;
    const column = (width: number): Float64Array =>
      Float64Array.from({ length: count }, () => width * random.unit());
    const rows: TableRows = {
      ...{ count, texts: {}, flags: {} },
      numbers: { form: column(40), level: column(40), rest: column(4) },
    };
    const predictions = predictionsOf({ id: `${algorithm}-test`, text: modelText(model) }, rows);
    for (let i = 0; i < count; i += 1) {
      const answered = answersAt(rows, i, predictions).find(({ system }) => system === 'xgboost_v1');
      if (answered === undefined) throw new Error(`The model has no answer for row ${i}`);
      const found = explainedOf(answered, predictions.explainedAt(i));
      expect(sumOf(found)).toBe(answered.answer.points);
      expect(new Set(found.terms.map(({ name }) => name))).toEqual(new Set(['form', 'level', 'rest']));
      const isBounded = found.points === 0 || found.points === 60;
      if (!isBounded) expect(Math.abs(found.rest)).toBeLessThan(0.001);
    }
  });
});

it('a number is stored in tenths', () => {
  expect([tenths(12.34), tenths(0.05), tenths(59.96)]).toEqual([12.3, 0.1, 60]);
});
