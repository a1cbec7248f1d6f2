import { describe, expect, it } from 'vitest';
import { audit } from '../../shared/domain/audit.ts';
import { coverageOf } from '../../shared/domain/coverage.ts';
import { isPresent } from '../../shared/domain/partition.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { loadView } from '../../shared/state/views.ts';
import { differences } from '../support/scenario.ts';
import { stateIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, SEASON, withChange } from '../support/toy-league.ts';
import { registered, TOY_DEFINITIONS } from '../support/toy-tables.ts';
import { partition } from '../support/partitions.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld, loadInto } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];

describe('F-09 a fragment is not taken for the whole', () => {
  it.each([
    { rows: 0, status: 'failed', present: 0 },
    { rows: 1, status: 'partial', present: 0 },
    { rows: 50, status: 'partial', present: 0 },
    { rows: 94, status: 'partial', present: 0 },
    { rows: 95, status: 'partial', present: 1 },
    { rows: 100, status: 'success', present: 1 },
  ])(
    'F-09 calls $rows of 100 expected rows $status, and counts $present of 1 dates as present',
    async ({ rows, status, present }) => {
      const world = await worldFrom(importedWorld());
      await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
      await world.handle('nba-backfill-request');
      const stage: Warehouse['stage'] = async (job) => {
        const staged = await world.warehouse.stage(job);
        if (!staged.ok || job.table.definition.name !== 'team_offense') return staged;
        return {
          ok: true,
          value: {
            ...staged.value,
            dates: staged.value.dates.map((date) => ({ ...date, rows, expectedRows: 100 })),
          },
        };
      };
      const rowCounts: Warehouse['rowCounts'] = async (ranges) => {
        const counted = await world.warehouse.rowCounts(ranges);
        if (!counted.ok) return counted;
        const isCut = (i: number): boolean => ranges[i]?.table.definition.name === 'team_offense';
        return {
          ok: true,
          value: counted.value.map((counts, i) =>
            isCut(i) ? new Map([...counts.keys()].map((date) => [date, rows])) : counts,
          ),
        };
      };
      await drain(world, { warehouse: { ...world.warehouse, stage, rowCounts } });

      const state = stateIn(world, 'team_offense', DATE);
      expect(state?.status).toBe(status);
      if (status === 'partial') expect(state?.reason).toContain(`${rows} of 100 rows`);
      const view = await loadView(world.context.ports, world.registry, [SEASON]);
      const coverage = coverageOf(view, world.registry.get('team_offense'), [DATE]);
      expect(coverage).toMatchObject({
        expected: 1,
        present,
        missing: present === 1 ? [] : [DATE],
        pct: 100 * present,
      });
    },
  );

  it('F-09 calls a date partial that has all its rows but not every game', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
    await world.handle('nba-backfill-request');
    const stage: Warehouse['stage'] = async (job) => {
      const staged = await world.warehouse.stage(job);
      return staged.ok
        ? {
            ok: true,
            value: {
              ...staged.value,
              dates: staged.value.dates.map((date) => ({ ...date, games: date.expectedGames - 1 })),
            },
          }
        : staged;
    };
    await world.handle('nba-phase3-backfill', { warehouse: { ...world.warehouse, stage } });
    await world.handle('nba-phase3-complete');
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({
      status: 'partial',
      games: 1,
      expectedGames: 2,
    });
    const view = await loadView(world.context.ports, world.registry, [SEASON]);
    expect(coverageOf(view, world.registry.get('team_offense'), [DATE]).present).toBe(0);
  });

  const team = registered(
    TOY_DEFINITIONS.find(({ name }) => name === 'team_offense') ?? (TOY_DEFINITIONS[0] as never),
  ).definition;

  it.each([
    { rows: 0, expected: 200, becomes: 'refused' },
    { rows: 2, expected: 200, becomes: 'partial' },
    { rows: 100, expected: 200, becomes: 'partial' },
    { rows: 189, expected: 200, becomes: 'partial' },
    { rows: 190, expected: 200, becomes: 'partial' },
    { rows: 200, expected: 200, becomes: 'success' },
  ])('F-09 $rows of $expected rows are $becomes', ({ rows, expected, becomes }) => {
    const verdict = audit(
      team,
      { rows, games: 10, expectedRows: expected, expectedGames: 10, checks: [] },
      0,
      false,
    );
    expect(verdict.kind === 'refuse' ? 'refused' : verdict.status).toBe(becomes);
    const status = verdict.kind === 'refuse' ? 'failed' : verdict.status;
    expect(
      isPresent(
        partition({
          status,
          rows,
          expectedRows: expected,
          games: 10,
          expectedGames: 10,
          outputFingerprint: 'x',
        }),
      ),
    ).toBe(rows >= 190);
  });

  it('F-09 every row but no row of one game is partial', () => {
    expect(
      audit(team, { rows: 199, games: 9, expectedRows: 200, expectedGames: 10, checks: [] }, 0, false),
    ).toMatchObject({ status: 'partial', reason: expect.stringContaining('9 of 10 games') as string });
  });

  it('F-09 a fragment of the box scores makes partial partitions that name their gap, and the rest rebuilds them', async () => {
    const date = dateOf(14);
    const fragment = withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, (row) =>
      row['player_lookup'] === 'ATL:1' ? row : undefined,
    );
    const world = await loadInto(makeWorld(), fragment);
    await world.request({ season: SEASON });
    await world.settle();
    expect(stateIn(world, 'team_offense', date)).toMatchObject({
      status: 'partial',
      rows: 1,
      expectedRows: 4,
      reason: 'rows_missing: 1 of 4 rows, 1 of 2 games',
    });
    expect(isPresent(stateIn(world, 'team_offense', date))).toBe(false);
    expect(isPresent(stateIn(world, 'player_summary', date))).toBe(false);

    await world.archiveRows(FIRST_SOURCES);
    await world.request({ season: SEASON, from: 'phase2' });
    await world.settle();
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });
});
