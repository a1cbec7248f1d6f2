/** Inputs that become others, and what they were again, while somebody reads them. */
import { describe, expect, it } from 'vitest';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { transient } from '../../shared/domain/failure.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { dateOf, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const BOXES = 'nbac_player_boxscores';
const date = dateOf(14);
const corrected = withChange(FIRST_SOURCES, BOXES, date, withMorePoints);
const doubted = withChange(corrected, BOXES, date, withMorePoints);

/** A world in which a correction has arrived, and the run of `team_offense` that follows from it waits to be taken up. */
async function readerAsked(): Promise<World> {
  const world = makeWorld({ from: await builtWorld() });
  await arrive(world, corrected);
  await loadNews(world);
  expect(stateIn(world, 'team_offense', date)?.status).toBe('requested');
  return world;
}

async function arrive(world: World, sources: typeof FIRST_SOURCES): Promise<void> {
  await world.archiveRows({ [BOXES]: sources[BOXES] ?? [] });
  expect(await world.ingest(BOXES, date)).toBe(true);
}

async function loadNews(world: World): Promise<void> {
  await world.handle(runTopic('phase2', 'live'));
  await world.handle(completeTopic('phase2'));
}

/** What a world holds that has only ever heard of the correction. */
async function undisturbed(): Promise<Record<string, string>> {
  const world = await readerAsked();
  await world.settle();
  return contentsOf(world);
}

describe('a run whose inputs become others while it is at work', () => {
  it('is built again when they are what they were before it has ended', async () => {
    const world = await readerAsked();
    await arrive(world, doubted);
    await loadNews(world);
    await world.handle(runTopic('phase3', 'live'));
    await arrive(world, corrected);
    await loadNews(world);
    await world.settle();

    expect(await brokenPromises(world)).toEqual([]);
    expect(contentsOf(world)).toEqual(await undisturbed());
  });

  it('is built again when what it read was published by a run that died, and never announced', async () => {
    const world = await readerAsked();
    await arrive(world, doubted);
    const died = await world.handle(runTopic('phase2', 'live'), {
      warehouse: {
        ...world.warehouse,
        readBack: () => Promise.resolve(transient('warehouse_unavailable', 'down')),
      },
    });
    expect(died?.kind).toBe('retry');
    await world.handle(runTopic('phase3', 'live'));
    await world.archiveRows({ [BOXES]: corrected[BOXES] ?? [] });
    await world.settle();

    expect(await brokenPromises(world)).toEqual([]);
    expect(contentsOf(world)).toEqual(await undisturbed());
  });

  it('is built once when they stay what they are', async () => {
    const world = await readerAsked();
    const before = runsIn(world, 'team_offense');
    await world.settle();

    expect(runsIn(world, 'team_offense')).toHaveLength(before.length);
    expect(stateIn(world, 'team_offense', date)?.inputFingerprint).toMatch(/^[0-9a-f]+\.[0-9a-f]+$/);
  });
});
