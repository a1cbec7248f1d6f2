import { describe, expect, it } from 'vitest';
import { DATE, fiveInputWorld, INPUTS, READER } from '../support/five-inputs.ts';
import { computedRuns, runsByPartition, runsIn, stateIn } from '../support/look.ts';
import { orders } from '../support/orders.ts';
import { worldFrom } from '../support/stepping.ts';
import { DATES, withChange } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

const LATER = DATES[4] as (typeof DATES)[0];

describe('F-31 a run is asked for when its inputs are complete, and late input is used', () => {
  it('F-31 asks for exactly one run, at the last completion, in each of the 120 orders of five completions', async () => {
    for (const arrivals of orders(INPUTS)) {
      const world = await worldFrom(fiveInputWorld());
      for (const [i, table] of arrivals.entries()) {
        expect(runsIn(world, READER), `${arrivals.join(' ')} before ${i}`).toEqual([]);
        if (i > 0) {
          const state = stateIn(world, READER, DATE);
          expect(state?.status).toBe('waiting');
          expect(state?.waitingFor.toSorted()).toEqual(
            arrivals
              .slice(i)
              .map((name) => `${name}@${DATE}`)
              .sort(),
          );
        }
        await world.ingest(table, DATE);
        await world.run();
      }
      expect(runsIn(world, READER), arrivals.join(' ')).toHaveLength(1);
      expect(stateIn(world, READER, DATE)).toMatchObject({
        status: 'success',
        revision: 1,
        waitingFor: [],
        want: null,
      });
    }
  });

  it('F-31 asks for one run when all completions are there before the first of them is handled', async () => {
    const world = await worldFrom(fiveInputWorld());
    for (const table of INPUTS) await world.ingest(table, DATE);
    for (const _ of INPUTS) await world.handle('nba-phase2-run');
    await world.settle();
    expect(runsIn(world, READER)).toHaveLength(1);
  });

  it('F-31 builds only what reads it when an optional input comes late', async () => {
    const lateLines = {
      ...FIRST_SOURCES,
      odds_api_game_lines: (FIRST_SOURCES['odds_api_game_lines'] ?? []).map((row) =>
        row['game_date'] === LATER ? { ...row, line: 99 } : row,
      ),
    };
    const before = await builtWorld();
    const world = makeWorld({ from: before });
    await world.archiveRows(lateLines);
    await world.ingest('odds_api_game_lines', LATER);
    await world.settle();
    expect(computedRuns(world, before)).toEqual({
      [`team_context@${LATER}`]: 1,
      [`daily_cache@${LATER}`]: 1,
      [`feature_store@${LATER}`]: 1,
    });
    expect(stateIn(world, 'team_context', LATER)).toMatchObject({ status: 'success', revision: 2 });
  });

  it('F-31 builds nothing when what comes late is what was there', async () => {
    const before = await builtWorld();
    const world = makeWorld({ from: before });
    const elsewhere = DATES[0] as (typeof DATES)[0];
    await world.archiveRows(
      withChange(FIRST_SOURCES, 'odds_api_game_lines', elsewhere, (row) => ({ ...row, line: 50 })),
    );
    await world.ingest('odds_api_game_lines', LATER);
    await world.settle();
    expect(runsByPartition(world, before)).toEqual({});
    expect(stateIn(world, 'odds_api_game_lines', LATER)?.revision).toBe(
      stateIn(before, 'odds_api_game_lines', LATER)?.revision,
    );
  });
});
