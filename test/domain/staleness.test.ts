/** Which partitions are stale, and how fast that is known. */
import { describe, expect, it } from 'vitest';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { planBackfill } from '../../shared/domain/plan.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { datesWithStaleGames } from '../../shared/domain/stale-games.ts';
import { stalenessOf, staleText } from '../../shared/domain/staleness.ts';
import { defineTable, type Input } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import { lastGames, previousDays, sameDate, seasonToDate } from '../../shared/domain/window.ts';
import { toyRegistry, TOY_DEFINITIONS, readingOthers } from '../support/toy-tables.ts';
import { DATES, day, except, TEAMS, viewOf, type ViewOptions } from '../support/view-of.ts';

/** `table@day` -> cause, and the partition through which it is stale. */
function staleIn(view: View): Record<string, string> {
  const staleness = stalenessOf(view);
  const found: Record<string, string> = {};
  for (const table of view.registry.all) {
    for (const date of DATES) {
      const stale = staleness(table, date);
      if (stale === undefined) continue;
      const { cause, through } = stale;
      found[`${table.definition.name}@${date}`] =
        through === null ? cause : `${cause} through ${through.table}@${through.date}`;
    }
  }
  return found;
}

/** What is stale where partitions differ from ones that are built and current. */
const staleWith = (
  differences: Parameters<typeof except>[0],
  options: ViewOptions = {},
): Record<string, string> => staleIn(viewOf({ differently: except(differences), ...options }));

const OTHERWISE = { inputFingerprint: 'other.inputs' };

describe('a partition is stale', () => {
  it('not when everything is built from what is there now', () => {
    expect(staleWith({})).toEqual({});
  });

  it('with everything that was built from it, through any number of tables', () => {
    expect(staleWith({ [`zone_defense@${day(20)}`]: OTHERWISE })).toEqual({
      [`zone_defense@${day(20)}`]: 'data',
      [`feature_store@${day(20)}`]: `data through zone_defense@${day(20)}`,
    });
    const fromRaw = staleWith({ [`nbac_player_boxscores@${day(19)}`]: OTHERWISE });
    expect(fromRaw).toEqual({
      [`nbac_player_boxscores@${day(19)}`]: 'data',
      [`team_offense@${day(19)}`]: `data through nbac_player_boxscores@${day(19)}`,
      [`team_defense@${day(19)}`]: `data through team_offense@${day(19)}`,
      [`player_summary@${day(19)}`]: `data through nbac_player_boxscores@${day(19)}`,
      [`team_context@${day(20)}`]: `data through team_offense@${day(19)}`,
      [`zone_defense@${day(20)}`]: `data through team_defense@${day(19)}`,
      [`shot_zones@${day(20)}`]: `data through player_summary@${day(19)}`,
      [`daily_cache@${day(20)}`]: `data through player_summary@${day(19)}`,
      [`feature_store@${day(20)}`]: `data through team_offense@${day(19)}`,
    });
  });

  it('inside the windows only, player by player where games are counted', () => {
    const reader = (window: Input['window']): ViewOptions => ({
      registry: toyRegistry([
        ...TOY_DEFINITIONS.slice(0, 7),
        readingOthers(TOY_DEFINITIONS[8] ?? expect.fail(), [
          { table: 'team_defense', window, required: true },
        ]),
      ]),
      // ATL rests on the 15th and the 17th.
      hashes: (_, date) =>
        Object.fromEntries(
          TEAMS.filter((team) => team !== 'ATL' || (date !== day(15) && date !== day(17))).map((team) => [
            team,
            team,
          ]),
        ),
    });
    const readersOf = (window: Input['window']): string[] =>
      Object.keys(staleWith({ [`team_defense@${day(14)}`]: OTHERWISE }, reader(window))).filter((name) =>
        name.startsWith('zone_defense'),
      );

    expect(readersOf(previousDays(4))).toEqual([15, 17].map((n) => `zone_defense@${day(n)}`));
    expect(readersOf(seasonToDate)).toEqual([15, 17, 19, 20].map((n) => `zone_defense@${day(n)}`));
    expect(readersOf(lastGames(1, 'team'))).toEqual([15, 17, 19].map((n) => `zone_defense@${day(n)}`));
  });

  it('because of its code, or because nobody knows what it holds', () => {
    const current = viewOf().seasons.values().next().value?.states.get('feature_store')?.[day(15)];
    const data = current?.inputFingerprint?.split('.')[1] ?? '';

    expect(staleWith({ [`feature_store@${day(15)}`]: { inputFingerprint: `other.${data}` } })).toEqual({
      [`feature_store@${day(15)}`]: 'code',
    });
    expect(
      staleWith({
        [`zone_defense@${day(15)}`]: { status: 'blocked', stale: { cause: 'forced', because: 'lost' } },
      }),
    ).toEqual({
      [`zone_defense@${day(15)}`]: 'forced',
      [`feature_store@${day(15)}`]: `forced through zone_defense@${day(15)}`,
    });
  });

  it('whatever its status is: its published rows stay those it was built from', () => {
    for (const status of ['requested', 'running', 'failed', 'blocked', 'waiting', 'partial'] as const)
      expect(
        Object.keys(staleWith({ [`zone_defense@${day(20)}`]: { ...OTHERWISE, status } })),
        status,
      ).toEqual([`zone_defense@${day(20)}`, `feature_store@${day(20)}`]);
  });

  it('not because something it reads is being built again from the same inputs', () => {
    for (const status of ['requested', 'running', 'failed', 'blocked'] as const) {
      const again = viewOf();
      const states = again.seasons.get(seasonOf(day(17)))?.states.get('team_offense') as Record<
        string,
        unknown
      >;
      states[day(17)] = { ...(states[day(17)] as object), status };
      expect(staleIn(again), status).toEqual({});
    }
  });

  it('not when it is expected no longer, or was never built', () => {
    const games = (date: GameDate) => ({ games: date === day(20) ? 0 : 2, finalGames: 2 });
    const emptied = { ...OTHERWISE, rows: 0 };
    expect(staleWith({ [`zone_defense@${day(20)}`]: emptied }, { games })).toEqual({});
    expect(staleWith({ [`zone_defense@${day(20)}`]: null })).not.toHaveProperty([`zone_defense@${day(20)}`]);
  });

  it('when its games are gone and its rows are still there', () => {
    const games = (date: GameDate) => ({ games: date === day(20) ? 0 : 2, finalGames: 2 });
    const name = `zone_defense@${day(20)}`;
    expect(staleWith({ [name]: OTHERWISE }, { games })).toHaveProperty([name]);
  });

  it('is told of in words', () => {
    expect(staleText({ cause: 'data', through: { table: 'team_offense', date: day(5) } })).toBe(
      `it was built from team_offense@${day(5)}, which is stale`,
    );
    expect(staleText({ cause: 'code', through: null })).toBe('its code has changed since it was built');
  });
});

describe('the windows of last games that hold a stale game', () => {
  const dates = [1, 3, 5, 7, 9].map((n) => gameDate(`2024-01-0${n}`));
  const [first, second, third, fourth, fifth] = dates as [GameDate, GameDate, GameDate, GameDate, GameDate];
  const plays = (...of: string[]): Record<string, string> => Object.fromEntries(of.map((team) => [team, '']));

  it('end when each player or team has played so many games since', () => {
    const held = datesWithStaleGames(dates, 2, () => plays('ATL'), [first]);
    expect([...held.keys()]).toEqual([second, third]);
    const rests = datesWithStaleGames(
      dates,
      2,
      (date) => (date === third ? plays('BOS') : plays('ATL', 'BOS')),
      [first],
    );
    expect([...rests.keys()]).toEqual([second, third, fourth]);
  });

  it('go on to the end of the season where it is not known who played', () => {
    const held = datesWithStaleGames(dates, 1, (date) => (date === second ? undefined : plays('ATL')), [
      second,
    ]);
    expect([...held.keys()]).toEqual([third, fourth, fifth]);
  });

  it('name the earliest stale date that they hold', () => {
    const held = datesWithStaleGames(dates, 2, () => plays('ATL'), [first, second]);
    expect(Object.fromEntries(held)).toEqual({ [second]: first, [third]: first, [fourth]: second });
  });
});

describe('staleness over 1000 dates and 50 tables', () => {
  const WINDOWS = [sameDate, seasonToDate, previousDays(30), lastGames(10, 'team')];
  const tables = Array.from({ length: 50 }, (_, i) =>
    defineTable({
      name: `table_${i}`,
      dataset: 'nba_analytics',
      phase: 'phase3',
      description: 'A table.',
      timing: 'post_game',
      columns: {
        game_date: { type: 'DATE', description: 'Date.' },
        team: { type: 'STRING', description: 'Team.' },
        is_ready: { type: 'BOOL', description: 'Ready.' },
      },
      key: ['game_date', 'team'],
      partitionColumn: 'game_date',
      clusterBy: [],
      games: { entityColumn: 'team' },
      inputs: [1, 7].flatMap((back, n): Input[] =>
        i < back
          ? []
          : [{ table: `table_${i - back}`, window: WINDOWS[(i + n) % 4] ?? sameDate, required: true }],
      ),
      readinessColumn: 'is_ready',
      calculationVersion: 'v1',
    }),
  );
  const dates = Array.from({ length: 6 }, (_, n) => gameDate(`${2018 + n}-10-20`))
    .flatMap((opening) => Array.from({ length: 167 }, (_, i) => addDays(opening, i)))
    .slice(0, 1000);

  const built = viewOf({ registry: toyRegistry(tables), dates, today: gameDate('2026-01-01') });

  /**
   * A copy that was never asked anything, as it comes from the store; `change` is made to the first partition.
   * @returns the copy, and how often the state of a partition was read from it so far
   */
  function readAgain(change: object): readonly [view: View, reads: () => number] {
    let count = 0;
    const counting = <T extends object>(states: T): T =>
      new Proxy(states, {
        get: (target, date) => {
          count += 1;
          return Reflect.get(target, date) as unknown;
        },
      });
    const [first = gameDate('2018-10-20')] = dates;
    const seasons = new Map(
      [...structuredClone(built.seasons)].map(([season, read]) => {
        const states = new Map(
          [...read.states].map(([table, ofTable]) => {
            const changes = season === seasonOf(first) && table === 'table_0';
            return [
              table,
              counting(
                changes
                  ? ({ ...ofTable, [first]: { ...ofTable[first], ...change } } as typeof ofTable)
                  : ofTable,
              ),
            ];
          }),
        );
        return [season, { ...read, states }];
      }),
    );
    return [{ ...built, seasons }, () => count];
  }

  it.each([
    ['nothing is stale', {}, false],
    ['the first date is stale', OTHERWISE, true],
  ])(
    'reads each state less than eight times, however long the windows are, when %s',
    (_, change, isStale) => {
      const request = { dates, from: 'phase3', through: 'phase3', only: 'stale', force: false } as const;
      const [view, reads] = readAgain(change);
      const { batches } = planBackfill(view, request, () => 60);
      const planned = batches.reduce((sum, batch) => sum + batch.dates.length, 0);

      expect(planned > 1000, `${planned} planned`).toBe(isStale);
      expect(reads() / (dates.length * tables.length)).toBeLessThan(8);
    },
  );
});
