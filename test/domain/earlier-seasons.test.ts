/** A table that reads the seasons before its own: what it waits for, when it is stale, what a plan builds and what follows a change. */
import { describe, expect, it } from 'vitest';
import { decideFollowers, type Change } from '../../shared/domain/decide/followers.ts';
import { evaluate, fingerprintOfMovedInputs } from '../../shared/domain/evaluation.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { planBackfill, type PlanRequest } from '../../shared/domain/plan.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { lastDateOf, seasonOf } from '../../shared/domain/season.ts';
import { stalenessOf } from '../../shared/domain/staleness.ts';
import { defineTable } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import { whyOf } from '../../shared/domain/why.ts';
import {
  previousSeasons,
  readEnd,
  reads,
  readStart,
  sameDate,
  seasonsAffected,
  seasonsRead,
  seasonToDate,
} from '../../shared/domain/window.ts';
import { readingOthers, registered, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import { except, viewOf, type ViewOptions } from '../support/view-of.ts';

const OPENINGS = ['2021-10-19', '2022-10-18', '2023-10-24'].map(gameDate);
const [FIRST, SECOND, THIRD] = OPENINGS as [GameDate, GameDate, GameDate];
const DATES = OPENINGS.flatMap((opening) => [0, 2, 15, 17].map((n) => addDays(opening, n)));

const CARRY = defineTable({
  ...(TOY_DEFINITIONS.find(({ name }) => name === 'shot_zones') ?? expect.fail()),
  readinessColumn: 'is_ready',
  name: 'season_carry',
  onlyOn: 'opening_night',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'player_summary', window: previousSeasons(2), required: false },
  ],
});
const registry = toyRegistry(
  TOY_DEFINITIONS.flatMap((definition) =>
    definition.name === 'feature_store'
      ? [
          CARRY,
          readingOthers(definition, [
            ...definition.inputs,
            { table: 'season_carry', window: seasonToDate, required: false },
          ]),
        ]
      : [definition],
  ),
);
const carry = registry.get('season_carry');
const allSeasons = (options: ViewOptions = {}): View => viewOf({ registry, dates: DATES, ...options });
/** The view of one season, which only reads those before it. */
const only = (opening: GameDate, view: View): View => {
  const label = seasonOf(opening);
  const seasons = [...view.seasons];
  return {
    ...view,
    seasons: new Map(seasons.filter(([season]) => season === label)),
    earlier: new Map(seasons.filter(([season]) => season < label)),
  };
};
const OTHERWISE = { inputFingerprint: 'other.inputs' };

describe('the window of earlier seasons', () => {
  it('reaches from the first day of the earliest to the last day before the season of the date', () => {
    const window = previousSeasons(2);
    expect(readStart(window, gameDate('2024-01-15'), THIRD)).toBe('2021-10-01');
    expect(readEnd(window, gameDate('2024-01-15'))).toBe(lastDateOf('2022-23'));
    expect(readEnd(window, gameDate('2021-01-15'))).toBe('2020-10-31');
  });

  it('reads no date of its own season, and each season is read by those that it affects', () => {
    const window = previousSeasons(2);
    expect(reads(window, THIRD, DATES.slice(8))).toEqual([]);
    expect(seasonsRead(window, '2023-24')).toEqual(['2021-22', '2022-23']);
    expect(seasonsAffected(window, '2021-22')).toEqual(['2022-23', '2023-24']);
    for (const season of ['2022-23', '2023-24'])
      expect(
        seasonsRead(window, season).every((each) => seasonsAffected(window, each).includes(season)),
      ).toBe(true);
    expect(seasonsRead(seasonToDate, '2023-24')).toEqual([]);
  });

  it('is never required: a season that nobody has loaded is no reason to wait', () => {
    const required = { ...CARRY, inputs: CARRY.inputs.map((input) => ({ ...input, required: true })) };
    expect(() => buildRegistry([...TOY_DEFINITIONS, required].map(registered))).toThrow(
      'Table season_carry requires earlier seasons of player_summary, which may never have been loaded',
    );
  });
});

describe('a table of opening nights', () => {
  it('has one partition in each season, also in the bootstrap period', () => {
    const view = allSeasons();
    const built = [...view.seasons.values()].flatMap(({ states }) =>
      Object.keys(states.get('season_carry') ?? {}),
    );
    expect(built).toEqual(OPENINGS);
  });
});

describe('a partition that reads earlier seasons', () => {
  it('waits for nothing when these were never loaded or never built', () => {
    const alone = viewOf({ registry, dates: DATES.slice(8) });
    expect(evaluate(alone).unmet(carry, THIRD)).toEqual({ pending: [], lost: [] });
    const unbuilt = allSeasons({ differently: (_, date) => (date < THIRD ? null : undefined) });
    expect(evaluate(unbuilt).unmet(carry, THIRD)).toEqual({ pending: [], lost: [] });
  });

  it('waits for dates of them that are being built', () => {
    const date = addDays(FIRST, 15);
    const view = allSeasons({ differently: except({ [`player_summary@${date}`]: { status: 'running' } }) });
    const pending = [{ table: 'player_summary', date }];
    expect(evaluate(view).unmet(carry, THIRD).pending).toEqual(pending);
    expect(evaluate(only(THIRD, view)).unmet(carry, THIRD).pending).toEqual(pending);
    expect(evaluate(view).unmet(carry, FIRST).pending).toEqual([]);
    const planned = evaluate(allSeasons(), (table, each) => table === 'player_summary' && each === date);
    expect(planned.unmet(carry, SECOND).pending).toEqual(pending);
  });

  it('waits for none of them in the live lane, and what it has built then is built again', () => {
    const date = addDays(FIRST, 15);
    const want = { through: 'phase5', correlationId: 'tonight' };
    const running = { [`player_summary@${date}`]: { status: 'running' } } as const;
    const view = allSeasons({ differently: except(running) });
    expect(evaluate(view).unmet(carry, THIRD, 'live')).toEqual({ pending: [], lost: [] });
    const wanted = allSeasons({ differently: except({ ...running, [`season_carry@${THIRD}`]: { want } }) });
    expect(evaluate(wanted).unmet(carry, THIRD)).toEqual({ pending: [], lost: [] });
    const { inputVersion } = evaluate(view).inputsSeen(carry, THIRD);
    expect(inputVersion).not.toBe(evaluate(view).inputVersion(carry, THIRD));
    expect(evaluate(allSeasons()).inputsSeen(carry, THIRD).inputVersion).toBe(
      evaluate(allSeasons()).inputVersion(carry, THIRD),
    );

    const after = { [`season_carry@${THIRD}`]: { inputFingerprint: fingerprintOfMovedInputs(carry) } };
    const next = (seen: View) =>
      decideFollowers(
        seen,
        [{ table: 'season_carry', date: THIRD, want }],
        () => false,
        () => 100,
      ).find((action) => ('ref' in action ? action.ref : action).table === 'season_carry');
    const still = allSeasons({ differently: except({ ...running, ...after }) });
    expect(next(still)).toMatchObject({ kind: 'mark stale', ref: { date: THIRD } });
    const ended = allSeasons({ differently: except(after) });
    expect(next(ended)).toMatchObject({ kind: 'request run', dates: [{ date: THIRD }] });
  });

  it('has another fingerprint and version when one of them changes, and the same beside an empty season', () => {
    const date = addDays(SECOND, 2);
    const other = allSeasons({
      differently: except({ [`player_summary@${date}`]: { outputFingerprint: 'other', token: 2 } }),
    });
    const now = evaluate(allSeasons());
    expect(evaluate(other).inputFingerprint(carry, THIRD)).not.toBe(now.inputFingerprint(carry, THIRD));
    expect(evaluate(other).inputVersion(carry, THIRD)).toBe(now.inputVersion(carry, THIRD) + 1);
    expect(evaluate(other).inputFingerprint(carry, SECOND)).toBe(now.inputFingerprint(carry, SECOND));
    const unbuilt = allSeasons({ differently: (_, each) => (each < THIRD ? null : undefined) });
    const alone = viewOf({ registry, dates: DATES.slice(8) });
    expect(evaluate(unbuilt).inputFingerprint(carry, THIRD)).toBe(
      evaluate(alone).inputFingerprint(carry, THIRD),
    );
  });

  it('is the same whether the earlier seasons are decided about or only read', () => {
    const view = allSeasons();
    const read = only(THIRD, view);
    expect(evaluate(read).inputsSeen(carry, THIRD)).toEqual(evaluate(view).inputsSeen(carry, THIRD));
    expect(evaluate(read).isCurrent(carry, THIRD)).toBe(true);
  });
});

describe('staleness', () => {
  const date = addDays(FIRST, 2);
  const view = allSeasons({ differently: except({ [`player_summary@${date}`]: OTHERWISE }) });
  const through = { table: 'player_summary', date };

  it('goes from an earlier season to the seasons that read it, and on within them', () => {
    const staleness = stalenessOf(view);
    expect(staleness(carry, FIRST)).toBeUndefined();
    expect(staleness(carry, SECOND)).toEqual({ cause: 'data', through });
    expect(staleness(carry, THIRD)).toEqual({ cause: 'data', through });
    expect(staleness(registry.get('feature_store'), addDays(THIRD, 17))).toEqual({
      cause: 'data',
      through: { table: 'season_carry', date: THIRD },
    });
    expect(staleness(registry.get('daily_cache'), addDays(THIRD, 17))).toBeUndefined();
  });

  it('is the same when the earlier seasons are only read', () => {
    expect(stalenessOf(only(THIRD, view))(carry, THIRD)).toEqual({ cause: 'data', through });
    expect(stalenessOf(only(THIRD, allSeasons()))(carry, THIRD)).toBeUndefined();
  });

  it('has the partition of the earlier season as its one cause, also where that season is only read', () => {
    for (const each of [view, only(THIRD, view)])
      expect(whyOf(each)({ table: 'season_carry', date: THIRD })).toMatchObject({
        status: 'stale',
        causes: [
          {
            ...{ kind: 'stale', ...through },
            cure: `fullcourt backfill --dates ${date},${THIRD} --tables player_summary --through phase4`,
          },
        ],
      });
  });
});

describe('a plan', () => {
  const request = (dates: readonly GameDate[]): PlanRequest => ({
    ...{ dates, from: 'phase3', through: 'phase4', only: 'all', force: false },
  });
  const partitionsOf = (view: View, dates: readonly GameDate[]): string[] =>
    planBackfill(view, request(dates), () => 100).batches.flatMap((batch) =>
      batch.dates.map((date) => `${batch.table}@${date}`),
    );

  it('rebuilds what reads a date of an earlier season that it builds', () => {
    const date = addDays(SECOND, 15);
    const view = allSeasons({ differently: except({ [`player_summary@${date}`]: null }) });
    const planned = partitionsOf(view, DATES);
    expect(planned).toContain(`player_summary@${date}`);
    expect(planned).toContain(`season_carry@${THIRD}`);
    expect(planned).toContain(`feature_store@${addDays(THIRD, 15)}`);
    expect(planned).not.toContain(`season_carry@${SECOND}`);
    expect(planned.indexOf(`player_summary@${date}`)).toBeLessThan(planned.indexOf(`season_carry@${THIRD}`));
  });

  it('builds the partition of the opening night first, and no earlier season', () => {
    const isUnbuilt = (table: string): boolean => ['season_carry', 'feature_store'].includes(table);
    const view = allSeasons({ differently: (table) => (isUnbuilt(table) ? null : undefined) });
    const last = addDays(THIRD, 17);
    expect(partitionsOf(view, [last])).toEqual([`season_carry@${THIRD}`, `feature_store@${last}`]);
    const unbuilt = allSeasons({
      differently: (table, date) => (isUnbuilt(table) || date < THIRD ? null : undefined),
    });
    expect(partitionsOf(unbuilt, [last])).toEqual([`season_carry@${THIRD}`, `feature_store@${last}`]);
  });
});

describe('a correction in an old season', () => {
  const changed = { table: 'player_summary', date: addDays(FIRST, 2) };

  it('can reach the later seasons that read it', () => {
    const reach = reachOf(allSeasons(), [changed], 'phase4');
    expect(reach.get('season_carry')).toEqual([SECOND, THIRD]);
    expect(reach.get('feature_store')).toEqual(
      DATES.filter((date) => ![0, 2].some((n) => OPENINGS.some((opening) => date === addDays(opening, n)))),
    );
  });

  it('makes their carries stale, and nothing that was built from these before they have changed', () => {
    const view = allSeasons({
      differently: except({ [`player_summary@${changed.date}`]: { outputFingerprint: 'corrected' } }),
    });
    const before = allSeasons();
    const states = (of: View, opening: GameDate) => of.seasons.get(seasonOf(opening))?.states;
    const stored: View = {
      ...view,
      seasons: new Map(
        [...view.seasons].map(([label, season]) => [
          label,
          label === seasonOf(FIRST)
            ? season
            : { ...season, states: states(before, gameDate(`${label.slice(0, 4)}-11-15`)) ?? season.states },
        ]),
      ),
    };
    const change: Change = { ...changed, want: null };
    const marked = decideFollowers(
      stored,
      [change],
      () => false,
      () => 100,
    ).filter(({ kind }) => kind === 'mark stale');
    const inLaterSeasons = marked.flatMap((action) =>
      action.kind === 'mark stale' && action.ref.date >= SECOND
        ? [`${action.ref.table}@${action.ref.date}`]
        : [],
    );
    expect(inLaterSeasons).toEqual([`season_carry@${SECOND}`, `season_carry@${THIRD}`]);
  });
});
