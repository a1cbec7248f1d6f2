import { describe, expect, it } from 'vitest';
import { comparableStates, contentsOf } from '../support/at-rest.ts';
import { runsIn } from '../support/look.ts';
import { SEASON } from '../support/toy-league.ts';
import { builtWorld, importedWorld } from '../support/toy-worlds.ts';
import { worldFrom } from '../support/stepping.ts';

describe('F-33 what is expected does not change at midnight', () => {
  it.each([
    { eastern: '23:50', start: '2024-07-02T03:50:00Z' },
    { eastern: '23:59', start: '2024-07-02T03:59:30Z' },
    { eastern: '00:01', start: '2024-07-02T04:01:00Z' },
    { eastern: '00:10', start: '2024-07-02T04:10:00Z' },
  ])(
    'F-33 builds the same from a request at $eastern, as a backfill from beginning to end',
    async ({ start }) => {
      const world = await worldFrom(importedWorld(), { start });
      const known = runsIn(world).length;
      const id = await world.request({ season: SEASON });
      await world.settle();
      expect((await world.backfill(id))?.state).toBe('done');
      expect(
        new Set(
          runsIn(world)
            .slice(known)
            .map(({ mode }) => mode),
        ),
      ).toEqual(new Set(['backfill']));
      expect(contentsOf(world)).toEqual(contentsOf(await builtWorld()));
      expect(comparableStates(world)).toEqual(comparableStates(await builtWorld()));
    },
  );
});
