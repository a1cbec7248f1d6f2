/** How long a backfill will take: the costs of runs, their overlap, and how often a backfill ends within its band. */
import { describe, expect, it } from 'vitest';
import {
  costsOf,
  forecastOf,
  NOTHING_MEASURED,
  paceOf,
  withMeasured,
  type Measured,
  type MeasuredRun,
  type PastForecast,
  type RunCost,
  type ToForecast,
} from '../../shared/domain/forecast.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { drawn } from '../support/draw.ts';

const FIRST = gameDate('2023-11-08');
const dates = (from: number, count: number): GameDate[] =>
  Array.from({ length: count }, (_, i) => addDays(FIRST, from + i));
const batch = (table: string, from: number, count: number): Batch => ({ table, dates: dates(from, count) });

/** Many runs of one and of eleven dates that lie on the line of a cost. */
const onLine = ({ fixed, perDate }: RunCost): MeasuredRun[] =>
  Array.from({ length: 1000 }, (_, i) => 1 + 10 * (i % 2)).map((count) => ({
    dates: count,
    seconds: fixed + perDate * count,
  }));
const knowing = (costs: Readonly<Record<string, RunCost>>, past: readonly PastForecast[] = []): Measured => ({
  paces: Object.fromEntries(Object.entries(costs).map(([table, cost]) => [table, paceOf(onLine(cost))])),
  past,
});
const READS: Readonly<Record<string, readonly string[]>> = { b: ['a'], c: ['a'], d: ['b', 'c'] };
const readsOf = (table: string): readonly string[] => READS[table] ?? [];
const work = (batches: readonly Batch[], maxInFlight: number, known: Measured): number | undefined =>
  forecastOf({ batches, readsOf, maxInFlight }, known)?.work;

describe('what a run costs', () => {
  const cost = (...runs: MeasuredRun[]): RunCost | undefined => costsOf({ a: paceOf(runs) }).get('a');

  it('has a fixed part apart from that of each date', () => {
    const found = cost(...onLine({ fixed: 2, perDate: 0.1 }));
    expect(found?.fixed).toBeCloseTo(2, 2);
    expect(found?.perDate).toBeCloseTo(0.1, 3);
  });

  it('has no part below 0', () => {
    expect(cost({ dates: 1, seconds: 9 }, { dates: 40, seconds: 1 })).toEqual({ fixed: 5, perDate: 0 });
    const steep = cost(...onLine({ fixed: -2, perDate: 2.1 }));
    expect(steep?.fixed).toBeCloseTo(0);
    expect(steep?.perDate).toBeCloseTo(10.6 / 6);
  });

  it('is half fixed where all runs had as many dates, and about half where they hardly differ', () => {
    const alike = cost({ dates: 10, seconds: 10 }, { dates: 9, seconds: 5 });
    expect(alike?.fixed).toBeGreaterThan(3);
    expect(cost({ dates: 4, seconds: 8 }, { dates: 4, seconds: 8 })).toEqual({ fixed: 4, perDate: 1 });
  });
});

describe('the work of a plan', () => {
  const known = knowing({
    a: { fixed: 1, perDate: 0.1 },
    b: { fixed: 2, perDate: 0 },
    c: { fixed: 3, perDate: 0 },
    d: { fixed: 1, perDate: 0 },
  });

  it('counts runs that overlap once, and those that wait for each other one after the other', () => {
    expect(work([batch('b', 0, 5), batch('c', 0, 5)], 2, known)).toBeCloseTo(3, 1);
    expect(work([batch('b', 0, 5), batch('c', 0, 5)], 1, known)).toBeCloseTo(5, 1);
    const chain = ['a', 'b', 'c', 'd'].map((table) => batch(table, 0, 10));
    expect(work(chain, 4, known)).toBeCloseTo(2 + 3 + 1, 1);
    expect(work(chain, 1, known)).toBeCloseTo(2 + 2 + 3 + 1, 1);
  });

  it('lets a run begin when the dates up to its own last one are there', () => {
    const batches = [batch('a', 0, 10), batch('b', 0, 10), batch('a', 10, 10), batch('b', 10, 10)];
    expect(work(batches, 4, known)).toBeCloseTo(2 + 2, 1);
    expect(work([batch('a', 0, 10), batch('a', 10, 10), batch('b', 0, 20)], 1, known)).toBeCloseTo(4 + 2, 1);
    expect(work([batch('a', 0, 20), batch('b', 0, 5)], 4, known)).toBeCloseTo(3 + 2, 1);
  });

  it('is 0 without runs, and not known where a table has never run', () => {
    expect(forecastOf({ batches: [], readsOf, maxInFlight: 4 }, NOTHING_MEASURED)).toEqual({
      p50: 0,
      p90: 0,
      work: 0,
    });
    expect(work([batch('a', 0, 1), batch('e', 0, 1)], 4, known)).toBeUndefined();
  });

  it('of a thousand dates of fifty tables is found in a moment', () => {
    const tables = Array.from({ length: 50 }, (_, i) => `t${i}`);
    const batches = Array.from({ length: 100 }, (_, i) =>
      tables.map((table) => batch(table, 10 * i, 10)),
    ).flat();
    const plan: ToForecast = {
      batches,
      maxInFlight: 8,
      readsOf: (table) => tables.slice(0, Number(table.slice(1))).slice(-5),
    };
    const costs = Object.fromEntries(tables.map((table) => [table, { fixed: 1, perDate: 0.1 }]));
    const begun = performance.now();
    expect(forecastOf(plan, knowing(costs))?.work).toBeGreaterThan((5000 * 2) / 8 - 1);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('the band', () => {
  const band = (past: readonly PastForecast[]) =>
    forecastOf(
      { batches: [batch('a', 0, 10)], readsOf, maxInFlight: 1 },
      knowing({ a: { fixed: 1, perDate: 0.1 } }, past),
    );

  it('follows what earlier backfills took, those of about the same work the most', () => {
    expect(band([])?.p50).toBeCloseTo(2, 1);
    expect(band([{ work: 2, seconds: 4 }])?.p50).toBeCloseTo(4, 1);
    const mixed =
      band([
        { work: 2, seconds: 2 },
        { work: 2000, seconds: 4000 },
      ])?.p50 ?? 0;
    expect(mixed).toBeGreaterThan(2);
    expect(mixed).toBeLessThan(2.2);
  });

  it('becomes narrower the more backfills have taken what was forecast', () => {
    const widths = [0, 1, 5, 20].map((count) => {
      const found = band(Array.from({ length: count }, () => ({ work: 2, seconds: 2 })));
      return (found?.p90 ?? 0) / (found?.p50 ?? 1);
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(widths[3]).toBeLessThan(1.3);
  });

  it('forgets the oldest', () => {
    let known = NOTHING_MEASURED;
    for (let i = 0; i < 30; i += 1) known = withMeasured(known, new Map(), { work: 1, seconds: i });
    expect(known.past.length).toBe(20);
    expect(known.past[0]).toEqual({ work: 1, seconds: 29 });
  });
});

/** What a machine really does: runs slow each other down, some hours are slow, and messages take their time. */
function factOf({ batches, maxInFlight }: ToForecast, costs: ReadonlyMap<string, RunCost>, random: Random) {
  const hour = 1 + 0.4 * random.unit();
  const measured = new Map<string, MeasuredRun[]>();
  const waiting = [...batches];
  const done: Batch[] = [];
  let running: { readonly batch: Batch; readonly begun: number; left: number }[] = [];
  let now = 0.1 + 0.3 * random.unit();
  while (waiting.length > 0 || running.length > 0) {
    const isDone = (table: string, last: string): boolean =>
      ![...waiting, ...running.map((run) => run.batch)].some(
        (other) => other.table === table && (other.dates[0] ?? '') <= last,
      );
    for (const next of [...waiting]) {
      if (running.length >= maxInFlight) break;
      if (!readsOf(next.table).every((table) => isDone(table, next.dates.at(-1) ?? ''))) continue;
      const { fixed, perDate } = costs.get(next.table) ?? expect.fail();
      const left = (fixed + perDate * next.dates.length) * hour * Math.max(0.5, 1 + 0.2 * random.normal());
      waiting.splice(waiting.indexOf(next), 1);
      running.push({ batch: next, begun: now, left });
    }
    const slowness = 1 + 0.25 * (running.length - 1);
    const step = Math.min(...running.map(({ left }) => left));
    now += step * slowness + 0.02;
    for (const run of running) run.left -= step;
    for (const { batch: ended, begun } of running.filter(({ left }) => left <= 1e-9)) {
      done.push(ended);
      const own = measured.get(ended.table) ?? [];
      measured.set(ended.table, [...own, { dates: ended.dates.length, seconds: now - begun }]);
    }
    running = running.filter(({ left }) => left > 1e-9);
  }
  return { measured, seconds: now };
}

it('of 50 simulated backfills at least 85 in 100 end below their p90, and about half below their p50', () => {
  const found: { readonly p50: number; readonly p90: number; readonly seconds: number }[] = [];
  for (let world = 0; world < 8; world += 1) {
    const random = makeRandom('forecast', drawn('forecast', world).below(2 ** 32));
    const tables = ['a', 'b', 'c', 'd'];
    const costs = new Map(
      tables.map((table) => [table, { fixed: 0.05 + random.unit() / 2, perDate: random.unit() / 20 }]),
    );
    let known = NOTHING_MEASURED;
    for (let i = 0; i <= 50; i += 1) {
      // The first one builds everything, as in a home that is new.
      const count = i === 0 ? 160 : random.between(1, random.chance(0.3) ? 160 : 12);
      const asked = i === 0 ? tables : tables.slice(random.below(4));
      const size = random.chance(0.5) ? 60 : 10;
      const starts = Array.from({ length: Math.ceil(count / size) }, (_, k) => k * size);
      const batches = starts.flatMap((from) =>
        asked.map((table) => batch(table, from, Math.min(size, count - from))),
      );
      const plan: ToForecast = { batches, readsOf, maxInFlight: 4 };
      const forecast = forecastOf(plan, known);
      const { measured, seconds } = factOf(plan, costs, random);
      if (forecast !== undefined) found.push({ ...forecast, seconds });
      known = withMeasured(
        known,
        measured,
        forecast === undefined ? undefined : { work: forecast.work, seconds },
      );
    }
  }
  const share = (is: (each: (typeof found)[number]) => boolean): number =>
    found.filter(is).length / found.length;
  expect(found.length).toBe(400);
  expect(share(({ seconds, p90 }) => seconds < p90)).toBeGreaterThanOrEqual(0.85);
  expect(share(({ seconds, p50 }) => seconds < p50)).toBeGreaterThan(0.3);
  expect(share(({ seconds, p50 }) => seconds < p50)).toBeLessThan(0.7);
  expect(share(({ p50, p90 }) => p90 < 2 * p50)).toBeGreaterThan(0.7);
});
