/**
 * Days on which a source is blind, on the model of the warehouse: it hangs, refuses, lies or changes shape for some hours. Everybody
 * has features half an hour before the first tip-off, no source keeps the date waiting for long, and when the source is back, the tables
 * are those of a clean day, but for what is said only before the games.
 */
import { describe, expect, it } from 'vitest';
import { drawn, drawnOf } from '../support/draw.ts';
import { makeRandom, pick } from '../../shared/domain/seeded-random.ts';
import { LIVED_DAYS, type LivedDayName } from '../support/live-days.ts';
import { DRILLS, type Drill, type DrillName } from '../support/live-drills.ts';
import { blindDay, cleanDay, dayOf, mayDiffer, type Ended, type Given } from '../support/lived-day.ts';
import { byProof } from '../support/proof.ts';

const NAMES = Object.keys(DRILLS) as DrillName[];
const DAYS = Object.keys(LIVED_DAYS) as LivedDayName[];
/** Leagues of each kind of day. */
const LEAGUES = [11, 12];
/** Seconds for which a source may keep a date waiting: its budget, and the last question with its tries. */
const LONGEST = 120 + 3 * 15;

/** The day of a seed. */
function givenBy(seed: number): Given {
  const random = makeRandom('day', seed);
  return { day: pick(random, DAYS), league: pick(random, LEAGUES) };
}

const gate = drawnOf(NAMES, 3, 'blind days').map(
  (name) => [name, drawn('blind days', name).below(10_000)] as const,
);
const alone = process.env['FULLCOURT_SEED'];
const drills = byProof({
  small: gate.slice(0, 1),
  ci: gate,
  all: NAMES.flatMap((name) => Array.from({ length: 50 }, (_, seed) => [name, seed] as const)),
}).map(([name, seed]) => [name, alone === undefined ? seed : Number(alone)] as const);

function without(contents: Ended['contents'], left: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(contents).filter(([name]) => !left.has(name)));
}

describe('a day on which a source is blind', () => {
  it.each(drills)(
    'because %s (seed %i) has features of everybody, and ends as a clean day',
    async (name, seed) => {
      const given = givenBy(seed);
      const drill: Drill = DRILLS[name];
      const clean = await cleanDay(given, drill, seed);
      const blind = await blindDay(given, drill, seed);
      const told = `${given.day}, league ${given.league}`;
      // A clean day knows from the morning that a game is postponed, and then nobody plays on a date with this game alone.
      const isPlayed = drill.isTrue !== true || given.day !== 'a date with one game';
      expect(clean.featured.size > 0, told).toBe(isPlayed);
      expect([clean.open, blind.open], told).toEqual([[], []]);
      expect([...clean.featured.difference(blind.featured)], told).toEqual([]);
      expect(blind.longest, told).toBeLessThanOrEqual(LONGEST);
      const differing = mayDiffer(dayOf(given), drill);
      expect(without(blind.contents, differing), told).toEqual(without(clean.contents, differing));
      expect(without(blind.states, differing), told).toEqual(without(clean.states, differing));
    },
    300_000,
  );
});

describe('a date whose only game is postponed in the afternoon', () => {
  it('has no games in the end, and nothing of it has failed or is lacking', async () => {
    const given: Given = { day: 'a date with one game', league: 11 };
    const drill: Drill = DRILLS['a game is postponed'];
    const { date } = dayOf(given);
    const { states, open } = await blindDay(given, drill, 3);
    const ofDate = Object.entries(states).filter(([name]) => name.endsWith(`@${date}`));
    expect(ofDate.length).toBeGreaterThan(10);
    expect(ofDate.filter(([, state]) => !/^(?:empty|skipped), 0 of 0 rows$/.test(state))).toEqual([]);
    expect(open).toEqual([]);
  }, 300_000);
});
