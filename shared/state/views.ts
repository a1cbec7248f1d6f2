/** Reads views: the states, calendars and archives of whole seasons, from which decisions are computed. */
import { gameDateOf, type GameDate } from '../domain/game-date.ts';
import type { SeasonCalendar } from '../domain/calendar.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import { firstDateOf, seasonOf, type Season } from '../domain/season.ts';
import { artifactsOf, isLastGames, isRaw, readBeside, type Input } from '../domain/table.ts';
import type { GameHashes, SeasonView, View } from '../domain/view.ts';
import { seasonsAffected, seasonsRead } from '../domain/window.ts';
import { businessNow, type Ports } from '../ports/index.ts';
import { archivedSeasons, archivesOf, hasArchives } from './archives.ts';
import { calendarOf, calendarSeasons } from './calendars.ts';
import { tableSeasonsOf } from './completions.ts';
import { gameHashesOf } from './game-hashes.ts';
import { modelsKnown } from './models.ts';
import { nameAnswersOf } from './name-answers.ts';
import { scopeOfSeason } from './scopes.ts';

export interface ViewOptions {
  /** False leaves the game hashes out; only decisions about a last-n-games window need them. */
  readonly gameHashes?: boolean;
  readonly acceptMissing?: boolean;
  /** The tables whose states are read; by default all. */
  readonly tables?: readonly string[];
}

/**
 * Reads the view of some seasons. A season without a schedule is left out, unless it has archived files,
 * from which its schedule can be loaded.
 */
export async function loadView(
  ports: Pick<Ports, 'store' | 'clock' | 'businessClock'>,
  registry: Registry,
  seasons: Iterable<Season>,
  options: ViewOptions = {},
): Promise<View> {
  const views = new Map<Season, SeasonView>();
  for (const season of new Set(seasons)) {
    const view = await loadSeason(ports, registry, season, options.tables);
    if (view !== undefined) views.set(season, view);
  }
  const view: View = {
    registry,
    seasons: views,
    today: gameDateOf(businessNow(ports)),
    acceptMissing: options.acceptMissing ?? false,
    ...(await earlierSeasons(ports, registry, views, options.tables)),
  };
  return options.gameHashes === false ? view : withGameHashes(ports, view);
}

/** The earlier seasons that tables read in some seasons, as a part of a view; nothing where no table does. */
async function earlierSeasons(
  ports: Pick<Ports, 'store'>,
  registry: Registry,
  seasons: ReadonlyMap<Season, SeasonView>,
  tables: readonly string[] | undefined,
): Promise<Pick<View, 'earlier'>> {
  const inputs = inputsOverSeasons(registry).filter(({ reader }) => tables?.includes(reader) ?? true);
  if (inputs.length === 0) return {};
  /** Earlier season -> the tables that are read in it. */
  const read = new Map<Season, Set<string>>();
  for (const { table, window } of inputs)
    for (const each of seasons.keys())
      for (const season of seasonsRead(window, each))
        read.set(season, (read.get(season) ?? new Set()).add(table));
  const earlier = new Map<Season, SeasonView>();
  for (const [season, names] of read) {
    if (seasons.has(season)) continue;
    const view = await loadSeason(ports, registry, season, [...registry.upstreamOf([...names])]);
    if (view !== undefined) earlier.set(season, view);
  }
  return { earlier };
}

/** The inputs that reach into earlier seasons, each with the table that reads them. */
function inputsOverSeasons(registry: Registry): (Input & { readonly reader: string })[] {
  return registry.all.flatMap(({ definition: { name, inputs } }) =>
    inputs.flatMap((input) => (input.window.kind === 'previous_seasons' ? [{ ...input, reader: name }] : [])),
  );
}

/**
 * Some seasons, and the later ones of which a schedule or files are known and in which runs read one of `tables`. It reads
 * nothing where these tables are read within a season only.
 */
export async function withLaterSeasons(
  ports: Pick<Ports, 'store'>,
  registry: Registry,
  seasons: readonly Season[],
  tables: readonly string[],
): Promise<Season[]> {
  const windows = inputsOverSeasons(registry)
    .filter(({ table }) => tables.includes(table))
    .map(({ window }) => window);
  if (windows.length === 0) return [...seasons];
  const later = new Set(
    windows.flatMap((window) => seasons.flatMap((each) => seasonsAffected(window, each))),
  );
  const known = (await knownSeasons(ports)).filter((each) => later.has(each));
  return [...new Set([...seasons, ...known])].sort();
}

/** Adds the game hashes to a view that was loaded without them. */
export async function withGameHashes(ports: Pick<Ports, 'store'>, view: View): Promise<View> {
  const tables = gameTables(view.registry);
  const seasons = new Map<Season, SeasonView>();
  for (const [label, season] of view.seasons) {
    const gameHashes = new Map<string, Readonly<Record<string, GameHashes>>>();
    for (const table of tables) {
      const states = season.states.get(table) ?? {};
      const dates = season.calendar.dates.filter((date) => states[date] !== undefined);
      gameHashes.set(table, await gameHashesOf(ports, table, dates));
    }
    seasons.set(label, { ...season, gameHashes });
  }
  return { ...view, seasons };
}

async function loadSeason(
  ports: Pick<Ports, 'store'>,
  registry: Registry,
  season: Season,
  tables: readonly string[] | undefined,
): Promise<SeasonView | undefined> {
  const definitions = registry.all
    .map(({ definition }) => definition)
    .filter(({ name }) => tables?.includes(name) ?? true);
  const names = definitions.map(({ name }) => name);
  const loaded = definitions.filter(isRaw).map(({ name }) => name);
  const archived = [...new Set([...loaded, ...definitions.flatMap(readBeside)])];
  const usesModels = definitions.some((definition) => artifactsOf(definition).length > 0);
  const [calendar, indexes, archives, answers, scope, models] = await Promise.all([
    calendarOf(ports, season),
    tableSeasonsOf(
      ports,
      names.map((table) => ({ table, season })),
    ),
    archivesOf(ports, archived, season),
    nameAnswersOf(ports, loaded, season),
    scopeOfSeason(ports, season),
    usesModels ? modelsKnown(ports) : undefined,
  ]);
  if (calendar === undefined && archives.every((archive) => archive === undefined)) return undefined;
  const states = new Map(
    names.flatMap((name, i) => (indexes[i] === undefined ? [] : [[name, indexes[i].dates] as const])),
  );
  return {
    calendar: calendar ?? noGames(season),
    states,
    gameHashes: new Map(),
    archives: new Map(
      archived.flatMap((name, i) => (archives[i] === undefined ? [] : [[name, archives[i]] as const])),
    ),
    names: new Map(
      loaded.flatMap((name, i) => (answers[i] === undefined ? [] : [[name, answers[i]] as const])),
    ),
    ...(scope === undefined ? {} : { scope }),
    ...(models === undefined ? {} : { models }),
  };
}

/** Some seasons, and the later ones that a change of some tables, and of all that is built from them, can reach. */
export function reachedSeasons(
  ports: Pick<Ports, 'store'>,
  registry: Registry,
  seasons: readonly Season[],
  tables: readonly string[],
): Promise<Season[]> {
  return withLaterSeasons(ports, registry, seasons, [...registry.downstreamOf(tables)]);
}

/** The view of the seasons of some dates, and of the later ones that a change of some tables on these dates can reach. */
export async function loadReached(
  ports: Parameters<typeof loadView>[0],
  registry: Registry,
  dates: readonly GameDate[],
  tables: readonly string[],
): Promise<View> {
  return loadView(ports, registry, await reachedSeasons(ports, registry, seasonsOf(dates), tables));
}

/** Tables that some other table reads by its last n games. */
export function gameTables(registry: Registry): string[] {
  return registry.all
    .map(({ definition }) => definition.name)
    .filter((name) => registry.readersOf(name).some(({ input }) => isLastGames(input.window)));
}

/** Whether a decision about any of these tables needs game hashes: one of them, or a table it is built from, reads last games. */
export function needGameHashes(registry: Registry, tables: readonly RegisteredTable[]): boolean {
  const names = registry.upstreamOf(tables.map(({ definition }) => definition.name));
  return registry.all.some(
    ({ definition: { name, inputs } }) => names.has(name) && inputs.some(({ window }) => isLastGames(window)),
  );
}

/**
 * The calendars of all known seasons, ascending. A season of which only files are archived has an empty one.
 */
export async function knownCalendars(ports: Pick<Ports, 'store'>): Promise<SeasonCalendar[]> {
  const seasons = await knownSeasons(ports);
  return Promise.all(seasons.map(async (season) => (await calendarOf(ports, season)) ?? noGames(season)));
}

function noGames(season: Season): SeasonCalendar {
  return { season, openingNight: firstDateOf(season), dates: [], games: {} };
}

/** Seasons that have a schedule or archived files. */
export async function knownSeasons(ports: Pick<Ports, 'store'>): Promise<Season[]> {
  const seasons = await Promise.all([calendarSeasons(ports), archivedSeasons(ports)]);
  return [...new Set(seasons.flat())].sort();
}

/** Whether any season has a schedule or archived files. It reads one document. */
export async function isAnySeasonKnown({ store }: Pick<Ports, 'store'>): Promise<boolean> {
  return (await store.list('calendars', {}, 1)).length > 0 || hasArchives({ store });
}

/** The seasons of some dates, each once. */
export function seasonsOf(dates: readonly GameDate[]): Season[] {
  return [...new Set(dates.map(seasonOf))];
}
