/** What the archives of a schedule know of the games of a season. */
import type { Archive } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { Endpoint } from '../sources/source.ts';

/** The archives, for a season, of the tables that answers of an endpoint fill. */
export async function archivesToldBy(
  ports: { readonly store: StateStore },
  { fills }: Endpoint,
  season: Season,
): Promise<Archive[]> {
  const tables = RAW_LOADS.all.filter(({ layouts }) => fills.some((kind) => kind in layouts));
  const archives = await archivesOf(
    ports,
    tables.map(({ definition }) => definition.name),
    season,
  );
  return archives.filter((archive) => archive !== undefined);
}

/** The games of each date that have a final score in a schedule, by whatever source, such as `DEN at LAL`. */
export function playedOnDates(archives: readonly Archive[]): Map<GameDate, ReadonlySet<string>> {
  const played = new Map<GameDate, Set<string>>();
  for (const { slices } of archives)
    for (const [date, ofDate] of Object.entries(slices) as [GameDate, Archive['slices'][string]][])
      for (const { teams = {} } of ofDate) {
        const known = played.get(date) ?? new Set();
        for (const game of Object.values(teams)) known.add(game);
        if (known.size > 0) played.set(date, known);
      }
  return played;
}
