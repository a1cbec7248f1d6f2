/**
 * Players of one name since 1996, with their ids at stats.nba.com. The list decides who has the bare lookup before any file
 * is read, so that the order of imports decides nothing.
 */
import { playerLookup } from './player-lookup.ts';

/** Each line is one name and the ids of those who bear it, the smallest first. */
const NAMESAKES: readonly (readonly [name: string, ...ids: number[]])[] = [
  ['Brandon Williams', 1585, 1630314],
  ['Charles Smith', 293, 1520],
  ['Chris Johnson', 202419, 203187],
  ['Chris Smith', 1814, 203147],
  ['Chris Wright', 202874, 203203],
  ['Dee Brown', 244, 200793],
  ['Glen Rice', 779, 203318],
  ['Marcus Williams', 200766, 201173],
  ['Mike James', 2229, 1628455],
  ['Patrick Ewing', 121, 201607],
  ['Reggie Williams', 199, 202130],
  ['Steven Smith', 120, 200848],
  ['Tony Mitchell', 203183, 203502],
];

/** Bare lookup -> the id that keeps it. */
const KEEPERS: ReadonlyMap<string, number> = new Map(
  NAMESAKES.map(([name, ...ids]) => [playerLookup(name), Math.min(...ids)]),
);

/** Id -> the bare lookup of its name on the list. */
const LISTED: ReadonlyMap<number, string> = new Map(
  NAMESAKES.flatMap(([name, ...ids]) => ids.map((id) => [id, playerLookup(name)] as const)),
);

/**
 * The lookup of a person who is new: the bare form of his name, or `name_id` when the bare form belongs to somebody else, by
 * the list of namesakes or because it is taken. Empty when the name has neither letter nor digit.
 * @param isTaken whether a person who is known already has this lookup
 */
export function lookupOfNewcomer(id: number, name: string, isTaken: (lookup: string) => boolean): string {
  const bare = LISTED.get(id) ?? playerLookup(name);
  if (bare === '') return '';
  const keeper = KEEPERS.get(bare);
  const isFree = keeper === undefined ? !isTaken(bare) : keeper === id;
  return isFree ? bare : `${bare}_${id}`;
}

/** Whether a person is on the committed list of namesakes, so that nobody takes him for another one. */
export function isListedNamesake(id: number): boolean {
  return LISTED.has(id);
}

/** The form of the name in a lookup: `chrisjohnson` for `chrisjohnson_203187`. */
export function bareLookup(lookup: string): string {
  return lookup.replace(/_\d+$/, '');
}
