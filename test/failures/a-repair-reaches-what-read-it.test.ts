import { describe, expect, it } from 'vitest';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import { computedRuns, runsByPartition, runsIn, runSince, stateIn } from '../support/look.ts';
import {
  dateOf,
  DATES,
  PHASE4_DATES,
  SEASON,
  type Sources,
  withChange,
  withMorePoints,
  withNote,
} from '../support/toy-league.ts';
import { COMPUTED_TABLES } from '../support/toy-tables.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const BOXES = 'nbac_player_boxscores';
const changedOn = (...dates: GameDate[]): Sources =>
  dates.reduce((sources, date) => withChange(sources, BOXES, date, withMorePoints), FIRST_SOURCES);

async function repairedWith(
  sources: Sources,
  restate: 'auto' | 'mark' = 'auto',
): Promise<{ world: World; before: World; id: string }> {
  const before = await builtWorld();
  const world = makeWorld({ from: before });
  await world.archiveRows(sources);
  const id = await world.request({
    season: SEASON,
    from: 'phase2',
    through: restate === 'auto' ? 'phase4' : 'phase2',
    tables: [BOXES],
    restate,
  });
  await world.settle();
  return { world, before, id };
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
    const { world, before, id } = await repairedWith(changedOn(...dates));
    const runs = computedRuns(world, before);
    expect(Object.keys(runs).sort()).toEqual((await differing(changedOn(...dates))).sort());
    expect(new Set(Object.values(runs))).toEqual(new Set([1]));
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(changedOn(...dates))));
    expect(new Set(Object.values(runsByPartition(world, before)))).toEqual(new Set([1]));
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(staleIn(world, ...COMPUTED_TABLES)).toEqual([]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-39 marks what read a repaired date as stale when nobody asks for more', async () => {
    const date = dateOf(15);
    const { world, before } = await repairedWith(changedOn(date), 'mark');
    expect(computedRuns(world, before)).toEqual({});
    expect(stateIn(world, 'team_offense', date)?.stale).toMatchObject({ cause: 'data' });
    expect(stateIn(world, 'team_offense', dateOf(14))?.stale).toBeNull();
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
    expect(Object.entries(stateIn(world, 'team_offense', dateOf(5)) ?? {})).toEqual(
      Object.entries(stateIn(before, 'team_offense', dateOf(5)) ?? {}),
    );
  });

  it('F-39 a repair that only marks makes exactly the dates within the windows stale', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(14), withMorePoints));
    await world.request({
      dates: [dateOf(14)],
      from: 'phase2',
      through: 'phase2',
      tables: ['nbac_player_boxscores'],
      restate: 'mark',
    });
    await world.settle();
    const stale = staleIn(world);
    expect(stale).toEqual([`player_summary@${dateOf(14)}`, `team_offense@${dateOf(14)}`]);
    await world.request({ dates: [dateOf(14)], through: 'phase3', restate: 'mark' });
    await world.settle();
    const later = PHASE4_DATES.filter((each) => each > dateOf(14));
    const within = later.filter((each) => each <= addDays(dateOf(14), 4));
    expect(staleIn(world, 'team_context')).toEqual(later);
    expect(staleIn(world, 'daily_cache')).toEqual(later);
    expect(staleIn(world, 'zone_defense')).toEqual(expect.arrayContaining(within));
    expect(staleIn(world, 'team_offense')).toEqual([]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-39 unchanged content stops the branch', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = runsIn(world);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(14), withNote));
    await world.request({
      dates: [dateOf(14)],
      from: 'phase2',
      through: 'phase4',
      tables: ['nbac_player_boxscores'],
    });
    await world.settle();
    const ran = runSince(world, before);
    expect(ran).toContain(`team_offense@${dateOf(14)}`);
    // team_offense does not use the note, so nothing that reads only it is built again; player_summary does.
    expect(ran.filter((name) => name.startsWith('team_defense') || name.startsWith('zone_defense'))).toEqual(
      [],
    );
    expect(ran).toContain(`player_summary@${dateOf(14)}`);
  });

  function staleIn(world: World, ...tables: string[]): string[] {
    const states = Object.entries(comparableStates(world)) as [string, { stale: unknown }][];
    const names = states.flatMap(([name, { stale }]) =>
      stale === null || name.startsWith('nbac_') || name.startsWith('odds_') ? [] : [name],
    );
    if (tables.length === 0) return names.sort();
    return names
      .filter((name) => tables.includes(name.split('@')[0] ?? ''))
      .map((name) => (tables.length === 1 ? (name.split('@')[1] ?? '') : name));
  }
});
