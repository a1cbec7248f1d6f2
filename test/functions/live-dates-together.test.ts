/** A live cascade builds every date of a table by as few runs as it can, and leaves nothing behind that only the sweep would find. */
import { expect, it } from 'vitest';
import { isSettled } from '../../shared/domain/partition.ts';
import { partitionsOf } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { DATES, withChange } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const CORRECTED = DATES[4] as (typeof DATES)[0];

/** The runs of a table that `before` had not, each with its dates. */
function newRuns(world: World, before: World, table: string): string[][] {
  const known = new Set(runsIn(before).map(({ runId }) => runId));
  return runsIn(world, table)
    .filter(({ runId }) => !known.has(runId))
    .map(({ dates }) => dates.map(({ date }) => date));
}

it('the later dates of a table follow a corrected box score in as few runs as their number demands', async () => {
  const before = await builtWorld();
  const world = makeWorld({ from: before });
  await world.archiveRows(
    withChange(FIRST_SOURCES, 'nbac_player_boxscores', CORRECTED, (row) => ({ ...row, points: 77 })),
  );
  await world.ingest('nbac_player_boxscores', CORRECTED);
  await world.run();

  const later = DATES.filter((date) => date > CORRECTED && stateIn(before, 'team_context', date)?.rows);
  const size = world.policy.batchSize(world.registry.get('team_context'), 0);
  expect(later.length).toBeGreaterThan(size);
  expect(newRuns(world, before, 'team_context').toSorted()).toEqual([
    later.slice(0, size),
    later.slice(size),
  ]);
  for (const [name, state] of partitionsOf(world)) {
    expect([name, state.want, isSettled(state)]).toEqual([name, null, true]);
  }
});
