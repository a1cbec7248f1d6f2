/** Aliases of models, and the gate of a promotion. */
import { describe, expect, it } from 'vitest';
import {
  bothHistories,
  isGo,
  modelIdOf,
  promotionGate,
  rollBackTo,
  servedAt,
  servingNow,
  type AliasChange,
  type Comparison,
} from '../../shared/domain/models.ts';

const change = (modelId: string | null, at: string, kind: AliasChange['kind'] = 'promoted'): AliasChange => ({
  modelId,
  at,
  kind,
  by: null,
  reason: 'better',
  gate: [],
});

const history = [
  change('a', '2024-01-01T12:00:00.000Z'),
  change('b', '2024-01-10T12:00:00.000Z'),
  change('c', '2024-02-01T12:00:00.000Z', 'forced'),
];

describe('an alias', () => {
  it('tells who served at an instant, and nobody before the first', () => {
    expect(servedAt(history, '2023-12-31T12:00:00.000Z')).toBeNull();
    expect(servedAt(history, '2024-01-10T11:59:59.000Z')).toBe('a');
    expect(servedAt(history, '2024-01-15T12:00:00.000Z')).toBe('b');
    expect(servingNow(history)).toBe('c');
  });

  it('rolls back one model at a time, and remembers that it did', () => {
    expect(rollBackTo(history)).toBe('b');
    const once = [...history, change('b', '2024-02-02T12:00:00.000Z', 'rolled_back')];
    expect(rollBackTo(once)).toBe('a');
    const twice = [...once, change('a', '2024-02-03T12:00:00.000Z', 'rolled_back')];
    expect(rollBackTo(twice)).toBeNull();
    expect(rollBackTo([...twice, change('d', '2024-03-01T12:00:00.000Z')])).toBe('a');
    expect(rollBackTo([])).toBeNull();
  });

  it('has each change once when two stores tell of it, in the order of their times', () => {
    expect(bothHistories(history.slice(1), history.slice(0, 2))).toEqual(history);
    expect(bothHistories(history, history)).toEqual(history);
  });
});

describe('the id of a model', () => {
  it('is made from its kind and the bytes of its file', () => {
    expect(modelIdOf('lad', '{"a":1}')).toBe(modelIdOf('lad', '{"a":1}'));
    expect(modelIdOf('lad', '{"a":1}')).not.toBe(modelIdOf('lad', '{"a":2}'));
    expect(modelIdOf('mean', '{}')).toMatch(/^mean-[0-9a-f]{12}$/);
  });
});

describe('the gate of a promotion', () => {
  const better: Comparison = {
    against: 'l10',
    rows: 5000,
    candidateMae: 4.45,
    otherMae: 4.6,
    difference: [-0.18, -0.12],
    tiers: [
      { tier: 'under 5', rows: 2000, candidate: 3, other: 2.95 },
      { tier: '20 and more', rows: 99, candidate: 7, other: 6 },
    ],
    canaries: [{ name: 'shuffled targets', ok: true, found: 'caught' }],
  };
  const names = (compared: Comparison): string[] =>
    promotionGate(compared)
      .filter(({ ok }) => !ok)
      .map(({ name }) => name);

  it('opens for a model that is better by more than chance, in every tier that has rows', () => {
    expect(isGo(promotionGate(better))).toBe(true);
  });

  it.each([
    [
      'an interval that holds 0',
      { difference: [-0.18, 0.001] as [number, number] },
      'better on the same rows',
    ],
    [
      'a tier that is worse by more than 2 %',
      { tiers: [{ tier: 'under 5', rows: 100, candidate: 3.061, other: 3 }] },
      'no tier of scorers worse by more than 2 %',
    ],
    ['no tier with 100 rows', { tiers: [] }, 'no tier of scorers worse by more than 2 %'],
    ['a canary that died', { canaries: [{ name: 'leak', ok: false, found: 'not caught' }] }, 'canaries'],
    ['canaries that nobody looked at', { canaries: [] }, 'canaries'],
    ['no rows', { rows: 0 }, 'better on the same rows'],
  ])('stays shut for %s', (_, changed: Partial<Comparison>, name) => {
    expect(names({ ...better, ...changed })).toEqual([name]);
  });

  it('lets a tier be worse by just 2 %', () => {
    expect(names({ ...better, tiers: [{ tier: 'under 5', rows: 100, candidate: 3.06, other: 3 }] })).toEqual(
      [],
    );
  });
});
