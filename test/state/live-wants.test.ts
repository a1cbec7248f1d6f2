/** Where live wants are is written with the states, so a sweep finds each of them without the states of every season. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { noteWantsWhole, seasonsWithWants } from '../../shared/state/live-wants.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';

const registry = loadRegistry();
const [one, other] = [registry.get('player_game_summary'), registry.get('team_offense_game_summary')];
const date = gameDate('2024-01-05');

function store() {
  const ports = {
    store: sqliteStore(openDatabase(':memory:')),
    clock: () => new Date('2024-06-01T12:00:00Z'),
  };
  const wants = (table: typeof one, isWanted: boolean, on = date) =>
    updateStates(ports, table, [on], (state) => ({
      ...state,
      want: isWanted ? { through: 'phase4', correlationId: 'c' } : null,
    }));
  return { ports, wants };
}

it('names the seasons with a want until the last want of a date is gone', async () => {
  const { ports, wants } = store();
  await noteWantsWhole(ports);
  expect(await seasonsWithWants(ports)).toEqual([]);
  await wants(one, true);
  await wants(other, true);
  await wants(one, true, gameDate('2022-11-05'));
  expect(await seasonsWithWants(ports)).toEqual(['2022-23', '2023-24']);
  await wants(one, false);
  await wants(one, false, gameDate('2022-11-05'));
  expect(await seasonsWithWants(ports)).toEqual(['2023-24']);
  await wants(other, false);
  expect(await seasonsWithWants(ports)).toEqual([]);
});

it('says nothing while the store may have wants without a document', async () => {
  const { ports, wants } = store();
  await wants(one, true);
  expect(await seasonsWithWants(ports)).toBeUndefined();
  await noteWantsWhole(ports);
  expect(await seasonsWithWants(ports)).toEqual(['2023-24']);
});
