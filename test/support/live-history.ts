/** What an operator has imported of a simulated season before a live day begins. */
import type { SimulatedSeason } from '../../scripts/simulate/league.ts';
import { daysBetween, type GameDate } from '../../shared/domain/game-date.ts';
import type { Filling } from './homes.ts';

/** The first date with most games after the first three weeks, which has a game date after it. */
export function busyDateOf({ files }: SimulatedSeason): GameDate {
  const schedule = files.find(({ name }) => name.startsWith('schedule_'))?.text ?? '';
  const lines = schedule.trim().split('\n').slice(1);
  const games = Map.groupBy(
    lines.map((line) => line.split(',')),
    ([, date]) => date as GameDate,
  );
  const dates = [...games.keys()].sort();
  const [opening] = dates;
  if (opening === undefined) throw new Error('the season has no games');
  const late = dates.filter((date) => daysBetween(opening, date) > 20).slice(0, -1);
  const [busy] = late.toSorted((a, b) => (games.get(b)?.length ?? 0) - (games.get(a)?.length ?? 0));
  if (busy === undefined) throw new Error('the season has no date after three weeks');
  return busy;
}

/**
 * The files of a season as they are before the games of a date: nothing of later dates.
 * @param schedule `whole`: with the schedule of later dates, without their scores; `played`: without it
 */
export function historyBefore(
  { season, files }: SimulatedSeason,
  date: GameDate,
  schedule: 'whole' | 'played' = 'whole',
): Filling {
  return {
    name: `before-${date}-${schedule}`,
    season,
    files: files.map(({ name, text }) => {
      const [head = '', ...lines] = text.trim().split('\n');
      const columns = head.split(',');
      const dateAt = columns.indexOf('game_date');
      const results = ['home_pts', 'visitor_pts', 'winner'].map((column) => columns.indexOf(column));
      const goesOn = schedule === 'whole' && name.startsWith('schedule_');
      const kept = lines.flatMap((line) => {
        const cells = line.split(',');
        if ((cells[dateAt] ?? '') < date) return [line];
        return goesOn ? [cells.map((cell, i) => (results.includes(i) ? '' : cell)).join(',')] : [];
      });
      // A home with lines of the simulator takes nothing from live sources.
      const own = [head, ...kept].join('\n').replaceAll(/,simulated$/gm, ',a-book');
      const bytes = Buffer.from(`${own}\n`);
      return { name, bytes: () => bytes };
    }),
  };
}
