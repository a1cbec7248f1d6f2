/**
 * Two weeks of live days as one run: the sources answer over HTTP from a server on the loopback address, and something else goes wrong
 * with them on each day. When all of them are back, the tables are those of two weeks in which nothing went wrong.
 */
import { describe, expect, it } from 'vitest';
import { slotsOf } from '../../functions/control/due.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { drawn } from '../support/draw.ts';
import { DRILLS, type Drill, type DrillName } from '../support/live-drills.ts';
import { historyBefore } from '../support/live-history.ts';
import { LIVED_DAYS } from '../support/live-days.ts';
import { liveWorld, withHistory, type Beginning } from '../support/live-world.ts';
import { looksAt, mayDifferAfter, statesIn, timeOf } from '../support/lived-day.ts';
import { byProof } from '../support/proof.ts';
import type { ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';

/** What goes wrong on each game date, one after the other. */
const SCRIPT: readonly (readonly DrillName[])[] = [
  ['the league is asked too often'],
  ['the league has errors', 'rosters hang'],
  ['answers of the league come drop by drop'],
  ['games are final twice, with corrections'],
  ['answers of the league are cut off', 'nobody quotes'],
  ['the league answers with a page', 'the only source of games lacks a page'],
  ['the league refuses with a page'],
  ['the league answers with nothing', 'the key of lines is not accepted'],
  ['the league renames a field', 'the only source of games has a page twice'],
  ['the league answers in the old shape'],
  ['the league answers as the day before', 'rosters are those of the day before'],
  ['the league answers about other games', 'lines are of another date'],
  ['the league hangs', 'the second source cannot be reached'],
  ['the league has a player whom nobody knows', 'lines name a player whom nobody knows'],
];
/** Game dates that are lived, and the day of the script with which they begin. */
const DATES = byProof({ small: 2, ci: 3, all: SCRIPT.length });
const FIRST = byProof({ small: 0, ci: drawn('two weeks').below(SCRIPT.length), all: 0 });
/** Days after the last game date until which corrections are read. */
const AFTER = 3;

const { season, date: BEGIN } = LIVED_DAYS['a usual day'](12);

interface Ended {
  readonly contents: ReadonlyMap<string, string>;
  readonly states: Readonly<Record<string, string>>;
  readonly open: readonly string[];
  readonly asked: number;
}

/** The game dates, each with what goes wrong on it. */
function scripted(dates: readonly GameDate[]): (readonly [GameDate, readonly Drill[]])[] {
  return dates.map((date, i) => {
    const names = SCRIPT[(FIRST + i) % SCRIPT.length] ?? [];
    return [date, names.map((name) => DRILLS[name])] as const;
  });
}

async function lived(begin: Beginning<ModelWarehouse>, how: 'clean' | 'blind'): Promise<Ended> {
  const { league, world, at, open, close } = liveWorld({
    ...{ season, begin: { ...begin, warehouse: begin.warehouse.copy() }, isServed: true },
  });
  const { facts } = league;
  const dates = datesFrom(facts.games.map(({ date }) => date));
  const script = new Map(
    scripted(dates).map(([date, drills]) => {
      const day = { date, facts, random: makeRandom('two weeks', date) };
      return [date, drills.map((drill) => drill.fault(day))] as const;
    }),
  );
  league.fail((asked, answer, told) => {
    // The files have the games before.
    const game = facts.games.find(({ id }) => asked.path.includes(`_${id}.json`));
    const [, of] = /\/v1\/box_scores\?date=([\d-]{10})/.exec(asked.path) ?? [];
    if ((game?.date ?? of ?? BEGIN) < BEGIN) return { status: 404, body: '' };
    if (how === 'clean') return undefined;
    // A day ends when its games are over and its play-by-play was read.
    const today = gameDateOf(new Date(asked.at.getTime() - 7 * 3_600_000));
    for (const fault of script.get(today) ?? []) {
      const said = fault(asked, answer, told);
      if (said !== undefined) return said;
    }
    return undefined;
  });
  const last = dates.at(-1) ?? BEGIN;
  const [from, until] = [timeOf(BEGIN, '05:32'), timeOf(addDays(last, AFTER), '12:00')];
  const looks = dates.flatMap((date) => {
    const tips = facts.gamesOn(date).map(({ tipoffAt }) => tipoffAt.getTime());
    const games = tips.map((tip) => ({ tipoffAt: new Date(tip).toISOString() }));
    const corrections = slotsOf({ date, games, season: null }).flatMap(({ occasion, at: slot }) =>
      occasion === 'corrections' ? [slot.getTime() + 60_000] : [],
    );
    return [
      ...looksAt(
        date,
        tips.toSorted((a, b) => a - b),
      ),
      ...corrections,
    ];
  });
  for (const look of [...new Set(looks)].sort((a, b) => a - b))
    if (look >= from && look <= until) await at(new Date(look));
  await world.settle();
  const left = await open();
  await close();
  return {
    contents: world.warehouse.contents(),
    states: statesIn(world.store.dump()),
    open: left,
    asked: league.asked.length,
  };
}

function datesFrom(all: readonly GameDate[]): GameDate[] {
  return [...new Set(all)]
    .sort()
    .filter((date) => date >= BEGIN)
    .slice(0, DATES);
}

describe('two weeks of live days', () => {
  it(
    'end as weeks in which nothing went wrong, when every source is back',
    { timeout: 600_000 },
    async () => {
      const begin = await withHistory(historyBefore(season, BEGIN));
      const clean = await lived(begin, 'clean');
      const blind = await lived(begin, 'blind');
      const dates = datesFrom(datesIn(clean.contents));
      expect(dates).toHaveLength(DATES);
      expect([clean.open, blind.open]).toEqual([[], []]);
      const differing = mayDifferAfter(
        season,
        scripted(dates).flatMap(([date, drills]) => drills.map((drill) => [date, drill] as const)),
      );
      const kept = (all: Iterable<readonly [string, string]>): Record<string, string> =>
        Object.fromEntries(
          [...all].filter(([name]) => !differing.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)),
        );
      expect(kept(blind.contents)).toEqual(kept(clean.contents));
      expect(kept(Object.entries(blind.states))).toEqual(kept(Object.entries(clean.states)));
      const compared = Object.keys(kept(clean.contents)).filter((name) =>
        dates.some((date) => name.endsWith(date)),
      );
      console.log(
        `${dates.length} game dates from ${BEGIN}: ${clean.asked} and ${blind.asked} questions, ${compared.length} partitions of these dates are the same`,
      );
      expect(compared.length).toBeGreaterThan(8 * dates.length);
    },
  );
});

function datesIn(contents: ReadonlyMap<string, string>): GameDate[] {
  return [...contents.keys()].flatMap((name) =>
    name.startsWith('player_game_summary@') ? [name.split('@')[1] as GameDate] : [],
  );
}
