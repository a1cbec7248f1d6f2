/** Views of handlers hold the seasons that tables read, and know which later seasons a change can reach. */
import { expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { messageView } from '../../functions/steps/message-view.ts';
import type { HandlerContext } from '../../functions/steps/context.ts';
import { calendarAfter } from '../../shared/domain/calendar.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { replaceCalendar } from '../../shared/state/calendars.ts';
import { loadView, reachedSeasons, withLaterSeasons } from '../../shared/state/views.ts';

const registry = loadRegistry();
const OPENINGS = ['2020-12-22', '2021-10-19', '2022-10-18', '2023-10-24'].map(gameDate);
const game = { games: 1, finalGames: 1 };

/** A store that knows four seasons of one game each. */
async function ports() {
  const store = memoryStore();
  for (const date of OPENINGS)
    await replaceCalendar(
      { store },
      undefined,
      calendarAfter(undefined, seasonOf(date), date, [{ date, ...game }]),
    );
  return { store, clock: () => new Date('2024-06-20T12:00:00Z') };
}

it('a view of a season holds the two before it, to be read, and decides about none of them', async () => {
  const view = await loadView(await ports(), registry, ['2023-24']);
  expect([...view.seasons.keys()]).toEqual(['2023-24']);
  expect([...(view.earlier?.keys() ?? [])]).toEqual(['2021-22', '2022-23']);
  const both = await loadView(await ports(), registry, ['2022-23', '2023-24']);
  expect([...(both.earlier?.keys() ?? [])].sort()).toEqual(['2020-21', '2021-22']);
});

it('a view of tables that read within their season holds no other', async () => {
  const view = await loadView(await ports(), registry, ['2023-24'], { tables: ['player_daily_cache'] });
  expect(view.earlier).toBeUndefined();
});

it('a view that a handler has been given stays whole when the handler changes something', async () => {
  const context = { ports: await ports(), registry } as unknown as HandlerContext;
  const seen = messageView(context);
  const view = await seen.of(['2023-24'], { gameHashes: false, acceptMissing: false });
  seen.forget();
  expect([...(view.earlier?.keys() ?? [])]).toEqual(['2021-22', '2022-23']);
  const again = await seen.of(['2022-23', '2023-24'], { gameHashes: false, acceptMissing: false });
  expect([...again.seasons.keys()]).toEqual(['2022-23', '2023-24']);
  expect([...(again.earlier?.keys() ?? [])].sort()).toEqual(['2020-21', '2021-22']);
});

it('a change of box scores reaches the two seasons after, one of features the next one, and one of a daily cache none', async () => {
  const known = await ports();
  const later = (tables: string[]) => withLaterSeasons(known, registry, ['2021-22'], tables);
  expect(await later(['player_game_summary'])).toEqual(['2021-22', '2022-23', '2023-24']);
  expect(await later(['ml_feature_store_v2'])).toEqual(['2021-22', '2022-23']);
  expect(await later(['player_daily_cache'])).toEqual(['2021-22']);
  expect(await reachedSeasons(known, registry, ['2022-23'], ['nbac_player_boxscores'])).toEqual([
    '2022-23',
    '2023-24',
  ]);
});
