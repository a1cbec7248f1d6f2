/** Settles what the schedules of one import say of a game that they have on several dates. */
import type { Slice } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';

/**
 * The slices of one import by date, after each game has one date. A game that is on several dates counts on the one on which it
 * has a final score; where that is none of them or more than one, the game is in doubt on all. Slices without final scores are
 * those of other kinds of files; they stay as they are.
 */
export function withGamesOnOneDate(
  slices: ReadonlyMap<GameDate, readonly Slice[]>,
): ReadonlyMap<GameDate, readonly Slice[]> {
  const dates = new Map<string, Set<GameDate>>();
  const finals = new Map<string, Set<GameDate>>();
  const add = (to: Map<string, Set<GameDate>>, game: string, date: GameDate): unknown =>
    to.set(game, (to.get(game) ?? new Set<GameDate>()).add(date));
  for (const [date, ofDate] of slices)
    for (const slice of ofDate) {
      if (slice.finals === undefined) continue;
      for (const game of slice.subjects) add(dates, game, date);
      for (const game of slice.finals) add(finals, game, date);
    }
  const double = new Set([...dates].filter(([, found]) => found.size > 1).map(([game]) => game));
  if (double.size === 0) return slices;
  const playedOn = (game: string): GameDate | undefined => {
    const found = [...(finals.get(game) ?? [])];
    return found.length === 1 ? found[0] : undefined;
  };
  const settled = new Map<GameDate, Slice[]>();
  for (const [date, ofDate] of slices) {
    const kept = ofDate.flatMap((slice): Slice[] => {
      if (slice.finals === undefined) return [slice];
      const subjects = slice.subjects.filter(
        (game) => !double.has(game) || (playedOn(game) ?? date) === date,
      );
      const inDoubt = subjects.filter((game) => double.has(game) && playedOn(game) === undefined);
      if (subjects.length === 0) return [];
      return [
        {
          ...slice,
          subjects,
          ...(subjects.length === slice.subjects.length ? {} : { restricted: true }),
          ...(inDoubt.length === 0 ? {} : { inDoubt }),
        },
      ];
    });
    if (kept.length > 0) settled.set(date, kept);
  }
  return settled;
}
