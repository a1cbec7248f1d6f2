/** Two requests with one id are the same when they ask for the same work, however they are written. */
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../functions/control/request-content.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { deadLettersIn } from '../support/look.ts';
import { dateOf, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

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

describe('two messages with one id over a season whose calendar is known', () => {
  const [one, two, three, four] = [dateOf(5), dateOf(11), dateOf(14), dateOf(15)];
  const asked = { dates: [one, two, three], through: 'phase3', requestId: 'twice' };
  const send = async (world: World, ...requests: readonly object[]): Promise<readonly string[]> => {
    for (const request of requests) {
      await world.publish(BACKFILL_REQUEST_TOPIC, request);
      await world.settle();
    }
    expect(await world.backfill(backfillIdOf(asked, ''))).toMatchObject({ state: 'done' });
    return deadLettersIn(world).map(({ reason }) => reason);
  };
  const { dates: _, ...others } = asked;

  it.each<[string, object]>([
    ['the range of the same dates', { ...others, startDate: one, endDate: three }],
    ['a range with days without games at its ends', { ...others, startDate: dateOf(1), endDate: three }],
    ['the dates and a day without games', { ...asked, dates: [dateOf(6), three, two, one] }],
    ['the other word for no restatement', { ...asked, restate: 'none' }],
  ])('are one backfill: %s', async (_what, again) => {
    const first = 'restate' in again ? { ...asked, restate: 'mark' } : asked;
    const world = makeWorld({ from: await importedWorld() });
    expect(await send(world, first, again)).toEqual([]);
    const other = makeWorld({ from: await importedWorld() });
    expect(await send(other, again, first)).toEqual([]);
  });

  it.each<[string, object]>([
    ['a range of one date more', { ...others, startDate: one, endDate: four }],
    ['a range of one date less', { ...others, startDate: two, endDate: three }],
    ['the season', { ...others, season: SEASON }],
    ['a season of which nothing is known', { ...others, startDate: '2021-01-05', endDate: three }],
    ['some of the tables', { ...asked, tables: ['team_defense'] }],
    ['other phases of the same dates', { ...others, startDate: one, endDate: three, through: 'phase4' }],
    ['a table that does not exist', { ...asked, tables: ['team_ofense'] }],
  ])('are two, and the second is set aside: %s', async (_what, again) => {
    const world = makeWorld({ from: await importedWorld() });
    expect(await send(world, asked, again)).toEqual([
      expect.stringContaining(`The request id twice belongs to backfill ${backfillIdOf(asked, '')}`),
    ]);
  });
});
