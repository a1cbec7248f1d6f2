/** Each status of a cell that is not green has its causes, and each cause its cure. */
import { describe, expect, it } from 'vitest';
import { causeText } from '../../shared/domain/cause.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { GateVerdict } from '../../shared/domain/partition.ts';
import { whyOf } from '../../shared/domain/why.ts';
import { DATES, day, except, never, viewOf, type ViewOptions } from '../support/view-of.ts';

/** The status of a cell and the texts of its causes, where partitions differ from ones that are built and current. */
const told = (
  [table, date]: readonly [string, GameDate],
  differences: Parameters<typeof except>[0],
  options: ViewOptions = {},
): readonly [string, ...string[]] => {
  const view = viewOf({ differently: except(differences), ...options });
  const { status, causes } = whyOf(view)({ table, date });
  return [status, ...causes.map((cause) => causeText(cause))];
};

const [D, LATER] = [day(17), day(20)];
const GATE: GateVerdict = {
  gate: 'upstream rows',
  verdict: 'unknown',
  detail: 'the warehouse did not answer',
  checkedAt: '2024-06-01T12:00:00Z',
  retryAt: '2024-06-01T12:00:30Z',
};

describe('a cell', () => {
  it('is green, everywhere in a world without faults, or rightly left out', () => {
    const view = viewOf();
    const explain = whyOf(view);
    for (const table of view.registry.all.map(({ definition }) => definition.name))
      for (const date of DATES) expect(['green', 'excluded']).toContain(explain({ table, date }).status);
    expect(told(['feature_store', D], {})).toEqual(['green']);
    expect(told(['feature_store', day(2)], {})).toEqual([
      'excluded',
      `feature_store@${day(2)} is left out: bootstrap_period_day_0_13_of_season_2023; nothing is to be done`,
    ]);
  });

  it('waits for the run under way, of whose backfill one can watch the progress', () => {
    const running = never('running', { runId: 'run-1', backfillId: 'bf-1' });
    expect(
      told(['feature_store', D], { [`daily_cache@${D}`]: running, [`feature_store@${D}`]: never('waiting') }),
    ).toEqual([
      'waiting',
      `daily_cache@${D} is not built yet: run run-1 is to build it; cure it with: fullcourt backfills watch bf-1`,
    ]);
    expect(
      told(['daily_cache', D], { [`daily_cache@${D}`]: never('requested', { runId: 'run-2' }) }),
    ).toEqual([
      'waiting',
      `daily_cache@${D} is not built yet: run run-2 is to build it; nothing is to be done`,
    ]);
  });

  it('is blocked by a gate, which says when it is asked again', () => {
    expect(told(['shot_zones', D], { [`shot_zones@${D}`]: never('blocked', { gates: [GATE] }) })).toEqual([
      'blocked',
      `shot_zones@${D} is blocked: upstream rows: the warehouse did not answer, asked again at 2024-06-01T12:00:30Z; cure it with: fullcourt backfill --dates ${D} --tables shot_zones --through phase4`,
    ]);
  });

  it('has two causes where two chains lead to it', () => {
    const text = (date: GameDate, table: string): string =>
      `${table}@${date} has failed: a test says so; cure it with: fullcourt backfill --dates ${date === LATER ? LATER : `${date},${LATER}`} --tables ${table} --through phase4`;
    expect(
      told(['feature_store', LATER], {
        [`team_defense@${day(19)}`]: never('failed'),
        [`zone_defense@${LATER}`]: never('blocked'),
        [`shot_zones@${LATER}`]: never('failed'),
        [`daily_cache@${LATER}`]: never('blocked'),
        [`feature_store@${LATER}`]: never('blocked'),
      }),
    ).toEqual(['blocked', text(day(19), 'team_defense'), text(LATER, 'shot_zones')]);
  });

  it('is stale through the one partition that is stale by itself, a raw one with the raw tables between', () => {
    expect(
      told(['feature_store', LATER], { [`nbac_schedule@${D}`]: { inputFingerprint: 'other.inputs' } }),
    ).toEqual([
      'stale',
      `nbac_schedule@${D} is stale: its inputs have changed since it was built; cure it with: fullcourt backfill --dates ${D},${LATER} --tables nbac_schedule,nbac_game_results,nbac_player_boxscores,odds_api_game_lines --from phase2 --through phase4`,
    ]);
  });

  it('has failed, and would be stale as well: it has both causes', () => {
    const [status, ...causes] = told(['shot_zones', LATER], {
      [`shot_zones@${LATER}`]: never('failed', { reason: 'out of memory' }),
      [`player_summary@${day(19)}`]: { inputFingerprint: 'other.inputs' },
    });
    expect([status, causes.map((cause) => cause.split(';')[0])]).toEqual([
      'failed',
      [
        `shot_zones@${LATER} has failed: out of memory`,
        `player_summary@${day(19)} is stale: its inputs have changed since it was built`,
      ],
    ]);
  });

  it('is partial or not ready because of the raw rows that are lacking, which an import brings', () => {
    const lacking = { status: 'partial', reason: 'game_missing: 20231110_DEN_CHI' } as const;
    const raw = `nbac_player_boxscores@${D} is partial: game_missing: 20231110_DEN_CHI; cure it with: fullcourt import --from DIR`;
    const differences = {
      [`nbac_player_boxscores@${D}`]: lacking,
      [`player_summary@${D}`]: { status: 'partial', rows: 3 },
      [`shot_zones@${day(19)}`]: { readyRows: 2 },
    } as const;
    expect(told(['player_summary', D], differences)).toEqual(['partial', raw]);
    expect(told(['shot_zones', day(19)], differences)).toEqual(['not_ready', raw]);
  });

  it('is not ready, degraded or partial by itself where nothing that it reads is', () => {
    expect(told(['shot_zones', D], { [`shot_zones@${D}`]: { readyRows: 1 } })).toEqual([
      'not_ready',
      `shot_zones@${D} is not ready: 1 of its 4 rows may be used in production; no request changes that, other rows of its inputs do`,
    ]);
    expect(told(['daily_cache', D], { [`daily_cache@${D}`]: { syntheticRows: 2 } })).toEqual([
      'degraded',
      `daily_cache@${D} is degraded: 2 of its 4 rows were computed without their context row; cure it with: fullcourt backfill --dates ${D} --tables daily_cache --through phase4 --force`,
    ]);
    expect(told(['shot_zones', D], { [`shot_zones@${D}`]: { status: 'partial' } })).toEqual([
      'partial',
      `shot_zones@${D} is partial: rows are lacking; cure it with: fullcourt backfill --dates ${D} --tables shot_zones --through phase4 --force`,
    ]);
  });

  it.each([
    ['nbac_player_boxscores', 'unresolved_names: 1 row', 'fullcourt alias NAME ID'],
    ['shot_zones', 'no_model: champion', 'fullcourt train --start DATE --end DATE'],
  ] as const)('lacks what no request and no import brings: %s, %s', (table, reason, cure) => {
    expect(told([table, D], { [`${table}@${D}`]: { status: 'partial', reason } })).toEqual([
      'partial',
      `${table}@${D} is partial: ${reason}; cure it with: ${cure}`,
    ]);
  });

  it('is degraded because its context has failed', () => {
    const [status, ...causes] = told(['daily_cache', D], {
      [`team_context@${D}`]: never('failed', { reason: 'no such column' }),
      [`daily_cache@${D}`]: { syntheticRows: 4 },
    });
    expect([status, causes.map((cause) => cause.split(';')[0])]).toEqual([
      'degraded',
      [`team_context@${D} has failed: no such column`],
    ]);
  });

  it('would be partial or not ready besides, unless another date has read the same partial rows and is green', () => {
    const lacking = { status: 'partial', reason: 'rows_refused: 1 row' } as const;
    const differences = {
      [`nbac_player_boxscores@${D}`]: lacking,
      [`player_summary@${D}`]: { status: 'partial', rows: 3 },
      [`shot_zones@${LATER}`]: never('failed'),
    } as const;
    const ofAll = [day(19), LATER].map((date) => [`shot_zones@${date}`, { readyRows: 2 }] as const);
    const causes = (differing: Parameters<typeof except>[0]): string[] =>
      told(['shot_zones', LATER], differing)
        .slice(1)
        .map((text) => text.split(':')[0] ?? '');
    const failed = `shot_zones@${LATER} has failed`;
    expect(causes({ ...Object.fromEntries(ofAll), ...differences })).toEqual([
      failed,
      `nbac_player_boxscores@${D} is partial`,
    ]);
    expect(causes(differences)).toEqual([failed]);
  });

  it('is degraded because nobody has asked for its context', () => {
    const [status, ...causes] = told(['daily_cache', D], {
      [`team_context@${D}`]: null,
      [`daily_cache@${D}`]: { syntheticRows: 4 },
    });
    expect([status, causes.map((cause) => cause.split(':')[0])]).toEqual([
      'degraded',
      [`team_context@${D} is missing`],
    ]);
  });

  it('keeps rows of games that its source has lost, which a person decides on', () => {
    const shrunk = { status: 'blocked', reason: 'shrunk_source: 20231110_DEN_CHI' } as const;
    expect(told(['nbac_player_boxscores', D], { [`nbac_player_boxscores@${D}`]: shrunk })).toEqual([
      'blocked',
      `nbac_player_boxscores@${D} is blocked: shrunk_source: 20231110_DEN_CHI; cure it with: fullcourt import --from DIR --replace`,
    ]);
  });
});
