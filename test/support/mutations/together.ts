/**
 * Tries several mistakes on one copy of a home. Mistakes that have no date, game or team in common are judged alike there, each
 * by its own rows. When something is wrong with what comes of them, each is tried alone, so that the one that fails is named.
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

/** Groups of mistakes for one trial each, with `most` at most. */
export function groupsOf(ground: Ground, mutations: readonly Mutation[], most: number): Mutation[][] {
  const groups: Member[][] = [];
  for (const mutation of mutations) {
    const member = { mutation, footprint: footprintOf(ground, mutation) };
    const group = groups.find((each) => each.length < most && each.every((other) => fit(member, other)));
    if (group === undefined) groups.push([member]);
    else group.push(member);
  }
  return groups.map((group) => group.map((member) => member.mutation));
}

/** Whether two mistakes can be judged in one trial: what is believed, what is harmless and what is told are judged apart. */
function fit(one: Member, other: Member): boolean {
  if (howJudged(one.mutation) !== howJudged(other.mutation)) return false;
  if ([one, other].some(({ mutation, footprint }) => mutation.form !== undefined || footprint.loses))
    return false;
  if (one.mutation.newcomer !== undefined && other.mutation.newcomer !== undefined) return false;
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

/** Tries the mistakes of a group. @returns a verdict on each, in their order */
export async function tryGroup(
  clean: Clean,
  ground: Ground,
  group: readonly Mutation[],
): Promise<Map<Mutation, Verdict>> {
  const tried = await tryMutations(clean, ground, group);
  const silent = group.some(isBelieved) ? [] : tried.silent;
  const { unknowable, outside, confused } = tried;
  const isWrong = [silent, unknowable, outside, confused].some((list) => list.length > 0);
  const isRefused = tried.refused !== undefined;
  const whole = { ...{ silent, unknowable, outside, confused }, refused: isRefused };
  const [first] = group;
  if (group.length === 1 && first !== undefined)
    return new Map([[first, { ...whole, changed: tried.differing > 0, with: [] }]]);
  const told = group.map(tell);
  if (!isWrong && !isRefused)
    return new Map(
      group.map((mutation) => [
        mutation,
        { ...whole, changed: touches(ground, mutation, tried.games), with: told },
      ]),
    );
  const alone = new Map<Mutation, Verdict>();
  for (const mutation of group)
    for (const [, verdict] of await tryGroup(clean, ground, [mutation])) alone.set(mutation, verdict);
  const isFound = [...alone.values()].some(isNamed);
  if (isFound || !isWrong) return alone;
  return new Map([...alone].map(([mutation, { changed }]) => [mutation, { ...whole, changed, with: told }]));
}

function isNamed({ silent, unknowable, outside, confused }: Verdict): boolean {
  return [silent, unknowable, outside, confused].some((list) => list.length > 0);
}

function touches(ground: Ground, mutation: Mutation, games: ReadonlySet<string>): boolean {
  return share(footprintOf(ground, mutation).games, games);
}

/** A mistake in words. */
export function tell({ kind, witness, what }: Mutation): string {
  return `${kind} (${witness}): ${what}`;
}
