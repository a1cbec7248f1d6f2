import { describe, expect, it } from 'vitest';
import { runsIn, statusesOf } from '../support/look.ts';
import { SEASON } from '../support/toy-league.ts';
import { TOY_DEFINITIONS, toyRegistry, readingOthers } from '../support/toy-tables.ts';
import { FIRST_SOURCES, importedWorld, loadInto } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

describe('F-34 a source that is switched off', () => {
  it('F-34 a table that is no longer declared is no longer waited for', async () => {
    const without = TOY_DEFINITIONS.filter(({ name }) => name !== 'odds_api_game_lines').map((definition) =>
      readingOthers(
        definition,
        definition.inputs.filter(({ table }) => table !== 'odds_api_game_lines'),
      ),
    );
    const base = await importedWorld();
    const world = makeWorld({ from: base, registry: toyRegistry(without) });
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(
      Object.values(statusesOf(world, 'team_context')).every(
        (status) => status === 'success' || status === 'empty',
      ),
    ).toBe(true);
  });

  it('F-34 a required source that is missing is named, with the command that fills it', async () => {
    const world = makeWorld();
    const { nbac_player_boxscores: _, ...rest } = FIRST_SOURCES;
    await loadInto(world, rest);
    const id = await world.request({ season: SEASON });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'refused', plannedRuns: 0 });
    expect(backfill?.verdict).toContain('nbac_player_boxscores is missing on 9 dates');
    expect(backfill?.verdict).toContain('fullcourt import');
    expect(runsIn(world, 'team_offense')).toEqual([]);
  });
});
