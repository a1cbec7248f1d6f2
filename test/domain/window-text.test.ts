/** Windows in words, on pages and in manifests. */
import { describe, expect, it } from 'vitest';
import { windowInManifest, windowText } from '../../shared/domain/window-text.ts';
import {
  aroundDate,
  lastGames,
  previousDays,
  previousSeasons,
  sameDate,
  seasonToDate,
} from '../../shared/domain/window.ts';

describe('a window', () => {
  it.each([
    [sameDate, 'same date', 'same date'],
    [previousDays(30), 'previous 30 days', 'previous 30 days'],
    [seasonToDate, 'season to date', 'season to date'],
    [lastGames(10, 'player'), 'last 10 games of each player', 'last 10 games per player'],
    [aroundDate(0, 14), 'same date and 14 days ahead', '0 days back to 14 ahead'],
    [previousSeasons(1), 'the season before', 'the season before'],
    [previousSeasons(2), 'the 2 seasons before', 'the 2 seasons before'],
    [aroundDate(3, 2), '3 days back to 2 ahead', '3 days back to 2 ahead'],
  ])('%o is called so on pages and in stored manifests', (window, onPages, inManifests) => {
    expect(windowText(window)).toBe(onPages);
    expect(windowInManifest(window)).toBe(inManifests);
  });
});
