/** Worlds to begin with, made once and copied: what has been archived, loaded and built in them is fixed. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { DATES, SEASON, toySources, type Sources } from './toy-league.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { toyRegistry } from './toy-tables.ts';
import { makeWorld, type World } from './world.ts';

export const FIRST_SOURCES = toySources();
export const LAST_DATE = DATES.at(-1) as GameDate;

/** The sources before the games of the last date have been played. */
const BEFORE_LAST_DATE: Sources = {
  ...FIRST_SOURCES,
  nbac_game_results: withoutLastDate('nbac_game_results'),
  nbac_player_boxscores: withoutLastDate('nbac_player_boxscores'),
};

function withoutLastDate(table: string): Sources[string] {
  return (FIRST_SOURCES[table] ?? []).filter((row) => row['game_date'] !== LAST_DATE);
}

function once(make: () => Promise<World>): () => Promise<World> {
  let made: Promise<World> | undefined;
  return () => (made ??= make());
}

/** Files are archived and nothing is loaded. */
export const archivedWorld = once(async () => {
  const world = makeWorld();
  await world.archiveRows(FIRST_SOURCES);
  return world;
});

/** The raw tables are loaded and nothing is computed. */
export const importedWorld = once(() => loadInto(makeWorld(), FIRST_SOURCES));

/** The raw tables are loaded, but for the games of the last date, which have not been played. */
export const importedBeforeLastDate = once(() => loadInto(makeWorld(), BEFORE_LAST_DATE));

/** Everything is built. */
export const builtWorld = once(() => buildIn(makeWorld(), FIRST_SOURCES));

/** Loads raw tables as an import does: first which games there are, then the rest. */
export async function loadInto(world: World, sources: Sources): Promise<World> {
  await world.archiveRows(sources);
  await world.request({
    season: SEASON,
    from: 'phase2',
    through: 'phase2',
    tables: ['nbac_schedule', 'nbac_game_results'],
  });
  await world.settle();
  await world.request({ season: SEASON, from: 'phase2', through: 'phase2' });
  await world.settle();
  return world;
}

/** Loads and builds everything. */
export async function buildIn(world: World, sources: Sources): Promise<World> {
  await loadInto(world, sources);
  await world.request({ season: SEASON });
  await world.settle();
  return world;
}

const clean = new Map<string, Promise<World>>();
/** The same sources, put through once with nothing going wrong. */
export function cleanWorld(sources: Sources, registry: Registry = toyRegistry()): Promise<World> {
  const key = JSON.stringify([registry.all.length, sources]);
  const known = clean.get(key) ?? buildIn(makeWorld({ registry }), sources);
  clean.set(key, known);
  return known;
}
