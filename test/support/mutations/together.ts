/**
 * Tries several mistakes on one copy of a home. Mistakes that have no date, game or team in common are judged alike there, each
 * by its own rows. When rows
 * are wrong and say a game of one of them, that one fails; otherwise all of them do.
 */
import type { Ground } from './ground.ts';
import { footprintOf, isBelieved, type Footprint, type Mutation } from './mutation.ts';
import { tryMutations, type Difference } from './trial.ts';

/** What came of one mistake. */
export interface Verdict {
  readonly refused: boolean;
  /** Whether rows of its games differ. */
  readonly changed: boolean;
  readonly silent: readonly Difference[];
  readonly unknowable: readonly Difference[];
  readonly outside: readonly Difference[];
  readonly confused: readonly string[];
  /** The mistakes that were made at the same time. */
  readonly with: readonly string[];
}

type Clean = Parameters<typeof tryMutations>[0];

/** A mistake with what it touches. */
interface Member {
  readonly mutation: Mutation;
  readonly footprint: Footprint;
}

/** Draws a mistake; another attempt gives another one of the same kind. */
export type Attempts = (attempt: number) => Mutation | undefined;

/** How often a mistake is drawn again that does not fit into a group. */
const ATTEMPTS = 4;

/**
 * Groups of mistakes for one trial each, with `most` at most: of each draw the first one that fits into a group, else one in a new
 * group. A draw of which the ground has nothing is left out.
 */
export function groupsOf(
  ground: Ground,
  draws: ReadonlyMap<number, Attempts>,
  most: number,
): ReadonlyMap<number, Mutation>[] {
  const groups: Map<number, Member>[] = [];
  for (const [number, draw] of draws) {
    let first: Member | undefined;
    let group: Map<number, Member> | undefined;
    for (let attempt = 0; attempt < ATTEMPTS && group === undefined; attempt++) {
      const mutation = draw(attempt);
      if (mutation === undefined) break;
      const member = { mutation, footprint: footprintOf(ground, mutation) };
      first ??= member;
      group = groups.find(
        (each) => each.size < most && [...each.values()].every((other) => fit(member, other)),
      );
      group?.set(number, member);
      // No other mistake of the kind fits either.
      if (mutation.form !== undefined) break;
    }
    if (group === undefined && first !== undefined) groups.push(new Map([[number, first]]));
  }
  return groups.map((group) => new Map([...group].map(([number, { mutation }]) => [number, mutation])));
}

/** Whether two mistakes can be judged in one trial: what is believed, what is harmless and what is told are judged apart. */
function fit(one: Member, other: Member): boolean {
  if (howJudged(one.mutation) !== howJudged(other.mutation)) return false;
  if ([one, other].some(({ mutation, footprint }) => mutation.form !== undefined || footprint.loses))
    return false;
  if (one.mutation.newcomer !== undefined && one.mutation.newcomer === other.mutation.newcomer) return false;
  const [a, b] = [one.footprint, other.footprint];
  if (share(a.games, b.games)) return false;
  if (one.mutation.witness === 'nothing changes') return true;
  // What a schedule lacks says whether it speaks for the season, so a second mistake in it would be another one.
  if (isInSchedule(one) && isInSchedule(other)) return false;
  return !share(a.dates, b.dates) && !share(a.teams, b.teams);
}

function share<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return [...one].some((each) => other.has(each));
}

function isInSchedule({ mutation }: Member): boolean {
  return mutation.edits.some(({ of }) => of === 'schedule');
}

function howJudged(mutation: Mutation): 'believed' | 'harmless' | 'told' {
  if (isBelieved(mutation)) return 'believed';
  return mutation.witness === 'nothing changes' ? 'harmless' : 'told';
}

/** Tries the mistakes of a group. @returns a verdict on each */
export async function tryGroup(
  clean: Clean,
  ground: Ground,
  group: readonly Mutation[],
): Promise<Map<Mutation, Verdict>> {
  const tried = await tryMutations(clean, ground, group);
  // One mistake has kept the others out.
  if (!tried.isImported && group.length > 1) return tryEach(clean, ground, group);
  const refused = tried.refused !== undefined;
  const { outside, confused } = tried;
  const [silent, unknowable] = group.some(isBelieved) ? [[], []] : [tried.silent, tried.unknowable];
  const games = group.map((mutation) => derivedGames(ground, mutation));
  return new Map(
    group.map((mutation, i): [Mutation, Verdict] => [
      mutation,
      {
        ...{ refused, confused },
        changed: group.length === 1 ? tried.differing > 0 : share(games[i] ?? new Set(), tried.games),
        silent: blamed(silent, games, i),
        unknowable: blamed(unknowable, games, i),
        outside: blamed(outside, games, i),
        with: group.filter((each) => each !== mutation).map(tell),
      },
    ]),
  );
}

async function tryEach(
  clean: Clean,
  ground: Ground,
  group: readonly Mutation[],
): Promise<Map<Mutation, Verdict>> {
  const verdicts = new Map<Mutation, Verdict>();
  for (const mutation of group)
    for (const [of, verdict] of await tryGroup(clean, ground, [mutation])) verdicts.set(of, verdict);
  return verdicts;
}

/** The games of a mistake as derived rows name them. */
function derivedGames(ground: Ground, mutation: Mutation): ReadonlySet<string> {
  const { dateOfGame, teamsOfGame } = ground;
  return new Set(
    [...footprintOf(ground, mutation).games].map((game) => {
      const [home, visitor] = teamsOfGame.get(game) ?? [];
      return `${dateOfGame.get(game)?.replaceAll('-', '')}_${visitor}_${home}`;
    }),
  );
}

/** The rows that one of several mistakes is blamed for: all, unless rows of the wrong games say which it was. */
function blamed(
  rows: readonly Difference[],
  gamesOfAll: readonly ReadonlySet<string>[],
  at: number,
): readonly Difference[] {
  const areHere = gamesOfAll.map((games) => rows.some(({ game }) => game !== undefined && games.has(game)));
  return areHere.includes(true) && areHere[at] !== true ? [] : rows;
}

/** A mistake in words. */
export function tell({ kind, witness, what }: Mutation): string {
  return `${kind} (${witness}): ${what}`;
}
