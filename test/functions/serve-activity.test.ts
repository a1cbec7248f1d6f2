/** What `serve` says while it runs: what is new since it began, also when its first look fails or comes late. */
import { expect, it, onTestFinished } from 'vitest';
import { tellActivity } from '../../scripts/cli/serve-activity.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

it('says what came since it began and nothing of what was there, when its first look fails', async () => {
  const world = makeWorld({ from: await importedWorld() });
  await world.request({ season: SEASON, through: 'phase3' });
  await world.settle();
  world.advance(60);
  let looks = 0;
  const list: StateStore['list'] = (...asked) => {
    looks += 1;
    return looks === 1 ? Promise.reject(new Error('no answer')) : world.store.list(...asked);
  };
  const said: string[] = [];
  const ports = { registry: world.registry, clock: world.now, store: { ...world.store, list } };
  const activity = tellActivity(ports, (line) => said.push(line));
  onTestFinished(() => activity.stop());
  const id = await world.request({ season: SEASON, from: 'phase4' });
  await world.publish(BACKFILL_REQUEST_TOPIC, { season: 'TODAY' });
  await world.settle();
  await expect.poll(() => said.length, { timeout: 60_000 }).toBe(3);
  expect(said.map((line) => line.slice(9))).toEqual([
    expect.stringMatching(new RegExp(`^${id} asked for by a message: `)),
    expect.stringMatching(new RegExp(`^${id} done after `)),
    expect.stringMatching(/^dl-[0-9a-f]{12} set aside from nba-backfill-request: season: /),
  ]);
});
