/** Whether a request can run, as preflight says it, beside what its runs meet. */
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { partitionsOf, planBackfill, type PlanRequest } from '../../shared/domain/plan.ts';
import { criteriaOf, inputsOf, verdictOf, type Circumstances } from '../../shared/domain/preflight.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import type { View } from '../../shared/domain/view.ts';
import { drawn } from '../support/draw.ts';
import type { PartitionFields } from '../support/partitions.ts';
import { DATES, day, except, never, viewOf } from '../support/view-of.ts';

const AROUND: Circumstances = {
  ...{ dates: 1, unknownSeasons: [], others: [], isFetched: false },
  fill: ({ phase }, [first = '']) => `fill ${phase} from ${first}`,
};
const phase4 = (dates: readonly GameDate[], more: Partial<PlanRequest> = {}): PlanRequest => ({
  ...{ dates, from: 'phase4', through: 'phase4', only: 'all', force: true },
  ...more,
});
const matrix = (view: View, request: PlanRequest, around: Partial<Circumstances> = {}) => {
  const plan = planBackfill(view, request, () => 3);
  const inputs = inputsOf(view, request, plan);
  const criteria = criteriaOf(inputs, { ...AROUND, ...around });
  const line = (name: string) => criteria.find((each) => each.name === name);
  return { plan, inputs, criteria, line, verdict: verdictOf(criteria) };
};
const ofTable = (view: View, request: PlanRequest, name: string) =>
  matrix(view, request).inputs.find(({ table }) => table === name);

describe('the inputs of a request', () => {
  it('are counted on every date that a window reads, and named where they are not there', () => {
    const lacking = except({ [`player_summary@${day(5)}`]: null, [`player_summary@${day(19)}`]: null });
    const view = viewOf({ differently: lacking });
    expect(ofTable(view, phase4([day(17)]), 'player_summary')).toMatchObject({
      ...{ phase: 'phase3', required: true, have: 4, expected: 5, pct: 80, missing: [day(5)] },
    });
    expect(ofTable(view, phase4([day(17)]), 'team_context')).toMatchObject({
      ...{ required: false, have: 1, expected: 1, pct: 100, missing: [] },
    });
    // The request builds its own phase itself.
    expect(ofTable(view, phase4([day(17)]), 'shot_zones')).toBeUndefined();
  });

  it('are there when a person has accepted them, or while they are being built', () => {
    const accepted = { by: 'me', reason: 'lost', at: '2024-01-01T00:00:00.000Z', input: 'then' };
    for (const state of [never('failed', { accepted }), never('running')]) {
      const view = viewOf({ differently: except({ [`player_summary@${day(5)}`]: state }) });
      expect(matrix(view, phase4([day(17)])).verdict).toBe('GO');
    }
  });

  it('have their rows counted, and the date with the fewest of them named', () => {
    const few = except({ [`player_summary@${day(5)}`]: { status: 'partial', rows: 2 } });
    const { line, verdict } = matrix(viewOf({ differently: few }), phase4([day(17)]));
    expect(line('rows of player_summary on each date')).toEqual({
      ...{ name: 'rows of player_summary on each date', weight: 'high', threshold: 90, value: 50 },
      ...{ verdict: 'NO-GO', cure: `fullcourt why ${day(5)} player_summary` },
    });
    expect(verdict).toBe('GO');
  });
});

describe('the matrix', () => {
  it('stops for a required date and names what fills it; an optional one is told and does not stop', () => {
    const without = (table: string) => viewOf({ differently: except({ [`${table}@${day(17)}`]: null }) });
    const required = matrix(without('player_summary'), phase4([day(19)]));
    expect([required.verdict, required.line('dates of player_summary')]).toEqual([
      'NO-GO',
      expect.objectContaining({
        weight: 'critical',
        threshold: 100,
        value: 83.33,
        cure: `fill phase3 from ${day(17)}`,
      }),
    ]);
    const optional = matrix(without('team_context'), phase4([day(17)]));
    expect([optional.verdict, optional.line('dates of team_context')]).toEqual([
      'GO',
      expect.objectContaining({ weight: 'high', threshold: 95, value: 0, verdict: 'NO-GO' }),
    ]);
  });

  it('does not stop for what live sources are asked for, nor for what nothing is built from', () => {
    const view = viewOf({ differently: except({ [`player_summary@${day(17)}`]: null }) });
    expect(matrix(view, phase4([day(19)]), { isFetched: true }).verdict).toBe('GO');
    const { plan, line, verdict } = matrix(view, phase4([day(15)], { force: false }));
    expect([plan.batches, verdict]).toEqual([[], 'GO']);
    expect(line('dates of player_summary')).toMatchObject({ value: 100, verdict: 'GO' });
  });

  it('stops without dates, and names seasons without a schedule and other backfills', () => {
    expect(matrix(viewOf(), phase4([]), { dates: 0 }).verdict).toBe('NO-GO');
    const { criteria, verdict } = matrix(viewOf(), phase4([day(15)]), {
      unknownSeasons: ['2024-25'],
      others: ['bf-1'],
    });
    expect(verdict).toBe('GO');
    expect(criteria.filter((each) => each.verdict === 'NO-GO').map(({ cure }) => cure)).toEqual([
      'fullcourt import --from DIR',
      'fullcourt backfills watch bf-1',
    ]);
  });
});

/** What a partition may be like beside built and current. */
const DAMAGES: readonly (PartitionFields | null)[] = [
  null,
  never('failed'),
  never('blocked'),
  never('running'),
  { status: 'failed' },
  { status: 'partial', rows: 1 },
  { status: 'empty', rows: 0, expectedRows: 0 },
  { outputFingerprint: 'corrected' },
];

it('preflight and the runs agree in 300 states, at least 100 of each verdict, and a person lets all through', () => {
  const verdicts = { GO: 0, 'NO-GO': 0 };
  const bypassed = { whole: 0, lacking: 0 };
  for (let i = 0; i < 300; i += 1) {
    const random = makeRandom('preflight', drawn('preflight', i).below(2 ** 32));
    // By turns: damage anywhere, one that surely stops, and none in what is required.
    const kind = (['any', 'stops', 'none'] as const)[i % 3];
    const required = ['team_offense', 'player_summary', 'nbac_game_results'];
    const stopping = `${required[random.below(3)] ?? ''}@${DATES[random.below(4)] ?? ''}`;
    const spared = new Set(
      kind === 'none' ? [...required, 'nbac_schedule', 'team_defense', 'nbac_player_boxscores'] : [],
    );
    const differently = (table: string, date: GameDate) => {
      if (kind === 'stops' && `${table}@${date}` === stopping) return never('failed');
      return table === 'nbac_schedule' || spared.has(table) || !random.chance(0.03)
        ? undefined
        : (DAMAGES[random.below(DAMAGES.length)] ?? null);
    };
    const view = viewOf({ differently });
    const first = random.between(3, DATES.length - 1);
    const request = phase4(DATES.slice(first, random.between(first + 1, DATES.length)), {
      force: kind === 'stops' || random.chance(0.7),
    });
    const { plan, verdict } = matrix(view, request);
    const partitions = partitionsOf(plan.batches);
    const planned = new Set(partitions.map(({ table, date }) => `${table}@${date}`));
    const willBe = (table: string, date: GameDate): boolean => planned.has(`${table}@${date}`);
    const meets = (of: View) => {
      const { unmet } = evaluate(of, willBe);
      return partitions.filter(({ table, date }) => unmet(of.registry.get(table), date).lost.length > 0);
    };
    expect([i, verdict]).toEqual([i, meets(view).length > 0 ? 'NO-GO' : 'GO']);
    expect([i, verdict]).toEqual([i, plan.missing.length > 0 ? 'NO-GO' : 'GO']);
    verdicts[verdict] += 1;
    const letThrough = { ...view, acceptMissing: true };
    expect(meets(letThrough)).toEqual([]);
    const { accepted } = evaluate(letThrough, willBe);
    const lacks = partitions.some(({ table, date }) => accepted(view.registry.get(table), date).length > 0);
    expect([i, lacks]).toEqual([i, verdict === 'NO-GO']);
    bypassed[lacks ? 'lacking' : 'whole'] += 1;
  }
  expect(Math.min(verdicts.GO, verdicts['NO-GO'])).toBeGreaterThanOrEqual(100);
  expect(Math.min(bypassed.whole, bypassed.lacking)).toBeGreaterThanOrEqual(100);
});
