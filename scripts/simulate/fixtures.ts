/** How often two teams meet, and where. A team is a number: its place in the league. */
import type { Franchise } from './franchises.ts';
import { FULL_SEASON_GAMES } from './season-days.ts';

/** A game to be played, without a date. */
export interface Fixture {
  readonly home: number;
  readonly visitor: number;
}

/**
 * The games of a season: every team has `gamesPerTeam`, half of them at home (one more or less when the number is odd).
 * A league of 30 teams with 82 games meets as the real one does: 4 games against the own division, 3 or 4 against the
 * rest of the conference, 2 against the other conference. In a smaller league all pairs meet about equally often. Which
 * pairs meet one time more changes with `year`.
 * @throws RangeError when the games of all teams cannot be paired
 */
export function fixturesOf(franchises: readonly Franchise[], gamesPerTeam: number, year: number): Fixture[] {
  const teams = franchises.length;
  if ((teams * gamesPerTeam) % 2 !== 0) {
    throw new RangeError(
      `${teams} teams cannot play ${gamesPerTeam} games each: the number of games would not be whole`,
    );
  }
  const meetings =
    teams === 30 && gamesPerTeam === FULL_SEASON_GAMES
      ? conferenceMeetings(franchises, year)
      : evenMeetings(teams, gamesPerTeam, year);

  const fixtures: Fixture[] = [];
  const single: [number, number][] = [];
  for (let one = 0; one < teams; one += 1) {
    for (let other = one + 1; other < teams; other += 1) {
      const games = meetings(one, other);
      for (let i = 0; i < games - 1; i += 2) {
        fixtures.push({ home: one, visitor: other }, { home: other, visitor: one });
      }
      if (games % 2 === 1) single.push([one, other]);
    }
  }
  return [...fixtures, ...balancedVenues(teams, single)];
}

type Meetings = (one: number, other: number) => number;

function conferenceMeetings(franchises: readonly Franchise[], year: number): Meetings {
  const placeInDivision = franchises.map(
    (team, i) => franchises.slice(0, i).filter(({ division }) => division === team.division).length,
  );
  return (one, other) => {
    const [division, otherDivision] = [franchises[one]?.division ?? 0, franchises[other]?.division ?? 0];
    if (division === otherDivision) return 4;
    if (division < 3 !== otherDivision < 3) return 2;
    const sign = division < otherDivision ? 1 : -1;
    const step = sign * ((placeInDivision[other] ?? 0) - (placeInDivision[one] ?? 0));
    return (step + year + 10) % 5 < 3 ? 4 : 3;
  };
}

/** Every pair meets equally often. With the teams in a circle, the games left over are between neighbours. */
function evenMeetings(teams: number, gamesPerTeam: number, year: number): Meetings {
  const each = Math.floor(gamesPerTeam / (teams - 1));
  const rest = gamesPerTeam - each * (teams - 1);
  const distances = Math.floor((teams - 1) / 2);
  const chosen = new Set(
    Array.from({ length: Math.floor(rest / 2) }, (_, i) => 1 + ((i + year) % distances)),
  );
  if (rest % 2 === 1) chosen.add(teams / 2);
  return (one, other) => {
    const apart = Math.abs(one - other);
    return each + (chosen.has(Math.min(apart, teams - apart)) ? 1 : 0);
  };
}

/** Gives each pair a home side so that every team is at home in half of its games: along closed walks over the pairs. */
function balancedVenues(teams: number, pairs: readonly (readonly [number, number])[]): Fixture[] {
  const nobody = teams;
  const opponents = Array.from({ length: teams + 1 }, () => new Set<number>());
  const join = (one: number, other: number): void => {
    opponents[one]?.add(other);
    opponents[other]?.add(one);
  };
  for (const [one, other] of pairs) join(one, other);
  for (let team = 0; team < teams; team += 1) if ((opponents[team]?.size ?? 0) % 2 === 1) join(team, nobody);

  const fixtures: Fixture[] = [];
  for (let start = 0; start <= teams; start += 1) {
    let at = start;
    for (;;) {
      const next = opponents[at]?.values().next().value;
      if (next === undefined) break;
      opponents[at]?.delete(next);
      opponents[next]?.delete(at);
      if (at !== nobody && next !== nobody) fixtures.push({ home: at, visitor: next });
      at = next;
    }
  }
  return fixtures;
}
