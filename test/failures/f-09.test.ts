import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../shared/domain/coverage.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { loadView } from '../../shared/state/views.ts';
import { DATES, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { drain, stateAt, worldFrom } from './pipeline.ts';

const DATE = DATES[0] as (typeof DATES)[0];

describe('F-09 a fragment is not taken for the whole', () => {
  it.each([
    { rows: 0, status: 'failed', present: 0 },
    { rows: 1, status: 'partial', present: 0 },
    { rows: 50, status: 'partial', present: 0 },
    { rows: 94, status: 'partial', present: 0 },
    { rows: 95, status: 'success', present: 1 },
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

      const state = stateAt(world, 'team_offense', DATE);
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
    expect(stateAt(world, 'team_offense', DATE)).toMatchObject({
      status: 'partial',
      games: 1,
      expectedGames: 2,
    });
    const view = await loadView(world.context.ports, world.registry, [SEASON]);
    expect(coverageOf(view, world.registry.get('team_offense'), [DATE]).present).toBe(0);
  });
});
