/** The next step of a backfill, in every situation that it can be in. */
import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/domain/decide/action.ts';
import { decideBackfill, type BackfillDecision } from '../../shared/domain/decide/backfill.ts';
import {
  decideLife,
  isOver,
  lateBatches,
  MAX_ROUNDS,
  type BackfillLife,
  type NextStep,
  type Situation,
  type Remaining,
} from '../../shared/domain/decide/backfill-life.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import { DATES, day, except, viewOf } from '../support/view-of.ts';

const BATCH: Batch = { table: 'zone_defense', dates: [day(14)] };
const LATER: Batch = { table: 'daily_cache', dates: [day(15)] };
const ref: PartitionRef = { table: 'zone_defense', date: day(14) };
const request: Action = { kind: 'request run', table: 'zone_defense', dates: [] };
const block = (...blockers: PartitionRef[]): Action => ({ kind: 'block', ref, for: blockers });
/** A plan that holds only `zone_defense@14`. */
const planned = (name: string): boolean => name === `zone_defense@${day(14)}`;
const unplanned: PartitionRef = { table: 'team_context', date: day(14) };

const running: BackfillLife = { state: 'running', planKind: 'main', round: 0, only: 'all', restate: 'auto' };
const nothing: Remaining = { late: [], restatement: () => [] };
const late: Remaining = { late: [LATER], restatement: () => [BATCH] };
const stale: Remaining = { late: [], restatement: () => [BATCH] };
const neverAsked: Remaining = {
  late: [],
  restatement: () => {
    throw new Error('the restatement is worked out only when it is asked for');
  },
};

const decision = (change: Partial<BackfillDecision & { running: number }> = {}): BackfillDecision => ({
  actions: [],
  progress: [
    { table: 'zone_defense', planned: 1, done: 0, failed: 0, unchanged: 0, running: change.running ?? 0 },
  ],
  partitions: { get: () => undefined, has: planned },
  finished: false,
  ...change,
});
const now = (change: Partial<Situation> = {}): Situation => ({
  decision: decision(),
  isCarriedOut: false,
  remaining: undefined,
  failures: 0,
  ...change,
});
const atEnd = (change: Partial<Situation> = {}): Situation =>
  now({ decision: decision({ finished: true }), isCarriedOut: true, ...change });

interface Case {
  readonly what: string;
  readonly life?: Partial<BackfillLife>;
  readonly progress: Situation;
  readonly next: NextStep;
}

const DONE: NextStep = { kind: 'finish', state: 'done', verdict: 'every planned partition is built' };
const CANCELLED: NextStep = {
  kind: 'finish',
  state: 'cancelled',
  verdict: 'cancelled; what was under way has been finished',
};
const FAILED: NextStep = {
  kind: 'finish',
  state: 'done_with_failures',
  verdict: '2 partitions failed or are blocked',
};

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'while its plan is at work': [
    {
      what: 'runs are asked for',
      progress: now({ decision: decision({ actions: [request] }) }),
      next: { kind: 'carry out', actions: [request] },
    },
    {
      what: 'its progress is recorded even if no run can be asked for',
      progress: now(),
      next: { kind: 'carry out', actions: [] },
    },
    {
      what: 'it waits for its runs when everything that can be asked for has been',
      progress: now({ isCarriedOut: true, decision: decision({ actions: [request], running: 1 }) }),
      next: { kind: 'wait' },
    },
    {
      what: 'what is blocked by a partition of its own plan that failed is written down',
      progress: now({ decision: decision({ actions: [block(ref)] }) }),
      next: { kind: 'carry out', actions: [block(ref)] },
    },
    {
      what: 'failures do not end it while others are under way',
      progress: now({ isCarriedOut: true, failures: 2 }),
      next: { kind: 'wait' },
    },
  ],

  'when something has become due since it was planned': [
    {
      what: 'it is looked for before anything is called blocked',
      progress: now({ decision: decision({ actions: [block(unplanned)] }) }),
      next: { kind: 'look further' },
    },
    {
      what: 'the plan is extended by it, and no restatement is worked out',
      progress: now({
        decision: decision({ actions: [block(unplanned)] }),
        remaining: { ...neverAsked, late: [LATER] },
      }),
      next: { kind: 'extend', batches: [LATER] },
    },
    {
      what: 'it is blocked if no run will build it, and nothing is restated before the end',
      progress: now({ decision: decision({ actions: [block(unplanned)] }), remaining: neverAsked }),
      next: { kind: 'carry out', actions: [block(unplanned)] },
    },
    {
      what: 'a paused one is extended too, and asks for it when it is resumed',
      life: { state: 'paused' },
      progress: now({ decision: decision({ actions: [block(unplanned)] }), remaining: late }),
      next: { kind: 'extend', batches: [LATER] },
    },
    {
      what: 'a cancelled one leaves it',
      life: { state: 'cancelled' },
      progress: now({ decision: decision({ actions: [block(unplanned)] }) }),
      next: { kind: 'carry out', actions: [] },
    },
    {
      what: 'a restatement calls it blocked: its plan does not grow',
      life: { planKind: 'restate', round: 1 },
      progress: now({ decision: decision({ actions: [block(unplanned)] }) }),
      next: { kind: 'carry out', actions: [block(unplanned)] },
    },
    {
      what: 'after the last round it is called blocked',
      life: { round: MAX_ROUNDS },
      progress: now({ decision: decision({ actions: [block(unplanned)] }) }),
      next: { kind: 'carry out', actions: [block(unplanned)] },
    },
  ],

  'when its plan is done': [
    { what: 'work beyond the plan is searched for', progress: atEnd(), next: { kind: 'look further' } },
    {
      what: 'what has become due comes first',
      progress: atEnd({ remaining: late }),
      next: { kind: 'extend', batches: [LATER] },
    },
    {
      what: 'then what it has left stale is built again',
      progress: atEnd({ remaining: stale }),
      next: { kind: 'restate', batches: [BATCH] },
    },
    {
      what: 'failures do not keep later dates from being restated',
      progress: atEnd({ remaining: stale, failures: 2 }),
      next: { kind: 'restate', batches: [BATCH] },
    },
    ...(['mark', 'none'] as const).map((restate): Case => ({
      what: `nothing is built again with restate: ${restate}`,
      life: { restate },
      progress: atEnd({ remaining: neverAsked }),
      next: DONE,
    })),
    { what: 'it is done', progress: atEnd({ remaining: nothing }), next: DONE },
    {
      what: 'it is done with failures when some failed',
      progress: atEnd({ remaining: nothing, failures: 2 }),
      next: FAILED,
    },
    {
      what: 'it ends although it is paused, for nothing is left to ask for',
      life: { state: 'paused' },
      progress: atEnd({ remaining: nothing }),
      next: DONE,
    },
    {
      what: 'what the last decision found blocked is written down before it ends',
      progress: now({ decision: decision({ actions: [block(ref)], finished: true }) }),
      next: { kind: 'carry out', actions: [block(ref)] },
    },
  ],

  'while it restates': [
    {
      what: 'a round asks for its runs',
      life: { planKind: 'restate', round: 1 },
      progress: now({ decision: decision({ actions: [request] }) }),
      next: { kind: 'carry out', actions: [request] },
    },
    {
      what: 'the next round follows while anything is stale',
      life: { planKind: 'restate', round: MAX_ROUNDS - 1 },
      progress: atEnd({ remaining: stale }),
      next: { kind: 'restate', batches: [BATCH] },
    },
    {
      what: 'nothing follows the last round: others keep making changes',
      life: { planKind: 'restate', round: MAX_ROUNDS },
      progress: atEnd(),
      next: DONE,
    },
    {
      what: 'what failed in a restatement counts',
      life: { planKind: 'restate', round: 1 },
      progress: atEnd({ remaining: nothing, failures: 2 }),
      next: FAILED,
    },
  ],

  'when it has been cancelled': [
    {
      what: 'nothing more is asked for',
      life: { state: 'cancelled' },
      progress: now({ decision: decision({ actions: [request] }) }),
      next: { kind: 'carry out', actions: [] },
    },
    {
      what: 'it waits for what is under way',
      life: { state: 'cancelled' },
      progress: now({ isCarriedOut: true, decision: decision({ running: 1 }) }),
      next: { kind: 'wait' },
    },
    {
      what: 'it ends with the last of its runs, whatever is left of the plan',
      life: { state: 'cancelled' },
      progress: now({ isCarriedOut: true }),
      next: CANCELLED,
    },
    {
      what: 'it ends as cancelled even if everything is built, and restates nothing',
      life: { state: 'cancelled' },
      progress: atEnd({ remaining: neverAsked, failures: 2 }),
      next: CANCELLED,
    },
  ],
};

describe.each(Object.entries(CASES))('a backfill, %s', (_, cases) => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', (_what, { life, progress, next }) => {
    expect(decideLife({ ...running, ...life }, progress)).toEqual(next);
  });
});

describe('a backfill from beginning to end', () => {
  /** The steps until the backfill waits or ends, if each step is carried out at once. */
  function livesThrough(life: BackfillLife, left: readonly Remaining[]): string[] {
    const steps: string[] = [];
    const rounds = [...left];
    let current = life;
    let progress = now({ decision: decision({ finished: true }) });
    for (;;) {
      const step = decideLife(current, progress);
      steps.push(step.kind === 'finish' ? step.state : step.kind);
      if (step.kind === 'wait' || step.kind === 'finish') return steps;
      if (step.kind === 'carry out') progress = { ...progress, isCarriedOut: true };
      else if (step.kind === 'look further') progress = { ...progress, remaining: rounds.shift() ?? nothing };
      else {
        current = {
          ...current,
          planKind: step.kind === 'restate' ? 'restate' : 'main',
          round: current.round + 1,
        };
        progress = now({ decision: decision({ finished: true }) });
      }
    }
  }
  const round = (kind: string): string[] => ['carry out', 'look further', kind];

  it('follows late batches, then restates until nothing is stale', () => {
    expect(livesThrough(running, [late, stale, stale])).toEqual([
      ...round('extend'),
      ...round('restate'),
      ...round('restate'),
      ...round('done'),
    ]);
  });

  it('stops after the last round, however long others keep making changes', () => {
    expect(livesThrough(running, Array(20).fill(stale) as Remaining[])).toEqual([
      ...Array.from({ length: MAX_ROUNDS }, () => round('restate')).flat(),
      'carry out',
      'done',
    ]);
  });
});

describe('whether nothing of the plan is left to do', () => {
  it.each([
    ['running', false, 0, false],
    ['running', true, 0, true],
    ['paused', false, 0, false],
    ['cancelled', false, 1, false],
    ['cancelled', false, 0, true],
  ] as const)('%s, finished: %s, %i runs under way: %s', (state, finished, under, over) => {
    expect(isOver({ state }, decision({ finished, running: under }))).toBe(over);
  });
});

describe('late batches', () => {
  const view = viewOf({
    differently: except({ [`zone_defense@${day(14)}`]: null, [`zone_defense@${day(15)}`]: null }),
  });
  const asked = { dates: DATES, from: 'phase4', through: 'phase4', tables: ['zone_defense'] } as const;
  const ofPlan = decideBackfill(view, {
    id: 'bf',
    batches: [BATCH],
    planKind: 'main',
    maxInFlight: 1,
    failed: new Set(),
    now: '2024-07-01T12:00:00.000Z',
  });
  const lateOf = (life: Partial<BackfillLife>, failed: readonly string[] = []): readonly Batch[] =>
    lateBatches(view, { ...running, ...life }, asked, ofPlan, new Set(failed), () => 60).batches.filter(
      ({ table }) => table === 'zone_defense',
    );

  it.each(['all', 'missing'] as const)('are what a request for %s lacks and does not plan', (only) => {
    expect(lateOf({ only })).toEqual([{ table: 'zone_defense', dates: [day(15)] }]);
  });

  it.each([
    ['it asks for what has failed', { only: 'failed' }],
    ['it asks for what is stale', { only: 'stale' }],
    ['it restates', { planKind: 'restate' }],
  ] as const)('there are none when %s', (_, life) => {
    expect(lateOf(life)).toEqual([]);
  });

  it('are also what was built and waits for inputs, when everything is asked for', () => {
    const waiting = viewOf({
      differently: except({
        [`zone_defense@${day(14)}`]: null,
        [`zone_defense@${day(15)}`]: { status: 'blocked', reason: 'waits for team_defense@2023-11-12' },
      }),
    });
    const late = (only: 'all' | 'missing'): readonly Batch[] =>
      lateBatches(waiting, { ...running, only }, asked, ofPlan, new Set(), () => 60).batches;
    expect(late('all')).toEqual([{ table: 'zone_defense', dates: [day(15)] }]);
    expect(late('missing')).toEqual([]);
  });

  it('leave out what the backfill could not build', () => {
    expect(lateOf({}, [`zone_defense@${day(15)}`])).toEqual([]);
  });
});
