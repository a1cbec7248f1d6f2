/**
 * What one message sees of the seasons: read once, shared by all decisions about the message, and read again only after
 * its handler has changed something.
 */
import { gameDateOf } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { SeasonView, View } from '../../shared/domain/view.ts';
import { loadView, withGameHashes } from '../../shared/state/views.ts';
import type { HandlerContext } from './context.ts';

export interface MessageView {
  /** What is known of `seasons`, without game hashes unless they have been asked for. */
  readonly of: (
    seasons: readonly Season[],
    options: { readonly gameHashes: boolean; readonly acceptMissing: boolean },
  ) => Promise<View>;
  /** The handler has changed something: whatever is decided next is decided from what is stored then. */
  readonly forget: () => void;
}

export function messageView({ ports, registry }: Pick<HandlerContext, 'ports' | 'registry'>): MessageView {
  /** Undefined: nothing is known of the season. */
  const seen = new Map<Season, SeasonView | undefined>();
  const withHashes = new Set<Season>();

  const viewOf = (seasons: readonly Season[], acceptMissing: boolean): View => ({
    registry,
    seasons: new Map(
      seasons.flatMap((season) => {
        const view = seen.get(season);
        return view === undefined ? [] : [[season, view] as const];
      }),
    ),
    today: gameDateOf(ports.clock()),
    acceptMissing,
  });

  return {
    of: async (seasons, { gameHashes, acceptMissing }) => {
      const unseen = seasons.filter((season) => !seen.has(season));
      if (unseen.length > 0) {
        const loaded = await loadView(ports, registry, unseen, { gameHashes: false });
        for (const season of unseen) seen.set(season, loaded.seasons.get(season));
      }
      const unhashed = gameHashes ? seasons.filter((season) => !withHashes.has(season)) : [];
      if (unhashed.length > 0) {
        const hashed = await withGameHashes(ports, viewOf(unhashed, false));
        for (const [season, view] of hashed.seasons) seen.set(season, view);
        for (const season of unhashed) withHashes.add(season);
      }
      return viewOf(seasons, acceptMissing);
    },
    forget: () => {
      seen.clear();
      withHashes.clear();
    },
  };
}
