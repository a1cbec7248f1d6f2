import { describe, expect, it } from 'vitest';
import { gameDate } from '../../shared/domain/game-date.ts';
import {
  COMPARED_FEATURES,
  featureFindings,
  FEATURES,
  keptFindings,
  regressionFindings,
  shiftFinding,
  verdictOf,
  type KnownShares,
} from '../../shared/domain/validation.ts';

const DAY = gameDate('2024-01-01');
const columns = [...new Set([...Object.keys(FEATURES), ...COMPARED_FEATURES])];

/** A thousand rows in which every column is known, but for these. */
function known(but: Readonly<Record<string, number>> = {}): KnownShares {
  return { rows: 1000, known: { ...Object.fromEntries(columns.map((column) => [column, 1000])), ...but } };
}

describe('what is known of a season', () => {
  const ofSeason = (all: KnownShares, ready: KnownShares = known()) =>
    featureFindings('2023-24', { ...all, first: DAY, ready }).map(({ severity, entity, value }) => [
      severity,
      entity,
      value,
    ]);

  it('fails when ready rows lack a column, and is to be looked at when rows lack it that are not ready', () => {
    expect(ofSeason(known({ usage_rate: 950 }))).toEqual([]);
    expect(ofSeason(known({ usage_rate: 949 }))).toEqual([['review', 'usage_rate 2023-24', 0.949]]);
    expect(ofSeason(known({ usage_rate: 949 }), known({ usage_rate: 949 }))).toEqual([
      ['fail', 'usage_rate 2023-24', 0.949],
    ]);
  });

  it('says of shots that too few are known, and nothing where nobody has loaded any', () => {
    const some = known({ paint_attempts: 399 });
    expect(ofSeason(some, some)).toEqual([['review', 'paint_attempts 2023-24', 0.399]]);
    expect(ofSeason(known({ paint_attempts: 0 }))).toEqual([]);
  });
});

describe('what is known, compared with the days before', () => {
  const from = (before: number, now: number) =>
    regressionFindings(DAY, known({ usage_rate: before }), known({ usage_rate: now })).map(
      ({ check }) => check,
    );

  it('is judged by the share of the share', () => {
    expect([from(800, 760), from(800, 759), from(800, 720), from(800, 719), from(0, 500)]).toEqual([
      [],
      ['degradation'],
      ['degradation'],
      ['regression'],
      [],
    ]);
  });

  it('says nothing without days before', () => {
    expect(regressionFindings(DAY, { rows: 0, known: {} }, known({ usage_rate: 1 }))).toEqual([]);
  });
});

describe('the mean of a feature', () => {
  const moved = (mean: number, deviation = 10) =>
    shiftFinding(DAY, 'e3_pts', { n: 900, mean: 10, deviation }, { n: 900, mean, deviation }) !== undefined;

  it('has moved when it is more than chance and more than a twentieth', () => {
    // The standard error of the difference is 10 * sqrt(2 / 900) = 0.47.
    expect([moved(11.4), moved(11.5), moved(8.5), moved(10.45, 1), moved(10.55, 1)]).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('the verdict', () => {
  const finding = (severity: 'fail' | 'review') => ({
    check: 'x',
    severity,
    table: 't',
    date: DAY,
    entity: null,
    value: null,
    threshold: null,
  });

  it('is the worst of all', () => {
    expect([
      verdictOf([]),
      verdictOf([finding('review')]),
      verdictOf([finding('review'), finding('fail')]),
    ]).toEqual(['pass', 'review', 'fail']);
  });

  it('is kept with the findings counted by check, failures first, and five of them by name', () => {
    const all = [finding('review'), ...Array.from({ length: 6 }, () => finding('fail'))];
    const kept = keptFindings(all);
    expect(kept).toMatchObject({ verdict: 'fail', detail: null });
    expect(kept.checks.map(({ severity, findings }) => [severity, findings])).toEqual([
      ['fail', 6],
      ['review', 1],
    ]);
    expect(kept.first.map(({ severity }) => severity)).toEqual(Array.from({ length: 5 }, () => 'fail'));
    expect(keptFindings([])).toEqual({ verdict: 'pass', checks: [], first: [], detail: null });
  });
});
