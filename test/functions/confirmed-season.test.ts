/**
 * Mornings of an operator who has keys alone: the whole season is a large answer, so it is asked for once a week, and else when the games
 * of the date are not those that are known.
 */
import { describe, expect, it } from 'vitest';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays, daysBetween, type GameDate } from '../../shared/domain/game-date.ts';
import { KEYS_ALONE } from '../support/live-drills.ts';
import type { LeagueFault } from '../support/live-league/index.ts';
import { historyBefore } from '../support/live-history.ts';
import { lastOfShortSeason, LIVED_DAYS, type LivedDay } from '../support/live-days.ts';
import { liveWorld, withHistory } from '../support/live-world.ts';

const USUAL = LIVED_DAYS['a usual day'](11);

/** A world in which the morning of a date has asked for the season. */
async function afterMorning({ season, date: first }: LivedDay = USUAL, fault?: LeagueFault) {
  const begin = await withHistory(historyBefore(season, first));
  const world = liveWorld({
    ...{ season, env: KEYS_ALONE },
    begin: { ...begin, warehouse: begin.warehouse.copy() },
  });
  if (fault !== undefined) world.league.fail(fault);
  /** What is asked in a morning: whole seasons, and the games of dates. */
  const morning = async (date: GameDate, time = '06:02') => {
    world.league.asked.length = 0;
    await world.at(new Date(easternToUtc(`${date} ${time}`) ?? NaN));
    const paths = world.league.asked.map(({ path }) => path);
    return [
      paths.filter((path) => path.includes('seasons[]')).length > 0,
      paths.filter((path) => path.includes(`/v1/games?dates[]=${date}`)).length,
    ];
  };
  expect(await morning(first)).toEqual([true, 0]);
  const dates = [...new Set(world.league.facts.games.map(({ date }) => date))].sort();
  const next = dates.find((date) => date > first) ?? expect.fail();
  /** Lives the waves of the first night, so that all games until the next date have scores. */
  const night = async (): Promise<void> => {
    for (const time of ['02:02', '04:02'])
      await world.at(new Date(easternToUtc(`${addDays(first, 1)} ${time}`) ?? NaN));
  };
  return { ...world, morning, night, next };
}

describe('the season', () => {
  it('is not asked for again while the games of the date are those that it has told', async () => {
    const { morning, night, next } = await afterMorning();
    await night();
    expect(daysBetween(USUAL.date, next)).toBeLessThan(7);
    expect(await morning(next)).toEqual([false, 1]);
    // What was answered is not asked again at the next try.
    expect(await morning(next, '08:02')).toEqual([false, 0]);
  });

  it.each(['a game is postponed', 'a game begins at another time', 'the games of the date are not told'])(
    'is asked for again when %s',
    async (what) => {
      const { morning, night, next, league } = await afterMorning();
      await night();
      league.fail(({ path }, answer) => {
        if (!path.includes(`dates[]=${next}`) || answer === undefined) return undefined;
        if (what === 'the games of the date are not told') return { status: 500, body: '' };
        const document = JSON.parse(String(answer.body)) as { data: Record<string, unknown>[] };
        const [first = {}, ...rest] = document.data;
        const moved =
          what === 'a game is postponed'
            ? { ...first, status: 'Postponed' }
            : {
                ...first,
                datetime: new Date(Date.parse(String(first['datetime'])) + 1_800_000).toISOString(),
              };
        return { ...answer, body: JSON.stringify({ ...document, data: [moved, ...rest] }) };
      });
      expect(await morning(next)).toEqual([true, expect.any(Number)]);
    },
  );

  it('is asked for again when its answer lacked a game that was played before', async () => {
    const { morning, night, next } = await afterMorning(USUAL, ({ path }, answer) => {
      if (!path.includes('seasons[]') || answer === undefined) return undefined;
      const document = JSON.parse(String(answer.body)) as { data: Record<string, unknown>[] };
      const [first] = document.data.toSorted((a, b) => (String(a['date']) < String(b['date']) ? -1 : 1));
      const data = document.data.filter((game) => game !== first);
      return { ...answer, body: JSON.stringify({ ...document, data }) };
    });
    await night();
    expect(await morning(next)).toEqual([true, 0]);
  }, 120_000);

  it('is asked for again when a game since then has no score yet', async () => {
    const { morning, next, league } = await afterMorning();
    league.fail(({ path }) =>
      /box_scores|dates\[\]/.test(path) && path.includes(USUAL.date) ? { status: 500, body: '' } : undefined,
    );
    expect((await morning(next))[0]).toBe(true);
  });

  it('is asked for again after a week', async () => {
    const { season, date: last } = lastOfShortSeason(5);
    const lines = season.files.find(({ name }) => name.startsWith('schedule_'))?.text.split('\n') ?? [];
    const dates = lines.slice(1).map((line) => line.split(',')[1] ?? '');
    const before = dates
      .filter((date) => date !== '' && date < last)
      .toSorted()
      .at(-1) as GameDate;
    expect(daysBetween(before, last)).toBeGreaterThan(7);
    const { morning, night } = await afterMorning({ season, date: before });
    await night();
    expect((await morning(last))[0]).toBe(true);
    // What was answered is not asked again at the next try.
    expect((await morning(last, '08:02'))[0]).toBe(false);
  });
});
