/** The game dates between two dates, with the completion documents of their seasons. */
import { RequestError } from '../../shared/domain/failure.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, seasonsBetween, seasonsText, type Season } from '../../shared/domain/season.ts';
import { stateOf, type SeasonView, type View } from '../../shared/domain/view.ts';
import { businessNow } from '../../shared/ports/index.ts';
import { knownCalendars, knownSeasons, loadView, type ViewOptions } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** Which dates or seasons somebody asks about. */
export interface AskedFor {
  readonly season?: Season | undefined;
  readonly dates?: readonly GameDate[] | undefined;
  readonly startDate?: GameDate | undefined;
  readonly endDate?: GameDate | undefined;
}

/** The calendars of the seasons that are known, and the present date in US Eastern time. */
interface KnownSeasons extends Pick<View, 'today'> {
  readonly seasons: ReadonlyMap<Season, Pick<SeasonView, 'calendar'>>;
}

/**
 * The seasons that are asked for and of which no game is known, ascending. A season that has not begun yet is not among them.
 */
export function unknownSeasons({ seasons, today }: KnownSeasons, asked: AskedFor): Season[] {
  return seasonsAskedFor(asked).filter(
    (season) => season <= seasonOf(today) && (seasons.get(season)?.calendar.dates.length ?? 0) === 0,
  );
}

/** Whether the games of every season that is asked for are known. */
export function hasCalendars({ seasons }: View, asked: AskedFor): boolean {
  return seasonsAskedFor(asked).every((season) => (seasons.get(season)?.calendar.dates.length ?? 0) > 0);
}

function seasonsAskedFor({ season, dates, startDate, endDate }: AskedFor): Season[] {
  if (season !== undefined) return [season];
  if (dates !== undefined) return [...new Set(dates.map(seasonOf))].sort();
  return startDate === undefined || endDate === undefined ? [] : seasonsBetween(startDate, endDate);
}

/** A sentence that says of which seasons nothing is known, and what to do. */
export function unknownSeasonsText(seasons: readonly Season[]): string {
  return `nothing is known of ${seasonsText(seasons)}; load ${seasons.length === 1 ? 'it' : 'them'} with \`fullcourt import --from DIR\``;
}

/** Why a request has no dates, given the seasons that it asks for: nothing is known of them, or no game is on these dates. */
export function noDatesText({ seasons }: Pick<KnownSeasons, 'seasons'>): string {
  const known = [...seasons.keys()];
  return known.length === 0
    ? 'no schedule is known for these dates; load one first with `fullcourt import` or `fullcourt simulate`'
    : `there are no scheduled games on these dates (known seasons: ${known.join(', ')})`;
}

/** The game dates from `start` to `end`, both included, ascending, and the seasons of the range of which no game is known. */
export async function datesBetween(
  ports: Pick<ReadingPorts, 'store' | 'clock'>,
  start: GameDate,
  end: GameDate,
): Promise<{ readonly dates: readonly GameDate[]; readonly unknownSeasons: readonly Season[] }> {
  const calendars = await knownCalendars(ports);
  const known = {
    seasons: new Map(calendars.map((calendar) => [calendar.season, { calendar }])),
    today: gameDateOf(businessNow(ports)),
  };
  return {
    dates: calendars.flatMap(({ dates }) => dates).filter((date) => date >= start && date <= end),
    unknownSeasons: unknownSeasons(known, { startDate: start, endDate: end }),
  };
}

/** @returns the game dates from `start` to `end`, both included, and the view of their seasons */
export async function gameDatesBetween(
  ports: ReadingPorts,
  start: GameDate,
  end: GameDate,
  options: ViewOptions = {},
): Promise<{ readonly view: View; readonly dates: readonly GameDate[] }> {
  const seasons = (await knownSeasons(ports)).filter(
    (season) => season >= seasonOf(start) && season <= seasonOf(end),
  );
  const view = await loadView(ports, ports.registry, seasons, options);
  const dates = [...view.seasons.values()]
    .flatMap(({ calendar }) => calendar.dates)
    .filter((date) => date >= start && date <= end);
  return { view, dates };
}

/** The first and the last game date whose schedule is loaded. @throws RequestError when no schedule is loaded */
export async function loadedRange(ports: ReadingPorts): Promise<readonly [first: GameDate, last: GameDate]> {
  const dates = (await knownCalendars(ports)).flatMap((calendar) => calendar.dates).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined)
    throw new RequestError(
      'No schedule is loaded; load one first with: fullcourt import --from DIR, or fullcourt simulate',
    );
  return [first, last];
}

/** The last game date on which a table has rows; undefined when it has none. */
export async function lastDateWithRows(ports: ReadingPorts, table: string): Promise<GameDate | undefined> {
  for (const season of (await knownSeasons(ports)).toSorted().reverse()) {
    const view = await loadView(ports, ports.registry, [season], { gameHashes: false, tables: [table] });
    const dates = view.seasons.get(season)?.calendar.dates ?? [];
    const last = dates.findLast((date) => (stateOf(view, table, date)?.rows ?? 0) > 0);
    if (last !== undefined) return last;
  }
  return undefined;
}
