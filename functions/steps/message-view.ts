/**
 * The view that the handling of one message has of the seasons. It is read once and shared by all decisions about the message.
 * It is read again only after the handler has changed something.
 */
import { gameDateOf } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { businessNow } from '../../shared/ports/index.ts';
import type { SeasonView, View } from '../../shared/domain/view.ts';
import { loadView, withGameHashes } from '../../shared/state/views.ts';
import type { HandlerContext } from './context.ts';

/** Reads seasons for one message, and remembers them until told to forget. */
export interface MessageView {
  /** The view of `seasons`. It has game hashes where this or an earlier call has asked for them. */
  readonly of: (
    seasons: readonly Season[],
    options: { readonly gameHashes: boolean; readonly acceptMissing: boolean },
  ) => Promise<View>;
  /** Forgets what was read, because the handler has changed something. The next decision reads again. */
  readonly forget: () => void;
}

/** Makes the view of one message; nothing is read before it is asked for. */
export function messageView({ ports, registry }: Pick<HandlerContext, 'ports' | 'registry'>): MessageView {
  /** The seasons that have been read; undefined for a season of which nothing is stored. */
  const seen = new Map<Season, SeasonView | undefined>();
  const withHashes = new Set<Season>();
  /** The seasons that are only read by tables of others. */
  const earlier = new Map<Season, SeasonView>();

  const viewOf = (seasons: readonly Season[], acceptMissing: boolean): View => ({
    registry,
    seasons: new Map(
      seasons.flatMap((season) => {
        const view = seen.get(season);
        return view === undefined ? [] : [[season, view] as const];
      }),
    ),
    earlier: new Map(earlier),
    today: gameDateOf(businessNow(ports)),
    acceptMissing,
  });

  return {
    of: async (seasons, { gameHashes, acceptMissing }) => {
      const unseen = seasons.filter((season) => !seen.has(season));
      if (unseen.length > 0) {
        const loaded = await loadView(ports, registry, unseen, { gameHashes: false });
        for (const season of unseen) seen.set(season, loaded.seasons.get(season));
        for (const [season, view] of loaded.earlier ?? []) earlier.set(season, view);
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
      earlier.clear();
    },
  };
}
