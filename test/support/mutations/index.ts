/** Every kind of mistake, and which of them a run tries. */
import { makeRandom, shuffled } from '../../../shared/domain/seeded-random.ts';
import { FORMS } from './forms.ts';
import { ODDS, SCHEDULES, TEAM_BOXES } from './games.ts';
import type { Ground } from './ground.ts';
import type { Kinds, Mutation } from './mutation.ts';
import { INJURIES, LINES, ROSTERS } from './names.ts';
import { NAMESAKES } from './namesakes.ts';
import { PLAYER_BOXES } from './player-boxes.ts';
import { SHOTS } from './shots.ts';

const MISTAKES: Kinds = {
  ...PLAYER_BOXES,
  ...TEAM_BOXES,
  ...SCHEDULES,
  ...ODDS,
  ...SHOTS,
  ...LINES,
  ...INJURIES,
  ...ROSTERS,
  ...NAMESAKES,
  ...FORMS,
};

/** The mistake that `seed` and `number` name: each kind in turn, in an order that the seed says; undefined as in {@link Draw}. */
export function mutationOf(
  ground: Ground,
  seed: string,
  number: number,
  among: readonly string[] = Object.keys(MISTAKES),
): Mutation | undefined {
  const kinds = shuffled(makeRandom('kinds', seed), among);
  const kind = kinds[number % kinds.length] ?? '';
  const drawn = MISTAKES[kind]?.(ground, makeRandom('mutation', seed, number));
  return drawn === undefined ? undefined : { kind, ...drawn };
}

/**
 * The kinds from which the gate draws. A run with `FULLCOURT_MUTATIONS` draws from all kinds, and finds those that are not told yet.
 */
export const HELD: readonly string[] = [
  'a row of another kind of game',
  'a team that nobody knows',
  'another position',
  'dates of the schedule in another form',
  'ids as decimal numbers',
  'injury_report: a player is lacking',
  'the points of the quarters are of the other team',
  'another zone',
  'assists that are no number',
  'both team boxes of a game are lacking',
  'makes are misses',
  'player_props: a name without an id',
  'player_props: diacritics',
  'rows are doubled',
  'rows come in another order',
  'a total that is no number',
  'the teams of the odds are exchanged',
  'player_props: a line that cannot be',
  'player_props: a line of another game',
  'player_props: two names are exchanged',
  'a game is one day later in the schedule',
  'a game is twice in the schedule with other teams',
  'a row of a scoreless player is lacking',
  'a new id for a known name',
  'attempts that are unknown',
  'rosters: a birth in the future',
  'rosters: a new id for a known name',
  'the box scores begin late',
];
