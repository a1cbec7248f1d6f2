/** The rule systems: what each rule says of a player, and what no input can make it say. */
import {
  array,
  assert,
  boolean,
  double,
  integer,
  nat,
  option,
  property,
  record,
  type Arbitrary,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formConfidence } from '../../functions/processors/player_prop_predictions/systems/confidence.ts';
import { ensemble } from '../../functions/processors/player_prop_predictions/systems/ensemble.ts';
import { intervalOf } from '../../functions/processors/player_prop_predictions/systems/interval.ts';
import { movingAverage } from '../../functions/processors/player_prop_predictions/systems/moving-average.ts';
import { overProbability } from '../../functions/processors/player_prop_predictions/systems/over.ts';
import {
  breakEven,
  leanOf,
  recommendationOf,
  type Compared,
} from '../../functions/processors/player_prop_predictions/systems/recommendation.ts';
import {
  alikeGames,
  alikeIn,
  alikeText,
  similarGames as ofAlike,
  similarityOf,
} from '../../functions/processors/player_prop_predictions/systems/similarity.ts';
import {
  SYSTEM_IDS,
  type PastGame,
  type PlayerFeatures,
  type SystemAnswer,
  type SystemResult,
} from '../../functions/processors/player_prop_predictions/systems/system.ts';
import {
  OVER_MAPS,
  OVER_MAPS_FROM,
  SIMILARITY_CALIBRATION,
} from '../../functions/processors/player_prop_predictions/systems/weights.ts';
import {
  zoneAdjustment,
  zoneMatchup,
} from '../../functions/processors/player_prop_predictions/systems/zone-matchup.ts';

const STEADY: PlayerFeatures = {
  points_avg_last_5: 20,
  points_avg_last_10: 20,
  points_avg_season: 20,
  points_std_last_10: 5,
  games_in_last_7_days: 3,
  fatigue_score: 100,
  shot_zone_mismatch_score: 0,
  pace_score: 0,
  usage_spike_score: 0,
  opponent_def_rating: 112,
  days_rest: 1,
  isHome: true,
  isBackToBack: false,
  pct_paint: 0.45,
  pct_mid_range: 0.15,
  pct_three: 0.4,
  pct_free_throw: 0.2,
};
const AVERAGE = { paint: 0, midRange: 0, three: 0 };
const GAME: PastGame = {
  points: 20,
  opponentDefRating: 112,
  daysRest: 1,
  isHome: true,
  pointsLast5: 20,
  pointsSeason: 20,
};

/** The similar games among those of the season and of the one before it, by way of the text that is stored of them. */
function similarGames(
  features: PlayerFeatures,
  season: readonly PastGame[],
  seasonBefore: readonly PastGame[] = [],
): SystemResult {
  return ofAlike(features, alikeIn(alikeText(alikeGames(features, { season, seasonBefore }))));
}

function answerOf(result: SystemResult): SystemAnswer {
  if (!result.ok) throw new Error(`There is no answer: ${result.reason}`);
  return result.answer;
}

describe('moving_average', () => {
  it('lies near the form of a steady player', () => {
    expect(Math.abs(answerOf(movingAverage(STEADY)).points - 20)).toBeLessThan(1);
  });

  it('predicts less for a player in worse form, and nothing for one without form', () => {
    const worse = { ...STEADY, points_avg_last_5: 10 };
    expect(answerOf(movingAverage(worse)).points).toBeLessThan(answerOf(movingAverage(STEADY)).points - 1);
    expect(movingAverage({ ...STEADY, points_avg_last_10: null })).toEqual({ ok: false, reason: 'no_form' });
  });

  it('is as sure as the spread of his points and his games allow', () => {
    expect(formConfidence({ ...STEADY, points_std_last_10: 3 })).toBeCloseTo(0.6, 10);
    expect(formConfidence({ ...STEADY, points_std_last_10: 5, games_in_last_7_days: 2 })).toBeCloseTo(
      0.47,
      10,
    );
    expect(formConfidence({ ...STEADY, points_std_last_10: 7, games_in_last_7_days: 0 })).toBeCloseTo(
      0.25,
      10,
    );
  });
});

describe('zone_matchup_v1', () => {
  it('predicts more against a defence that is weak where he scores', () => {
    const weak = { paint: 8, midRange: 0, three: 5 };
    expect(zoneAdjustment(STEADY, weak)).toBeGreaterThan(zoneAdjustment(STEADY, AVERAGE));
    expect(answerOf(zoneMatchup(STEADY, weak)).points).toBeGreaterThan(
      answerOf(zoneMatchup(STEADY, AVERAGE)).points,
    );
  });

  it('holds each zone within three points', () => {
    const absurd = { paint: 1e6, midRange: 1e6, three: 1e6 };
    expect(zoneAdjustment(STEADY, absurd)).toBeLessThanOrEqual(3 * (1 + 0.4 + 1 + 0.7));
  });

  it('has no answer without shots', () => {
    const shotless = { ...STEADY, pct_paint: null, pct_mid_range: null, pct_three: null };
    expect(zoneMatchup(shotless, AVERAGE)).toEqual({ ok: false, reason: 'no_shot_zones' });
  });
});

describe('similarity_balanced_v1', () => {
  it.each([
    ['a game in the same situation', {}, 100],
    ['an opponent of the next tier', { opponentDefRating: 109.9 }, 80],
    ['an opponent two tiers away', { opponentDefRating: 116 }, 80],
    ['a day of rest more', { daysRest: 2 }, 85],
    ['three days of rest against one', { daysRest: 3 }, 70],
    ['the other venue', { isHome: false }, 85],
    ['hot form', { pointsLast5: 23 }, 90],
    ['an unknown opponent', { opponentDefRating: null }, 60],
  ])('scores %s', (_, difference, score) => {
    expect(similarityOf(GAME, { ...GAME, ...difference })).toBe(score);
  });

  it('takes the twenty most similar games, of equals the later ones, and needs five', () => {
    const old = Array.from({ length: 5 }, () => ({ ...GAME, points: 60 }));
    const late = Array.from({ length: 20 }, () => GAME);
    expect(answerOf(similarGames(STEADY, [...old, ...late])).similar).toEqual({
      baseline: 20,
      games: 20,
      score: 100,
    });
    expect(similarGames(STEADY, late.slice(0, 4))).toEqual({ ok: false, reason: 'few_similar_games' });
    const far = late.map((game) => ({ ...game, daysRest: 5, isHome: false }));
    expect(similarGames(STEADY, far)).toEqual({ ok: false, reason: 'few_similar_games' });
  });

  it('looks at the season before only where fewer than five games of the season are alike', () => {
    const before = Array.from({ length: 6 }, () => ({ ...GAME, points: 8 }));
    const games = (count: number): PastGame[] => Array.from({ length: count }, () => GAME);
    const unlike = { ...GAME, daysRest: 5, isHome: false };
    expect(answerOf(similarGames(STEADY, games(5), before)).similar).toMatchObject({
      baseline: 20,
      games: 5,
    });
    expect(answerOf(similarGames(STEADY, [...games(4), unlike], before)).similar).toMatchObject({
      baseline: (4 * 20 + 6 * 8) / 10,
      games: 10,
    });
    expect(answerOf(similarGames(STEADY, [], before)).similar).toMatchObject({ baseline: 8, games: 6 });
    expect(similarGames(STEADY, games(2), before.slice(0, 2))).toMatchObject({ reason: 'few_similar_games' });
    // Of equals those of the season come first, and the latest of each season before the others.
    const [early, last] = [
      { ...GAME, points: 5 },
      { ...GAME, points: 7 },
    ];
    expect(
      alikeText(alikeGames(STEADY, { season: [{ ...GAME, points: 1 }], seasonBefore: [early, last] })),
    ).toBe('1:100 7:100 5:100');
  });

  it('weighs more similar games more', () => {
    const games = [
      ...Array.from({ length: 5 }, () => GAME),
      ...Array.from({ length: 5 }, () => ({ ...GAME, points: 10, isHome: false })),
    ];
    expect(answerOf(similarGames(STEADY, games)).similar?.baseline).toBeCloseTo(
      (5 * 100 * 20 + 5 * 85 * 10) / (5 * 185),
      10,
    );
  });
});

describe('ensemble_v1', () => {
  it('weighs the systems by their confidence and needs two', () => {
    const answers = [
      { points: 10, confidence: 0.25 },
      { points: 20, confidence: 0.75 },
    ];
    const { result, spread, systems } = ensemble(answers);
    expect(answerOf(result).points).toBeCloseTo(17.5, 10);
    expect(answerOf(result).confidence).toBeCloseTo(0.5 - 0.05, 10);
    expect({ spread, systems }).toEqual({ spread: 5, systems: 2 });
    expect(ensemble(answers.slice(0, 1)).result).toEqual({ ok: false, reason: 'few_systems' });
  });

  it('is surer when all four agree', () => {
    const four = [20, 20, 21, 21].map((points) => ({ points, confidence: 0.5 }));
    expect(answerOf(ensemble(four).result).confidence).toBeCloseTo(0.65, 10);
  });
});

describe('every system', () => {
  const number = option(double({ min: -100, max: 200, noNaN: true }), { nil: null });
  const features = record({
    ...Object.fromEntries(
      Object.entries(STEADY).map(([name, value]) => [name, typeof value === 'boolean' ? boolean() : number]),
    ),
  }) as unknown as Arbitrary<PlayerFeatures>;
  const past = record({
    points: integer({ min: 0, max: 70 }),
    opponentDefRating: number,
    daysRest: option(nat(9), { nil: null }),
    isHome: boolean(),
    pointsLast5: number,
    pointsSeason: number,
  });

  it('predicts between 0 and 60 points, with a confidence and an interval that hold together', () => {
    assert(
      property(
        features,
        array(past, { maxLength: 30 }),
        array(past, { maxLength: 9 }),
        (known, season, before) => {
          const similar = similarGames(known, season, before);
          const results = [movingAverage(known), zoneMatchup(known, AVERAGE), similar];
          const answers = results.flatMap((result) => (result.ok ? [result.answer] : []));
          for (const answer of [
            ...answers,
            ...[ensemble(answers).result].flatMap((r) => (r.ok ? [r.answer] : [])),
          ]) {
            expect(answer.points).toBeGreaterThanOrEqual(0);
            expect(answer.points).toBeLessThanOrEqual(60);
            expect(answer.confidence).toBeGreaterThanOrEqual(0);
            expect(answer.confidence).toBeLessThanOrEqual(1);
            for (const system of SYSTEM_IDS) {
              const interval = intervalOf(system, answer.points);
              if (interval === undefined) continue;
              expect(interval.p10).toBeLessThanOrEqual(answer.points);
              expect(interval.p90).toBeGreaterThanOrEqual(answer.points);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a recommendation', () => {
  const sure: Compared = {
    system: 'moving_average',
    points: 25,
    confidence: 0.6,
    line: 20.5,
    over: { probability: 0.6, lower: 0.55, upper: 0.65 },
    isEligible: true,
  };

  it('needs a lower bound that beats the price', () => {
    expect(breakEven(-110)).toBeCloseTo(0.5238, 4);
    expect(breakEven(150)).toBeCloseTo(0.4, 10);
    expect(recommendationOf(sure)).toBe('OVER');
    expect(recommendationOf({ ...sure, over: { probability: 0.6, lower: 0.52, upper: 0.65 } })).toBe('PASS');
    expect(recommendationOf({ ...sure, over: null })).toBe('PASS');
  });

  it.each([
    ['the prediction is near the line', { points: 22 }],
    ['the confidence is small', { confidence: 0.4 }],
    ['the player is not eligible', { isEligible: false }],
    ['the probability leans the other way', { over: { probability: 0.4, lower: 0.35, upper: 0.45 } }],
    ['as many systems lie on the other side', { votes: { over: 1, under: 1 } }],
  ])('is PASS when %s', (_, change) => {
    expect(recommendationOf({ ...sure, ...change })).toBe('PASS');
  });

  it('is NO_LINE without a line, and the other side below it', () => {
    expect(recommendationOf({ ...sure, line: null, over: null })).toBe('NO_LINE');
    const below = { ...sure, points: 16, over: { probability: 0.4, lower: 0.35, upper: 0.45 } };
    expect(recommendationOf(below)).toBe('UNDER');
    expect(leanOf(below)).toBe('UNDER');
  });

  it('leans by the probability, else by the prediction, and to no side at the line', () => {
    expect(leanOf({ points: 25, line: 20.5, over: { probability: 0.49, lower: 0.4, upper: 0.6 } })).toBe(
      'UNDER',
    );
    expect(leanOf({ points: 25, line: 20.5, over: null })).toBe('OVER');
    expect(leanOf({ points: 20.5, line: 20.5, over: null })).toBeNull();
    expect(leanOf({ points: 20, line: null, over: null })).toBeNull();
  });
});

describe('fitted constants', () => {
  it('rise with the distance from the line, within their intervals, and say nothing of earlier dates', () => {
    for (const [system, steps] of Object.entries(OVER_MAPS)) {
      expect(steps.length).toBeGreaterThan(2);
      for (const [i, { from, probability, lower, upper }] of steps.entries()) {
        expect(lower).toBeLessThan(probability);
        expect(probability).toBeLessThan(upper);
        if (i > 0) expect(from).toBeGreaterThan(steps[i - 1]?.from ?? Infinity);
        if (i > 0) expect(probability).toBeGreaterThan(steps[i - 1]?.probability ?? Infinity);
      }
      expect(overProbability(system as 'moving_average', 0, '2024-06-30')).toBeNull();
      expect(overProbability(system as 'moving_average', 99, OVER_MAPS_FROM)).toMatchObject({
        probability: steps.at(-1)?.probability,
      });
    }
  });

  it('calibrate the confidence of similar games in rising steps', () => {
    const values = SIMILARITY_CALIBRATION.map(({ confidence }) => confidence);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(SIMILARITY_CALIBRATION[0]?.from).toBe(0);
  });
});
