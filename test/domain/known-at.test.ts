/** When what predictions rest on was known, and which rows say it. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Archive, ArchivedEntry } from '../../shared/domain/archive.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { knownAt, rawInputsOf } from '../../shared/domain/known-at.ts';
import { withSealed } from '../../shared/domain/seal.ts';

const DATE = gameDate('2024-01-26');
const NOW = '2024-01-26T23:00:00.000Z';

/** What is archived of a table: one file for each date, learned at the time beside it; without one it is a historical file. */
function archiveOf(kind: string, learned: Readonly<Record<string, string | null>>): Archive {
  const entries = Object.entries(learned).map(([date, at]): [string, ArchivedEntry] => [
    date,
    {
      ...{ name: kind, kind, uri: '', sha256: '', source: at === null ? 'files' : 'nba_cdn' },
      observedAt: at ?? '2026-06-01T12:00:00.000Z',
      observedKind: at === null ? 'assumed' : 'measured',
    },
  ]);
  return {
    ...{ table: kind, season: '2023-24', revision: 1, entries: Object.fromEntries(entries) },
    slices: Object.fromEntries(entries.map(([date]) => [date, [{ entry: date, digest: '', subjects: [] }]])),
  };
}
const before = (kind: string, learned: Readonly<Record<string, string | null>>) => ({
  table: { timing: 'pre_game' } as const,
  archive: archiveOf(kind, learned),
});
const after = (kind: string, learned: Readonly<Record<string, string | null>>) => ({
  table: { timing: 'post_game' } as const,
  archive: archiveOf(kind, learned),
});

describe('known at', () => {
  it('is the latest time at which anything was learned of the date or of the games before it', () => {
    const boxes = after('player_box', {
      '2024-01-24': '2024-01-25T09:00:00.000Z',
      '2024-01-25': '2024-01-26T09:30:00.000Z',
    });
    const lines = before('player_props', {
      '2024-01-25': '2024-01-25T22:00:00.000Z',
      [DATE]: '2024-01-26T15:00:00.000Z',
    });
    expect(knownAt([boxes, lines], DATE, NOW)).toBe('2024-01-26T15:00:00.000Z');
    expect(knownAt([boxes], DATE, NOW)).toBe('2024-01-26T09:30:00.000Z');
  });

  it('counts what was said before an earlier game and is learned late: its line is compared with that of the date', () => {
    const lines = before('game_odds', { '2024-01-25': '2024-01-26T22:00:00.000Z' });
    expect(knownAt([lines], DATE, NOW)).toBe('2024-01-26T22:00:00.000Z');
  });

  it('does not look at what is learned of the game itself, or later', () => {
    const boxes = after('player_box', {
      '2024-01-25': '2024-01-26T09:30:00.000Z',
      [DATE]: '2024-01-26T22:59:00.000Z',
    });
    const later = before('player_props', { '2024-01-27': '2024-01-26T22:00:00.000Z' });
    expect(knownAt([boxes, later], DATE, NOW)).toBe('2024-01-26T09:30:00.000Z');
  });

  it('takes historical files by the times that are assumed of them, and never later than now', () => {
    const boxes = after('player_box', { '2024-01-25': null });
    expect(knownAt([boxes], DATE, NOW)).toBe('2024-01-26T17:00:00.000Z');
    expect(knownAt([boxes], DATE, '2024-01-26T16:00:00.000Z')).toBe('2024-01-26T16:00:00.000Z');
    expect(knownAt([before('schedule', { [DATE]: null })], DATE, NOW)).toBe('2023-10-01T04:00:00.000Z');
    expect(knownAt([before('player_props', { [DATE]: null })], DATE, NOW)).toBeNull();
  });

  it('is asked of every raw table that predictions read, directly or through others', () => {
    const names = rawInputsOf(loadRegistry(), 'player_prop_predictions').map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['nbac_schedule', 'nbac_player_boxscores', 'nbac_injury_report'],
        ...['odds_api_player_points_props', 'nbac_shot_chart', 'espn_team_rosters'],
      ]),
    );
  });
});

describe('rows of a sealing table', () => {
  const tipOffs = [
    { game: 'begun', at: '2024-01-26T18:00:00.000Z' },
    { game: 'tonight', at: '2024-01-27T01:00:00.000Z' },
  ];
  const moment = { tipOffs, date: DATE, now: NOW, today: DATE };
  const rows = [{ game_id: 'begun' }, { game_id: 'tonight' }];

  it('say when what they rest on was known only where they were made before the game', () => {
    expect(withSealed(rows, [], { ...moment, knownAt: '2024-01-26T15:00:00.000Z' })).toEqual([
      { game_id: 'begun', origin: 'backfill', known_at: null },
      { game_id: 'tonight', origin: 'live', known_at: '2024-01-26T15:00:00.000Z' },
    ]);
    expect(withSealed(rows, [], moment)[1]).toEqual({ game_id: 'tonight', origin: 'live' });
  });

  it('keep the time that they were sealed with', () => {
    const sealed = { game_id: 'begun', origin: 'live', known_at: '2024-01-26T12:00:00.000Z' };
    expect(withSealed(rows, [sealed], { ...moment, knownAt: NOW })[0]).toEqual(sealed);
  });
});
