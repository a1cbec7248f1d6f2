/** What an evaluation says, and that its canaries catch each fault that is planted in rows. */
import { beforeAll, describe, expect, it } from 'vitest';
import { promotionGate, isGo } from '../../shared/domain/models.ts';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import { canariesOf } from '../../shared/modeling/canaries.ts';
import { compared, evaluatePoints, tierOf } from '../../shared/modeling/evaluate.ts';
import { joined, predictedBy, type Absent, type Predicted } from '../../shared/modeling/predicted.ts';
import type { PointsModel } from '../../shared/modeling/points-model.ts';
import { rowsWhere, type ModelRows } from '../../shared/modeling/rows.ts';
import { trainPoints } from '../../shared/modeling/train.ts';
import { pointRows } from '../support/point-games.ts';

/** One league: in a few of many drawn ones a mixed-up day of sixty players is too small to be seen. */
const SEED = 7;
const rows = pointRows(SEED + 1);

let model: PointsModel;
let found: Predicted;
beforeAll(() => {
  const options = {
    algorithm: 'lad',
    featureVersion: 'test_1',
    features: ['form', 'level'],
    seed: 42,
  } as const;
  ({ model } = trainPoints(pointRows(SEED), options));
  ({ found } = predictedBy(model, rows, rows.target));
});

const failing = (of: ModelRows): string[] =>
  canariesOf(model, of, 42)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('the canaries', () => {
  it('accuse nothing in rows as they are', () => {
    expect(canariesOf(model, rows, 42).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  it('accuse nothing in rows of which the model cannot predict some', () => {
    const columns = rows.features.columns.map((column) =>
      column.map((value, at) => (at % 9 === 0 ? NaN : value)),
    );
    const of = { ...rows, features: { ...rows.features, columns } };
    expect(predictedBy(model, of, rows.target).absent.length).toBeGreaterThan(100);
    expect(failing(of)).toEqual([]);
  });

  it('catch points that belong to other games', () => {
    const target = Float64Array.from(shuffled(makeRandom('wrong', SEED), Array.from(rows.target)));
    const games = rows.games.map((game, at) => ({ ...game, points: target[at] ?? NaN }));
    expect(failing({ ...rows, target, games })).toContain('shuffled targets');
  });

  it('catch a feature that holds the game itself', () => {
    const { names, columns } = rows.features;
    const features = {
      names: [...names, 'leak'],
      rows: rows.features.rows,
      columns: [...columns, rows.target],
    };
    expect(failing({ ...rows, features })).toEqual(['future leak']);
  });

  it('catch a day whose features are those of other players', () => {
    const date = rows.games[Math.floor(rows.games.length / 2)]?.date;
    const places = rows.games.flatMap((game, at) => (game.date === date ? [at] : []));
    const others = shuffled(makeRandom('mixed', SEED), places);
    const columns = rows.features.columns.map((column) => {
      const mixed = Float64Array.from(column);
      places.forEach((at, i) => {
        mixed[at] = column[others[i] ?? at] ?? NaN;
      });
      return mixed;
    });
    expect(failing({ ...rows, features: { ...rows.features, columns } })).toEqual(['scrambled day']);
  });
});

describe('an evaluation', () => {
  it('measures model and baselines on the same rows, as a plain sum does', () => {
    const evaluation = evaluatePoints(found, [], 1);
    const errorOf = (value: (at: number) => number): number =>
      found.games.reduce((sum, { points }, at) => sum + Math.abs(value(at) - points), 0) / found.games.length;
    expect(evaluation.mae).toBeCloseTo(
      errorOf((at) => found.predicted[at] ?? NaN),
      9,
    );
    expect(evaluation.baselines.l10).toBeCloseTo(
      errorOf((at) => found.games[at]?.l10 ?? NaN),
      9,
    );
    expect(evaluation.interval[0]).toBeLessThan(evaluation.mae);
    expect(evaluation.interval[1]).toBeGreaterThan(evaluation.mae);
    expect(evaluation.differences.l10[1]).toBeLessThan(0);
    for (const parts of Object.values(evaluation.parts)) {
      const total = parts.reduce((sum, part) => sum + part.rows * part.mae, 0);
      expect(total / found.games.length).toBeCloseTo(evaluation.mae, 9);
    }
  });

  it('takes the last 10 games for what is absent, and counts why', () => {
    const all = evaluatePoints(found, [], 1);
    const half = rowsWhere(rows, (at) => at % 2 === 0);
    const absent = rows.games
      .filter((_, at) => at % 2 === 1)
      .map((game): Absent => ({ game, reason: 'new_team' }));
    const { found: some } = predictedBy(model, half, half.target);
    const evaluation = evaluatePoints(some, absent, 1);
    expect([evaluation.rows, evaluation.of]).toEqual([half.games.length, rows.games.length]);
    expect(evaluation.absent).toEqual({ new_team: absent.length });
    expect(evaluation.maeWithL10ForAbsent).toBeGreaterThan(all.mae);
  });

  it('judges lines on the rows that have one', () => {
    const { withLine } = evaluatePoints(found, [], 1);
    expect(withLine.rows).toBe(rows.lines.filter((line) => !Number.isNaN(line)).length);
    expect(withLine.lineMae).toBeLessThan(withLine.mae);
    expect(withLine.seeingLine).toBeLessThan(withLine.mae);
    const none = evaluatePoints({ ...found, lines: found.lines.map(() => NaN) }, [], 1).withLine;
    expect(none).toMatchObject({ rows: 0, overScore: null });
    // The prediction knows nothing that the line does not.
    expect(withLine.overScore).toBeGreaterThan(0.2);
    expect(withLine.overScore).toBeLessThan(0.26);
  });

  it('is the same of one model and of its parts put together', () => {
    const halves = [0, 1].map((odd) => {
      const part = rowsWhere(rows, (at) => Number(at >= rows.games.length / 2) === odd);
      return predictedBy(model, part, part.target).found;
    });
    expect(evaluatePoints(joined(halves), [], 1)).toEqual(evaluatePoints(found, [], 1));
  });

  it('refuses to judge nothing', () => {
    expect(() => evaluatePoints(joined([]), [], 1)).toThrow(/no predictions/);
  });
});

describe('a row that lacks a feature that the model cannot do without', () => {
  it('is absent and not predicted from a default', () => {
    const columns = rows.features.columns.map((column) => Float64Array.from(column));
    const level = columns[rows.features.names.indexOf('level')];
    if (level !== undefined) level[3] = NaN;
    const { found: some, absent } = predictedBy(
      model,
      { ...rows, features: { ...rows.features, columns } },
      rows.target,
    );
    expect(absent).toEqual([{ game: rows.games[3], reason: 'feature_missing' }]);
    expect(some.games).toHaveLength(rows.games.length - 1);
    expect(some.rules).toHaveLength(rows.games.length - 1);
  });
});

describe('a comparison', () => {
  const canaries = [{ name: 'shuffled targets', ok: true, found: '' }];
  it('of a model with itself opens no gate', () => {
    const same = new Map(found.games.map(({ key }, at) => [key, found.predicted[at] ?? NaN]));
    const comparison = compared('itself', found, same, canaries, 1);
    expect(comparison.difference).toEqual([0, 0]);
    expect(isGo(promotionGate(comparison))).toBe(false);
  });

  it('with the last 10 games is of the rows that both have, and by tier', () => {
    const l10 = new Map(found.games.filter((_, at) => at % 2 === 0).map(({ key, l10: of }) => [key, of]));
    const comparison = compared('l10', found, l10, canaries, 1);
    expect(comparison.rows).toBe(l10.size);
    expect(comparison.tiers.reduce((sum, tier) => sum + tier.rows, 0)).toBe(l10.size);
    expect(isGo(promotionGate(comparison))).toBe(true);
  });
});

it('a tier holds its lower bound', () => {
  expect([4.99, 5, 9, 20, 44].map((points) => tierOf(points, [0, 5, 10, 15, 20]))).toEqual([
    ...['0 to 5', '5 to 10', '5 to 10', '20 and more', '20 and more'],
  ]);
});
