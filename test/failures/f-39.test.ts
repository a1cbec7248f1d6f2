import { describe, expect, it } from 'vitest';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { dateOf, DATES, SEASON, withChange, withMorePoints, type Sources } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';
import { computedRuns, runsByPartition, stateAt } from './pipeline.ts';

const BOXES = 'nbac_player_boxscores';
const changedOn = (...dates: GameDate[]): Sources =>
  dates.reduce((sources, date) => withChange(sources, BOXES, date, withMorePoints), FIRST_SOURCES);

async function repairedWith(
  sources: Sources,
  restate: 'auto' | 'mark' = 'auto',
): Promise<{ world: World; before: World }> {
  const before = await builtWorld();
  const world = makeWorld({ from: before });
  await world.archiveRows(sources);
  await world.request({
    season: SEASON,
    from: 'phase2',
    through: restate === 'auto' ? 'phase4' : 'phase2',
    tables: [BOXES],
    restate,
  });
  await world.settle();
  return { world, before };
}

/** Computed partitions that hold other rows than before, in a world that was built from `sources` at once. */
async function differing(sources: Sources): Promise<string[]> {
  const [then, now] = [contentsOf(await builtWorld()), contentsOf(await cleanWorld(sources))];
  return Object.keys(now).filter((name) => now[name] !== then[name] && !name.startsWith(BOXES));
}

describe('F-39 the repair of a day reaches what read it, once, and nothing else', () => {
  it('F-39 builds exactly the partitions within the windows of a repaired date, each once', async () => {
    const date = dateOf(5);
    const { world, before } = await repairedWith(changedOn(date));
    const runs = computedRuns(world, before);
    expect(Object.keys(runs).sort()).toEqual((await differing(changedOn(date))).sort());
    expect(new Set(Object.values(runs))).toEqual(new Set([1]));
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(changedOn(date))));
    // Of the same date, the post-game tables; of a window of two games and four days, not the end of the season.
    expect(runs[`team_offense@${date}`]).toBe(1);
    expect(Object.keys(runs).filter((name) => name.startsWith('team_offense@'))).toEqual([
      `team_offense@${date}`,
    ]);
    expect(runs[`zone_defense@${DATES.at(-1) ?? ''}`]).toBeUndefined();
    for (const later of DATES.filter((each) => each > date && each !== dateOf(18)))
      expect(runs[`team_context@${later}`], later).toBe(1);
    for (const earlier of DATES.filter((each) => each <= date))
      expect(runs[`team_context@${earlier}`], earlier).toBeUndefined();
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-39 builds each of them once when three dates are repaired together', async () => {
    const dates = [14, 15, 17].map(dateOf);
    const { world, before } = await repairedWith(changedOn(...dates));
    const runs = computedRuns(world, before);
    expect(Object.keys(runs).sort()).toEqual((await differing(changedOn(...dates))).sort());
    expect(new Set(Object.values(runs))).toEqual(new Set([1]));
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(changedOn(...dates))));
  });

  it('F-39 marks what read a repaired date as stale when nobody asks for more', async () => {
    const date = dateOf(15);
    const { world, before } = await repairedWith(changedOn(date), 'mark');
    expect(computedRuns(world, before)).toEqual({});
    expect(stateAt(world, 'team_offense', date)?.stale).toMatchObject({ cause: 'data' });
    expect(stateAt(world, 'team_offense', dateOf(14))?.stale).toBeNull();
    expect(contentsOf(world)[`team_offense@${date}`]).toBe(contentsOf(before)[`team_offense@${date}`]);
  });

  it('F-39 builds nothing when other files hold the same rows', async () => {
    const { world, before } = await repairedWith({
      ...FIRST_SOURCES,
      [BOXES]: [...(FIRST_SOURCES[BOXES] ?? [])].reverse(),
    });
    expect(computedRuns(world, before)).toEqual({});
    expect(Object.keys(runsByPartition(world, before)).every((name) => name.startsWith(`${BOXES}@`))).toBe(
      true,
    );
    expect(contentsOf(world)).toEqual(contentsOf(before));
    expect(Object.entries(stateAt(world, 'team_offense', dateOf(5)) ?? {})).toEqual(
      Object.entries(stateAt(before, 'team_offense', dateOf(5)) ?? {}),
    );
  });
});
