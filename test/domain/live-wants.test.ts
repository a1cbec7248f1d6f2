/** What follows from what a live source has told, and what is wanted of a date that nothing else asks for. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Action } from '../../shared/domain/decide/action.ts';
import { decideFollowers } from '../../shared/domain/decide/followers.ts';
import { decideLoads, decideWants, withReaders } from '../../shared/domain/decide/live.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import { isComputed, isRaw } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import { toyRegistry } from '../support/toy-tables.ts';
import { day, DATES, except, never, viewOf, type Differently } from '../support/view-of.ts';

const registry = toyRegistry();
const raw = registry.all.filter(({ definition }) => isRaw(definition));
const results = registry.resultSources[0] ?? expect.fail();
const told = (table: string, ...dates: GameDate[]) => new Map([[table, new Set(dates)]]);
const asked = (actions: readonly Action[]): string[] =>
  actions.flatMap((action) =>
    action.kind === 'request run'
      ? action.dates.map(({ date }) => refName({ table: action.table, date }))
      : action.kind === 'wait'
        ? [`wait ${refName(action.ref)}`]
        : [],
  );

/** Only the raw tables are built, and of those not the given ones. */
const onlyRaw =
  (...missing: string[]): Differently =>
  (table, date) =>
    missing.includes(`${table}@${date}`) || !raw.some(({ definition }) => definition.name === table)
      ? null
      : undefined;

describe('loads', () => {
  const today = day(20);

  it('are asked for only where the table does not hold what was told', () => {
    const gap = `${results}@${day(19)}`;
    const view = viewOf({ registry, today, differently: except({ [gap]: null }) });
    const loads = decideLoads(view, told(results, ...DATES), 'live');
    expect(loads.flatMap(({ actions }) => asked(actions))).toEqual([gap]);
    expect(decideLoads(viewOf({ registry, today }), told(results, ...DATES), 'live')).toEqual([]);
  });

  it('of today and yesterday, or of what was computed from, are followed through all phases', () => {
    const [old, near] = [`${results}@${day(14)}`, `${results}@${day(19)}`];
    const bare = viewOf({ registry, today, differently: onlyRaw(old, near) });
    const loads = decideLoads(bare, told(results, ...DATES), 'live');
    expect(Object.fromEntries(loads.map(({ through, actions }) => [through, asked(actions)]))).toEqual({
      phase2: [old],
      phase5: [near],
    });
    const built = viewOf({ registry, today, differently: except({ [old]: null }) });
    expect(decideLoads(built, told(results, ...DATES), 'live').map(({ through }) => through)).toEqual([
      'phase5',
    ]);
  });

  it('of what only helps to know a game are not followed: the date is refreshed at its own pace', () => {
    const before = raw.find(
      ({ definition }) =>
        definition.timing === 'pre_game' && !registry.calendarSources.includes(definition.name),
    )?.definition.name;
    if (before === undefined) return expect(raw.length).toBeGreaterThan(0);
    const view = viewOf({ registry, today, differently: except({ [`${before}@${day(20)}`]: null }) });
    expect(decideLoads(view, told(before, day(20)), 'live').map(({ through }) => through)).toEqual([
      'phase2',
    ]);
  });

  it('of what only helps to know a game are followed when the day is over: nothing refreshes its date any more', () => {
    const [roster, yesterday] = ['espn_team_rosters', day(19)];
    const view = viewOf({
      ...{ registry: loadRegistry(), today },
      differently: except({ [`${roster}@${yesterday}`]: { inputFingerprint: 'other.names' } }),
    });
    const loads = decideLoads(view, told(roster, yesterday), 'live');
    expect(loads.map(({ through, actions }) => [through, asked(actions)])).toEqual([
      ['phase5', [`${roster}@${yesterday}`]],
    ]);
  });

  it('of many old dates of a table become few runs, and those of today one each', () => {
    const calendar = registry.calendarSources[0] ?? expect.fail();
    const view = viewOf({ registry, today, differently: () => null });
    const loads = decideLoads(view, told(calendar, ...DATES), 'live');
    const runs = loads.flatMap(({ actions }) => actions.filter(({ kind }) => kind === 'request run'));
    const sizes = runs.map((run) => (run.kind === 'request run' ? run.dates.length : 0));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(DATES.length);
    expect(runs.length).toBeLessThan(DATES.length);
    for (const run of runs)
      if (run.kind === 'request run' && run.dates.some(({ date }) => date >= day(19)))
        expect(run.dates).toHaveLength(1);
  });

  it('wait for what they read and what is loaded again, although they are there', () => {
    const calendar = registry.calendarSources[0] ?? expect.fail();
    const [changed, reader] = [`${calendar}@${day(19)}`, `${results}@${day(19)}`];
    const both = new Map([calendar, results].map((table) => [table, new Set([day(19), day(20)])]));
    const view = viewOf({ registry, today, differently: except({ [changed]: null }) });
    const loads = decideLoads(view, both, 'live');
    expect(loads.flatMap(({ actions }) => asked(actions))).toEqual([changed, `wait ${reader}`]);
  });

  it('wait while one is under way, so that it is made again with the newer answer', () => {
    const name = `${results}@${day(19)}`;
    const view = viewOf({
      registry,
      today,
      differently: except({ [name]: { status: 'running', runId: 'r1', inputFingerprint: 'old.old' } }),
    });
    const loads = decideLoads(view, told(results, day(19)), 'live');
    expect(loads.flatMap(({ actions }) => asked(actions))).toEqual([`wait ${name}`]);
  });
});

describe('tables that are looked at with what was told', () => {
  it('are those that read it, and those that read these, also where two read each other', () => {
    const looked = withReaders(loadRegistry(), told('nbac_game_results', day(19)));
    expect(looked.get('nbac_player_boxscores')).toEqual(new Set([day(19)]));
    // Shots read the box scores of players, which read the results.
    expect(looked.get('nbac_shot_chart')).toEqual(new Set([day(19)]));
    expect(looked.has('espn_team_rosters')).toBe(false);
    const after = withReaders(
      loadRegistry(),
      new Map([...told('nbac_team_boxscore', day(19)), ...told('nbac_shot_chart', day(18))]),
    );
    expect(after.get('nbac_shot_chart')).toEqual(new Set([day(18), day(19)]));
    expect(after.get('nbac_player_boxscores')).toEqual(new Set([day(19)]));
  });
});

describe('plays that are loaded before the box scores of their game', () => {
  const [plays, boxes, scores] = ['nbac_play_by_play', 'nbac_player_boxscores', 'nbac_game_results'];
  const night = day(19);
  const want = { through: 'phase5', correlationId: 'live' };
  /** What becomes of the plays. Nobody has told the calendar that the game is over. */
  const followers = (differences: Parameters<typeof except>[0]) =>
    decideFollowers(
      viewOf({
        registry: loadRegistry(),
        today: day(20),
        games: (date) => ({ games: 2, finalGames: date === night ? 0 : 2 }),
        differently: except(differences),
      }),
      [{ table: plays, date: night, want }],
      () => false,
      () => 60,
    ).filter((action) => ('ref' in action ? action.ref : action).table === plays);

  it('stay wanted while the box scores wait for the results', () => {
    const waiting = {
      [`${scores}@${night}`]: never('requested', { want }),
      [`${boxes}@${night}`]: never('waiting', { want }),
      [`${plays}@${night}`]: { want },
    };
    expect(followers(waiting)).toEqual([
      {
        kind: 'wait',
        ref: { table: plays, date: night },
        for: [scores, boxes].map((table) => ({ table, date: night })),
        want,
      },
    ]);
  });

  it('are loaded again when the box scores are there', () => {
    const stale = { [`${plays}@${night}`]: { want, inputFingerprint: 'without.boxes' } };
    expect(followers(stale)).toMatchObject([{ kind: 'request run', table: plays, dates: [{ date: night }] }]);
  });

  it('are wanted no longer when they were loaded with them', () => {
    expect(followers({ [`${plays}@${night}`]: { want } })).toMatchObject([{ kind: 'drop want' }]);
  });
});

describe('wants', () => {
  const today = day(20);
  const pre = registry.all.filter(
    ({ definition }) => isComputed(definition) && definition.timing === 'pre_game',
  );
  const post = registry.all.filter(
    ({ definition }) => isComputed(definition) && definition.timing === 'post_game',
  );

  it('are of every table that is computed beforehand and was never built', () => {
    const view = viewOf({ registry, today, differently: onlyRaw() });
    expect(asked(decideWants(view, today, 'before', 'live')).sort()).toEqual(
      pre.map(({ definition }) => `wait ${definition.name}@${today}`).sort(),
    );
  });

  it('are none where everything is built, and of what became stale by data alone', () => {
    expect(decideWants(viewOf({ registry, today }), today, 'before', 'live')).toEqual([]);
    const [first, second] = pre.map(({ definition }) => `${definition.name}@${today}`);
    const view = viewOf({
      registry,
      today,
      differently: except({
        [first ?? '']: { stale: { cause: 'data', because: 'lines moved' } },
        [second ?? '']: { stale: { cause: 'code', because: 'a deployment' } },
      }),
    });
    expect(asked(decideWants(view, today, 'before', 'live'))).toEqual([`wait ${first}`]);
  });

  it('after the games wait for results and box scores', () => {
    const yesterday = day(19);
    const view = viewOf({ registry, today, differently: onlyRaw() });
    expect(asked(decideWants(view, yesterday, 'after', 'live')).sort()).toEqual(
      post.map(({ definition }) => `wait ${definition.name}@${yesterday}`).sort(),
    );
    const lacking = viewOf({ registry, today, differently: onlyRaw(`${results}@${yesterday}`) });
    expect(asked(decideWants(lacking, yesterday, 'after', 'live'))).toEqual([`wait ${results}@${yesterday}`]);
  });

  it('after the games are of what is computed beforehand, too, where it has become stale since', () => {
    const yesterday = day(19);
    const [first = '', second = ''] = pre.map(({ definition }) => `${definition.name}@${yesterday}`);
    const stale = {
      [first]: { stale: { cause: 'data', because: 'names of a roster' } },
      [second]: { stale: { cause: 'code', because: 'a deployment' } },
    } as const;
    const wanted = (differences: Parameters<typeof except>[0]) =>
      asked(
        decideWants(
          viewOf({ registry, today, differently: except(differences) }),
          yesterday,
          'after',
          'live',
        ),
      );
    expect(wanted(stale)).toEqual([`wait ${first}`]);
    expect(wanted({ ...stale, [`${results}@${yesterday}`]: never('waiting') })).not.toContain(
      `wait ${first}`,
    );
  });

  describe('of a raw table of which nothing was told', () => {
    const [shots, boxes] = ['nbac_shot_chart', 'nbac_player_boxscores'];
    const yesterday = day(19);
    const rawWants = (missing: readonly string[], date: GameDate, finalGames: number): string[] => {
      const view = viewOf({
        ...{ registry: loadRegistry(), today },
        games: (each) => ({ games: 2, finalGames: each === date ? finalGames : 2 }),
        differently: except(Object.fromEntries(missing.map((table) => [`${table}@${date}`, null]))),
      });
      const untold: View = {
        ...view,
        seasons: new Map(
          [...view.seasons].map(([label, season]) => [
            label,
            {
              ...season,
              archives: new Map(
                [...season.archives].map(([table, archive]) => {
                  const { [date]: ofDate = [], ...slices } = archive.slices;
                  return [
                    table,
                    missing.includes(table)
                      ? { ...archive, slices }
                      : { ...archive, slices: { ...slices, [date]: ofDate } },
                  ];
                }),
              ),
            },
          ]),
        ),
      };
      return asked(decideWants(untold, date, 'after', 'live')).filter((name) =>
        [shots, boxes].some((table) => name.includes(table)),
      );
    };

    it('are made when the box scores of its date are there', () => {
      expect(rawWants([shots], today, 2)).toEqual([`wait ${shots}@${today}`]);
      expect(rawWants([shots, boxes], today, 2)).toEqual([]);
      expect(rawWants([], today, 2)).toEqual([]);
    });

    it('are made on the day after in any case, of games that were played', () => {
      expect(rawWants([shots, boxes], yesterday, 1).sort()).toEqual([
        `wait ${boxes}@${yesterday}`,
        `wait ${shots}@${yesterday}`,
      ]);
      expect(rawWants([shots, boxes], yesterday, 0)).toEqual([]);
    });
  });
});
