/** The game dates between two dates, with the completion documents of their seasons. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { View } from '../../shared/domain/view.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** @returns the game dates from `start` to `end`, both included, and the view of their seasons */
export async function gameDatesBetween(
  ports: ReadingPorts,
  start: GameDate,
  end: GameDate,
): Promise<{ readonly view: View; readonly dates: readonly GameDate[] }> {
  const seasons = (await knownSeasons(ports)).filter(
    (season) => season >= seasonOf(start) && season <= seasonOf(end),
  );
  const view = await loadView(ports, ports.registry, seasons);
  const dates = [...view.seasons.values()]
    .flatMap(({ calendar }) => calendar.dates)
    .filter((date) => date >= start && date <= end);
  return { view, dates };
}

/** The first and the last game date whose schedule is loaded. @throws Error when no schedule is loaded */
export async function loadedRange(ports: ReadingPorts): Promise<readonly [first: GameDate, last: GameDate]> {
  const view = await loadView(ports, ports.registry, await knownSeasons(ports), { gameHashes: false });
  const dates = [...view.seasons.values()].flatMap(({ calendar }) => calendar.dates).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) throw new Error('No game dates were loaded');
  return [first, last];
}
