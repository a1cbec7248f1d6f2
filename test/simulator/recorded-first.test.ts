/** What handlers publish has been recorded first, and waits in the outbox until the broker has it: in every run, whatever is drawn. */
import { expect, it } from 'vitest';
import { SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

it('publishes nothing that does not wait in the outbox', async () => {
  const world = makeWorld({ from: await importedWorld() });
  const published = new Set<string>();
  const unrecorded: string[] = [];
  world.setTrap((point) => {
    const topic = /^before publish to (.+)$/.exec(point)?.[1];
    if (topic === undefined) return undefined;
    published.add(topic);
    const waits = [...world.store.dump()].some(
      ([path, data]) => path.startsWith('outbox/') && data['topic'] === topic,
    );
    if (!waits) unrecorded.push(topic);
    return undefined;
  });
  await world.request({ season: SEASON, through: 'phase4' });
  await world.settle();

  expect([...published].sort()).toEqual([
    'nba-phase3-backfill',
    'nba-phase3-complete',
    'nba-phase4-backfill',
    'nba-phase4-complete',
  ]);
  expect(unrecorded).toEqual([]);
});
