/** A window in words. */
import type { Window } from './window.ts';

/** A window as pages and commands write it: `last 10 games of each player`. */
export function windowText(window: Window): string {
  switch (window.kind) {
    case 'same_date':
      return 'same date';
    case 'previous_days':
      return `previous ${window.days} days`;
    case 'season_to_date':
      return 'season to date';
    case 'last_games':
      return `last ${window.games} games of each ${window.per}`;
    case 'around_date':
      return window.back === 0
        ? `same date and ${window.ahead} days ahead`
        : `${window.back} days back to ${window.ahead} ahead`;
    case 'previous_seasons':
      return window.seasons === 1 ? 'the season before' : `the ${window.seasons} seasons before`;
    default:
      return window satisfies never;
  }
}

/**
 * A window as the manifest of a stored run writes it: `last 10 games per player`, `0 days back to 14
 * ahead`. People and scripts read stored manifests long after, so this text stays as it is.
 */
export function windowInManifest(window: Window): string {
  switch (window.kind) {
    case 'last_games':
      return `last ${window.games} games per ${window.per}`;
    case 'around_date':
      return `${window.back} days back to ${window.ahead} ahead`;
    default:
      return windowText(window);
  }
}
