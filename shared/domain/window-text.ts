/** How far a window reaches, in words. */
import type { Window } from './window.ts';

/** As pages and commands say it: `last 10 games of each player`. */
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
    default:
      return window satisfies never;
  }
}

/**
 * As the manifest of a stored run says it: `last 10 games per player`, `0 days back to 14 ahead`. Manifests are documents
 * that people and scripts read long after, so these words stay as they are.
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
