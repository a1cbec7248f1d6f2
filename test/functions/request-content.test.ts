/** Two requests with one id are the same when they ask for the same work, however they are written. */
import { expect, it } from 'vitest';
import { contentOf } from '../../functions/control/request-content.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';

const ports = { registry: loadRegistry(), policy: { maxInFlight: 4 } };
const content = (request: BackfillRequest): string => contentOf(request, ports);
const [FIRST, LAST] = [gameDate('2024-01-05'), gameDate('2024-01-06')];
const asked: BackfillRequest = { dates: [FIRST, LAST], tables: ['player_daily_cache'] };

it.each<[string, BackfillRequest]>([
  ['a table that is named twice', { ...asked, tables: ['player_daily_cache', 'player_daily_cache'] }],
  [
    'a table by both of its names',
    { ...asked, tables: ['nba_precompute.player_daily_cache', 'player_daily_cache'] },
  ],
  ['dates in another order, one of them twice', { ...asked, dates: [LAST, FIRST, LAST] }],
  ['defaults that are written out', { ...asked, only: 'all', restate: 'auto', force: false, maxInFlight: 4 }],
  ['another person', { ...asked, requestedBy: 'ann' }],
])('the same work: %s', (_what, request) => {
  expect(content(request)).toBe(content(asked));
});

it.each<[string, BackfillRequest]>([
  ['one table more', { ...asked, tables: ['player_daily_cache', 'player_composite_factors'] }],
  ['one date less', { ...asked, dates: [FIRST] }],
  ['a word of a person about what is missing', { ...asked, skipPreflight: { reason: 'lost' } }],
])('other work: %s', (_what, request) => {
  expect(content(request)).not.toBe(content(asked));
});
