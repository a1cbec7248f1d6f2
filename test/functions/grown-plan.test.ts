/** A backfill whose plan grows while somebody is still at work on the shorter one. */
import { expect, it } from 'vitest';
import { completeTopic } from '../../shared/derive/topic-names.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { dateDocuments } from '../support/look.ts';
import { SEASON } from '../support/toy-league.ts';
import { archivedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

it('keeps what is known of its dates when the shorter plan is looked at last', async () => {
  const world = makeWorld({ from: await archivedWorld(), policy: { batchSize: () => 20 } });
  const id = await world.request({ season: SEASON, from: 'phase2', through: 'phase2' });
  const { store } = world;
  const [atPlan, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  await world.run(() => world.bus.backlog().has(`${completeTopic('phase2')}-sub`));
  const slow = world.handle(completeTopic('phase2'), {
    store: {
      ...store,
      get: async <T>(path: string) => {
        const found = await store.get<T>(path);
        // The plan is read once for the message, before what is known of the season.
        if (path.includes('/plans/') && (asked += 1) === 1) {
          atPlan.resolve();
          await goOn.promise;
        }
        return found;
      },
    },
  });
  await atPlan.promise;
  await world.settle();
  const before = dateDocuments(world, id);
  expect((await world.backfill(id))?.state).toBe('done');
  goOn.resolve();
  await slow;

  expect(dateDocuments(world, id)).toEqual(before);
  expect(await brokenPromises(world)).toEqual([]);
});
